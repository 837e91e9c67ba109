"""What a row of the register `fact_checks` does not say itself: its verdict, its publisher's site, whose publisher it is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from evenhand.connectors.registries.claim_reviews import ID_LETTERS
from evenhand.connectors.registries.values import host_of
from evenhand.model.fact_check import RatingWords
from evenhand.signals.web.hosts import PublicSuffixes

COMPLETED = ("fact_check_id", "verdict")
"""Columns that every row has in the end although a file need not."""
_STATE_LABELS = frozenset({"gov", "mil", "gob", "gouv", "govt", "gub", "gv", "go"})
"""Labels of endings under which only states register (`example.gov`, `example.gob.mx`, `example.go.jp`)."""
_COUNTRY_LETTERS = 2


def completed(row: Mapping[str, Any], *, state_sites: Collection[str] = ()) -> dict[str, Any]:
    """The row with what can be told from the rest of it.

    `verdict` comes from the words of `rating`, `publisher_site` becomes the registrable domain of the publisher or else of
    the fact-check, and a publisher is `state_affiliated` where the row or `state_sites` say so, or where its domain ends in
    one that only states get.
    """
    site = _registrable(row.get("publisher_site")) or _registrable(row.get("url"))
    is_state = row.get("state_affiliated")
    if is_state is None:
        is_state = site is not None and (site in state_sites or _is_states(site))
    made: dict[str, Any] = {
        **row, "publisher_site": site, "state_affiliated": is_state,
        "verdict": row.get("verdict") or str(rating_words().verdict(row.get("rating")))}
    if not made.get("fact_check_id") and made.get("claim"):
        made["fact_check_id"] = hashlib.sha256(f"{made.get('url') or made.get('publisher')}\n{made['claim']}".encode()
                                               ).hexdigest()[:ID_LETTERS]
    return made


@cache
def rating_words() -> RatingWords:
    """The shipped table of rating words."""
    return RatingWords.from_toml((resources.files("evenhand") / "data" / "lexicons" / "ratings.toml").read_text("utf-8"))


def registrable_sites(addresses: Collection[str]) -> frozenset[str]:
    """The registrable domains of addresses or host names; what holds none is left out."""
    return frozenset(site for address in addresses if (site := _registrable(address)))


def _registrable(address: object) -> str | None:
    if not isinstance(address, str):
        return None
    try:
        host = host_of(address)
    except ValueError:
        return None
    [suffix] = PublicSuffixes.bundled().suffixes(pa.array([host], pa.string())).to_pylist()
    if not suffix or host == suffix:
        return host
    return f"{host.removesuffix('.' + suffix).rpartition('.')[2]}.{suffix}"


def _is_states(site: str) -> bool:
    labels = site.split(".")
    return labels[-1] in ("gov", "mil") or (
        len(labels) > 1 and len(labels[-1]) == _COUNTRY_LETTERS and not set(labels[-2:-1]).isdisjoint(_STATE_LABELS))
