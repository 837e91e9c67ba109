"""Media: how alike two pictures look, and what their numbers say. No file is opened here."""
