"""Appeals on a plan in a folder: who else rests on the same mistake, and what undoing them would do."""
