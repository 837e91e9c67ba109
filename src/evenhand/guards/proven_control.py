"""Spares accounts that are proven to belong to a registered holder, and those that lead people to the holder itself.

A registered handle, a handle that is the holder's domain, or the platform's verification is proof: the account bears its
own name, whomever else that name reads as. It does not prove that nobody took the account over, so where such an account
leads to a scam, a person is asked. A profile link to the
holder's own site is not: an impersonator can set it too. But who sends people to the genuine site, and nowhere that
imitates it, is far more often the holder's second account than an impostor, so it spares from posing as that holder;
where posts lead to look-alike addresses, a person is asked.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="proven_control_hits",
    inputs=("suspect_ids", "proofs", "identity_evidence", "content_evidence", "holder_names"),
    sentence="a registered handle, a handle that is the holder's domain, the platform's verification, or the holder's own site",
    sql="""
    with proven as (
        select p.account_id, p.holder_id, p.proof, p.shown, p.source
        from suspect_ids s join proofs p on s.account_id = p.account_id),
    named as (
        select account_id, holder_id, shown, source, cast(null as varchar) as name
        from proven where proof = 'registered_domain'
        union all
        select p.account_id, p.holder_id, p.shown, p.source, lower(n.name) as name
        from proven p join holder_names n on p.holder_id = n.holder_id where p.proof = 'registered_domain'),
    sites as (
        select distinct p.account_id, i.holder_id, p.shown, p.source
        from named p join identity_evidence i on p.account_id = i.account_id
        where p.holder_id = i.holder_id or p.name = lower(i.expected))
    select distinct p.account_id, h.harm, cast(null as varchar) as holder_id,
           case when h.harm = 'scam' then 'ask' else 'spare' end as strength,
           'handle' as "where", p.shown, p.proof as expected, p.source
    from proven p cross join (values ('scam'), ('impersonation_official'), ('impersonation_institution'),
                                     ('impersonation_media'), ('impersonation_military')) as h(harm)
    where p.proof <> 'registered_domain'
    union all
    select s.account_id, cast(null as varchar) as harm, s.holder_id,
           case when c.account_id is null then 'spare' else 'ask' end as strength,
           'website' as "where", s.shown, 'registered_domain' as expected, s.source
    from sites s left join (select distinct account_id from content_evidence) c on s.account_id = c.account_id""")

GUARD = Guard(name="proven_control", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="a register, the platform or its own site says that this account belongs to the named holder")
