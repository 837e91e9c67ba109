"""Cases: everything that counts about one account, gathered from the sweep's relations in the plan's order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.decision import Profile, Strike
from evenhand.model.evidence import MAX_REASONS, PLACE_OF_FAMILY, EvidenceFamily, Finding, GuardHit, Reason, Strength
from evenhand.model.harm import Harm

CHUNK = 5_000
"""Accounts turned into Python values at a time, so that memory stays bounded and several processes can share the work."""
FACT = Callable[[str, str, str, str, str], str]
"""Words a fact: signal or guard, where, shown, expected, source → sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a sweep found: the relations `verdicts`, `evidence`, `guard_hits`, and the strikes that are on record."""

    verdicts: pa.Table
    evidence: pa.Table
    guard_hits: pa.Table
    strikes: pa.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRows:
    """Everything a sweep found about some accounts, in the plan's order: each table sorted by the accounts' places in it."""

    account_ids: pa.Array
    verdicts: pa.Table
    evidence: pa.Table
    guard_hits: pa.Table
    strikes: pa.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """One finding of a case, with the policies whose condition holds."""

    finding: Finding
    policy_numbers: tuple[int, ...]
    posted_at: Mapping[str, datetime]
    """When each post of its evidence was published, where that is known."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """The language of each post of its evidence, where the platform says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectCase:
    """Everything that counts about one account: what was found, what speaks for it, and its strikes."""

    profile: Profile
    suspicions: tuple[Suspicion, ...]
    guard_hits: tuple[GuardHit, ...]
    strikes: tuple[Strike, ...]


def place_in_order(account_id: str, *, seed: int) -> str:
    """The key by which accounts are ordered: the same for a seed on every machine, and no account chooses its own."""
    return hashlib.sha256(f"{seed}:{account_id}".encode()).hexdigest()


def case_rows(sweep: Sweep, *, seed: int) -> Iterator[CaseRows]:
    """The rows of a sweep's cases in the plan's order, so many accounts at a time."""
    ids = pc.unique(sweep.verdicts["account_id"]).to_pylist()
    ordered = pa.array(sorted(ids, key=lambda account_id: place_in_order(account_id, seed=seed)), pa.string())
    tables = [_sorted(sweep.verdicts, ordered, by=("harm",)),
              _sorted(sweep.evidence, ordered, by=("harm", "holder_id")),
              _sorted(sweep.guard_hits, ordered, by=("guard", "strength", "where", "shown", "expected", "holder_id")),
              _sorted(sweep.strikes, ordered, by=("given_at", "policy_id"))]
    for start in range(0, len(ordered), CHUNK):
        verdicts, evidence, hits, strikes = (_slice(table, start, start + CHUNK) for table in tables)
        yield CaseRows(account_ids=ordered.slice(start, CHUNK), verdicts=verdicts, evidence=evidence, guard_hits=hits,
                       strikes=strikes)


def gather(rows: CaseRows, *, n_policies: int, word_fact: FACT, word_guard: FACT) -> Iterator[SuspectCase]:
    """The cases of some accounts, in order."""
    verdicts, evidence, hits, strikes = map(_by_account, (rows.verdicts, rows.evidence, rows.guard_hits, rows.strikes))
    for account_id in rows.account_ids.to_pylist():
        yield _case(verdicts[account_id], evidence[account_id], hits[account_id], strikes[account_id],
                    n_policies=n_policies, word=(word_fact, word_guard))


def _sorted(table: pa.Table, ordered: pa.Array, *, by: Sequence[str]) -> pa.Table:
    """The rows of the ordered accounts, in their order, with the position in a column `position`."""
    position = pc.index_in(table["account_id"].combine_chunks(), value_set=ordered)
    table = table.append_column("position", position).filter(pc.is_valid(position))
    return table.sort_by([("position", "ascending"), *((column, "ascending") for column in by)])


def _slice(table: pa.Table, first: int, last: int) -> pa.Table:
    positions = table["position"].to_numpy()
    begin, end = np.searchsorted(positions, [first, last])
    return table.take(pa.array(np.arange(begin, end)))  # a slice would take the whole table along to another process


def _by_account(table: pa.Table) -> defaultdict[str, list[dict[str, Any]]]:
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in table.to_pylist():
        rows[row["account_id"]].append(row)
    return rows


def _case(verdicts: list[dict[str, Any]], evidence: list[dict[str, Any]], hits: list[dict[str, Any]],
          strikes: list[dict[str, Any]], *, n_policies: int, word: tuple[FACT, FACT]) -> SuspectCase:
    word_fact, word_guard = word
    first = verdicts[0]
    profile = Profile(account_id=first["account_id"], handle=first["handle"], display_name=first["display_name"],
                      platform=first["platform"], language=first["language"], followers=first["followers"],
                      created_at=first["created_at"])
    suspicions = []
    for row in verdicts:
        rows = [e for e in evidence if e["harm"] == row["harm"] and e["holder_id"] == row["holder_id"]]
        suspicions.append(Suspicion(
            finding=_finding(row, rows, word_fact=word_fact),
            policy_numbers=tuple(n for n in range(n_policies) if row[f"applies_{n}"]),
            posted_at={e["post_id"]: e["posted_at"] for e in rows if e["post_id"] and e["posted_at"] is not None},
            languages={e["post_id"]: e["post_language"] for e in rows if e["post_id"] and e["post_language"]}))
    return SuspectCase(
        profile=profile, suspicions=tuple(suspicions), guard_hits=tuple(_hit(row, word_guard) for row in hits),
        strikes=tuple(Strike(account_id=s["account_id"], policy_id=s["policy_id"], points=s["points"],
                             given_at=s["given_at"], expires_at=s["expires_at"]) for s in strikes))


def _finding(row: dict[str, Any], rows: list[dict[str, Any]], *, word_fact: FACT) -> Finding:
    rows.sort(key=_by_strength)
    seen: dict[str, int] = {}
    kept = []
    for e in rows:  # the strongest of each family go first, so that no family is crowded out
        seen[e["family"]] = nth = seen.get(e["family"], 0) + 1
        kept.append((nth, e))
    kept.sort(key=itemgetter(0))
    chosen = sorted((e for _, e in kept[:MAX_REASONS]), key=lambda e: PLACE_OF_FAMILY[e["family"]])
    reasons = tuple(Reason(
        signal=e["signal"], family=EvidenceFamily(e["family"]), where=e["where"] or "", shown=e["shown"] or "",
        expected=e["expected"] or "", source=e["source"] or "",
        fact=word_fact(e["signal"], e["where"] or "", e["shown"] or "", e["expected"] or "", e["source"] or ""))
        for e in chosen)
    return Finding(account_id=row["account_id"], harm=Harm(row["harm"]), detector=row["detector"],
                   confidence=row["confidence"], holder_id=row["holder_id"] or None, reasons=reasons,
                   post_ids=tuple(sorted({e["post_id"] for e in rows
                                          if e["post_id"] and e["family"] == EvidenceFamily.CONTENT})))


def _by_strength(e: dict[str, Any]) -> tuple[float, str, str, str, str, str, str, str]:
    return (-e["strength"], e["family"], e["signal"], e["where"], e["post_id"] or "", e["shown"] or "",
            e["expected"] or "", e["source"] or "")


def _hit(row: dict[str, Any], word_guard: FACT) -> GuardHit:
    return GuardHit(account_id=row["account_id"], guard=row["guard"], strength=Strength(row["strength"]),
                    where=row["where"] or "", shown=row["shown"] or "", harm=Harm(row["harm"]) if row["harm"] else None,
                    holder_id=row["holder_id"] or None,
                    fact=word_guard(row["guard"], row["where"] or "", row["shown"] or "", row["expected"] or "",
                                    row["source"] or ""))
