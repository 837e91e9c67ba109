"""The ledger: its keys, what is appended, opened and erased, and its verification by anybody."""
