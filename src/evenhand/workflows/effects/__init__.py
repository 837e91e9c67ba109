"""Carrying out a plan's effects: filling the outbox, working it off, taking effects back."""
