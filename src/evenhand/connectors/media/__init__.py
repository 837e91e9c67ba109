"""Media files, read one by one and never run: what they look like, where they say they come from, what is wrong with them."""
