"""Write tools/registries/outlets.csv: the outlets that two published lists name, from the packages that carry the lists.

    python tools/list_outlets.py --fundus fundus-0.5.7-py3-none-any.whl --newscatcher newscatcher-0.2.0-py3-none-any.whl

Only facts are taken: the name where a list has one, the site, the country. `tools/build_registries.py` makes holders of them.
"""

from __future__ import annotations

import argparse
import ast
import csv
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]

from registries.fields import PLATFORM_HOSTS, host  # noqa: E402 - the folders must be on the path first
from registries.outlets import LISTED, SUFFIXES  # noqa: E402

_COUNTRY_OF_FUNDUS = re.compile(r"fundus/publishers/([a-z]+)/__init__\.py")
COUNTRIES = {"uk": "GB", "isl": "IS", "ind": "IN"}
"""Folders of fundus that are not called after their country's ISO code."""
NEWS = ("news", "politics", "world")
"""Topics of the feeds of newscatcher's news sites; its others are magazines for music, food, travel and the like."""
Row = tuple[str, str, str, str]


def of_fundus(wheel: Path) -> Iterator[Row]:
    """Every `Publisher` of the package: list, name, site, country. No code of it is run."""
    with ZipFile(wheel) as package:
        for path in sorted(package.namelist()):
            if not (found := _COUNTRY_OF_FUNDUS.fullmatch(path)):
                continue
            for node in ast.walk(ast.parse(package.read(path))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Publisher":
                    said = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
                    yield ("fundus", str(said["name"]), host(str(said["domain"])) or "",
                           COUNTRIES.get(found[1], found[1].upper()))


def of_newscatcher(wheel: Path) -> Iterator[Row]:
    """Every site of the package's data base that has a news feed and a domain of its own."""
    with ZipFile(wheel) as package, tempfile.TemporaryDirectory() as folder:
        path = package.extract("newscatcher/data/package_rss.db", folder)
        asked = f"select distinct clean_url from rss_main where topic_unified in ({', '.join('?' * len(NEWS))})"
        sites = {host(site) for site, in sqlite3.connect(path).execute(asked, NEWS)}
    for site in sorted(site for site in sites if site):
        if site not in PLATFORM_HOSTS and SUFFIXES(site).top_domain_under_public_suffix == site:
            yield "newscatcher", "", site, ""


def main() -> None:
    """Write the list and say how much there is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fundus", type=Path, required=True, help="the published package")
    parser.add_argument("--newscatcher", type=Path, required=True, help="the published package")
    flags = parser.parse_args()
    found = sorted({*of_fundus(flags.fundus), *of_newscatcher(flags.newscatcher)})
    with LISTED.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(("list", "name", "site", "country"))
        written.writerows(found)
    print(f"{len(found):,} outlets, {LISTED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
