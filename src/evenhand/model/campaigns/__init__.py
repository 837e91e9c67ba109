"""The nouns of a campaign under way: events, approvals, the audit, effects and what a platform can do, demands."""
