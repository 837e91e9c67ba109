"""How many genuine accounts does any detector find? At most 1 in 2,000 is the bar.

Every holder of the shipped registers, and every entry of the evaluation registers beside the checkout, becomes accounts
of its own: one for each handle, with its name, its site and an honest profile. Four profiles are tried: none, the office
or kind of body, "official account", and the two together. Run: .venv/bin/python benchmarks/bench_genuine_accounts.py
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.snapshot import ACCOUNTS
from evenhand.workflows.ingest import ingest
from evenhand.workflows.materials import SweepSettings, load_materials, load_registers, open_engine
from evenhand.workflows.scan import scan

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
KINDS = {"official": "State senator", "institution": "Government agency", "media": "Breaking news",
         "military": "Military unit", "company": "Company"}
PROFILES = ("none", "kind", "official", "both")
SURE = 0.5
"""The least confidence that a policy of the shipped pack asks for."""


def bio(profile: str, *, kind: str, name: str) -> str | None:
    """What the account says of itself in one of the `PROFILES`."""
    return {"kind": KINDS.get(kind), "official": "Official account", "both": f"Official account of {name}"}.get(profile)


def shipped() -> Iterator[tuple[str, str, str | None, str, str | None]]:
    """Platform, handle, name, kind and site of every account of a shipped holder."""
    for row in load_registers(())["holders"].to_pylist():
        site = f"https://{row['domains'][0]}" if row["domains"] else None
        handles = [(h["platform"] or "twitter", h["handle"]) for h in row["handles"] or []]
        handles = handles or [("web", row["domains"][0])] if row["domains"] or handles else handles
        for platform, handle in handles or [("twitter", "".join(c for c in row["name"] if c.isalnum())[:15] or "x")]:
            yield platform, handle, row["name"], row["kind"], site


def evaluation(shared: Path) -> Iterator[tuple[str, str, str | None, str, str | None]]:
    """The same of registers that may not be shipped."""
    def rows(sql: str) -> list[Any]:
        return duckdb.sql(sql.replace("SHARED", str(shared))).fetchall()

    for handle, name, url in rows("select handle, name, url from 'SHARED/registry_news_outlets/homepages.csv'"):
        yield "twitter", handle, name, "media", url
    for name, profile, web in rows("""
            select Name, "Mastodon profile", Web from 'SHARED/registry_fediverse_official/profiles.csv'"""):
        yield "mastodon", profile.rsplit("@", 1)[-1], name, "institution", web
    for url, category in rows("select url, category from 'SHARED/registry_world_sites/sites.parquet'"):
        host = url.split("//")[-1].split("/")[0].removeprefix("www.")
        yield "web", host, None, "media" if category == "NEWS" else "institution", url
    for host, agency in rows("""select "Domain name", "Agency" from 'SHARED/registry_us_gov_domains/non_dotgov.parquet'"""):
        yield "web", host, agency, "institution", f"https://{host}"


def main() -> None:
    """Print how many are found, by register and profile, and name them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED)
    flags = parser.parse_args()
    sources = {"shipped": list(shipped())}
    if flags.data.exists():
        sources["evaluation"] = list(evaluation(flags.data))
    else:
        print(f"evaluation registers left out: {flags.data} is not there")
    materials = load_materials(SweepSettings())
    for source, entries in sources.items():
        for profile in PROFILES:
            seen: set[str] = set()
            rows = []
            for platform, handle, name, kind, site in entries:
                account_id = f"{platform}:{handle}".lower()
                if handle and account_id not in seen:
                    seen.add(account_id)
                    rows.append({"account_id": account_id, "platform": platform, "handle": handle, "display_name": name,
                                 "website": site, "bio": bio(profile, kind=kind, name=name or handle)})
            with tempfile.TemporaryDirectory() as folder, open_engine(SweepSettings()) as engine:
                export = Path(folder) / "export"
                export.mkdir()
                pq.write_table(pa.Table.from_pylist(rows, schema=ACCOUNTS.schema), export / "accounts.parquet")
                ingest(str(export), Path(folder) / "snapshot", cut_off=datetime(2026, 11, 1, tzinfo=UTC))
                engine.bind(materials.registries)
                found = scan(SnapshotFolder(Path(folder) / "snapshot"), materials.pipeline, engine,
                             work=Path(folder) / "scan", registries_digest=materials.registries_digest).relations
            spared = {(r["account_id"]) for r in found["guard_hits"].to_pylist() if r["strength"] == "spare"}
            hits = {r["account_id"]: (r["harm"], r["holder_id"], r["confidence"]) for r in found["found"].to_pylist()
                    if r["account_id"] not in spared and r["confidence"] >= SURE}
            share = f"1 in {len(rows) // len(hits):,}" if hits else "none"
            print(f"{source:10s} profile {profile:9s} {len(rows):6,} accounts, found {len(hits):4,} ({share})  "
                  f"{dict(Counter(harm for harm, _, _ in hits.values()))}")
            for account_id, hit in sorted(hits.items())[:12]:
                print("    ", account_id, *hit)


if __name__ == "__main__":
    main()
