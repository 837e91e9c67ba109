"""The older or proven account wins: a pair of look-alikes is judged symmetrically, whoever was reported.

It compares accounts on the platform with one another, so that a genuine account which an impersonator accuses is not
taken for the copy.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query, Scope

_CONTENDERS = Query(
    name="contenders", inputs=("identity_evidence", "candidates", "proofs"),
    sentence="every account that reads as a holder, with its age and proof",
    sql="""
    select i.account_id, i.holder_id, a.created_at, p.account_id is not null as is_proven
    from (select distinct account_id, holder_id from identity_evidence) i
    join candidates a on i.account_id = a.account_id
    left join (select distinct account_id, holder_id from proofs
               where proof in ('registered_handle', 'domain_handle')) p
      on i.account_id = p.account_id and i.holder_id = p.holder_id
    where a.created_at is not null or p.account_id is not null""")

_HITS = Query(
    name="precedence_hits", inputs=("contenders",), scope=Scope.PLATFORM,
    sentence="an account older than the one that is proven, or the oldest when none is proven",
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
      and (c.created_at < r.proven_since or (r.n_proven = 0 and c.created_at = r.oldest and r.oldest < r.newest))""")

GUARD = Guard(name="precedence", version=1, steps=(_CONTENDERS, _HITS), hits=_HITS.name,
              sentence="the account is older than the other accounts that bear the name")
