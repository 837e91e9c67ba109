"""The cases of a policy: what it must catch and what it must spare, how they are written and how they run."""
