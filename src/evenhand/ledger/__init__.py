"""The append-only record: events as entries, a Merkle tree over them, proofs, and the signed checkpoint.

Nothing here opens a file, makes a key or draws a salt: tiles, signers and salts come in as arguments.
"""
