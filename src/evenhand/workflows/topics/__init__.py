"""Topics: what many accounts of a snapshot took up at once, measured before a sweep and kept as a register."""
