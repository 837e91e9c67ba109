"""Institutions and military bodies: Wikidata agencies, .gov domains, GitHub organisations, Japanese municipalities."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

from evenhand.model.registry import HolderKind
from registries.fields import handle, host, is_front, rows
from registries.holder import Holder
from registries.sources import SOURCES

ACCOUNTS = ("twitter", "facebook", "instagram", "youtube", "mastodon", "linkedin", "weibo", "telegram", "vk", "github")
MILITARY = re.compile(
    r"^department of (defense|the (army|navy|air force))$|\bnational guard\b(?! cyber)|\bmilitary department\b|"
    r"(?<!political and )military affairs\b|"
    r"\bcoast guard$|^(air force|army|navy|marine corps)$|\barmy corps of engineers$|civil air patrol", re.IGNORECASE)
"""Names in the .gov list and among the agencies that are armed services or their departments. The defence department's
own parts (`Organization name` is the department) count too, but not its inspectors, paymasters and health agencies."""
CIVIL_PARTS = re.compile(r"inspector general|finance|health|economic|human resources|media", re.IGNORECASE)
CIVIL_CODE = {"info-sharing-environment", "project-interoperability", "shareandprotect"}
"""GitHub organisations of the intelligence director's office, in one list with the armed services."""
LONG_HANDLE = 8
"""A GitHub handle of so many characters can stand as a name."""
COUNTRIES = {
    "Argentina": "AR", "Australia": "AU", "Austria": "AT", "Belgium": "BE", "Bolivia": "BO", "Brazil": "BR",
    "Bulgaria": "BG", "Cambodia": "KH", "Canada": "CA", "Chile": "CL", "Colombia": "CO", "Czech Republic": "CZ",
    "Denmark": "DK", "Ecuador": "EC", "Estonia": "EE", "Ethiopia": "ET", "European Union": "EU", "Finland": "FI",
    "France": "FR", "French Polynesia": "PF", "Germany": "DE", "Hong Kong": "HK", "Hungary": "HU", "India": "IN",
    "Indonesia": "ID", "Ireland": "IE", "Isle of Man": "IM", "Israel": "IL", "Italy": "IT", "Japan": "JP",
    "Jersey": "JE", "Kosovo": "XK", "Latvia": "LV", "Lithuania": "LT", "Luxemburg": "LU", "Malaysia": "MY",
    "Mauritius": "MU", "Mexico": "MX", "Netherlands": "NL", "New Zealand": "NZ", "Norway": "NO", "Panama": "PA",
    "Paraguay": "PY", "Peru": "PE", "Philippines": "PH", "Poland": "PL", "Portugal": "PT", "Republic of Korea": "KR",
    "Romania": "RO", "Russia": "RU", "Saudi Arabia": "SA", "Singapore": "SG", "Slovakia": "SK", "Spain": "ES",
    "Sweden": "SE", "Switzerland": "CH", "Taiwan": "TW", "Thailand": "TH", "Venezuela": "VE"}


def agencies(data: Path) -> list[Holder]:
    """Government agencies with their names in all languages."""
    called: dict[str, list[dict[str, str | None]]] = defaultdict(list)
    for row in rows(f"{data}/registry_agencies_wikidata/names.csv", "qid, lang, kind, name"):
        called[row["qid"] or ""].append(row)
    listed = rows(f"{data}/registry_agencies_wikidata/agencies.csv", "qid")
    found = []
    for row in listed:
        name = row["name_en"] or next((one["name"] for one in called[row["qid"] or ""] if one["kind"] == "label"), None)
        country = {"uk": "GB", "int": None}.get(row["country"] or "int", (row["country"] or "").upper())
        holder = Holder(holder_id=f"wikidata:{row['qid']}", name=name or str(row["slug"]), language="en",
                        kind=HolderKind.MILITARY if MILITARY.search(name or "") else HolderKind.INSTITUTION,
                        source=SOURCES["wikidata-agencies"], country=country)
        for one in called[row["qid"] or ""]:
            text = one["name"] or ""
            is_short = one["kind"] == "alias" and text.isupper() and text.isalpha() and len(text) <= 6  # noqa: PLR2004
            holder.call(text, one["lang"], "short" if is_short else one["kind"] or "alias")
        for platform in ACCOUNTS:
            for raw in json.loads(row[platform] or "[]"):
                holder.reach(platform, handle(platform, raw))
        holder.domains |= {site for url in json.loads(row["website"] or "[]") if is_front(url) and (site := host(url))}
        found.append(holder)
    shared = Counter(site for holder in found for site in holder.domains)
    for holder in found:
        holder.domains = {site for site in holder.domains if shared[site] == 1}
    return found


def dotgov(data: Path, known: list[Holder]) -> tuple[list[Holder], int]:
    """Organisations with .gov domains. A domain that is an agency's own site stays with the agency in `known`.

    Returns the organisations, and how many domains went to agencies.
    """
    owners = {site: holder for holder in known for site in holder.domains}
    groups: dict[tuple[str, str, str], list[dict[str, str | None]]] = defaultdict(list)
    moved = 0
    for row in rows(f"{data}/registry_us_gov_domains/dotgov.parquet", '"Domain name"'):
        part, state = row["Suborganization name"] or "", row["State"] or ""
        domain = (row["Domain name"] or "").lower()
        if domain in owners:
            owner = owners[domain]
            owner.call(part or row["Organization name"], "en")
            owner.country = owner.country or "US"
            moved += 1
            continue
        # A federal body is one body wherever its parts sit; a "City of Springfield" is another one in each state.
        is_federal = (row["Domain type"] or "").startswith("Federal")
        groups[row["Organization name"] or domain, part, "" if is_federal else state].append(row)
    return [_organisation(key, listed) for key, listed in sorted(groups.items())], moved


def _organisation(key: tuple[str, str, str], listed: list[dict[str, str | None]]) -> Holder:
    organisation, part, state = key
    domains = {(row["Domain name"] or "").lower() for row in listed}
    first = min(domains, key=lambda domain: (len(domain), domain))
    level = Counter(row["Domain type"] or "" for row in listed).most_common(1)[0][0].removesuffix(" - Election")
    is_part_of_defence = organisation == "Department of Defense" and not CIVIL_PARTS.search(part)
    is_military = is_part_of_defence or bool(MILITARY.search(part or organisation))
    name = part or organisation
    if part in {"Army", "Air Force", "Department of Administration", "Department of Economic Security"}:
        name = f"{part}, {organisation}"
    if part.startswith("Office of the ") and part not in organisation:
        name = f"{part}, {organisation}"
    return Holder(holder_id=f"dotgov:{first}", name=name, language="en", country="US", domains=domains,
                  kind=HolderKind.MILITARY if is_military else HolderKind.INSTITUTION, source=SOURCES["dotgov"],
                  office=f"{level}, {state}" if state else level)


def github_organisations(data: Path, known: list[Holder]) -> tuple[list[Holder], int]:
    """Government organisations on GitHub; one that an agency in `known` already has is not repeated.

    Returns the organisations, and how many were known.
    """
    taken = {name.casefold() for holder in known for platform, name in holder.handles if platform == "github"}
    found = []
    listed = rows(f"{data}/registry_gov_github_orgs/orgs.csv", "lower(handle)")
    for row in listed:
        name, where = row["handle"] or "", row["jurisdiction"] or ""
        if name.casefold() in taken:
            continue
        country = "US" if where.startswith("U.S.") else "GB" if where.startswith("U.K.") else COUNTRIES.get(where)
        is_military = where == "U.S. Military and Intelligence" and name.lower() not in CIVIL_CODE
        # A short handle such as `simp` or `nla` is a word or an abbreviation of many things: it is kept as an address.
        shown = name if len(name) >= LONG_HANDLE else f"github.com/{name}"
        holder = Holder(holder_id=f"github-gov:{name.lower()}", name=shown, source=SOURCES["github-government"],
                        kind=HolderKind.MILITARY if is_military else HolderKind.INSTITUTION, country=country,
                        office=where)
        holder.reach("github", name)
        found.append(holder)
    return found, len(listed) - len(found)


def municipalities(data: Path) -> list[Holder]:
    """Japanese municipalities. Where several share a name, the prefecture is part of the main name."""
    listed = rows(f"{data}/registry_jp_localgov/localgov.csv", "cid")
    same = Counter(row["city"] for row in listed)
    sites = Counter(host(row["url"]) for row in listed)
    found = []
    for row in listed:
        full = f"{row['pref']}{row['city']}"
        is_shared = same[row["city"]] > 1
        holder = Holder(holder_id=f"jp-municipality:{row['cid']}", kind=HolderKind.INSTITUTION,
                        name=full if is_shared else row["city"] or full, source=SOURCES["jp-municipalities"],
                        language="ja", country="JP", office=row["pref"])
        holder.call(full, "ja")
        holder.call(row["city"], "ja")
        holder.call(row["citykana"], "ja-Hira")
        site = host(row["url"])
        # A ward's page is below its city's front: the site is the city's.
        if site and (sites[site] == 1 or is_front(row["url"] or "")):
            holder.domains.add(site)
        found.append(holder)
    return found
