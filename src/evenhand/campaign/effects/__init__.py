"""Carrying out effects, decided without doors: what an attempt came to, when it is repeated, which event tells of it."""
