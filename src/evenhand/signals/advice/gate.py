"""The gate: which profiles and posts hold a word for a fee or a profession at all, at a fraction of a microsecond each.

It reads the bytes as they were written, with ASCII letters in lower case and nothing else folded: folding costs six times as
much as searching. So a word in mathematical letters or full width does not pass; the same account's plain words do. What
passes is read again, folded, by the steps after it, so that a word too many costs time and never a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.words.folded import Flags, Folded
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.literals import Literals

FIELDS = ("medical", "legal", "financial", "education")
"""The fields in which a qualification is asked for; `education` is teaching and examinations."""

PASSED_ACCOUNTS = pa.schema([("account_id", pa.string())])
PASSED_POSTS = pa.schema([("account_id", pa.string()), ("post_id", pa.string())])


class Gate:
    """Word lists compiled for one question about each text, asked in one pass: does it hold any word of a list?"""

    def __init__(self, *lists: Collection[str]) -> None:
        variants = [list(dict.fromkeys(one for word in words for one in _variants(word))) for words in lists]
        written = [one for own in variants for one in own]
        self._list = np.repeat(np.arange(len(lists)), [len(own) for own in variants])
        self._n_lists = len(lists)
        texts = [variant.strip("*").strip().encode() for variant in written]
        self._length = np.array([len(text) for text in texts], np.int64)
        self._open = np.array([variant.endswith("*") for variant in written], np.bool_)
        self._open_left = np.array([variant.startswith("*") for variant in written], np.bool_)
        self._literals = Literals(texts)

    def passes(self, texts: pa.Array) -> Flags:
        """For each list, and in it for each text: does a word stand in it? ASCII words only where no letter of ASCII is beside.

        >>> Gate(["my fee", "consult*"]).passes(pa.array(["My FEE is 5", "my feelings", "consulting", None])).tolist()
        [[True, False, True, False]]
        """
        raw = Folded.of(pc.ascii_lower(texts.cast(pa.large_string()).fill_null("")))
        found = np.zeros((self._n_lists, len(raw)), np.bool_)
        pattern, end = self._literals.scan(raw.data.tobytes())
        start = end - self._length[pattern]
        row = np.searchsorted(raw.offsets, start, side="right") - 1
        inside = end <= raw.ends[row]
        first, last = raw.data[np.maximum(start - 1, 0)], raw.data[np.minimum(end, max(len(raw.data) - 1, 0))]
        left = (start == raw.starts[row]) | ~_IS_LETTER[first] | ~_IS_LETTER[raw.data[start]] | self._open_left[pattern]
        right = (end == raw.ends[row]) | ~_IS_LETTER[last] | ~_IS_LETTER[raw.data[end - 1]] | self._open[pattern]
        stands = inside & left & right
        found[self._list[pattern[stands]], row[stands]] = True
        return found


_IS_LETTER = np.array([chr(byte).isascii() and chr(byte).isalnum() for byte in range(256)], np.bool_)


def _variants(word: str) -> tuple[str, ...]:
    """A word as it is typed: as listed, capitalised, in capitals; ASCII letters in lower case in each."""
    return tuple(dict.fromkeys("".join(letter.lower() if letter.isascii() else letter for letter in variant)
                               for variant in (word.lower(), word[:1].upper() + word[1:], word.title(), word.upper())))


def practice_profiles(advice: Lexicon, claimed: Lexicon) -> Kernel:
    """The kernel `practice_profiles` over accounts: whose name or bio names a profession or a fee, or offers advice."""
    words = [*_of(advice, ("fee",)), *_of(claimed, (*FIELDS, "offers"))]

    gate = Gate(words)

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        [in_bio], [in_name] = gate.passes(accounts.column("bio")), gate.passes(accounts.column("display_name"))
        found = in_bio | in_name
        return pa.RecordBatch.from_arrays([accounts.column("account_id").filter(pa.array(found))], schema=PASSED_ACCOUNTS)

    return Kernel(name="practice_profiles", source="accounts", columns=("account_id", "display_name", "bio"), run=run,
                  schema=PASSED_ACCOUNTS, sentence="an account whose name or bio names a profession or a fee",
                  digest=advice.digest + claimed.digest)


def fee_posts(advice: Lexicon) -> Kernel:
    """The kernel `fee_posts` over posts: those with a word for a fee or a booking, or with a service and a price.

    A price alone stands in a post in thirty, so prices are looked for only where a service is named.
    """
    gate, prices = Gate(_of(advice, ("fee",)), _of(advice, ("service",))), Gate(_of(advice, ("price",)))

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        texts = posts.column("text")
        kept, offers = gate.passes(texts)
        offered = np.flatnonzero(offers & ~kept)
        kept[offered] = prices.passes(texts.take(pa.array(offered)))[0]
        return pa.RecordBatch.from_arrays([posts.column(name).filter(pa.array(kept)) for name in PASSED_POSTS.names],
                                          schema=PASSED_POSTS)

    return Kernel(name="fee_posts", source="posts", columns=("account_id", "post_id", "text"), run=run, schema=PASSED_POSTS,
                  sentence="a post with a word for a fee or a booking, or for a service and a price", digest=advice.digest)


def _of(lexicon: Lexicon, groups: Sequence[str]) -> list[str]:
    """The phrases of some groups."""
    return [entry.text for entry in lexicon.entries if entry.group in groups]
