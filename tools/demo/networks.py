"""Groups b and c: accounts, pages and sites of published coordinated networks; the Reddit IRA accounts."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from registries.fields import handle, host, rows

from demo.snapshot import DemoSnapshot, Known, from_epoch
from evenhand.model.harm import Harm

GROUP, REDDIT = "published_network", "reddit_ira"
PLATFORMS = {
    "twitter.com": "twitter", "x.com": "twitter", "t.me": "telegram", "tiktok.com": "tiktok", "youtube.com": "youtube",
    "facebook.com": "facebook", "instagram.com": "instagram", "linkedin.com": "linkedin", "reddit.com": "reddit",
    "tr.pinterest.com": "pinterest", "truthsocial.com": "truthsocial", "gettr.com": "gettr", "gab.com": "gab",
    "linktr.ee": "linktree", "safechat.com": "safechat", "breached.vc": "breached", "leakzone.net": "leakzone",
    "cracked.io": "cracked", "nulled.to": "nulled", "craxpro.io": "craxpro", "altenes.is": "altenes",
    "leakbase.io": "leakbase", "xss.is": "xss"}
"""Hosts on which a network had accounts, and what the platform is called here."""
NOT_AN_ACCOUNT = {"change.org", "cutt.ly", "freelancer.com", "ok.ru", "dlvr.it", "outlook.com"}
"""Hosts of petitions, short links and adverts among the indicators."""
FOLDERS = {"in", "user", "u", "s", "c", "channel", "members"}
VICTIM = re.compile(r"^8\.")
"""Procedures of the kill chain whose indicators are sites that the network attacked, not its own."""


def networks(snapshot: DemoSnapshot, data: Path) -> None:
    """Indicators that name an account or a site of a network. Words, counts, petitions and victims are passed over."""
    for row in rows(f"{data}/cib_meta_indicators/indicators.csv", "network, indicator, procedure"):
        known = Known(group=GROUP, source="meta-cib", harm=Harm.INAUTHENTIC_NETWORK)
        written = row["indicator"] or ""
        url = re.sub(r"^hxxp", "http", written.replace("[.]", ".").replace("[:]", ":").replace("{:}", ":"))
        if VICTIM.match(row["procedure"] or "") or " " in url or "." not in url:
            continue
        parts = urlsplit(url if "://" in url else f"https://{url}")
        name = host(url)
        if name is None or name in NOT_AN_ACCOUNT:
            continue
        if name in PLATFORMS:
            account = _account(PLATFORMS[name], unquote(parts.path))
            if account:
                snapshot.account(PLATFORMS[name], account, known, profile_url=f"https://{name}{parts.path}")
        elif parts.path.strip("/") == "":
            snapshot.site(name, known)


def _account(platform: str, path: str) -> str | None:
    """The account in the path of a profile address."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[0].lower() in FOLDERS:
        parts = parts[1:]
    if len(parts) != 1 or parts[0] == "watch" or parts[0].startswith(("+", "Thread-")):
        return None
    name = re.sub(r"^(@|User-|\d+-)", "", parts[0])
    return (handle(platform, name) if platform in {"twitter", "telegram", "tiktok"} else name) or None


def reddit(snapshot: DemoSnapshot, data: Path) -> None:
    """The accounts that Reddit published, with their public comments."""
    known = Known(group=REDDIT, source="reddit-ira", harm=Harm.INAUTHENTIC_NETWORK)
    for row in rows(f"{data}/cib_reddit_ira/accounts.csv", "lower(account), created_utc"):
        snapshot.account("reddit", row["account"] or "", known, joined=from_epoch(row["created_utc"]))
    for row in verbatim(f"{data}/cib_reddit_ira/comments.parquet", "id, link_title"):
        snapshot.post(f"reddit:{row['id']}", f"reddit:{(row['account'] or '').lower()}", row["body"] or "",
                      at=from_epoch(row["created_utc"]), reply_to=row["parent_id"])


def verbatim(path: str, order: str) -> list[dict[str, str | None]]:
    """The rows of a file with their texts as they are."""
    return rows(path, order, as_is=True)
