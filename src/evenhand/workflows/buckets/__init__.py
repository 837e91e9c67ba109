"""The buckets of a sweep: shared among processes within what the machine allows, and kept whole or not at all."""
