"""Bodies that stand in no register: an account whose very name is that of a kind of body, and which claims to be it.

"Strategic Missile Force" and "Centre for Disease Control Springfield" imitate nobody in particular and deceive all the same.
Since no register is complete, this is never certain: the guard `unregistered` has a person look at each such account, and
whoever leads to an address under a government's own ending, which strangers cannot register, is no suspect at all.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, SELF_NAMED, ZERO
from evenhand.model.detector import Detector
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query, Scope

UNREGISTERED = "unregistered:"
"""Stands, with the kind of body, where the holder's id would be: the name claims a body that no register lists."""

NAME_SHARE = 3
"""The words for the body are at least one part in so many of the name: "Army Command", not "Army Command Wives Book Club"."""
_SIGNALS = {HolderKind.MILITARY: "claims_military", HolderKind.INSTITUTION: "claims_government"}
SURE = 0.5
"""Confidence from which a registered body is meant. Names such as "Town of Avon" point at several, so at none for sure."""
_RESERVED = " or ".join(["a.suffix in ('gov', 'mil', 'int', 'lg.jp')",
                         *(f"a.suffix like '{word}.%'" for word in ("gov", "gob", "gouv", "go", "govt", "mil", "gv", "gub"))])
"""Endings that are registered for public bodies only."""


def with_unregistered(registered: Detector, *, kind: HolderKind, body: str, sentence: str) -> Detector:
    """The detector `registered`, which also finds names of bodies of `kind` that no register lists.

    `body` is the claim that a display name makes when it is that of such a body.
    """
    bodies = _bodies(kind, body)
    evidence = Query(
        name=f"{kind}_all_evidence", inputs=(registered.evidence, bodies.name), scope=Scope.PLATFORM,
        sentence=f"evidence for {kind} bodies with and without a register entry",
        sql=f"""select {EVIDENCE_COLUMNS} from {registered.evidence}
            union all select {EVIDENCE_COLUMNS} from {bodies.name}""")
    found = _found(registered, kind, bodies.name)
    return Detector(name=registered.name, harm=registered.harm, version=registered.version,
                    steps=(*registered.steps, bodies, evidence, found), found=found.name, evidence=evidence.name,
                    suspects=(*registered.suspects, bodies.name), sentence=sentence)


def _bodies(kind: HolderKind, body: str) -> Query:
    return Query(
        name=f"{kind}_bodies", inputs=("claims", "accounts", "addresses", SELF_NAMED.name),
        sentence=f"an account whose display name is that of a kind of {kind} body and whose profile claims to be it",
        sql=f"""
    with bodies as (
        select distinct c.account_id, n.display_name as shown
        from claims c join accounts n on c.account_id = n.account_id
        left join (select distinct a.account_id from addresses a where {_RESERVED}) r on c.account_id = r.account_id
        where c.claim = '{body}' and c."where" = 'display_name' and c.stance = 'is' and r.account_id is null
          and {NAME_SHARE} * length(c.shown) >= length(n.display_name)),
    claimed as (
        select account_id, claim, "where", shown from claims
        where stance = 'is' and (("where" = 'bio' and claim in ('official_account', '{body}', 'government'))
                                 or ("where" = 'display_name' and claim = 'official_account'))
        union all
        select account_id, 'self_named' as claim, "where", shown from {SELF_NAMED.name})
    select n.account_id, '{UNREGISTERED}{kind}' as holder_id, 'identity' as family,
           '{kind}_body_without_register' as signal, 'display_name' as "where", cast(null as varchar) as post_id,
           n.shown, '' as expected, '' as source, cast(0.8 as double) as strength
    from bodies n join (select distinct account_id from claimed) c on n.account_id = c.account_id
    union all
    select distinct c.account_id, '{UNREGISTERED}{kind}' as holder_id, 'claim' as family,
           case c.claim when 'official_account' then 'claims_official' when 'government' then 'claims_government'
                        when 'self_named' then 'claims_own_name' else '{_SIGNALS[kind]}' end as signal,
           c."where", cast(null as varchar) as post_id, c.shown, '' as expected, '' as source,
           cast(case c.claim when 'official_account' then 0.95 when 'self_named' then 0.8 else 0.9 end as double) as strength
    from claimed c join bodies n on c.account_id = n.account_id""")


def _found(registered: Detector, kind: HolderKind, bodies: str) -> Query:
    return Query(
        name=f"{kind}_all_found", inputs=(registered.found, bodies), scope=Scope.PLATFORM,
        sentence="one row per account and body; a registered body that is surely meant goes before an unregistered one",
        sql=f"""
    select account_id, holder_id, holder_kind, holder_country, confidence, best_similarity, name_weight
    from {registered.found}
    union all
    select b.account_id, b.holder_id, '{kind}' as holder_kind, cast(null as varchar) as holder_country,
           round(coalesce(max(case when b.family = 'identity' then b.strength end), {ZERO})
                 * coalesce(max(case when b.family = 'claim' then b.strength end), {ZERO}), 4) as confidence,
           cast(1.0 as double) as best_similarity, cast(1.0 as double) as name_weight
    from {bodies} b left join (select distinct account_id from {registered.found} where confidence >= {SURE}) f
      on b.account_id = f.account_id
    where f.account_id is null
    group by b.account_id, b.holder_id""")
