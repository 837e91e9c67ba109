"""Speed of the name kernels on made-up accounts, and quality of look-alike search on real data.

    python benchmarks/bench_name_matches.py [--accounts 1000000] [--data ../shared/data]

Speed: accounts of which a tenth imitate a registered holder in one of several ways; rows per second of processor time.
Quality: published look-alike domains against the addresses of outlets; look-alike package names; and every registered
holder's own names and handles as accounts, which ought not to read as another holder's.
"""

from __future__ import annotations

import argparse
import csv
import functools
import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.model.step import Kernel
from evenhand.signals.names.account_names import names_kernel
from evenhand.signals.names.added_words import AddedWords
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.matches import name_matches_kernel
from evenhand.signals.names.rarity import WordCounts
from evenhand.signals.names.unicode_tables import TABLE_FILES, UnicodeTables

PACKAGED = Path(__file__).resolve().parent.parent / "src/evenhand/data"
BATCH_ROWS = 122_880
"""A row group of DuckDB."""
IMITATING_SHARE, HANDLE_LIKE_NAME_SHARE = 0.1, 0.5
"""Of the made-up accounts, those that imitate a holder and those whose handle is their name."""
WORD_LETTERS = range(3, 11)
"""Letters of the words that made-up names are made of."""
MIN_WEIGHT = 0.5
MIN_STRENGTH = 0.30
"""What the impersonation detectors count as evidence of identity."""


@functools.cache
def packaged() -> tuple[UnicodeTables, pa.Table, WordCounts, AddedWords]:
    """The shipped tables, holders and word lists, read once in a process as a sweep does."""
    tables = UnicodeTables.from_bytes({name: (PACKAGED / "unicode" / name).read_bytes() for name in TABLE_FILES})
    return (tables, pq.read_table(PACKAGED / "registries/holders.parquet"),
            WordCounts.from_bytes((PACKAGED / "lexicons/word_counts.tsv").read_bytes(), tables),
            AddedWords.from_bytes((PACKAGED / "lexicons/added_words.toml").read_bytes(), tables))


def imitations(random_: random.Random) -> tuple[Callable[[str], str], ...]:
    """Ways to make a name of somebody else's."""
    def edited(name: str) -> str:
        place = random_.randrange(len(name))
        return name[:place] + random_.choice("aeiourstln") + name[place + random_.randrange(2):]

    return (edited, lambda name: f"{name} Official", lambda name: f"Real {name}", str.upper,
            lambda name: name.replace("o", "0"), lambda name: name.replace("a", "\u0430").replace("e", "\u0435"),
            lambda name: name.replace(" ", "_") + "_news", lambda name: name)


def synthetic_accounts(holders: pa.Table, n_accounts: int) -> pa.Table:
    """Accounts with invented names, a tenth of them made of holders' names."""
    random_ = random.Random(20261123)
    names = holders["name"].to_pylist()
    words = sorted({word for name in names for word in name.split() if len(word) in WORD_LETTERS and word.isalpha()})
    ways = imitations(random_)
    shown, handles = [], []
    for _ in range(n_accounts):
        if random_.random() < IMITATING_SHARE:
            name = random_.choice(ways)(random_.choice(names))
        else:
            name = " ".join(random_.choice(words) for _ in range(random_.randint(1, 3)))
        shown.append(name[:50])
        joined = name.replace(" ", "")[:15]
        handles.append(joined if random_.random() < HANDLE_LIKE_NAME_SHARE else f"{joined.lower()}{random_.randrange(100)}")
    return pa.table({"account_id": [str(number) for number in range(n_accounts)], "handle": handles,
                     "display_name": shown})


def run_over(kernel: Kernel, table: pa.Table) -> tuple[pa.Table, float]:
    """What the kernel makes of the table, batch by batch, and the seconds it took."""
    batches = table.select(kernel.columns).combine_chunks().to_batches(max_chunksize=BATCH_ROWS)
    begun = time.process_time()
    made = [kernel.run(batch) for batch in batches]
    return pa.Table.from_batches(made, schema=kernel.schema), time.process_time() - begun


def measure_speed(accounts: pa.Table, kernels: tuple[Kernel, Kernel]) -> None:
    """Print rows a second of both kernels."""
    names, seconds = run_over(kernels[0], accounts)
    print(f"names: {len(names) / seconds:,.0f} rows/s ({len(accounts):,} accounts, {seconds:.1f} s)")
    matches, seconds = run_over(kernels[1], names)
    print(f"name_matches: {len(names) / seconds:,.0f} rows/s ({len(matches):,} matches, {seconds:.1f} s)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:,.0f} MiB")


def measure_genuine(holders: pa.Table, kernels: tuple[Kernel, Kernel]) -> None:
    """Print how many holders, each as an account with its own names and handles, read as another holder."""
    accounts = pa.Table.from_pylist(list(genuine_accounts(holders)))
    names, _ = run_over(kernels[0], accounts)
    matches, _ = run_over(kernels[1], names)
    owner = pc.list_element(pc.split_pattern(matches["account_id"], "#"), 0)
    others = matches.filter(pc.not_equal(owner, matches["holder_id"]))
    own = matches.filter(pc.equal(owner, matches["holder_id"]))
    unique = others.filter(pc.equal(others["n_holders_sharing"], 1))
    strength = pc.multiply(unique["similarity"], unique["weight"])
    print(f"genuine accounts: {len(accounts):,}; read as themselves: {pc.count_distinct(own['account_id']).as_py():,}")
    for what, table in ((f"weight at least {MIN_WEIGHT}", others.filter(pc.greater_equal(others["weight"], MIN_WEIGHT))),
                        ("the same, of an unshared name", unique.filter(pc.greater_equal(unique["weight"], MIN_WEIGHT))),
                        (f"strength at least {MIN_STRENGTH}, unshared",
                         unique.filter(pc.greater_equal(strength, MIN_STRENGTH)))):
        by_match = {row["match"]: row["account_id_count_distinct"] for row in
                    table.group_by("match").aggregate([("account_id", "count_distinct")]).to_pylist()}
        print(f"  read as another, {what}: {pc.count_distinct(table['account_id']).as_py():,} {by_match}")


def genuine_accounts(holders: pa.Table) -> Iterator[dict[str, str]]:
    """One account for each holder and handle, or under its name where it has none."""
    for holder in holders.select(["holder_id", "name", "names", "handles"]).to_pylist():
        handles = [handle["handle"] for handle in holder["handles"]] or ["account"]
        names = [name["name"] for name in holder["names"]] or [holder["name"]]
        for number in range(max(len(handles), len(names))):
            yield {"account_id": f"{holder['holder_id']}#{number}", "handle": handles[number % len(handles)],
                   "display_name": names[number % len(names)]}


def measure_package_names(data: Path, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    """Print how many published look-alike package names are found among the genuine ones."""
    with (data / "lookalike_package_names/pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    genuine = sorted({pair["target_package"] for pair in pairs})
    holders = pa.table({"holder_id": genuine, "kind": ["company"] * len(genuine), "name": genuine,
                        "names": pa.array([[]] * len(genuine), pq.read_schema(PACKAGED / "registries/holders.parquet")
                                          .field("names").type),
                        "handles": pa.array([[]] * len(genuine), pq.read_schema(
                            PACKAGED / "registries/holders.parquet").field("handles").type)})
    index = HolderIndex.build(holders, tables=tables, counts=counts, added=added)
    accounts = pa.table({"account_id": [str(n) for n in range(len(pairs))], "display_name": pa.nulls(len(pairs), pa.string()),
                         "handle": [pair["malicious_package"] for pair in pairs]})
    matches, _ = run_over(name_matches_kernel(index, tables), run_over(names_kernel(tables), accounts)[0])
    found = set(zip(matches["account_id"].to_pylist(), matches["holder_id"].to_pylist(), strict=True))
    by_kind: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs):
        tally = by_kind.setdefault(pair["classification"], [0, 0])
        tally[0] += (str(number), pair["target_package"]) in found
        tally[1] += 1
    print(f"look-alike package names: {sum(t[0] for t in by_kind.values())} of {len(pairs)}",
          {kind: f"{tally[0]}/{tally[1]}" for kind, tally in sorted(by_kind.items())})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    begun = time.process_time()
    tables, holders, counts, added = packaged()
    print(f"tables: {time.process_time() - begun:.2f} s")
    begun = time.process_time()
    index = HolderIndex.build(holders, tables=tables, counts=counts, added=added)
    print(f"index of {len(holders):,} holders: {time.process_time() - begun:.2f} s")
    kernels = (names_kernel(tables), name_matches_kernel(index, tables))
    measure_speed(synthetic_accounts(holders, options.accounts), kernels)
    measure_genuine(holders, kernels)
    if options.data.is_dir():
        measure_package_names(options.data, tables, counts, added)


if __name__ == "__main__":
    main()
