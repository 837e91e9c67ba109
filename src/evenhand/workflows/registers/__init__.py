"""Registers: demands of authorities, referrals to outside, reports of users. Kept as events, published in the ledger."""
