"""Groups d, e and g: look-alike outlet domains with the pages that pushed them, scam sites, partisan local-news sites."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from registries.fields import host, rows

from demo.snapshot import DemoSnapshot, Known, drawn
from evenhand.model.harm import Harm

LOOKALIKE, SCAM, LOCAL = "lookalike_outlet", "scam_site", "partisan_local_news"
READING = Path(__file__).with_name("doppelganger_reading.toml")
N_REDIRECTS = 300
"""Throw-away redirectors that are taken from the several thousand published ones."""
N_SCAM_SITES = 600


def reading(holders: pa.Table) -> dict[str, Known]:
    """What each look-alike domain is, by our reading; `imitates` where the victim is in the registry."""
    read = tomllib.loads(READING.read_text(encoding="utf-8"))
    owners = {domain: holder["holder_id"] for holder in holders.select(["holder_id", "domains"]).to_pylist()
              for domain in holder["domains"]}
    found: dict[str, Known] = {}
    for victim in read["spoof"].values():
        harm = Harm(victim.get("harm", Harm.IMPERSONATION_MEDIA))
        imitates = victim.get("holder") or owners.get(victim["site"])
        for domain in victim["domains"]:
            found[domain] = Known(group=LOOKALIKE, source="meta-cib", harm=harm, imitates=imitates)
    for domain in (*read["invented"]["domains"], *read["unclear"]["domains"]):
        found[domain] = Known(group=LOOKALIKE, source="meta-cib", harm=Harm.INAUTHENTIC_NETWORK)
    return found


def lookalikes(snapshot: DemoSnapshot, holders: pa.Table, data: Path) -> None:
    """The sites of Doppelganger: spoofs as read, its own brands, redirectors, and the pages that spread them."""
    read = reading(holders)
    network = Known(group=LOOKALIKE, source="meta-cib", harm=Harm.INAUTHENTIC_NETWORK)
    redirects = []
    for row in rows(f"{data}/lookalike_doppelganger/meta_domains.csv", "domain_defanged"):
        written = row["domain_defanged"] or ""
        if row["label"] == "social_destination":
            _page(snapshot, written, network)
        elif domain := host(written.partition(" ")[0]):
            if row["label"] == "redirect":
                redirects.append(domain)
            else:
                snapshot.site(domain, read[domain] if row["label"] == "spoof_news_or_government" else network)
    for domain in drawn(redirects, N_REDIRECTS):
        snapshot.site(domain, network)


def _page(snapshot: DemoSnapshot, url: str, known: Known) -> None:
    """A Tumblr page is an account and a post whose text is the address's last part. Short links name no account."""
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part]
    if len(parts) == 3 and parts[1].isdigit():      # noqa: PLR2004 - account, number, title
        account, number, title = parts
        account_id = snapshot.account("tumblr", account, known, profile_url=f"https://tumblr.com/{account}")
        if not re.search(r"[ÃÅÄ][^a-zA-Z\s-]", title):      # a second copy of the address with broken letters
            snapshot.post(f"tumblr:{number}", account_id, title.replace("-", " "))


def scam_sites(snapshot: DemoSnapshot, links: pa.Table, data: Path) -> None:
    """Crypto scam sites, each with one post: its address as published. All that a shipped list knows, and a sample."""
    known = Known(group=SCAM, source="eal-blocked", harm=Harm.SCAM)
    listed = set(links.filter(pa.compute.not_equal(links["label"], "allow"))["host"].to_pylist())
    written = {domain: row["domain"] or "" for row in rows(f"{data}/lookalike_crypto/eal_black_white.parquet", "domain")
               if row["label"] == "blacklist" and (domain := host(row["domain"]))}
    both = [domain for domain in written if domain in listed]
    for domain in (*both, *drawn([domain for domain in written if domain not in listed], N_SCAM_SITES - len(both))):
        account_id = snapshot.site(domain, known)
        snapshot.post(f"web:{domain}", account_id, written[domain])


def local_news(snapshot: DemoSnapshot, data: Path) -> None:
    """Partisan sites that look like local papers. They pose as no *named* outlet, which is what a policy asks."""
    for row in rows(f"{data}/fake_local_news/partisan_networks.csv", "domain"):
        if domain := host(row["domain"]):
            snapshot.site(domain, Known(group=LOCAL, source="partisan-local-news"), name=row["title"])
