"""What is on record besides campaigns: demands of governments, referrals to outside, reports of users."""
