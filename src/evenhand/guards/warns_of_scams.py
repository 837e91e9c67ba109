"""Spares accounts that warn of scams: who quotes a trap in order to warn of it is not who lays it.

A post that warns is no evidence anyway. An account that warns at least as often as it seems to bait is spared as a whole, since
no word list knows every way of warning; one that warns sometimes is looked at by a person: some who bait warn of others.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.harm import Harm
from evenhand.model.step import Query

_HITS = Query(
    name="warns_of_scams_hits", inputs=("promotions", "monetisation_content"),
    sentence="posts that warn of scams, and how they compare with those that count against the account",
    sql=f"""
    with warned as (select account_id, count(distinct post_id) as n, min(shown) as shown
                    from promotions where kind = 'warning' group by account_id),
    counted as (select account_id, count(distinct post_id) as n from monetisation_content group by account_id)
    select w.account_id, '{Harm.DECEPTIVE_MONETISATION}' as harm, cast(null as varchar) as holder_id,
           case when w.n >= c.n then 'spare' else 'ask' end as strength, 'posts' as "where", w.shown,
           'warning' as expected, '' as source
    from warned w join counted c on w.account_id = c.account_id""")

GUARD = Guard(name="warns_of_scams", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account warns of scams")
