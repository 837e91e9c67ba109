"""The audit: a drawn sample, read blind by two people each, with an exact bound for every stratum."""
