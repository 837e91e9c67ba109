"""Spares the victims of a take-over: a long-standing account that all at once leads people to a scam.

Compromised accounts are told from bad ones by the break with their own past (Egele, Stringhini, Kruegel, Vigna: "COMPA:
Detecting Compromised Accounts on Social Networks", NDSS 2013). The past must be long and without such links, the break
recent, and the profile itself must not lead there: who keeps at it loses the benefit of the doubt with the next sweep.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

MIN_AGE_DAYS = 365
"""The account is at least so old when it posts its first listed link. Accounts made for a scam live for days or weeks."""
MIN_POSTS_BEFORE = 2
"""Posts of its own before that: an empty account has no past to break with. A snapshot may hold few of many."""
MIN_PAST_DAYS = 30
"""Days from the first of those posts to the first listed link, at least."""
MAX_BURST_DAYS = 14
"""Days between the first listed link and the account's last post, at most."""
OLD_DAYS, SHORT_BURST_DAYS = 1_095, 3
"""Of an account as old as the first when it breaks, a single post of its own before is past enough if all is over within the
second: whoever keeps an account for three years does not do so for a scam of three days, and a snapshot of a few months
holds next to nothing of those who write seldom. That costs one to two in a hundred scammers, until their next link."""

_HITS = Query(
    name="hijacked_hits", inputs=("listed_content", "dated_posts", "profiles"),
    sentence="a long-standing account whose posts without listed links gave way to such links within days",
    sql=f"""
    with listed as (
        select account_id, post_id from listed_content where post_id is not null group by account_id, post_id),
    in_profile as (select distinct account_id from listed_content where post_id is null),
    written as (
        select p.account_id, p.created_at, l.post_id is not null as is_listed
        from dated_posts p join (select distinct account_id from listed) s on p.account_id = s.account_id
        left join listed l on p.account_id = l.account_id and p.post_id = l.post_id
        where p.created_at is not null),
    breaks as (
        select account_id, min(case when is_listed then created_at end) as broke_at, max(created_at) as last_at
        from written group by account_id),
    pasts as (
        select w.account_id, b.broke_at, b.last_at, min(w.created_at) as first_at, count(*) as n_before
        from written w join breaks b on w.account_id = b.account_id
        where w.created_at < b.broke_at group by w.account_id, b.broke_at, b.last_at)
    select p.account_id, h.harm, cast(null as varchar) as holder_id, 'spare' as strength, 'posts' as "where",
           cast(cast(p.broke_at as date) as varchar) as shown, cast(cast(a.created_at as date) as varchar) as expected,
           '' as source
    from pasts p join profiles a on p.account_id = a.account_id
    cross join (select 'scam' as harm union all select 'deceptive_monetisation' as harm) h
    left join in_profile i on p.account_id = i.account_id
    where i.account_id is null
      and ((p.n_before >= {MIN_POSTS_BEFORE} and datediff('day', a.created_at, p.broke_at) >= {MIN_AGE_DAYS}
            and datediff('day', p.first_at, p.broke_at) >= {MIN_PAST_DAYS}
            and datediff('day', p.broke_at, p.last_at) <= {MAX_BURST_DAYS})
           or (datediff('day', a.created_at, p.broke_at) >= {OLD_DAYS}
               and datediff('day', p.broke_at, p.last_at) <= {SHORT_BURST_DAYS}))""")

GUARD = Guard(name="hijacked", version=2, steps=(_HITS,), hits=_HITS.name, is_for_victims=True,
              sentence="the account's own past ends in a sudden burst: it was probably taken over")
