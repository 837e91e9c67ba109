"""The campaign: what runs, what was found, and the plan that follows from it."""
