"""Link lists: published hosts of phishing and scams, and hosts that may never be listed as a whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.model.registry import LINK_LISTS
from registries.fields import host, rows
from registries.outlets import SUFFIXES
from registries.sources import SOURCES, Source

LABELS = {"deny": "phishing", "allow": "allow", "phishing": "phishing", "suspicious": "suspicious",
          "investment_romance_scam": "investment_scam"}
LISTS = {"polkadot": "polkadot-phishing", "discord_phishing": "discord-phishing",
         "global_anti_scam": "global-anti-scam"}

PLATFORMS = frozenset((
    "facebook.com", "instagram.com", "twitter.com", "x.com", "youtube.com", "youtu.be", "tiktok.com", "linkedin.com",
    "reddit.com", "pinterest.com", "t.me", "telegram.me", "whatsapp.com", "twitch.tv", "discord.com", "discord.gg",
    "github.com", "medium.com", "wikipedia.org", "vimeo.com", "soundcloud.com", "spotify.com", "google.com", "apple.com",
    "microsoft.com", "amazon.com", "ebay.com", "paypal.com", "gofundme.com", "change.org", "bit.ly", "tinyurl.com", "t.co",
    "goo.gl", "imgur.com", "linktr.ee", "vk.com", "ok.ru", "weibo.com", "line.me", "naver.com", "qq.com"))
"""Hosts below whose paths everybody has a page: a list that names the bare host means one page and says all of them. One
source names `facebook.com`, to which 26 accounts of the demo link."""


def link_lists(data: Path, owned: set[str]) -> tuple[pa.Table, dict[str, int]]:
    """The entries of all lists, and how many were left out and why.

    Left out are: addresses with a path (only hosts are listed), hosts that are public suffixes or platforms of many
    (they would cover strangers), denied hosts that are or cover a site of a registered holder (`owned`), and allowed
    hosts below which hosts are denied: an allow entry covers everything below it and beats every other, so that
    `pages.dev` would hide all phishing there.
    """
    counts: Counter[str] = Counter()
    protected = {parent for domain in owned for parent in _parents(domain)}
    entries: dict[tuple[str, str], str] = {}
    listed = [(row["domain"] or "", "polkadot", row["label"] or "") for row in
              rows(f"{data}/scam_domains/polkadot_phishing.parquet", "domain")]
    listed += [(row["domain"] or "", row["list"] or "", row["label"] or "") for row in
               rows(f"{data}/scam_domains/community_lists.parquet", "list, domain")]
    for written, published, label in listed:
        name = None if "/" in written else host(written.removeprefix("*[.]"))
        reason = _reason(written, name, label, protected)
        if reason or name is None:
            counts[reason or "no_host"] += 1
        else:
            counts["twice"] += (LISTS[published], name) in entries
            entries.setdefault((LISTS[published], name), LABELS[label])
    above = Counter(parent for (_, name), label in entries.items() if label != "allow" for parent in _parents(name))
    hidden = [key for key, label in entries.items() if label == "allow" and above[key[1]]]
    for key in hidden:
        del entries[key]
    counts["allowed_host_with_denied_hosts_below"] = len(hidden)
    rows_ = [_row(SOURCES[list_id], name, label) for (list_id, name), label in sorted(entries.items())]
    return pa.Table.from_pylist(rows_, schema=LINK_LISTS), dict(sorted(counts.items()))


def _reason(written: str, name: str | None, label: str, protected: set[str]) -> str | None:
    if "/" in written:
        return "address_with_path"
    if name is None:
        return "no_host"
    if label != "allow" and not SUFFIXES(name).domain:
        return "public_suffix"
    if label != "allow" and name.removeprefix("www.").removeprefix("m.") in PLATFORMS:
        return "platform_of_many"
    if label != "allow" and name in protected:
        return "site_of_a_registered_holder"
    return None


def _parents(name: str) -> list[str]:
    """The host itself and everything above it."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _row(source: Source, name: str, label: str) -> dict[str, Any]:
    return {"list_id": source.slug, "host": name, "label": label, "source": source.slug, "source_url": source.url,
            "as_of": source.as_of}
