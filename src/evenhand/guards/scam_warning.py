"""Spares those who post a listed address to warn of it: relatives of victims, researchers, whoever got the mail.

Every post with such an address has to say that this very address deceives or is to be left alone, and nothing in them may ask
for money, a wallet or a code. Where only some posts do, or only warn in general, a person looks: "beware of scams, make
your wallet safe here" is what scams say themselves.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="scam_warning_hits", inputs=("listed_content", "warnings", "money_lures"),
    sentence="words that warn of a listed address in the posts that hold it",
    sql="""
    with listed as (
        select account_id, post_id from listed_content where post_id is not null group by account_id, post_id),
    in_profile as (select distinct account_id from listed_content where post_id is null),
    lured as (select distinct account_id, post_id from money_lures),
    warned as (
        select account_id, post_id, max(case when kind = 'points' then 1 else 0 end) as points,
               coalesce(min(case when kind = 'points' then shown end), min(shown)) as shown
        from warnings group by account_id, post_id),
    told as (
        select l.account_id, count(*) as n_listed, count(w.post_id) as n_warned,
               sum(case when w.points = 1 and r.post_id is null then 1 else 0 end) as n_plain,
               min(case when w.points = 1 then w.post_id end) as plain_in, min(w.post_id) as any_in
        from listed l
        left join warned w on l.account_id = w.account_id and l.post_id = w.post_id
        left join lured r on l.account_id = r.account_id and l.post_id = r.post_id
        group by l.account_id)
    select t.account_id, 'scam' as harm, cast(null as varchar) as holder_id,
           case when t.n_plain = t.n_listed and i.account_id is null then 'spare' else 'ask' end as strength,
           w.post_id as "where", w.shown, '' as expected, '' as source
    from told t
    join warned w on t.account_id = w.account_id and w.post_id = coalesce(t.plain_in, t.any_in)
    left join in_profile i on t.account_id = i.account_id
    where t.n_warned > 0""")

GUARD = Guard(name="scam_warning", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account posts the address to warn of it")
