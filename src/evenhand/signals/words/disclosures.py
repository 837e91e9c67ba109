"""Disclosures: words with which an account says that it is a parody, satire, a fan's, commentary or unofficial.

What stands first in a name is told apart, since names are cut short where they are shown. Whether a disclosure is
enough is the guard's question; this only says what stands where.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.words.clauses import is_at_start
from evenhand.signals.words.folded import Folded, Places, fold
from evenhand.signals.words.handle_words import handle_words
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import Mentions, WordList, first_of_each, joined, spoken

KINDS = ("parody", "satire", "fan", "commentary", "unofficial", "trade")
"""What can be disclosed."""
PLACES = ("display_name_start", "display_name", "handle", "bio")
"""Where it can stand. `display_name_start` is the first word of the display name or the bracket around it."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "where", "kind", "language", "shown")])

_FIELDS = (("display_name", "name"), ("handle", "handle"), ("bio", "bio"))


def disclosures(lexicon: Lexicon) -> Kernel:
    """The kernel `disclosures` over `profiles`, the accounts under suspicion, for the words of `lexicon`.

    It returns one row for each kind and place of an account, with the first words that show it, as `SCHEMA`. A denied
    disclosure (“not a parody”) and talk about such accounts (“report fake accounts”) return nothing.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "parody"\\n[group.phrases]\\nen = ["parody of"]')
    >>> account = {"account_id": ["1"], "display_name": ["Ann"], "handle": ["ann"], "bio": ["A parody of Bob"]}
    >>> disclosures(words).run(pa.record_batch(account)).to_pylist()[0]["where"]
    'bio'
    """
    words = {field: WordList(lexicon, name) for field, name in _FIELDS}

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        parts = [_disclosed(accounts.column(field), field, words[field]) for field, _ in _FIELDS]
        return joined(accounts.column("account_id"), parts, SCHEMA)

    return Kernel(name="disclosures", source="profiles", columns=("account_id", "display_name", "handle", "bio"),
                  run=run, schema=SCHEMA, sentence="words with which an account says that it is not who it may look like",
                  digest=lexicon.digest)


def _disclosed(raw: pa.Array, field: str, words: WordList) -> tuple[Places, dict[str, pa.Array]]:
    """The disclosures in one field: account rows and columns."""
    raw = handle_words(raw) if field == "handle" else raw
    folded = fold(raw)
    found = seriously(words, folded, stops=True)
    where = _where(folded, found, field)
    first = first_of_each(found, words.group_of[found.entry], where)
    found, where = found.keep(first), where[first]
    columns = spoken(words, raw, folded, found)
    return found.row, {"where": pa.array(PLACES, pa.string()).take(pa.array(where)), "kind": columns["group"], **columns}


def seriously(words: WordList, folded: Folded, *, stops: bool = False) -> Mentions:
    """The mentions that no marker denies or turns into talk about others; `stops` as in `WordList.stances`."""
    found = words.find(folded)
    return found.keep(words.stances(folded, found, ("about", "not"), stops=stops) < 0)


def _where(folded: Folded, found: Mentions, field: str) -> Places:
    """The place of each disclosure, as its place in `PLACES`."""
    where = np.full(len(found), PLACES.index(field), np.int64)
    if field == "display_name":
        where[is_at_start(folded, found.row, found.start, found.end)] = PLACES.index("display_name_start")
    return where
