"""The older or proven account wins: a pair of look-alikes is judged symmetrically, whoever was reported.

It compares accounts on the platform with one another, so that a genuine account which an impersonator accuses is not
taken for the copy. And whoever has borne a name for years is nobody's new copy: no register holds every paper called
"El País", so a person looks before such an account loses anything.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query, Scope

LONG_STANDING_DAYS = 1_095
"""An account as old as this when it last posts, under its own name, was not made for the deception of a season."""
OTHER_NAME = 0.5
"""Likeness of an earlier name below which the account is old, but not under this name."""

_CONTENDERS = Query(
    name="contenders", inputs=("identity_evidence", "candidates", "proofs"),
    sentence="every account whose name, address or picture reads as a holder's, with its age and proof",
    sql="""
    select i.account_id, i.holder_id, a.created_at, p.account_id is not null as is_proven
    from (select distinct account_id, holder_id from identity_evidence where signal <> 'profile_bears_name') i
    join candidates a on i.account_id = a.account_id
    left join (select distinct account_id, holder_id from proofs
               where proof in ('registered_handle', 'domain_handle')) p
      on i.account_id = p.account_id and i.holder_id = p.holder_id
    where a.created_at is not null or p.account_id is not null""")

_LONG_STANDING = Query(
    name="long_standing", inputs=("identity_evidence", "profiles", "dated_posts", "name_history", "proofs"),
    sentence="an account that has borne the name for years, in plain letters, and is not proven",
    sql=f"""
    with last as (select account_id, max(created_at) as last_at from dated_posts group by account_id)
    select distinct i.account_id, i.holder_id, p.created_at
    from identity_evidence i
    join profiles p on i.account_id = p.account_id
    join last l on i.account_id = l.account_id
    left join (select account_id from name_history where likeness < {OTHER_NAME}) h on i.account_id = h.account_id
    left join (select account_id from proofs) v on i.account_id = v.account_id
    left join (select account_id from identity_evidence where signal in (
                   'name_lookalike_characters', 'handle_lookalike', 'address_lookalike')) b
      on i.account_id = b.account_id
    where h.account_id is null and v.account_id is null and b.account_id is null
      and datediff('day', p.created_at, l.last_at) >= {LONG_STANDING_DAYS}""")

_HITS = Query(
    name="precedence_hits", inputs=("contenders", "long_standing"), scope=Scope.PLATFORM,
    sentence="an account older than the one that is proven, or the oldest when none is proven, or of long standing",
    sql="""
    with rivals as (
        select holder_id, count(*) as n, max(case when is_proven then 1 else 0 end) as n_proven,
               min(case when is_proven then created_at end) as proven_since, min(created_at) as oldest,
               max(created_at) as newest
        from contenders group by holder_id)
    select c.account_id, cast(null as varchar) as harm, c.holder_id, 'ask' as strength, 'created_at' as "where",
           cast(cast(c.created_at as date) as varchar) as shown,
           cast(cast(coalesce(r.proven_since, r.newest) as date) as varchar) as expected, '' as source
    from contenders c join rivals r on c.holder_id = r.holder_id
    where not c.is_proven and c.created_at is not null
      and (c.created_at < r.proven_since or (r.n_proven = 0 and c.created_at = r.oldest and r.oldest < r.newest))
    union all
    select s.account_id, cast(null as varchar) as harm, s.holder_id, 'ask' as strength, 'created_at' as "where",
           cast(cast(s.created_at as date) as varchar) as shown, cast(null as varchar) as expected, '' as source
    from long_standing s""")

GUARD = Guard(name="precedence", version=2, steps=(_CONTENDERS, _LONG_STANDING, _HITS), hits=_HITS.name,
              sentence="the account is older than the other accounts that bear the name, or has borne it for years")
