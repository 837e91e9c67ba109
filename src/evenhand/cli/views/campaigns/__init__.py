"""How a campaign is shown: its steps, its audit, its effects, and what a safeguard refused."""
