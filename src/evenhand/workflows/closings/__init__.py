"""Closings that are told before they happen: announced once a person has confirmed them, and due when their window is over."""
