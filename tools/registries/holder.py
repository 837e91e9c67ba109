"""Holders while they are built: names, handles and domains gathered from several sources, then frozen to a table."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from evenhand.connectors.registries.names import objections
from evenhand.model.registry import HOLDERS, HolderKind
from registries.sources import Source


@dataclass(slots=True, kw_only=True)
class Holder:
    """One holder. `names` are (name, language, kind); the main name is added when the table is made."""

    holder_id: str
    kind: HolderKind
    name: str
    source: Source
    language: str | None = None
    country: str | None = None
    office: str | None = None
    is_satire: bool | None = None
    names: set[tuple[str, str | None, str]] = field(default_factory=set)
    handles: set[tuple[str, str]] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)

    def call(self, name: str | None, language: str | None = None, kind: str = "alias") -> None:
        """Add a name, unless it is empty."""
        if name:
            self.names.add((name, language or self.language, kind))

    def reach(self, platform: str, handle: str | None) -> None:
        """Add an account, unless it is empty."""
        if handle:
            self.handles.add((platform, handle))

    def is_named_in(self, handle: str) -> bool:
        """Whether the last word of the name stands in an account name, as in `SenAngusKing`."""
        words = re.findall(r"[^\W\d_]{4,}", self.name.casefold())
        return bool(words) and words[-1] in handle.casefold()

    def absorb(self, other: Holder) -> None:
        """Take over what another source knows about the same body or person."""
        self.names |= other.names | {(other.name, other.language, "alias")}
        self.handles |= other.handles
        self.domains |= other.domains

    def row(self) -> dict[str, Any]:
        """The holder as a row of the register. The main name comes first; a name of several languages stands once."""
        seen = {self.name.casefold()}
        names = [{"name": self.name, "language": self.language, "kind": "label"}]
        for name, language, kind in sorted(self.names, key=lambda one: (one[1] or "", _RANK[one[2]], one[0])):
            if name.casefold() not in seen:
                seen.add(name.casefold())
                names.append({"name": name, "language": language, "kind": kind})
        return {
            "holder_id": self.holder_id, "kind": str(self.kind), "name": self.name, "country": self.country,
            "office": self.office, "is_satire": self.is_satire, "names": names,
            "handles": [{"platform": platform, "handle": handle} for platform, handle in _once(self.handles)],
            "domains": sorted(self.domains), "avatars": [], "source": self.source.slug,
            "source_url": self.source.url, "as_of": self.source.as_of}


def settled(holders: list[Holder]) -> dict[str, int]:
    """Give each domain and each account to one holder only; returns how many others lost theirs.

    A domain of a body is the body's, not its head's. Otherwise the later source knows better; within one source an
    account is that of the person whose name it holds, else of the first.
    """
    counts = {"domains_taken": 0, "accounts_taken": 0}
    domains: dict[str, list[Holder]] = defaultdict(list)
    accounts: dict[tuple[str, str], list[Holder]] = defaultdict(list)
    for holder in sorted(holders, key=lambda one: one.holder_id):
        for domain in holder.domains:
            domains[domain].append(holder)
        for platform, name in {(platform, name.casefold()) for platform, name in holder.handles}:
            accounts[platform, name].append(holder)
    for domain, claimants in domains.items():
        for loser in _losers(claimants, domain):
            loser.domains.discard(domain)
            counts["domains_taken"] += 1
    for (platform, name), claimants in accounts.items():
        for loser in _losers(claimants, name):
            loser.handles = {one for one in loser.handles if (one[0], one[1].casefold()) != (platform, name)}
            counts["accounts_taken"] += 1
    return counts


def _losers(claimants: list[Holder], claimed: str) -> list[Holder]:
    def rank(holder: Holder) -> tuple[bool, int, bool]:
        return (holder.kind is not HolderKind.OFFICIAL, holder.source.as_of.toordinal(), holder.is_named_in(claimed))
    winner = max(claimants, key=rank)       # the first of equals
    return [holder for holder in claimants if holder is not winner]


_RANK = {"label": 0, "alias": 1, "short": 2}


def _once(handles: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Handles by the alphabet; of two spellings that differ in case only, the first."""
    unique: dict[tuple[str, str], tuple[str, str]] = {}
    for platform, handle in sorted(handles):
        unique.setdefault((platform, handle.casefold()), (platform, handle))
    return sorted(unique.values())


def speakable(holders: list[Holder]) -> tuple[list[Holder], dict[str, int]]:
    """Holders whose names can be protected, and how many names could not.

    A name that is one common word, too short or a slogan is left out. If it is the main name, the holder is entered
    under its first domain or, having none, under its first handle with the platform; without either it is left out.
    """
    counts = {"names_left_out": 0, "renamed": 0, "left_out": 0}
    texts = sorted({name for holder in holders for name in (holder.name, *(one[0] for one in holder.names))})
    bad = {text for text, why in zip(texts, objections(pa.array(texts)).to_pylist(), strict=True) if why}
    kept = []
    for holder in holders:
        good = {one for one in holder.names if one[0] not in bad or (one[2] == "short" and len(one[0]) > 1)}
        counts["names_left_out"] += len(holder.names) - len(good)
        holder.names = good
        if holder.name in bad:
            others = [*sorted(holder.domains, key=lambda domain: (len(domain), domain)),
                      *(f"{platform}.com/{handle}" for platform, handle in _once(holder.handles))]
            if not others:
                counts["left_out"] += 1
                continue
            counts["renamed"] += 1
            holder.name = others[0]
        kept.append(holder)
    return kept, counts


def table(holders: list[Holder]) -> pa.Table:
    """The holders as a register."""
    rows = [holder.row() for holder in sorted(holders, key=lambda one: one.holder_id)]
    return pa.Table.from_pylist(rows, schema=HOLDERS)
