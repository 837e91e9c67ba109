"""Media outlets of any quality, and crypto projects: names that can be impersonated."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import tldextract

from evenhand.model.registry import HolderKind
from registries.fields import PLATFORM_HOSTS, handle, host, rows
from registries.holder import Holder
from registries.sources import SOURCES

ACCOUNTS = ("facebook", "twitter")
LISTED = Path(__file__).resolve().parent / "outlets.csv"
"""Outlets of two published lists, as `tools/list_outlets.py` takes them from the packages that carry the lists."""
_BRACKETS = re.compile(r"^(.{3,}?)\s*\(([^()]+)\)$")
_EDITION = re.compile(r"\s*\([A-Z]{2}\)$")
"""`Euronews (FR)`: an edition, no abbreviation."""
_SHORT = re.compile(r"[A-Z][A-Z0-9&]{1,7}")
SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)
"""The public suffixes that come with the package; nothing is fetched."""


def media(data: Path, known: list[Holder]) -> tuple[list[Holder], dict[str, int]]:
    """Outlets. One whose domain is the site of a body in `known` is that body's outlet and is added to it.

    An account that several outlets claim belongs to the one whose domain it is named after, or to none.
    """
    bodies = {site: holder for holder in known for site in holder.domains}
    listed = rows(f"{data}/registry_news_outlets/media_sources.parquet", "domain")
    hosts = Counter(host(row["domain"]) for row in listed)
    accounts = _accounts(listed)
    found, merged, unowned = [], 0, 0
    for row in listed:
        domain = row["domain"] or ""
        site = host(domain)
        holder = Holder(holder_id=f"media:{domain.lower()}", kind=HolderKind.MEDIA, name=row["name"] or domain,
                        source=SOURCES["media-sources"], is_satire=(row["is_satire"] or "").lower() == "true")
        _call(holder)
        for platform in ACCOUNTS:
            name = handle(platform, row[platform])
            if name and accounts[platform, name.casefold()] == domain:
                holder.reach(platform, name)
            elif name:
                unowned += 1
        is_alone = "/" not in domain or hosts[site] == 1
        if site and is_alone and site not in PLATFORM_HOSTS:
            holder.domains.add(site)
        if "/" not in domain and site in bodies:
            bodies[site].absorb(Holder(holder_id="", kind=HolderKind.MEDIA, name=holder.name, source=holder.source,
                                       names=holder.names, handles=holder.handles))
            merged += 1
        else:
            found.append(holder)
    return found, {"outlets_added_to_bodies": merged, "accounts_claimed_by_several": unowned}


def listed(known: list[Holder]) -> tuple[list[Holder], dict[str, int]]:
    """Outlets of two published lists. One whose site somebody in `known` has is already there, and may gain a name.

    One of the lists has sites only; there the domain is the name.
    """
    sites = {site: holder for holder in known for site in holder.domains}
    found: list[Holder] = []
    counts = {"listed_outlets_known": 0, "listed_names_added": 0}
    for row in rows(str(LISTED), "list, site, name"):
        site, name = row["site"] or "", _EDITION.sub("", row["name"] or "")
        if (holder := sites.get(site)) is not None:
            counts["listed_outlets_known"] += 1
            if name and holder.kind is HolderKind.MEDIA and name.casefold() != holder.name.casefold():
                counts["listed_names_added"] += 1
                holder.call(name)
            continue
        sites[site] = Holder(holder_id=f"outlet:{site}", kind=HolderKind.MEDIA, name=name or site,
                             source=SOURCES[row["list"] or ""], country=row["country"], domains={site})
        _call(sites[site])
        found.append(sites[site])
    return found, counts


def _call(holder: Holder) -> None:
    """`Frankfurter Allgemeine Zeitung (FAZ)` is also called by each of its two parts."""
    if parts := _BRACKETS.match(holder.name):
        name, inner = parts.groups()
        holder.call(name)
        holder.call(inner if _SHORT.fullmatch(inner) else None, None, "short")


def _accounts(listed: list[dict[str, str | None]]) -> dict[tuple[str, str], str | None]:
    """For each account, the domain of the outlet that it belongs to."""
    claims: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in listed:
        for platform in ACCOUNTS:
            if name := handle(platform, row[platform]):
                claims[platform, name.casefold()].append(row["domain"] or "")
    return {key: _owner(key[1], domains) for key, domains in claims.items()}


def _owner(name: str, domains: list[str]) -> str | None:
    if len(domains) == 1:
        return domains[0]
    named = [domain for domain in domains if "/" not in domain
             and _letters(SUFFIXES(domain).domain) == _letters(name)]
    return named[0] if len(named) == 1 else None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def projects(data: Path) -> list[Holder]:
    """Crypto projects of the allow list. Only their domains are known, so the domain is the name."""
    groups: dict[str, set[str]] = defaultdict(set)
    for row in rows(f"{data}/lookalike_crypto/eal_black_white.parquet", "domain"):
        if row["label"] == "whitelist" and (site := host(row["domain"])) and site not in PLATFORM_HOSTS:
            groups[SUFFIXES(site).top_domain_under_public_suffix or site].add(site)
    return [Holder(holder_id=f"eal:{name}", kind=HolderKind.COMPANY, name=name, source=SOURCES["eal-allowed"],
                   domains=sites) for name, sites in sorted(groups.items())]
