"""The audit of a rollback: its samples, their readers, and what they stop."""
