"""Posts that advise: they tell somebody what to do in a regulated field. And posts that take money for advice.

Words of different languages do not add up: the words that tell what to do and the words of the field have a language in
common, so that the Turkish for “take” is none in a Spanish text. A post that sends people to a professional, says that it is
no professional advice, or tells of the author's own doctor, advises nobody.
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
"""One fact about a post: `kind` is `advises` (then `field` and `about`, the word of the field, are set), `fee` or `contact`."""


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


class _Reader:
    """The word list, ready to read posts."""

    def __init__(self, words: WordList) -> None:
        self._words = words
        names = sorted({_primary(language) for entry in words.entries for language in entry.languages})
        self._speaks = np.array([sum(1 << names.index(language) for language in {_primary(one) for one in entry.languages})
                                 for entry in words.entries], np.int64)

    def read(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        """The facts about each post, as `SCHEMA`, ordered by post."""
        raw = posts.column("text")
        folded = fold(raw)
        found = self._words.find(folded)
        n = len(folded)
        telling, silent = self._of("prescribes", found), self._of("disclaims", found) | self._of("relates", found)
        speaks = self._languages(found.keep(telling), n)
        speaks[found.row[silent]] = 0
        first = self._first(found.keep(telling), n)
        parts = [self._about(raw, folded, found.keep(self._of(field, found)), field=field, speaks=speaks, telling=(found.keep(telling), first))
                 for field in FIELDS if field in self._words.groups]
        parts += [self._plain(raw, folded, found.keep(self._of(kind, found)), kind=kind) for kind in ("fee", "contact")]
        rows = np.concatenate([row for row, _ in parts])
        order = pa.array(np.argsort(rows, kind="stable"))
        taken = pa.array(rows).take(order)
        columns = {name: pa.concat_arrays([made[name].cast(pa.string()) for _, made in parts]).take(order)
                   for name in SCHEMA.names[2:]}
        return pa.RecordBatch.from_arrays([posts.column("account_id").take(taken), posts.column("post_id").take(taken),
                                           *columns.values()], schema=SCHEMA)

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
