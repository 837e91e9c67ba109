"""Media files read: those of a snapshot into a new one, and those of a folder or a labelled set."""
