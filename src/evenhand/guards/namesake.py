"""Spares people and bodies that happen to share a name.

A name that several registered holders share, or that is made of common words, points at nobody in particular. Only
evidence that points at one holder (its handle, its address, its picture, an official claim that names a body, imitated
characters) outweighs that. For people it takes more: a namesake may well say "official account" and their own name.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

RARE_ENOUGH = 0.5
"""A name with less information than this (0–1, see `signals.names.rarity`) is shared by many by chance."""

_HITS = Query(
    name="namesake_hits", inputs=("suspect_ids", "name_matches", "identity_evidence", "named_claims"),
    sentence="a name that several holders share or that is too common to point at one holder",
    sql=f"""
    select m.account_id, cast(null as varchar) as harm, m.holder_id,
           case when max(m.weight) < {RARE_ENOUGH} then 'spare' else 'ask' end as strength,
           case when max(case when m.field = 'display_name' then 1 else 0 end) = 1 then 'display_name' else 'handle' end
               as "where",
           coalesce(min(case when m.field = 'display_name' then m.shown end), min(m.shown)) as shown,
           cast(max(m.n_holders_sharing) as varchar) as expected, '' as source
    from suspect_ids s join name_matches m on s.account_id = m.account_id
    left join (select account_id, holder_id from identity_evidence
               where signal in ('handle_lookalike', 'address_other_suffix', 'address_lookalike', 'address_embeds',
                                'name_lookalike_characters', 'avatar_copies')) p
      on m.account_id = p.account_id and m.holder_id = p.holder_id
    left join (select account_id, holder_id from named_claims) c
      on m.account_id = c.account_id and m.holder_id = c.holder_id
    where p.account_id is null
      and (c.account_id is null or m.holder_kind = 'official' or m.n_holders_sharing > 1)
    group by m.account_id, m.holder_id
    having max(m.weight) < {RARE_ENOUGH} or max(m.n_holders_sharing) > 1""")

GUARD = Guard(name="namesake", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the name is common, or several registered holders share it")
