"""The ledger as files: its folder, tiles, keys, and what is kept apart because it concerns people."""
