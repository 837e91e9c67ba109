"""From checked rows to a snapshot folder: spilled unit by unit, finished bucket by bucket, counted to the last row."""
