"""What reports read: a whole campaign at one moment."""
