"""The shipped tables and word lists, and a small register of holders in several scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from evenhand.model.registry import HOLDERS
from evenhand.signals.names.account_names import name_details_kernel, names_kernel
from evenhand.signals.names.added_words import AddedWords
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.matches import name_matches_kernel
from evenhand.signals.names.rarity import WordCounts
from evenhand.signals.names.unicode_tables import TABLE_FILES, UnicodeTables

REGISTER: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("post", "media", ("The Harbour Courier",), ("HarbourCourier",), ("harbourcourier.example", "www.harbourcourier.com")),
    ("mirror", "media", ("Der Spiegelsaal", "Spiegelsaal Magazin"), ("derspiegelsaal",), ("spiegelsaal.de",)),
    ("fox", "media", ("Lynx News",), ("lynxnews",), ("lynxnews.com",)),
    ("channel4", "media", ("Kanalon 4 Reporter",), (), ("kanalon4.tv",)),
    ("senator", "official", ("Ottoline Brackenbury", "Ottilie Brackenbury"), ("SenBrackenbury",), ("brackenbury.senate.gov",)),
    ("smith", "official", ("John Smith",), ("johnsmith",), ()),
    ("district3", "institution", ("Tallgrass Fire District 3",), (), ("tallgrassfire3.gov",)),
    ("district4", "institution", ("Tallgrass Fire District 4",), (), ("tallgrassfire4.gov",)),
    ("town-a", "institution", ("City of Springfield",), (), ("springfieldwa.gov",)),
    ("town-b", "institution", ("City of Springfield",), (), ("springfieldvt.gov",)),
    ("statistics", "institution", ("National Bureau of Statistics", "国家统计局", "Федеральная служба статистики"), (),
     ("stats.gov.cn",)),
    ("agency", "institution", ("新華通訊社", "新华社"), ("xinhuashe",), ("news.cn",)),
    ("kyoto", "institution", ("京都府警察本部",), (), ("police.pref.kyoto.jp",)),
    ("seoul", "institution", ("국립중앙도서관",), (), ("nl.go.kr",)),
    ("army", "military", ("القوات المسلحة الأردنية",), (), ("jaf.mil.jo",)),
    ("delhi", "institution", ("भारतीय रिज़र्व बैंक",), (), ("rbi.org.in",)),
    ("herald", "media", ("Вестник Заречья",), ("vestnik_zarechya",), ("vestnik-zarechya.ru", "zarechya.gov.uk")),
    ("daily", "media", ("Daily News",), (), ("dailynews.com",)),
    ("vvs", "media", ("ABEKOM",), (), ("abekom.fm",)),
)
"""Id, kind, names, handles, domains of bodies and people that mostly do not exist."""


@pytest.fixture(scope="session")
def packaged(root: Path) -> Path:
    """The folder of the shipped data."""
    return root / "src/evenhand/data"


@pytest.fixture(scope="session")
def tables(packaged: Path) -> UnicodeTables:
    return UnicodeTables.from_bytes({name: (packaged / "unicode" / name).read_bytes() for name in TABLE_FILES})


@pytest.fixture(scope="session")
def counts(packaged: Path, tables: UnicodeTables) -> WordCounts:
    return WordCounts.from_bytes((packaged / "lexicons/word_counts.tsv").read_bytes(), tables)


@pytest.fixture(scope="session")
def added(packaged: Path, tables: UnicodeTables) -> AddedWords:
    return AddedWords.from_bytes((packaged / "lexicons/added_words.toml").read_bytes(), tables)


@pytest.fixture(scope="session")
def register() -> pa.Table:
    rows = [{"holder_id": holder_id, "kind": kind, "name": names[0],
             "names": [{"name": name, "language": None, "kind": "label"} for name in names],
             "handles": [{"platform": None, "handle": handle} for handle in handles], "domains": list(domains),
             "avatars": [], "source": "test", "as_of": date(2026, 1, 1)}
            for holder_id, kind, names, handles, domains in REGISTER]
    return pa.Table.from_pylist(rows, schema=HOLDERS)


@pytest.fixture(scope="session")
def index(register: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> HolderIndex:
    return HolderIndex.build(register, tables=tables, counts=counts, added=added)


@pytest.fixture(scope="session")
def names_of(tables: UnicodeTables) -> Callable[..., pa.RecordBatch]:
    """A function from pairs of display name and handle to the rows of `names`."""
    kernel = names_kernel(tables)

    def names(*accounts: tuple[str | None, str]) -> pa.RecordBatch:
        return kernel.run(account_batch(accounts))

    return names


@pytest.fixture(scope="session")
def details_of(tables: UnicodeTables) -> Callable[..., pa.RecordBatch]:
    """A function from pairs of display name and handle to the rows of `name_details`."""
    kernel = name_details_kernel(tables)

    def details(*accounts: tuple[str | None, str]) -> pa.RecordBatch:
        return kernel.run(account_batch(accounts))

    return details


@pytest.fixture(scope="session")
def matches_of(index: HolderIndex, tables: UnicodeTables, names_of: Callable[..., pa.RecordBatch]
               ) -> Callable[..., list[dict[str, Any]]]:
    """A function from pairs of display name and handle to the rows of `name_matches`."""
    kernel = name_matches_kernel(index, tables)

    def matches(*accounts: tuple[str | None, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = kernel.run(names_of(*accounts)).to_pylist()
        return found

    return matches


def account_batch(accounts: Sequence[tuple[str | None, str]]) -> pa.RecordBatch:
    return pa.record_batch({
        "account_id": pa.array([str(number) for number in range(len(accounts))], pa.string()),
        "handle": pa.array([handle for _, handle in accounts], pa.string()),
        "display_name": pa.array([shown for shown, _ in accounts], pa.string())})
