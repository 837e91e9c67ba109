"""Names: folded and reduced to skeletons, weighed by rarity, and looked up among registered names."""
