"""Credentials that people present: read, checked against an allow-list of issuers, and reduced to what a register keeps."""
