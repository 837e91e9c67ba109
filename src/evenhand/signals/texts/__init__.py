"""Texts: models that read a whole text and measure what kind of text it is. None of them is evidence by itself."""
