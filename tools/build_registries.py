"""Write the shipped registries, src/evenhand/data/registries, from the public sources in the data folder.

    python tools/build_registries.py --data ../shared/data

Equal sources give equal bytes. What was joined, renamed and left out is counted in `sources.toml`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]

from registries import bodies, outlets, people  # noqa: E402 - the folders must be on the path first
from registries.holder import Holder, settled, speakable, table  # noqa: E402
from registries.link_lists import link_lists  # noqa: E402
from registries.sources import REGISTRY_SLUGS, SOURCES  # noqa: E402

from evenhand.connectors.registries import save_register  # noqa: E402

INTO = ROOT / "src/evenhand/data/registries"


def holders(data: Path) -> tuple[list[Holder], dict[str, int]]:
    """All holders, joined where ids prove that two entries are the same, and what was done to them, counted."""
    counts: dict[str, int] = {}
    members = people.congress(data)
    officials, counts["officials_added_to_congress"] = people.state_officials(data, members)
    former, counts["governors_added_to_officials"] = people.governors(data, officials)
    agencies = bodies.agencies(data)
    organisations, counts["dotgov_domains_of_agencies"] = bodies.dotgov(data, agencies)
    code, counts["github_organisations_of_agencies"] = bodies.github_organisations(data, agencies)
    towns = bodies.municipalities(data)
    press, more = outlets.media(data, [*agencies, *organisations])
    others, known = outlets.listed([*agencies, *organisations, *code, *towns, *press])
    everybody = [*members, *officials, *former, *people.councillors(data), *people.assembly(data), *agencies,
                 *organisations, *code, *towns, *press, *others,
                 *outlets.projects(data)]
    kept, named = speakable(everybody)
    return kept, counts | more | known | named | settled(kept)


def sources_toml(tables: Mapping[str, pa.Table], counts: Mapping[str, Mapping[str, int]]) -> str:
    """What is shipped and where it comes from, as TOML."""
    n_rows = Counter(slug for one in tables.values() for slug in one["source"].to_pylist())
    lines = ["# Written by tools/build_registries.py. Every row of the registers names one of these sources.", ""]
    for slug in REGISTRY_SLUGS:
        source = SOURCES[slug]
        lines += [f"[sources.{slug}]", f'title = "{source.title}"', f'licence = "{source.licence}"',
                  f'copyright = "{source.copyright}"', f'url = "{source.url}"', f'commit = "{source.commit}"',
                  f'path = "{source.path}"', f"as_of = {source.as_of}", f"rows = {n_rows[slug]}",
                  f'note = "{source.note}"', ""]
    for name, counted in counts.items():
        lines += [f"[counts.{name}]", *(f"{key} = {value}" for key, value in sorted(counted.items())), ""]
    return "\n".join(lines)


def build(data: Path, into: Path) -> dict[str, pa.Table]:
    """Write all registers and `sources.toml`; returns the registers."""
    kept, counts = holders(data)
    register = table(kept)
    links, left_out = link_lists(data, {domain for holder in kept for domain in holder.domains})
    tables = {"holders": register, "link_lists": links}
    for name, one in tables.items():
        save_register(name, one, into)
    kinds = Counter(register["kind"].to_pylist())
    counted = {"holders": counts, "kinds": dict(kinds), "link_lists": left_out}
    (into / "sources.toml").write_text(sources_toml(tables, counted), encoding="utf-8")
    return tables


def main() -> None:
    """Build into the package and say how much there is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="the folder of the sources")
    parser.add_argument("--into", type=Path, default=INTO, help="where to write")
    flags = parser.parse_args()
    for name, one in build(flags.data, flags.into).items():
        print(f"{name}: {one.num_rows:,} rows, {(flags.into / f'{name}.parquet').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
