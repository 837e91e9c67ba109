"""Asks a person where the published ratings are not plain: one that contradicts, or one in words that nobody has read yet."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="verdict_in_doubt_hits", inputs=("claim_repeats",),
    sentence="a repeated claim that another independent publisher rates true, or in words that the table does not know",
    sql="""select account_id, 'false_claim' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
                  'posts' as "where", min(claim) as shown,
                  case when max(n_true) > 0 then 'rated_true' else 'rated_in_unknown_words' end as expected, '' as source
           from claim_repeats where n_true > 0 or n_unknown > 0 group by account_id""")

GUARD = Guard(name="verdict_in_doubt", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the published ratings of the claim are not plain, so a person decides")
