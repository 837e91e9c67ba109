"""Claims: words with which an account says what it is, and whether it says so of itself, now, and seriously.

A claim is a fact about the text, never that the claim is false: most accounts that claim an office hold it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.words.folded import Folded, Places, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import Mentions, WordList, first_of_each, joined, spoken

STANCES = ("is", "about", "former", "not")
"""`is`: claims it; `about`: speaks of it; `former`: was it; `not`: denies it. A later one outweighs an earlier one."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "where", "claim", "stance", "language", "shown")])

_BESIDE_NAME = "self_named"
"""Words that count only beside the account's own name: each of them is told, since the first may not be the one."""
_FREE_STANDING = ("official_account", "verified", _BESIDE_NAME)
"""Claims that need no place in the sentence: nobody says “official account” of anything but an account, and “we are” counts
only beside the account's own name."""
_CLAIM_WORDS = 3
"""Another claim stands near the start of its clause, after at most so many words: “Proud U.S. Army colonel”."""
_CLAIM_BYTES = 48
"""The same where words are not set apart: 16 Chinese characters, as in the full name of a city's authority."""


def claims(lexicon: Lexicon) -> Kernel:
    """The kernel `claims` over accounts, for the words of `lexicon`.

    It returns one row for each claim, stance and field of an account, with the first words that show it, as `SCHEMA`; of
    `self_named`, whose words count only beside the account's own name, one for each of the words.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "office"\\n[group.phrases]\\nen = ["mayor of"]')
    >>> accounts = pa.record_batch({"account_id": ["1"], "display_name": ["Ann"], "bio": ["Mayor of Ulm"]})
    >>> claims(words).run(accounts).to_pylist()[0]["shown"]
    'Mayor of'
    """
    fields = (("display_name", WordList(lexicon, "name")), ("bio", WordList(lexicon, "bio")))

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        parts = [_claimed(accounts.column(field), field, words) for field, words in fields]
        return joined(accounts.column("account_id"), parts, SCHEMA)

    return Kernel(name="claims", source="accounts", columns=("account_id", "display_name", "bio"), run=run,
                  schema=SCHEMA, sentence="words with which an account says what it is", digest=lexicon.digest)


def _claimed(raw: pa.Array, field: str, words: WordList) -> tuple[Places, dict[str, pa.Array]]:
    """The claims in one field: account rows and columns."""
    folded = fold(raw)
    found = words.find(folded)
    stance = _stances(words, folded, found, is_name=field == "display_name")
    group = words.group_of[found.entry]
    beside = np.isin(group, [nth for nth, name in enumerate(words.groups) if name == _BESIDE_NAME])
    first = first_of_each(found, group, stance, np.where(beside, found.entry + 1, 0))
    found, stance = found.keep(first), stance[first]
    columns = spoken(words, raw, folded, found)
    return found.row, {"where": pa.repeat(field, len(found)), "claim": columns["group"],
                       "stance": pa.array(STANCES, pa.string()).take(pa.array(stance)), **columns}


def _stances(words: WordList, folded: Folded, found: Mentions, *, is_name: bool) -> Places:
    """The stance of each claim, as its place in `STANCES`."""
    beside = words.stances(folded, found, STANCES)
    n_words, n_bytes = words.words_before(folded, found)
    free = [nth for nth, group in enumerate(words.groups) if group in _FREE_STANDING]
    leads = (n_words <= _CLAIM_WORDS) & (n_bytes <= _CLAIM_BYTES)
    placed = leads | np.isin(words.group_of[found.entry], free) | is_name
    if is_name and "government" in words.groups:   # a body is not retired: “City of Veteran”, “弘前市”
        is_body = words.group_of[found.entry] == words.groups.index("government")
        beside = np.where(is_body & (beside == STANCES.index("former")), -1, beside)
    return np.where(beside >= 0, beside, np.where(placed, STANCES.index("is"), STANCES.index("about")))
