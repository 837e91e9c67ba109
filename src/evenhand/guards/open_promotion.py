"""Asks a person about accounts whose profile says that their links or posts are paid, and about posts of both kinds.

A word in the profile does not disclose each post (16 CFR 255.5 and the FTC's guides: a disclosure stands where the promotion
is seen), so it does not spare; but it shows somebody who does not hide it. The same holds for one who discloses most
promotions and forgot some, and for one who discloses them in shorthand that the rules of the territory call unclear (`#spon`).
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.harm import Harm
from evenhand.model.step import Query

_HITS = Query(
    name="open_promotion_hits", inputs=("promotions", "promoted", "profile_disclosures"),
    sentence="paid promotion disclosed in the profile, or in at least as many posts as it is missing from",
    sql=f"""
    with said as (select account_id, count(distinct post_id) as n, min(shown) as shown
                  from promotions where kind in ('disclosed', 'half_disclosed') group by account_id),
    hidden as (select p.account_id, count(distinct case when h.post_id is null then p.post_id end) as n
               from promoted p left join (select account_id, post_id from promotions where kind = 'half_disclosed') h
                 on p.account_id = h.account_id and p.post_id = h.post_id
               group by p.account_id)
    select o.account_id, '{Harm.DECEPTIVE_MONETISATION}' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
           'posts' as "where", o.shown, 'posts' as expected, '' as source
    from said o join hidden h on o.account_id = h.account_id where o.n >= h.n
    union all
    select account_id, '{Harm.DECEPTIVE_MONETISATION}' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
           "where", shown, 'profile' as expected, language as source
    from profile_disclosures""")

GUARD = Guard(name="open_promotion", version=2, steps=(_HITS,), hits=_HITS.name,
              sentence="the account says in its profile, or in most posts, that it is paid")
