"""Officials: US Congress, US states, governors of 2021, Japan's councillors, Korea's 20th assembly."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from evenhand.model.registry import HolderKind
from registries.fields import PLATFORM_HOSTS, handle, host, is_front, rows
from registries.holder import Holder
from registries.sources import SOURCES

ACCOUNTS = ("twitter", "facebook", "instagram", "youtube")
_SUFFIX = re.compile(r",?\s+(Jr|Sr|II|III|IV|Esq|M\.?D|Ph\.?D)\.?$")
_NICK = re.compile(r"[\"“(]([^\"”)]+)[\"”)]")
_INITIAL = re.compile(r"^([A-Z]\.?)+$")
CHAMBERS = {"upper": "State senator", "lower": "State representative", "legislature": "State legislator"}


def person(holder: Holder, first: str | None, last: str | None, nick: str | None = None) -> None:
    """Add the ways in which a person's own name is written: without suffix, without nickname, first and last."""
    plain = _SUFFIX.sub("", holder.name)
    for called in _NICK.findall(holder.name):
        holder.call(f"{called} {_bare(last)}" if last else None)
    holder.call(" ".join(_NICK.sub(" ", plain).split()))
    holder.call(plain)
    if first and last and not _INITIAL.match(first):
        holder.call(f"{_bare(_NICK.sub('', first))} {_bare(last)}")
    if nick and last:
        holder.call(f"{nick} {_bare(last)}")


def _bare(name: str | None) -> str:
    return " ".join(_SUFFIX.sub("", name or "").split())


def is_full(name: str) -> bool:
    """Whether a listed other name is a full name: first name written out, no comma, no district.

    >>> [is_full(name) for name in ("Brian S. Fernandez", "B. Fernandez", "Hunt, L.", "NANGLE of Cumberland", "Chism")]
    [True, False, False, False, False]
    """
    words = name.split()
    return (len(words) > 1 and not re.search(r"[,\d]|\bof\b", name) and not name.isupper()
            and not _INITIAL.match(words[0]) and not _INITIAL.match(words[-1]))


def congress(data: Path) -> list[Holder]:
    """Serving members of Congress with their official accounts and sites."""
    found = []
    for row in rows(f"{data}/registry_us_congress/officials.csv", "id"):
        where = row["state"] if not row["district"] else f"{row['state']}-{int(float(row['district'])) or 'at large'}"
        holder = Holder(holder_id=f"us-congress:{row['id']}", kind=HolderKind.OFFICIAL, name=row["name"] or "",
                        source=SOURCES["us-congress"], language="en", country="US", office=f"{row['office']}, {where}")
        person(holder, row["first"], row["last"], row["nickname"])
        for platform in (*ACCOUNTS, "mastodon"):
            holder.reach(platform, handle(platform, row[platform]))
        holder.reach("youtube", handle("youtube", row["youtube_id"]))
        if site := host(row["website"]):
            holder.domains.add(site)
        found.append(holder)
    return found


def state_officials(data: Path, members: list[Holder]) -> tuple[list[Holder], int]:
    """Officials of the states. Members of Congress among them are added to `members`: same Wikidata id or same site.

    Returns the others, and how many were added to members of Congress.
    """
    listed = rows(f"{data}/registry_us_state_officials/officials.parquet", "id")
    by_item = {item: member for item, member in zip(
        (row["wikidata"] for row in rows(f"{data}/registry_us_congress/officials.csv", "id")), members, strict=True)
        if item}
    by_site = {site: member for member in members for site in member.domains}
    sites = Counter(site for row in listed for site in _sites(row))
    found, merged = [], 0
    for row in listed:
        holder = _state_official(row, sites)
        same = by_item.get(row["wikidata"] or "") or next(
            (by_site[site] for site in sorted(_sites(row)) if site in by_site), None)
        if same:
            same.absorb(holder)
            merged += 1
        else:
            found.append(holder)
    return found, merged


def _sites(row: dict[str, str | None]) -> set[str]:
    links = json.loads(row["links"] or "[]")
    return {site for link in links if is_front(link) and (site := host(link)) and site not in PLATFORM_HOSTS}


def _state_official(row: dict[str, str | None], sites: Counter[str]) -> Holder:
    place = re.search(r"place:([a-z0-9_~.-]+)", row["jurisdiction"] or "")
    where = f"{place.group(1).replace('_', ' ').title()}, {row['state']}" if place else row["state"] or "US"
    is_executive = row["group"] == "executive"
    office = "State executive" if is_executive and row["office"] in CHAMBERS else CHAMBERS.get(
        row["office"] or "", (row["office"] or "").replace("lt_governor", "lieutenant governor").capitalize())
    if row["state"] == "US":
        office = {"State senator": "U.S. Senator", "State representative": "U.S. Representative"}.get(office, office)
    holder = Holder(holder_id=f"us-state:{(row['id'] or '').removeprefix('ocd-person/')}", kind=HolderKind.OFFICIAL,
                    name=row["name"] or "", source=SOURCES["us-state-officials"], language="en", country="US",
                    office=f"{office}, {where}" + (f" district {row['district']}" if row["district"] else ""))
    person(holder, row["given"], row["family"])
    for other in json.loads(row["other_names"] or "[]"):
        name = " ".join(other.replace("\x92", "’").split())
        holder.call(name if is_full(name) else None)
    for platform in ACCOUNTS:
        holder.reach(platform, handle(platform, row[platform]))
    # A site is the official's own only if nobody else in the list has it.
    holder.domains |= {site for site in _sites(row) if sites[site] == 1}
    return holder


def governors(data: Path, officials: list[Holder]) -> tuple[list[Holder], int]:
    """Governors of March 2021. One who still governs the same state under the same name is added to that holder.

    Returns the others, and how many were added.
    """
    known = {(office, holder.name): holder for holder in officials for office in _as_governor(holder.office or "")}
    found, merged = [], 0
    for row in rows(f"{data}/registry_us_governors_2021/governors.csv", "state_code"):
        office = f"Governor, {row['state_code']}"
        called = {f"{first} {row['last_name']}" for first in (row["first_name"], row["goes_by"]) if first}
        holder = Holder(holder_id=f"us-governor-2021:{row['state_code_slug']}-{row['name_slug']}",
                        kind=HolderKind.OFFICIAL, name=row["name"] or "", source=SOURCES["us-governors-2021"],
                        language="en", country="US", office=f"{office} (2021)")
        person(holder, row["first_name"], row["last_name"], row["goes_by"])
        if row["middle_name"]:
            holder.call(f"{row['first_name']} {row['middle_name']} {row['last_name']}")
        holder.reach("twitter", handle("twitter", row["twitter_handle"]))
        holder.reach("facebook", handle("facebook", row["facebook_url"]))
        if (site := host(row["website"])) and is_front(row["website"] or ""):
            holder.domains.add(site)
        same = next((known[office, name] for name in sorted(called) if (office, name) in known), None)
        if same:
            same.absorb(holder)
            merged += 1
        else:
            found.append(holder)
    return found, merged


def _as_governor(office: str) -> list[str]:
    """The governor's office that an office is or may be: the list of executives does not always say which."""
    title, _, state = office.partition(", ")
    return [f"Governor, {state}"] if title in {"Governor", "State executive"} else []


def councillors(data: Path) -> list[Holder]:
    """Members of Japan's House of Councillors. Their page on the House's site is their account there."""
    found = []
    for row in rows(f"{data}/registry_jp_councillors/members.csv", "url"):
        page = re.search(r"/(\d+)\.htm", row["url"] or "")
        number = page.group(1) if page else ""
        holder = Holder(holder_id=f"jp-councillor:{number}", kind=HolderKind.OFFICIAL, name=row["name_ja"] or "",
                        source=SOURCES["jp-councillors"], language="ja", country="JP",
                        office=f"参議院議員 ({row['district']})")
        holder.call((row["name_ja"] or "").replace(" ", ""), "ja")
        holder.call(row["kana"], "ja-Hira")
        holder.call((row["kana"] or "").replace(" ", ""), "ja-Hira")
        holder.reach("sangiin", number)
        found.append(holder)
    return found


def assembly(data: Path) -> list[Holder]:
    """Members of the 20th National Assembly of Korea, with their site or their Naver blog."""
    found = []
    for row in rows(f"{data}/registry_kr_assembly_2018/members.csv", "url"):
        number = parse_qs(urlsplit(row["url"] or "").query)["dept_cd"][0]
        holder = Holder(holder_id=f"kr-assembly-2018:{number}", kind=HolderKind.OFFICIAL, name=row["name_kr"] or "",
                        source=SOURCES["kr-assembly-2018"], language="ko", country="KR",
                        office=f"국회의원 ({row['district']}, 2018)")
        holder.call(row["name_cn"], "ko-Hani")
        surname, _, given = (row["name_en"] or "").title().partition(" ")
        if given:
            holder.call(f"{surname} {given}", "ko-Latn")
            holder.call(f"{given} {surname}", "ko-Latn")
        holder.reach("kr-assembly", number)
        site = host(row["homepage"])
        if site == "blog.naver.com":
            holder.reach("naver", naver_blog(row["homepage"] or ""))
        elif site and site not in PLATFORM_HOSTS and is_front(row["homepage"] or ""):
            holder.domains.add(site)
        found.append(holder)
    return found


def naver_blog(url: str) -> str | None:
    """The blog's name in an address such as `http://blog.naver.com/kangbw89`."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    named = parse_qs(parts.query).get("blogId", [parts.path.strip("/").split("/")[0].split(".")[0]])[0]
    return named if re.fullmatch(r"[A-Za-z0-9_-]{2,40}", named) else None
