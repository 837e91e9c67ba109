"""Posts that advise: they tell somebody what to do in a regulated field. And posts that take money for advice.

Words of different languages do not add up: the words that tell what to do and the words of the field have a language in
common, so that the Turkish for “take” is none in a Spanish text. A post that sends people to a professional, says that it is
no professional advice, or tells of the author's own doctor, advises nobody. Nor does a post that only asks to book or to
write: a word that tells what to do counts only where it is not part of such a phrase.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.advice.gate import FIELDS
from evenhand.signals.words.folded import Flags, Folded, Places, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import Mentions, WordList, first_of_each, shown

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "kind", "field", "language", "shown", "about")])
"""One fact about a post: `kind` is `advises`, `addresses`, `fee` or `contact`. For the first two, `about` is the word of the
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
    reader = _Reader(WordList(advice, "bio"))

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        return reader.read(posts) if posts.num_rows else pa.RecordBatch.from_pylist([], schema=SCHEMA)

    return Kernel(name="advice_posts", source="advice_texts", columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="a post that tells somebody what to do in a regulated field, or takes money for it",
                  digest=advice.digest)


_LEADING = frozenset({"en", "es", "pt", "fr", "de", "it", "nl", "pl", "ru", "uk", "el", "ar", "he", "id"})
"""Languages in which a command stands at the start of its clause: there one word alone counts only in that place."""
_LEAD_WORDS = 3
"""Words that may stand before it: “with this scan stop”."""
_BESIDE_BYTES = 8
"""A command that near a word for a fee, a booking or a message is part of it: “message me to book”."""


class _Reader:
    """The word list, ready to read posts."""

    def __init__(self, words: WordList) -> None:
        self._words = words
        names = sorted({_primary(language) for entry in words.entries for language in entry.languages})
        every = (1 << len(names)) - 1
        self._speaks = np.array([every if "und" in entry.languages else sum(
            1 << names.index(language) for language in {_primary(one) for one in entry.languages})
            for entry in words.entries], np.int64)
        self._telling_groups = [nth for nth, group in enumerate(words.groups) if group in (*FIELDS, "prescribes", "addresses")]
        self._is_any = np.array(["und" in entry.languages for entry in words.entries], np.bool_)
        self._leads = np.array([" " not in entry.text and _primary(entry.languages[0]) in _LEADING
                                for entry in words.entries], np.bool_)

    def read(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        """The facts about each post, as `SCHEMA`, ordered by post."""
        raw = posts.column("text")
        folded = fold(raw)
        found = self._words.find(folded)
        n = len(folded)
        silent = found.row[self._of("disclaims", found) | self._of("relates", found)]
        paid = self._fees(found, n)
        fees = found.row[paid]
        telling, speaking = self._telling(folded, found), found.keep(self._of("addresses", found))
        parts = [part for kind, said in (("advises", telling), ("addresses", speaking)) for part in self._advice(
            raw, folded, found, said=said.keep(~np.isin(said.row, silent)), kind=kind, fees=fees)]
        parts += [self._plain(raw, folded, found.keep(flags), kind=kind)
                  for kind, flags in (("fee", paid), ("contact", self._of("contact", found)))]
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
        """Words for a fee, and for a service in posts that name a price too, in a language of the post's other words.

        The Indonesian for a fee is the Turkish for a recipe. In a post that tells what others take or took, no fee is the
        author's own.
        """
        priced = np.zeros(n, np.bool_)
        priced[found.row[self._of("price", found)]] = True
        others = np.isin(found.row, found.row[self._of("fee_of_others", found)])
        fees: Flags = (self._of("fee", found) | (self._of("service", found) & priced[found.row])) & ~others
        tells = np.isin(self._words.group_of[found.entry], self._telling_groups) & ~self._is_any[found.entry]
        said = self._languages(found.keep(tells), n)
        spoken: Flags = fees & ((self._speaks[found.entry] & said[found.row]) != 0)
        return spoken

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

    def _advice(self, raw: pa.Array, folded: Folded, found: Mentions, *, said: Mentions, kind: str,
                fees: Places) -> list[tuple[Places, dict[str, pa.Array]]]:
        """The posts of `said` by their fields; and those for a fee that name no field."""
        n = len(folded)
        speaks, first = self._languages(said, n), self._first(said, n)
        parts, named = [], np.zeros(n, np.bool_)
        for field in FIELDS:
            about = found.keep(self._of(field, found))
            about = about.keep((self._speaks[about.entry] & speaks[about.row]) != 0)
            about = about.keep(first_of_each(about))
            named[about.row] = True
            told = said.keep(first[about.row])
            parts.append((about.row, {"kind": pa.repeat(kind, len(about)), "field": pa.repeat(field, len(about)),
                                      "language": self._named(about), "shown": _shown(raw, folded, told),
                                      "about": _shown(raw, folded, about)}))
        untold = said.keep(np.isin(said.row, fees) & ~named[said.row])
        return [*parts, self._plain(raw, folded, untold, kind=kind)]

    def _plain(self, raw: pa.Array, folded: Folded, found: Mentions, *, kind: str) -> tuple[Places, dict[str, pa.Array]]:
        """The posts with words of one kind."""
        found = found.keep(first_of_each(found))
        empty = pa.repeat("", len(found))
        return found.row, {"kind": pa.repeat(kind, len(found)), "field": empty, "language": self._named(found),
                           "shown": _shown(raw, folded, found), "about": empty}

    def _named(self, found: Mentions) -> pa.Array:
        """The first language of each mention."""
        languages = pa.array([entry.languages[0] for entry in self._words.entries], pa.string())
        return pc.take(languages, pa.array(found.entry))


def _shown(raw: pa.Array, folded: Folded, found: Mentions) -> pa.Array:
    """The words of the mentions as they were written."""
    return shown(raw, folded, found) if len(found) else pa.array([], pa.string())


def _primary(language: str) -> str:
    """The language without script and region: `zh` for `zh-Hant`."""
    return language.partition("-")[0]
