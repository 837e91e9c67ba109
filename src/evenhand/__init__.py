"""Evenhand: integrity campaigns that prove their precision before anyone is touched."""

__version__ = "0.1.0"
