"""Registers beside campaigns: what may be done about a demand or a referral, and where each stands. None is evidence."""
