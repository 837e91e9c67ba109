"""Words of a list in the texts of posts, but for those that the text denies or only speaks about."""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.words.disclosures import seriously
from evenhand.signals.words.folded import fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each, spoken

TEXT_WORDS = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "kind", "language", "shown")])


def text_words(name: str, lexicon: Lexicon, *, source: str, sentence: str) -> Kernel:
    """The kernel `name` over the texts of `source`: one row for each group in a text, with the first words, as `TEXT_WORDS`."""
    words = WordList(lexicon, "bio")

    def run(texts: pa.RecordBatch) -> pa.RecordBatch:
        raw = texts.column("text")
        folded = fold(raw)
        found = seriously(words, folded)
        found = found.keep(first_of_each(found, words.group_of[found.entry]))
        columns = spoken(words, raw, folded, found)
        rows = pa.array(found.row)
        return pa.RecordBatch.from_arrays(
            [texts.column("account_id").take(rows), texts.column("post_id").take(rows),
             *(columns[column].cast(pa.string()) for column in ("group", "language", "shown"))], schema=TEXT_WORDS)

    return Kernel(name=name, source=source, columns=("account_id", "post_id", "text"), run=run, schema=TEXT_WORDS,
                  sentence=sentence, digest=lexicon.digest)
