"""Reasons to spare, one file each. A guard can lower, pause or ask; it can never raise a penalty."""
