"""Views of the registers."""
