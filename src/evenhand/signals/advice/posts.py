"""Posts that advise: they tell somebody what to do in a regulated field. And posts that take money for advice.

Words of different languages do not add up: the words that tell what to do and the words of the field have a language in
common, so that the Turkish for “take” is none in a Spanish text. A post that sends people to a professional, says that it is
no professional advice, or tells of the author's own doctor, advises nobody. Nor does a post that only asks to book or to
write: a word that tells what to do counts only where it is not part of such a phrase.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.advice.gate import FIELDS
from evenhand.signals.words.folded import Flags, Folded, Places, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import Mentions, WordList, first_of_each, shown

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "kind", "field", "language", "shown", "about")])
"""One fact about a post: `kind` is `advises`, `fee` or `contact`. For `advises`, `about` is the word of the
`field`; both are empty for a post that tells what to do for a fee and names no field: its account's field is then meant."""


def advice_posts(advice: Lexicon) -> Kernel:
    """The kernel `advice_posts` over `advice_texts`: one row for each field in which a post advises, each fee and contact.

    >>> advice = Lexicon.from_toml('''[[group]]
    ... name = "prescribes"
    ... [group.phrases]
    ... en = ["stop taking"]
    ... [[group]]
    ... name = "medical"
    ... [group.phrases]
    ... en = ["pills"]''')
    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": ["Stop taking those pills."]})
    >>> [(row["kind"], row["field"], row["about"]) for row in advice_posts(advice).run(posts).to_pylist()]
    [('advises', 'medical', 'pills')]
    """
    @cache
    def reader() -> _Reader:
        return _Reader(WordList(advice, "bio"))

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        return reader().read(posts)

    return Kernel(name="advice_posts", source="advice_texts", columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="a post that tells somebody what to do in a regulated field, or takes money for it",
                  digest=advice.digest)


_LEADING = frozenset({"en", "es", "pt", "fr", "de", "it", "nl", "pl", "ru", "uk", "el", "ar", "he", "id"})
"""Languages in which a command stands at the start of its clause: there one word alone counts only in that place."""
_LEAD_WORDS = 2
"""Words that may stand before it: “please just stop”."""
_BESIDE_BYTES = 8
"""A command that near a word for a fee, a booking or a message is part of it: “message me to book”."""


class _Reader:
    """The word list, ready to read posts."""

    def __init__(self, words: WordList) -> None:
        self._words = words
        names = sorted({_primary(language) for entry in words.entries for language in entry.languages})
        self._speaks = np.array([sum(1 << names.index(language) for language in {_primary(one) for one in entry.languages})
                                 for entry in words.entries], np.int64)
        self._leads = np.array([" " not in entry.text and _primary(entry.languages[0]) in _LEADING
                                for entry in words.entries], np.bool_)

    def read(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        """The facts about each post, as `SCHEMA`, ordered by post."""
        raw = posts.column("text")
        folded = fold(raw)
        found = self._words.find(folded)
        n = len(folded)
        silent = self._of("disclaims", found) | self._of("relates", found)
        telling = self._telling(folded, found)
        speaks = self._languages(telling, n)
        speaks[found.row[silent]] = 0
        first = self._first(telling, n)
        parts = [self._about(raw, folded, found.keep(self._of(field, found)), field=field, speaks=speaks, telling=(telling, first))
                 for field in FIELDS if field in self._words.groups]
        parts += [self._untold(raw, folded, telling, named=[row for row, _ in parts], fees=found.row[self._fees(found, n)], speaks=speaks)]
        parts += [self._plain(raw, folded, found.keep(flags), kind=kind)
                  for kind, flags in (("fee", self._fees(found, n)), ("contact", self._of("contact", found)))]
        rows = np.concatenate([row for row, _ in parts])
        order = pa.array(np.argsort(rows, kind="stable"))
        taken = pa.array(rows).take(order)
        columns = {name: pa.concat_arrays([made[name].cast(pa.string()) for _, made in parts]).take(order)
                   for name in SCHEMA.names[2:]}
        return pa.RecordBatch.from_arrays([posts.column("account_id").take(taken), posts.column("post_id").take(taken),
                                           *columns.values()], schema=SCHEMA)

    def _telling(self, folded: Folded, found: Mentions) -> Mentions:
        """The mentions that tell what to do: commands in their place, and not those to book or to write."""
        flags = self._of("prescribes", found)
        at = np.flatnonzero(flags & self._leads[found.entry])
        n_words, _ = self._words.words_before(folded, found.keep(at))
        flags[at] = n_words <= _LEAD_WORDS
        asks = self._of("fee", found) | self._of("contact", found)
        covered = np.zeros(len(folded.data) + 1, np.int64)
        np.add.at(covered, np.maximum(found.start[asks] - _BESIDE_BYTES, folded.starts[found.row[asks]]), 1)
        np.add.at(covered, np.minimum(found.end[asks] + _BESIDE_BYTES, folded.ends[found.row[asks]]), -1)
        depth = np.cumsum(covered)
        flags &= (depth[np.minimum(found.start, len(depth) - 1)] == 0)
        return found.keep(flags)

    def _fees(self, found: Mentions, n: int) -> Flags:
        """Words for a fee; and words for a service in posts that name a price too."""
        priced = np.zeros(n, np.bool_)
        priced[found.row[self._of("price", found)]] = True
        fees: Flags = self._of("fee", found) | (self._of("service", found) & priced[found.row])
        return fees

    def _of(self, group: str, found: Mentions) -> Flags:
        """Which mentions belong to a group."""
        if group not in self._words.groups:
            return np.zeros(len(found), np.bool_)
        flags: Flags = self._words.group_of[found.entry] == self._words.groups.index(group)
        return flags

    def _languages(self, found: Mentions, n: int) -> Places:
        """For each post the languages of its mentions, one bit each."""
        bits = np.zeros(n, np.int64)
        np.bitwise_or.at(bits, found.row, self._speaks[found.entry])
        return bits

    def _first(self, found: Mentions, n: int) -> Places:
        """For each post the place of its first mention in `found`, 0 where there is none."""
        first = np.zeros(n, np.int64)
        first[found.row[::-1]] = np.arange(len(found))[::-1]
        return first

    def _about(self, raw: pa.Array, folded: Folded, found: Mentions, *, field: str, speaks: Places,
               telling: tuple[Mentions, Places]) -> tuple[Places, dict[str, pa.Array]]:
        """The posts that tell what to do in `field`."""
        found = found.keep((self._speaks[found.entry] & speaks[found.row]) != 0)
        found = found.keep(first_of_each(found))
        told, first = telling
        told = told.keep(first[found.row])
        return found.row, {"kind": pa.repeat("advises", len(found)), "field": pa.repeat(field, len(found)),
                           "language": self._named(found), "shown": shown(raw, folded, told) if len(told) else _none(),
                           "about": shown(raw, folded, found) if len(found) else _none()}

    def _untold(self, raw: pa.Array, folded: Folded, telling: Mentions, *, named: list[Places], fees: Places,
                speaks: Places) -> tuple[Places, dict[str, pa.Array]]:
        """The posts that tell what to do for a fee, and name no field."""
        kept = np.isin(telling.row, fees) & ~np.isin(telling.row, np.concatenate([*named, np.zeros(0, np.int64)]))
        kept &= speaks[telling.row] != 0
        row, made = self._plain(raw, folded, telling.keep(kept), kind="advises")
        return row, made

    def _plain(self, raw: pa.Array, folded: Folded, found: Mentions, *, kind: str) -> tuple[Places, dict[str, pa.Array]]:
        """The posts with words of one kind."""
        found = found.keep(first_of_each(found))
        empty = pa.repeat("", len(found))
        return found.row, {"kind": pa.repeat(kind, len(found)), "field": empty, "language": self._named(found),
                           "shown": shown(raw, folded, found) if len(found) else _none(), "about": empty}

    def _named(self, found: Mentions) -> pa.Array:
        """The first language of each mention."""
        languages = pa.array([entry.languages[0] for entry in self._words.entries], pa.string())
        return pc.take(languages, pa.array(found.entry))


def _none() -> pa.Array:
    return pa.array([], pa.string())


def _primary(language: str) -> str:
    """The language without script and region: `zh` for `zh-Hant`."""
    return language.partition("-")[0]
