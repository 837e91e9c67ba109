"""Posing as a military body: one in the register, or a body that the name itself claims ("Strategic Missile Force").

A body that stands in no register is a finding only when the *name* is that of a military body and the profile also
claims to be official, or to be the force or government itself. Ranks, veterans, fans and hobbyists are not bodies.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ZERO
from evenhand.detectors.impersonation import impersonation
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query, Scope

UNREGISTERED = "unregistered:military"
"""Stands where the holder's id would be: the name claims a body that no register lists."""

NAME_SHARE = 3
"""The words for the body are at least one part in so many of the name: "Army Command", not "Army Command Wives Book Club"."""

_REGISTERED = impersonation(
    kind=HolderKind.MILITARY, harm=Harm.IMPERSONATION_MILITARY,
    sentence="reads as a registered military body and claims to be it")

_BODIES = Query(
    name="military_bodies", inputs=("claims", "accounts"),
    sentence="an account whose display name is that of a military body and whose profile claims to be it",
    sql=f"""
    with named as (
        select distinct c.account_id, a.display_name as shown
        from claims c join accounts a on c.account_id = a.account_id
        where c.claim = 'military_body' and c."where" = 'display_name' and c.stance = 'is'
          and {NAME_SHARE} * length(c.shown) >= length(a.display_name)),
    claimed as (
        select account_id, claim, "where", shown from claims
        where stance = 'is' and (("where" = 'bio' and claim in ('official_account', 'military_body', 'government'))
                                 or ("where" = 'display_name' and claim = 'official_account')))
    select n.account_id, '{UNREGISTERED}' as holder_id, 'identity' as family,
           'military_body_without_register' as signal, 'display_name' as "where", cast(null as varchar) as post_id,
           n.shown, '' as expected, '' as source, cast(0.8 as double) as strength
    from named n where exists (select 1 from claimed c where c.account_id = n.account_id)
    union all
    select c.account_id, '{UNREGISTERED}' as holder_id, 'claim' as family,
           case c.claim when 'official_account' then 'claims_official' when 'government' then 'claims_government'
                        else 'claims_military' end as signal,
           c."where", cast(null as varchar) as post_id, c.shown, '' as expected, '' as source,
           cast(case c.claim when 'official_account' then 0.95 else 0.9 end as double) as strength
    from claimed c join named n on c.account_id = n.account_id""")

_EVIDENCE = Query(
    name="military_all_evidence", inputs=(_REGISTERED.evidence, _BODIES.name), scope=Scope.PLATFORM,
    sentence="evidence for military bodies with and without a register entry",
    sql=f"""select {EVIDENCE_COLUMNS} from {_REGISTERED.evidence}
            union all select {EVIDENCE_COLUMNS} from {_BODIES.name}""")

_FOUND = Query(
    name="military_all_found", inputs=(_REGISTERED.found, _BODIES.name), scope=Scope.PLATFORM,
    sentence="one row per account and body; a registered body goes before an unregistered one",
    sql=f"""
    select account_id, holder_id, holder_kind, holder_country, confidence, best_similarity, name_weight
    from {_REGISTERED.found}
    union all
    select b.account_id, b.holder_id, 'military' as holder_kind, cast(null as varchar) as holder_country,
           round(coalesce(max(case when b.family = 'identity' then b.strength end), {ZERO})
                 * coalesce(max(case when b.family = 'claim' then b.strength end), {ZERO}), 4) as confidence,
           cast(1.0 as double) as best_similarity, cast(1.0 as double) as name_weight
    from {_BODIES.name} b left join {_REGISTERED.found} f on b.account_id = f.account_id
    where f.account_id is null
    group by b.account_id, b.holder_id""")

DETECTOR = Detector(
    name=_REGISTERED.name, harm=Harm.IMPERSONATION_MILITARY, version=1,
    steps=(*_REGISTERED.steps, _BODIES, _EVIDENCE, _FOUND), found=_FOUND.name, evidence=_EVIDENCE.name,
    suspects=(*_REGISTERED.suspects, _BODIES.name),
    sentence="reads as a military body, in the register or by its own name, and claims to be it")
