"""Fact checks: which published fact-checks a post's words match, and how the post speaks of the claim."""
