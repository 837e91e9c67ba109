"""What accounts do together: the same things posted or followed at the same time, and what else they have in common."""
