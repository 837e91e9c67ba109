"""The register of referrals: two people, minimal data, counted."""
