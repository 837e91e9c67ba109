"""Operators: the ways in which impersonators bend a name, a handle or an address. Each is one function over many texts.

They are written from the literature on typosquatting and combosquatting and from what platforms see. A detector is not
written against them, nor they against a detector.
"""
