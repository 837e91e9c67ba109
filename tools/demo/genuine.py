"""Group a: accounts and sites of registered officials, bodies, outlets and projects, each with its own handle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from registries.fields import rows

from demo.snapshot import DemoSnapshot, Known

GROUP = "genuine"
SITE_OF = ("jp-municipalities", "eal-allowed")
"""Sources whose holders are here with their site only: they list no accounts."""


def genuine(snapshot: DemoSnapshot, holders: pa.Table, data: Path) -> None:
    """Every holder's account on each platform; outlets without any, towns and projects with their site."""
    pages = _pages(data)
    for holder in holders.to_pylist():
        if holder["source"] == "dotgov" and not holder["handles"]:
            continue
        known = Known(group=GROUP, source=holder["source"])
        site = _site(holder, pages)
        name = None if holder["source"] == "github-government" else holder["name"]      # only the handle is known
        for platform, handle in _one_each(holder["handles"]).items():
            snapshot.account(platform, handle, known, name=name, url=site, country=holder["country"])
        if holder["source"] in SITE_OF or (holder["source"] == "media-sources" and not holder["handles"]):
            for domain in holder["domains"][:1]:
                snapshot.account("web", domain, known, name=name, url=site or f"https://{domain}",
                                 country=holder["country"])


def _one_each(handles: list[dict[str, str]]) -> dict[str, str]:
    """One handle per platform: where there are several, the first that is not a bare number or channel id."""
    chosen: dict[str, str] = {}
    def is_bare(handle: str) -> bool:
        return handle.startswith("UC") or handle.isdigit()
    for one in sorted(handles, key=lambda one: (is_bare(one["handle"]), one["handle"])):
        chosen.setdefault(one["platform"], one["handle"])
    if "naver" in chosen:
        chosen.pop("kr-assembly", None)
    return chosen


def _site(holder: dict[str, Any], pages: dict[str, str]) -> str | None:
    """The official website: the page that the source gives, else the holder's own domain."""
    source, _, name = holder["holder_id"].partition(":")
    if holder["holder_id"] in pages:
        return pages[holder["holder_id"]]
    if source == "media":
        return f"https://{name}"
    return f"https://{min(holder['domains'], key=len)}" if holder["domains"] else None


def _pages(data: Path) -> dict[str, str]:
    """Official pages by holder, of the sources that give one."""
    pages = {f"us-state:{(row['id'] or '').removeprefix('ocd-person/')}": json.loads(row["links"] or "[]")[:1]
             for row in rows(f"{data}/registry_us_state_officials/officials.parquet", "id")}
    found = {holder_id: links[0] for holder_id, links in pages.items() if links}
    for row in rows(f"{data}/registry_us_congress/officials.csv", "id"):
        found[f"us-congress:{row['id']}"] = row["website"] or ""
    for row in rows(f"{data}/registry_jp_councillors/members.csv", "url"):
        found[f"jp-councillor:{(row['url'] or '').rpartition('/')[2].partition('.')[0]}"] = row["url"] or ""
    for row in rows(f"{data}/registry_jp_localgov/localgov.csv", "cid"):
        found[f"jp-municipality:{row['cid']}"] = row["url"] or ""
    for row in rows(f"{data}/registry_kr_assembly_2018/members.csv", "url"):
        number = (row["url"] or "").rpartition("=")[2]
        found[f"kr-assembly-2018:{number}"] = row["homepage"] or row["url"] or ""
    return {holder_id: page for holder_id, page in found.items() if page}
