"""A synthetic platform with the reference campaign planted in it: who is there, what they say, and what is true.

Nothing here knows how anything is found: names are bent, claims and disclosures are worded from this room's own tables.
"""
