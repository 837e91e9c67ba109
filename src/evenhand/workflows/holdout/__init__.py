"""The holdout of a campaign: accounts outside of its plan are drawn and read, to learn what the sweep missed."""
