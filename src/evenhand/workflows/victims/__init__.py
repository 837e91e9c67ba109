"""Victims: accounts that a plan spared because somebody probably wronged their holders."""
