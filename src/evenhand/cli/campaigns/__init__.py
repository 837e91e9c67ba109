"""The commands of a campaign, from the draft to the rollback."""
