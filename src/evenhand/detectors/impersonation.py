"""How an impersonation detector is made: identity that reads as a holder's, and something else that agrees.

Confidence is the strength of the identity evidence times one minus the product of the doubts that the other families
leave: identity × (1 − (1 − claim)(1 − content)(1 − network)). Without a second family there is no finding.
"""

from __future__ import annotations

from evenhand.detectors.avatars import AVATAR_EVIDENCE
from evenhand.detectors.identity import (
    ADDRESS_IMITATIONS,
    CLAIM_EVIDENCE,
    CONTENT_EVIDENCE,
    DISGUISES,
    ENDING_SHARES,
    EVIDENCE_COLUMNS,
    IDENTITY_EVIDENCE,
    NAMED_CLAIMS,
    NETWORK_EVIDENCE,
    ONE,
    OWN_ADDRESSES,
    ZERO,
)
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query, Scope, Step

SHARED_STEPS: tuple[Step, ...] = (
    OWN_ADDRESSES, NAMED_CLAIMS, AVATAR_EVIDENCE, DISGUISES, IDENTITY_EVIDENCE, CLAIM_EVIDENCE, CONTENT_EVIDENCE,
    ADDRESS_IMITATIONS, ENDING_SHARES, NETWORK_EVIDENCE)


def impersonation(*, kind: HolderKind, harm: Harm, claims: tuple[str, ...], sentence: str) -> Detector:
    """The detector for look-alikes of registered holders of `kind`; `claims` are the claims that fit such a holder."""
    words = ", ".join(f"'{claim}'" for claim in claims)
    suspects = _suspects(kind, words)
    near = _near(kind, words, suspects.name)
    evidence = _evidence(harm, near.name)
    found = _found(harm, evidence.name, sentence)
    return Detector(name=str(harm), harm=harm, version=1, steps=(*SHARED_STEPS, suspects, near, evidence, found),
                    found=found.name, evidence=evidence.name, suspects=(near.name,), sentence=sentence)


def _suspects(kind: HolderKind, words: str) -> Query:
    return Query(
        name=f"{kind}_suspects", inputs=("identity_evidence", "claim_evidence", "content_evidence", "address_imitations"),
        sentence=f"accounts that read as a registered {kind} holder and show something else that agrees",
        sql=f"""
        select distinct i.account_id, i.holder_id
        from identity_evidence i
        left join claim_evidence c on i.account_id = c.account_id and c.claim in ({words})
        left join content_evidence t on i.account_id = t.account_id and i.holder_id = t.holder_id
        left join address_imitations n on i.account_id = n.account_id and i.holder_id = n.holder_id
        where i.holder_kind = '{kind}'
          and (c.account_id is not null or t.account_id is not null or n.account_id is not null)""")


def _near(kind: HolderKind, words: str, suspects: str) -> Query:
    return Query(
        name=f"{kind}_near_evidence",
        inputs=(suspects, "identity_evidence", "claim_evidence", "content_evidence", "named_claims", "disguises"),
        sentence=f"the evidence in each suspect's own rows (registered {kind} holders)",
        sql=f"""
        select {_columns("i")}, i.similarity, i.weight
        from identity_evidence i join {suspects} s on i.account_id = s.account_id and i.holder_id = s.holder_id
        union all
        select c.account_id, s.holder_id, c.family, c.signal, c."where", cast(null as varchar) as post_id, c.shown,
               '' as expected, '' as source, c.strength, cast(null as double) as similarity, cast(null as double) as weight
        from claim_evidence c join {suspects} s on c.account_id = s.account_id where c.claim in ({words})
        union all
        select n.account_id, n.holder_id, 'claim' as family, 'claims_to_be_holder' as signal, n."where",
               cast(null as varchar) as post_id, n.shown, n.holder_name as expected, n.holder_id as source,
               cast(0.97 as double) as strength, cast(null as double) as similarity, cast(null as double) as weight
        from named_claims n join {suspects} s on n.account_id = s.account_id and n.holder_id = s.holder_id
        union all
        select d.account_id, s.holder_id, d.family, d.signal, d."where", cast(null as varchar) as post_id, d.shown,
               '' as expected, '' as source, d.strength, cast(null as double) as similarity, cast(null as double) as weight
        from disguises d join {suspects} s on d.account_id = s.account_id
        union all
        select {_columns("t")}, cast(null as double) as similarity, cast(null as double) as weight
        from content_evidence t join {suspects} s on t.account_id = s.account_id and t.holder_id = s.holder_id""")


def _evidence(harm: Harm, near: str) -> Query:
    return Query(
        name=f"{harm}_evidence", inputs=(near, "network_evidence"), scope=Scope.PLATFORM,
        sentence=f"all evidence for {harm}",
        sql=f"""
        select {_columns("e")}, e.similarity, e.weight from {near} e
        union all
        select {_columns("n")}, cast(null as double) as similarity, cast(null as double) as weight
        from network_evidence n
        join (select distinct account_id, holder_id from {near}) s
          on n.account_id = s.account_id and n.holder_id = s.holder_id""")


def _found(harm: Harm, evidence: str, sentence: str) -> Query:
    families = ",\n                     ".join(
        f"coalesce(max(case when family = '{family}' then strength end), {ZERO}) as {family}"
        for family in ("identity", "claim", "content", "network"))
    return Query(
        name=f"{harm}_found", inputs=(evidence, "holders"), scope=Scope.PLATFORM,
        sentence=f"one row per account and holder: {sentence}",
        sql=f"""
        select f.account_id, f.holder_id, h.kind as holder_kind, h.country as holder_country,
               round(f.identity * ({ONE} - ({ONE} - f.claim) * ({ONE} - f.content) * ({ONE} - f.network)), 4) as confidence,
               f.best_similarity, f.name_weight
        from (select account_id, holder_id,
                     {families},
                     coalesce(max(similarity), {ZERO}) as best_similarity, coalesce(max(weight), {ZERO}) as name_weight,
                     count(distinct family) as n_families
              from {evidence} group by account_id, holder_id) f
        join holders h on f.holder_id = h.holder_id
        where f.n_families >= 2 and f.identity > 0.0""")


def _columns(alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in EVIDENCE_COLUMNS.split(", "))
