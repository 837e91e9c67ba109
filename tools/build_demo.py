"""Write the bundled demo snapshot, src/evenhand/data/demo, from the public sources in the data folder.

    python tools/build_demo.py --data ../shared/data

It reads the shipped registries, so run tools/build_registries.py first. Equal sources give equal bytes. The truth,
`truth.parquet`, is what the sources say about each account; it is shown beside the result and is never an input.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]

from demo import genuine, networks, people, sites  # noqa: E402 - the folders must be on the path first
from demo.snapshot import DemoSnapshot  # noqa: E402

from evenhand.connectors.registries import shipped_registries  # noqa: E402

INTO = ROOT / "src/evenhand/data/demo"
MAPPING = """\
# How the columns of this export are called, for `evenhand ingest`. Written by tools/build_demo.py.
[accounts]
files = "accounts.csv.gz"

[accounts.columns]
account_id = "id"
platform = "network"
handle = "username"
display_name = "name"
website = "url"
created_at = "joined"

[posts]
files = "posts.jsonl"

[posts.columns]
post_id = "id"
account_id = "by"
created_at = "at"
language = "lang"
"""


def gather(data: Path) -> DemoSnapshot:
    """All groups, in an order in which a genuine account comes before anybody who shares its id."""
    registries = shipped_registries()
    snapshot = DemoSnapshot()
    genuine.genuine(snapshot, registries["holders"], data)
    networks.networks(snapshot, data)
    networks.reddit(snapshot, data)
    sites.lookalikes(snapshot, registries["holders"], data)
    sites.scam_sites(snapshot, registries["link_lists"], data)
    people.comments(snapshot, data)
    sites.local_news(snapshot, data)
    people.bluesky(snapshot, data)
    people.counsellors(snapshot, data)
    return snapshot


def build(data: Path, into: Path) -> DemoSnapshot:
    """Write the snapshot, its mapping and the truth; returns the snapshot."""
    snapshot = gather(data)
    into.mkdir(parents=True, exist_ok=True)
    (into / "accounts.csv.gz").write_bytes(gzip.compress(snapshot.accounts_csv().encode(), mtime=0))
    (into / "posts.jsonl").write_text(snapshot.posts_jsonl(), encoding="utf-8", newline="")
    (into / "snapshot.toml").write_text(MAPPING, encoding="utf-8")
    pq.write_table(snapshot.truth(), into / "truth.parquet", compression="zstd", compression_level=19,
                   write_statistics=False, store_schema=False)
    return snapshot


def main() -> None:
    """Build into the package and say how much there is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="the folder of the sources")
    parser.add_argument("--into", type=Path, default=INTO, help="where to write")
    flags = parser.parse_args()
    snapshot = build(flags.data, flags.into)
    counts = snapshot.truth().group_by(["group", "is_violator"]).aggregate([("account_id", "count")])
    for row in counts.sort_by([("group", "ascending"), ("is_violator", "ascending")]).to_pylist():
        print(f"{row['group']:22} {'violators' if row['is_violator'] else 'genuine':10} {row['account_id_count']:7,}")
    print(f"{len(snapshot.accounts):,} accounts, {len(snapshot.posts):,} posts, given twice: {dict(snapshot.twice)}")
    for file in sorted(flags.into.iterdir()):
        print(f"{file.name:18} {file.stat().st_size:10,} bytes")


if __name__ == "__main__":
    main()
