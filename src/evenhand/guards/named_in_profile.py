"""Asks a person about every account that is somebody's only by what its profile says.

No name of the account reads as the holder's there: a desk, a branch or a second account of the holder may well say so too,
under the same picture and at an address of its own.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="named_in_profile_hits", inputs=("suspect_ids", "borne_evidence"),
    sentence="an account that only its profile says is the holder's",
    sql="""
    select distinct b.account_id, cast(null as varchar) as harm, b.holder_id, 'ask' as strength, b."where", b.shown,
           b.expected, b.source
    from suspect_ids s join borne_evidence b on s.account_id = b.account_id""")

GUARD = Guard(name="named_in_profile", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="only the profile says whose account it is, so a person finds out whether it is a branch of the holder")
