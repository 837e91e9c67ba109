"""What commands show: one view per thing to be shown, each for people and as JSON."""
