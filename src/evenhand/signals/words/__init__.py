"""Words: phrases in every script, and what an account says with them about itself and others."""
