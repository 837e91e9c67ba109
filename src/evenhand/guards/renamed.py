"""Spares large accounts of long standing that all at once bear somebody else's name: they were probably taken over or sold.

Whoever built such an account, and all who follow it, are wronged by what it does now. Closing it would take it from them
for good; a person finds out, tells its former holder and gives the name back. It speaks only where the name of today is
nothing like any name before, and where the account was old and large: a new or a small account is not worth taking, and one
that always read like the holder was never somebody else. A name that was changed is no evidence of anything, for or against.
Where nobody can tell how old the account is, since its opening or all of its posts are not there, a person looks.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.harm import Harm
from evenhand.model.step import Query

MIN_AGE_DAYS = 365
"""The account is at least so old when it last posts. As for `hijacked`: accounts made to deceive live for days or weeks."""
MIN_FOLLOWERS = 10_000
"""From here on accounts are traded for their reach; it is where large platforms begin to call accounts large."""
MAX_LIKENESS = 0.5
"""Edit similarity of the name of today and the likest name before, below which it is another name and no new spelling."""

HARMS = (Harm.IMPERSONATION_OFFICIAL, Harm.IMPERSONATION_INSTITUTION, Harm.IMPERSONATION_MEDIA, Harm.IMPERSONATION_MILITARY)
_HARMS = " union all ".join(f"select '{harm}' as harm" for harm in HARMS)

_HITS = Query(
    name="renamed_hits", inputs=("profiles", "name_history", "dated_posts"),
    sentence="a large account of long standing whose name is nothing like the names it had",
    sql=f"""
    with last as (select account_id, max(created_at) as last_at from dated_posts group by account_id)
    select h.account_id, r.harm, cast(null as varchar) as holder_id,
           case when l.last_at is null or p.created_at is null then 'ask' else 'spare' end as strength,
           'display_name' as "where", h.shown,
           case when l.last_at is null or p.created_at is null then 'age_unknown'
                else cast(cast(p.created_at as date) as varchar) end as expected,
           cast(p.followers as varchar) as source
    from name_history h
    join profiles p on h.account_id = p.account_id
    left join last l on h.account_id = l.account_id
    cross join ({_HARMS}) r
    where h.likeness < {MAX_LIKENESS} and p.followers >= {MIN_FOLLOWERS}
      and coalesce(datediff('day', p.created_at, l.last_at), {MIN_AGE_DAYS}) >= {MIN_AGE_DAYS}""")

GUARD = Guard(name="renamed", version=2, steps=(_HITS,), hits=_HITS.name, is_for_victims=True,
              sentence="a large account of long standing under a name that is not its own: it was probably taken over")
