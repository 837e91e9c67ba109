"""The nouns: frozen values and their Arrow schemas. No input or output, no policy."""
