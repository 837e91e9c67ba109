"""Speed of the word and link signals on one core: rows per second of processor time, folding included.

The texts are the posts of the bundled demo, repeated; a bio is the first 56 characters of one. Each figure is the median
of three runs. Run: .venv/bin/python benchmarks/bench_word_signals.py [--rows 300000]
"""

from __future__ import annotations

import argparse
import statistics
import time
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json

from evenhand.model.step import Kernel
from evenhand.signals.web.links import links
from evenhand.signals.words.claims import claims
from evenhand.signals.words.criticism import criticisms
from evenhand.signals.words.disclosures import disclosures
from evenhand.signals.words.lures import lures
from evenhand.workflows.signals import lexicon

BATCH = 65_536
BIO = 56
RUNS = 3


def tables(n_rows: int) -> tuple[pa.Table, pa.Table]:
    """Accounts and posts with `n_rows` rows each."""
    with resources.as_file(resources.files("evenhand") / "data" / "demo" / "posts.jsonl") as file:
        texts = pa_json.read_json(file)["text"].combine_chunks()
    text = texts.take(pa.array([row % len(texts) for row in range(n_rows)]))
    ids = pa.array([f"a{row}" for row in range(n_rows)])
    bios = pc.utf8_slice_codeunits(text, 0, BIO)
    nothing = pa.nulls(n_rows, pa.string())
    names = pc.utf8_slice_codeunits(text, 0, 20)
    accounts = pa.table({"account_id": ids, "platform": nothing, "handle": ids, "display_name": names, "bio": bios,
                         "website": nothing})
    listed = pa.nulls(n_rows, pa.list_(pa.string()))
    return accounts, pa.table({"account_id": ids, "post_id": ids, "text": text, "links": listed})


def rows_per_second(kernel: Kernel, table: pa.Table) -> tuple[float, int]:
    """Rows per second of processor time, and how many rows came out."""
    batches = table.select(list(kernel.columns)).combine_chunks().to_batches(max_chunksize=BATCH)
    spent, n_out = [], 0
    for _ in range(RUNS):
        started = time.process_time()
        n_out = sum(kernel.run(batch).num_rows for batch in batches)
        spent.append(time.process_time() - started)
    return table.num_rows / statistics.median(spent), n_out


def main() -> None:
    """Print one line per signal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    accounts, posts = tables(parser.parse_args().rows)
    for kernel, table in ((claims(lexicon("claims")), accounts), (disclosures(lexicon("disclosures")), accounts),
                          (criticisms(lexicon("criticism")), accounts), (lures(lexicon("lures")), posts), (links(), posts)):
        speed, n_out = rows_per_second(kernel, table)
        print(f"{kernel.name:12s} {speed:12,.0f} rows/s   {n_out:9,} rows out of {table.num_rows:,}")


if __name__ == "__main__":
    main()
