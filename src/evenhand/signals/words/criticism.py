"""Criticism: words that show an account to criticise, watch, report on, document or comment on somebody.

Such an account is not posing as who it speaks about. These signals can only spare.
"""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.words.disclosures import seriously
from evenhand.signals.words.folded import Places, fold
from evenhand.signals.words.handle_words import handle_words
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each, joined, spoken

KINDS = ("criticism", "journalism", "documentation", "commentary")
"""What an account can show to do."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "where", "kind", "language", "shown")])

_FIELDS = (("display_name", "name"), ("handle", "handle"), ("bio", "bio"))


def criticisms(lexicon: Lexicon) -> Kernel:
    """The kernel `criticisms` over `profiles`, the accounts under suspicion, for the words of `lexicon`.

    It returns one row for each kind and field of an account, with the first words that show it, as `SCHEMA`.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "criticism"\\n[group.phrases]\\nen = ["truth about"]')
    >>> account = {"account_id": ["1"], "display_name": ["The truth about X"], "handle": ["x"], "bio": [None]}
    >>> criticisms(words).run(pa.record_batch(account)).to_pylist()[0]["shown"]
    'truth about'
    """
    words = {field: WordList(lexicon, name) for field, name in _FIELDS}

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        parts = [_shown_to(accounts.column(field), field, words[field]) for field, _ in _FIELDS]
        return joined(accounts.column("account_id"), parts, SCHEMA)

    return Kernel(name="criticisms", source="profiles", columns=("account_id", "display_name", "handle", "bio"),
                  run=run, schema=SCHEMA, sentence="words with which an account criticises, reports on or watches somebody",
                  digest=lexicon.digest)


def _shown_to(raw: pa.Array, field: str, words: WordList) -> tuple[Places, dict[str, pa.Array]]:
    """The marks of criticism in one field: account rows and columns."""
    raw = handle_words(raw) if field == "handle" else raw
    folded = fold(raw)
    found = seriously(words, folded, stops=True)
    found = found.keep(first_of_each(found, words.group_of[found.entry]))
    columns = spoken(words, raw, folded, found)
    return found.row, {"where": pa.repeat(field, len(found)), "kind": columns["group"], **columns}
