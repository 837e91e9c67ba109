"""Bodies that stand in no register: an account whose very name is that of a kind of body, and which claims to be it.

"Strategic Missile Force" and "Centre for Disease Control Springfield" imitate nobody in particular and deceive all the same.
Since no register is complete, this is never certain: the guard `unregistered` has a person look at each such account, and
whoever leads to an address under a government's own ending, which strangers cannot register, is no suspect at all.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, SELF_NAMED, ZERO
from evenhand.detectors.impersonation import EVIDENCE as REGISTERED
from evenhand.detectors.impersonation import FOUND, NEAR, SHARED_STEPS, evidence_of, found_of
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query, Scope

UNREGISTERED = "unregistered:"
"""Stands, with the kind of body, where the holder's id would be: the name claims a body that no register lists."""

NAME_SHARE = 3
"""The words for the body are at least one part in so many of the name: "Army Command", not "Army Command Wives Book Club"."""
_BODY_CLAIMS = {HolderKind.MILITARY: ("military_body", "claims_military"),
                HolderKind.INSTITUTION: ("public_body", "claims_government")}
"""For each kind: the claim that a name of such a body makes, and what the same words in a bio are evidence of."""
AROUND = "around_body"
"""The claim of a name that is about a military body and not the body: its history, its veterans, its fans."""
SURE = 0.5
"""Confidence from which a registered body is meant. Names such as "Town of Avon" point at several, so at none for sure."""
_RESERVED = " or ".join(["a.suffix in ('gov', 'mil', 'int', 'lg.jp')",
                         *(f"a.suffix like '{word}.%'" for word in ("gov", "gob", "gouv", "go", "govt", "mil", "gv", "gub"))])
"""Endings that are registered for public bodies only."""



_KINDS = " union all ".join(f"select '{kind}' as holder_kind, '{claim}' as body, '{signal}' as body_signal"
                            for kind, (claim, signal) in _BODY_CLAIMS.items())

BODIES = Query(
    name="unregistered_bodies", inputs=("claims", "candidates", "addresses", SELF_NAMED.name),
    sentence="an account whose display name is that of a kind of body and whose profile claims to be it",
    sql=f"""
    with kinds as ({_KINDS}),
    bodies as (
        select distinct c.account_id, k.holder_kind, k.body, k.body_signal, n.display_name as shown
        from claims c join kinds k on c.claim = k.body join candidates n on c.account_id = n.account_id
        where c."where" = 'display_name' and c.stance = 'is'
          and {NAME_SHARE} * length(c.shown) >= length(n.display_name)
          and c.account_id not in (select a.account_id from addresses a where {_RESERVED})
          and (k.holder_kind <> '{HolderKind.MILITARY}' or c.account_id not in (
              select w.account_id from claims w where w.claim = '{AROUND}' and w."where" = 'display_name'))),
    claimed as (
        select c.account_id, b.holder_kind, b.body_signal, c.claim, c."where", c.shown
        from claims c join bodies b on c.account_id = b.account_id
        where c.stance = 'is' and ((c."where" = 'bio' and c.claim in ('official_account', 'government', b.body))
                                   or (c."where" = 'display_name' and c.claim = 'official_account'))
        union all
        select s.account_id, b.holder_kind, b.body_signal, 'self_named' as claim, s."where", s.shown
        from {SELF_NAMED.name} s join bodies b on s.account_id = b.account_id)
    select n.account_id, n.holder_kind, '{UNREGISTERED}' || n.holder_kind as holder_id, 'identity' as family,
           case n.holder_kind when '{HolderKind.MILITARY}' then 'military_body_without_register'
                              else 'institution_body_without_register' end as signal, 'display_name' as "where",
           cast(null as varchar) as post_id, n.shown, '' as expected, '' as source, cast(0.8 as double) as strength
    from bodies n join (select distinct account_id, holder_kind from claimed) c
      on n.account_id = c.account_id and n.holder_kind = c.holder_kind
    union all
    select distinct c.account_id, c.holder_kind, '{UNREGISTERED}' || c.holder_kind as holder_id, 'claim' as family,
           case c.claim when 'official_account' then 'claims_official' when 'government' then 'claims_government'
                        when 'self_named' then 'claims_own_name' else c.body_signal end as signal,
           c."where", cast(null as varchar) as post_id, c.shown, '' as expected, '' as source,
           cast(case c.claim when 'official_account' then 0.95 when 'self_named' then 0.8 else 0.9 end as double) as strength
    from claimed c""")


def impersonation_of_bodies(*, kind: HolderKind, harm: Harm, sentence: str) -> Detector:
    """The detector for look-alikes of registered holders of `kind`, and for names of bodies of that kind in no register."""
    evidence = Query(
        name=f"{harm}_evidence", inputs=(REGISTERED.name, BODIES.name), scope=Scope.PLATFORM,
        sentence=f"evidence for {kind} bodies with and without a register entry",
        sql=f"""{evidence_of(kind)}
            union all select {EVIDENCE_COLUMNS} from {BODIES.name} where holder_kind = '{kind}'""")
    found = _found(harm, kind)
    return Detector(name=str(harm), harm=harm, version=1, steps=(*SHARED_STEPS, BODIES, evidence, found), found=found.name,
                    evidence=evidence.name, suspects=(NEAR.name, BODIES.name), sentence=sentence)


def _found(harm: Harm, kind: HolderKind) -> Query:
    return Query(
        name=f"{harm}_found", inputs=(FOUND.name, BODIES.name), scope=Scope.PLATFORM,
        sentence="one row per account and body; a registered body that is surely meant goes before an unregistered one",
        sql=f"""
    with registered as ({found_of(kind)})
    select * from registered
    union all
    select b.account_id, b.holder_id, b.holder_kind, cast(null as varchar) as holder_country,
           round(coalesce(max(case when b.family = 'identity' then b.strength end), {ZERO})
                 * coalesce(max(case when b.family = 'claim' then b.strength end), {ZERO}), 4) as confidence,
           cast(1.0 as double) as best_similarity, cast(1.0 as double) as name_weight
    from {BODIES.name} b
    where b.holder_kind = '{kind}' and b.account_id not in (select account_id from registered where confidence >= {SURE})
    group by b.account_id, b.holder_id, b.holder_kind""")
