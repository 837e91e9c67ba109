"""Credentials: what people present and what public registers say, brought into the register `credentials`."""
