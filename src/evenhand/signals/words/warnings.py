"""Warnings: words with which a post warns of the address beside it. They are facts about a text, and only ever spare."""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.words.disclosures import seriously
from evenhand.signals.words.folded import fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.lures import LISTED_POSTS
from evenhand.signals.words.mentions import WordList, first_of_each, spoken

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "kind", "language", "shown")])


def warnings(lexicon: Lexicon) -> Kernel:
    """The kernel `warnings` over `LISTED_POSTS`: one row for each kind of warning in a post, with the first words that show it.

    `kind` is `points` where the words are about this very address, `alert` where they warn in general. A denied warning
    (“this is not a scam”) returns nothing.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "points"\\nfields = ["bio"]\\n[group.phrases]\\nen = ["do not click"]')
    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": ["Do NOT click: scam.example"]})
    >>> warnings(words).run(posts).to_pylist()[0]["shown"]
    'Do NOT click'
    """
    words = WordList(lexicon, "bio")

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        raw = posts.column("text")
        folded = fold(raw)
        found = seriously(words, folded)
        found = found.keep(first_of_each(found, words.group_of[found.entry]))
        columns = spoken(words, raw, folded, found)
        rows = pa.array(found.row)
        return pa.RecordBatch.from_arrays(
            [posts.column("account_id").take(rows), posts.column("post_id").take(rows),
             *(columns[column].cast(pa.string()) for column in ("group", "language", "shown"))], schema=SCHEMA)

    return Kernel(name="warnings", source=LISTED_POSTS.name, columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="words with which a post warns of the address beside it", digest=lexicon.digest)
