"""Write src/evenhand/data/lexicons/word_counts.tsv: in how many names of people, names of bodies and texts a word stands.

    python tools/build_word_counts.py --data ../shared/data

Names are those of the shipped registries; texts are English sets under CC0, MIT and CC-BY. A word's counts say how much
information a name made of it holds; nothing else of the sets is kept.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from evenhand.model.registry import HolderKind
from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.hashes import NameParts
from evenhand.signals.names.skeleton import folded_names
from evenhand.signals.names.unicode_tables import TABLE_FILES, UnicodeTables

PACKAGED = Path("src/evenhand/data")
TEXTS = {"cib_reddit_ira/comments.parquet": "body", "clickbait_headlines/headlines.parquet": "headline",
         "claims_politifact/posts.parquet": "text", "advice_reddit_sentences/sentences.parquet": "text",
         "spam_youtube/comments.csv": "text"}
MIN_NAMES = 3
"""Words in fewer names than this are left out: they are rare, which is all that need be known."""
MIN_TEXTS = 15


def words(names: pa.Array, owners: pa.Array, tables: UnicodeTables) -> pa.Table:
    """Each word, in folded spelling, and how many owners have it in a name."""
    texts = folded_names(Texts.from_arrow(names), tables, is_handle=False).texts
    parts = NameParts.of(texts, tables)
    spelled = Texts(parts.written, parts.letters.offsets).slices(parts.token_starts, parts.token_ends).to_arrow()
    pairs = pa.table({"word": spelled, "owner": owners.take(pa.array(parts.token_rows))}).group_by(["word", "owner"])
    return pairs.aggregate([]).group_by("word").aggregate([([], "count_all")])


def name_counts(tables: UnicodeTables) -> Iterator[tuple[pa.Table, int]]:
    """Counts over holders that are people, then over the others, each with the number of holders."""
    holders = pq.read_table(PACKAGED / "registries/holders.parquet", columns=["holder_id", "kind", "names"])
    people = pc.equal(holders["kind"], str(HolderKind.OFFICIAL))
    for mask in (people, pc.invert(people)):
        chosen = holders.filter(mask).combine_chunks()
        names = chosen["names"].combine_chunks()
        owners = chosen["holder_id"].combine_chunks().take(pc.list_parent_indices(names))
        yield words(names.flatten().field("name"), owners, tables), chosen.num_rows


def text_counts(data: Path, tables: UnicodeTables) -> tuple[pa.Table, int]:
    """Counts over texts, with the number of texts."""
    columns = []
    for name, column in TEXTS.items():
        file = data / name
        read = pq.read_table(file) if file.suffix == ".parquet" else pyarrow.csv.read_csv(
            file, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True))
        columns.append(read[column].cast(pa.string()).combine_chunks())
    texts = pc.fill_null(pa.concat_arrays(columns), "")
    return words(texts, pa.array(np.arange(len(texts))), tables), len(texts)


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    tables = UnicodeTables.from_bytes({name: (PACKAGED / "unicode" / name).read_bytes() for name in TABLE_FILES})
    pools = dict(zip(("people", "bodies", "texts"), (*name_counts(tables), text_counts(options.data, tables)),
                     strict=True))
    joined = pa.table({"word": pa.array([], pa.string())})
    for pool, (counts, _) in pools.items():
        joined = joined.join(counts.rename_columns(["word", pool]), "word", join_type="full outer")
    filled = [pc.fill_null(joined[pool], 0) for pool in pools]
    often = pc.or_(pc.or_(pc.greater_equal(filled[0], MIN_NAMES), pc.greater_equal(filled[1], MIN_NAMES)),
                   pc.greater_equal(filled[2], MIN_TEXTS))
    table = pa.table([joined["word"], *filled], ["word", *pools]).filter(often).sort_by("word")
    totals = pa.table({"word": [""], **{pool: pa.array([n], pa.int64()) for pool, (_, n) in pools.items()}})
    out = PACKAGED / "lexicons/word_counts.tsv"
    with out.open("w", encoding="utf-8") as file:
        for row in pa.concat_tables([totals, table]).to_pylist():
            file.write("\t".join(str(value) for value in row.values()) + "\n")
    print(f"{table.num_rows} words, {totals.to_pylist()[0]}")


if __name__ == "__main__":
    main()
