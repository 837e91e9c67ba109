"""How an impersonation detector is made: identity that reads as a holder's, and something else that agrees.

Confidence is the strength of the identity evidence times one minus the product of the doubts that the other families
leave: identity × (1 − (1 − claim)(1 − content)(1 − network)). Without a second family there is no finding.
"""

from __future__ import annotations

from evenhand.detectors.avatars import AVATAR_EVIDENCE
from evenhand.detectors.identity import (
    ADDRESS_IMITATIONS,
    BORNE_EVIDENCE,
    CLAIM_EVIDENCE,
    CONTENT_EVIDENCE,
    DISGUISES,
    ENDING_SHARES,
    EVIDENCE_COLUMNS,
    FITTING_CLAIMS,
    IDENTITY_EVIDENCE,
    NAMED_CLAIMS,
    NETWORK_EVIDENCE,
    ONE,
    SELF_NAMED,
    ZERO,
)
from evenhand.detectors.offices import OFFICES, OTHER_OFFICES
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query, Scope, Step

_KINDS = ", ".join(f"'{kind}'" for kind in FITTING_CLAIMS)

SUSPECTS = Query(
    name="impersonation_suspects",
    inputs=("identity_evidence", "claim_evidence", "content_evidence", "address_imitations", OTHER_OFFICES.name),
    sentence="accounts that read as a registered holder and show something else that agrees, with the holder and its kind",
    sql=f"""
    select i.account_id, i.holder_id, i.holder_kind
    from identity_evidence i join claim_evidence c on i.account_id = c.account_id and i.holder_kind = c.holder_kind
    left join {OTHER_OFFICES.name} o on i.account_id = o.account_id and i.holder_id = o.holder_id
    where o.account_id is null
    union
    select i.account_id, i.holder_id, i.holder_kind
    from identity_evidence i
    join (select account_id, holder_id from content_evidence
          union all select account_id, holder_id from address_imitations) o
      on i.account_id = o.account_id and i.holder_id = o.holder_id
    where i.holder_kind in ({_KINDS})""")


def _columns(alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in EVIDENCE_COLUMNS.split(", "))


_UNREGISTERED = "cast(null as varchar) as post_id, {0}.shown, '' as expected, '' as source, {0}.strength"
"""The columns of evidence that points at no holder by itself."""
_UNMEASURED = "cast(null as double) as similarity, cast(null as double) as weight"

NEAR = Query(
    name="near_evidence",
    inputs=(SUSPECTS.name, "identity_evidence", "claim_evidence", "content_evidence", "named_claims", "disguises",
            OTHER_OFFICES.name),
    sentence="the evidence in each suspect's own rows",
    sql=f"""
    select {_columns("i")}, i.similarity, i.weight, s.holder_kind
    from {SUSPECTS.name} s join identity_evidence i on s.account_id = i.account_id and s.holder_id = i.holder_id
    union all
    select c.account_id, s.holder_id, c.family, c.signal, c."where", {_UNREGISTERED.format("c")}, {_UNMEASURED}, s.holder_kind
    from {SUSPECTS.name} s join claim_evidence c on s.account_id = c.account_id and s.holder_kind = c.holder_kind
    left join {OTHER_OFFICES.name} o on s.account_id = o.account_id and s.holder_id = o.holder_id
    where o.account_id is null
    union all
    select n.account_id, n.holder_id, 'claim' as family, 'claims_to_be_holder' as signal, n."where",
           cast(null as varchar) as post_id, n.shown, n.holder_name as expected, n.holder_id as source,
           cast(0.97 as double) as strength, {_UNMEASURED}, s.holder_kind
    from {SUSPECTS.name} s join named_claims n on s.account_id = n.account_id and s.holder_id = n.holder_id
    where n.claim = 'official_account'
    union all
    select d.account_id, s.holder_id, d.family, d.signal, d."where", {_UNREGISTERED.format("d")}, {_UNMEASURED}, s.holder_kind
    from {SUSPECTS.name} s join disguises d on s.account_id = d.account_id
    union all
    select {_columns("t")}, {_UNMEASURED}, s.holder_kind
    from {SUSPECTS.name} s join content_evidence t on s.account_id = t.account_id and s.holder_id = t.holder_id""")

EVIDENCE = Query(
    name="impersonation_evidence", inputs=(NEAR.name, "network_evidence"), scope=Scope.PLATFORM,
    sentence="all evidence for posing as registered holders of whatever kind",
    sql=f"""
    select {_columns("e")}, e.similarity, e.weight, e.holder_kind from {NEAR.name} e
    union all
    select {_columns("n")}, {_UNMEASURED}, s.holder_kind
    from network_evidence n
    join (select distinct account_id, holder_id, holder_kind from {NEAR.name}) s
      on n.account_id = s.account_id and n.holder_id = s.holder_id""")

_FAMILIES = ",\n                 ".join(
    f"coalesce(max(case when family = '{family}' then strength end), {ZERO}) as {family}"
    for family in ("identity", "claim", "content", "network"))

FOUND = Query(
    name="impersonation_found", inputs=(EVIDENCE.name, "holders"), scope=Scope.PLATFORM,
    sentence="one row per account and registered holder that it is taken for, of whatever kind",
    sql=f"""
    select f.account_id, f.holder_id, h.kind as holder_kind, h.country as holder_country,
           round(f.identity * ({ONE} - ({ONE} - f.claim) * ({ONE} - f.content) * ({ONE} - f.network)), 4) as confidence,
           f.best_similarity, f.name_weight
    from (select account_id, holder_id,
                 {_FAMILIES},
                 coalesce(max(similarity), {ZERO}) as best_similarity, coalesce(max(weight), {ZERO}) as name_weight,
                 count(distinct family) as n_families
          from {EVIDENCE.name} group by account_id, holder_id) f
    join holders h on f.holder_id = h.holder_id
    where f.n_families >= 2 and f.identity > 0.0""")

SHARED_STEPS: tuple[Step, ...] = (
    SELF_NAMED, NAMED_CLAIMS, AVATAR_EVIDENCE, DISGUISES, BORNE_EVIDENCE, IDENTITY_EVIDENCE, CLAIM_EVIDENCE,
    CONTENT_EVIDENCE, ADDRESS_IMITATIONS, *OFFICES, SUSPECTS, NEAR, ENDING_SHARES, NETWORK_EVIDENCE, EVIDENCE, FOUND)
"""What the detectors of all kinds of holders have in common: each then takes its own kind out of it."""


def impersonation(*, kind: HolderKind, harm: Harm, sentence: str) -> Detector:
    """The detector for look-alikes of registered holders of `kind`."""
    evidence = Query(name=f"{harm}_evidence", inputs=(EVIDENCE.name,), scope=Scope.PLATFORM,
                     sentence=f"all evidence for {harm}", sql=evidence_of(kind))
    found = Query(name=f"{harm}_found", inputs=(FOUND.name,), scope=Scope.PLATFORM,
                  sentence=f"one row per account and holder: {sentence}", sql=found_of(kind))
    return Detector(name=str(harm), harm=harm, version=1, steps=(*SHARED_STEPS, evidence, found),
                    found=found.name, evidence=evidence.name, suspects=(NEAR.name,), sentence=sentence)


def evidence_of(kind: HolderKind) -> str:
    """The evidence for posing as registered holders of `kind`, as SQL."""
    return f"select {EVIDENCE_COLUMNS} from {EVIDENCE.name} where holder_kind = '{kind}'"


def found_of(kind: HolderKind) -> str:
    """One row per account and registered holder of `kind`, as SQL."""
    return f"""
    select account_id, holder_id, holder_kind, holder_country, confidence, best_similarity, name_weight
    from {FOUND.name} where holder_kind = '{kind}'"""
