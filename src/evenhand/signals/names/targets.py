"""What account names are looked for among: the skeleton letters of each form of a name, and who has it.

Every form of a name (as registered, without "The" or "Inc", without what stands in brackets, read in capitals) has a
key: the hash of its skeleton letters. Those of at least six letters also have keys by which names an edit or two away
are found (`edits.py`). Nothing is compared pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.signals.names.added_words import AddedWords, core_lengths
from evenhand.signals.names.codepoints import Mask, Offsets, Texts
from evenhand.signals.names.edits import EditKeys
from evenhand.signals.names.forms import Forms, digits_of
from evenhand.signals.names.hashes import Bitmap, KeyTable, NameParts, PartHashes
from evenhand.signals.names.rarity import Shares
from evenhand.signals.names.skeleton import as_letters
from evenhand.signals.names.unicode_tables import MARK, SPACELESS, UnicodeTables

MIN_LETTERS, MIN_SPACELESS_LETTERS = 4, 2
"""A shorter form is found as registered only, not by a look-alike skeleton. Han, kana and hangul characters tell more."""
MIN_LETTERS_OF, MIN_SPACELESS_LETTERS_OF, MIN_PERSON_LETTERS_OF = (6, 12), (10, 16), (9, 16)
"""Letters other than added words that a name has at least for one edit and for two to count: in general, in Han, kana and
hangul, where one other character makes another name, and in names of people, who are two letters from other people."""
TOO_FEW_LETTERS = 0.04
"""Factor on the weight of a name with fewer: less strength than a sweep looks at. Only who asks for all matches gets it."""
MIN_INSIDE_WEIGHT = 0.3
"""A name that weighs less is not looked for inside longer names."""
MAX_SPAN_TOKENS = 16
"""Names of more words (in scripts without spaces, characters) are not looked for inside longer names."""
_SPACE = 0x20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Who has which target: one row each, those of a target together, best first."""

    target: Offsets
    holder: Offsets
    """Row of the holder in the registry table."""
    weight: Shares
    name: Offsets
    """The number of the name."""
    shown: pa.Array
    """The name or handle as registered."""
    folded: pa.Array
    """The form, folded, without spaces."""
    digits: pa.Array
    """The numerals of the form, in order."""
    is_bare: Mask
    """The form lacks a word that the name has and can do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRules:
    """Which targets are looked for an edit or two away: those whose match can have `min_strength`."""

    min_strength: float
    is_person: Mask
    """Which holders are people."""
    is_twice: bool
    """Two edits are looked for at all."""

    def marked(self, entries: Entries, core: Offsets, lengths: Offsets, is_spaceless: Mask) -> tuple[Mask, Mask]:
        """The targets that are looked for an edit away, and those two edits away."""
        people, bodies = np.zeros(len(core)), np.zeros(len(core))
        is_person = self.is_person[entries.holder]
        for best, chosen in ((people, is_person), (bodies, ~is_person)):
            np.maximum.at(best, entries.target[chosen], entries.weight[chosen])
        marked = []
        for n in (1, 2):
            enough = core >= min_letters(n, is_spaceless)
            of_person = enough & (lengths >= MIN_PERSON_LETTERS_OF[n - 1])
            marked.append(np.maximum(bodies * np.where(enough, 1.0, TOO_FEW_LETTERS),
                                     people * np.where(of_person, 1.0, TOO_FEW_LETTERS)) >= self.min_strength)
        return marked[0], marked[1] & self.is_twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Names, or handles, to be found. A target is the skeleton letters of one form."""

    exact: KeyTable
    """Key to target."""
    inside: KeyTable
    """As `exact`, for targets that are looked for inside longer names."""
    beginnings: Bitmap
    """Hashes of every beginning of the targets that are looked for inside longer names."""
    edits: EditKeys
    is_twice: Mask
    """Looked for two edits away."""
    numerals: Bitmap
    """The numerals that entries have."""
    core: Offsets
    """Letters of each target that are not of added words."""
    is_spaceless: Mask
    """Some of its letters are of a script without spaces."""
    bags: KeyTable
    """Hash of the words in any order to target, for forms of several words."""
    letters: pa.Array
    """Skeleton letters of each target."""
    plain: pa.Array
    """The same with letter pairs as written (`journal`, not `joumal`): an edit may stand inside a pair."""
    lengths: Offsets
    is_short: Mask
    """Found as registered only."""
    n_sharing: NDArray[np.int32]
    """Holders that have this target."""
    starts: Offsets
    """The entries of target `i` are rows `starts[i]` to before `starts[i + 1]` of `entries`."""
    entries: Entries

    @classmethod
    def of(cls, forms: Forms, parts: NameParts, entries: Entries, *, tables: UnicodeTables, added: AddedWords, rules: EditRules
           ) -> Targets:
        """The targets of these forms with their parts, numbered as in `entries`."""
        keys, first, target = np.unique(parts.hashes.wholes(), return_index=True, return_inverse=True)
        letters = parts.letters.take(first)
        best = np.zeros(len(keys))
        np.maximum.at(best, entries.target, entries.weight)
        plain = _plain_letters(forms, tables).take(first)
        paired = np.flatnonzero(plain.lengths != letters.lengths)
        n_spaceless = _n_spaceless(letters, tables)
        is_short = (letters.lengths < MIN_LETTERS) & (n_spaceless < MIN_SPACELESS_LETTERS)
        inside = np.flatnonzero((best >= MIN_INSIDE_WEIGHT) & ~is_short)
        several = np.flatnonzero(parts.n_words() > 1)
        numbers = np.arange(len(keys), dtype=np.int32)
        core = core_lengths(parts, added)[first]
        numerals = PartHashes.of(Texts.from_arrow(pc.unique(entries.digits))).wholes()
        once, twice = rules.marked(entries, core, letters.lengths, n_spaceless > 0)
        return cls(
            exact=KeyTable.of(keys, numbers), inside=KeyTable.of(keys[inside], numbers[inside]),
            beginnings=_beginnings(letters.take(inside)),
            edits=EditKeys.of(letters, plain.take(paired), paired, is_once=once, is_twice=twice),
            is_twice=twice, numerals=Bitmap.of(numerals), core=core, is_spaceless=n_spaceless > 0,
            bags=KeyTable.of(parts.bags()[several], target[several].astype(np.int32)), letters=letters.to_arrow(),
            plain=plain.to_arrow(), lengths=letters.lengths, is_short=is_short,
            n_sharing=np.bincount(entries.target, minlength=len(keys)).astype(np.int32),
            starts=np.searchsorted(entries.target, np.arange(len(keys) + 1)), entries=entries)


def min_letters(n_edits: int, is_spaceless: Mask | np.bool_) -> NDArray[np.int64]:
    """How many letters other than added words a name needs for so many edits to count in full."""
    return np.where(is_spaceless, MIN_SPACELESS_LETTERS_OF[n_edits - 1], MIN_LETTERS_OF[n_edits - 1])


def entries_of(forms: Forms, parts: NameParts, shown: pa.Array, owners: Offsets, form_weights: Shares,
             rank: Offsets) -> Entries:
    """One row for each target and holder that has it: the form that weighs most, then the one named first."""
    target = np.unique(parts.hashes.wholes(), return_inverse=True)[1]
    order = np.lexsort((forms.names, -form_weights, owners, target))
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(target[order]) != 0) | (np.diff(owners[order]) != 0)
    form = order[fresh]
    form = form[np.lexsort((rank[owners[form]], -form_weights[form], target[form]))]
    folded = forms.folded.keep(forms.folded.points != _SPACE).take(form).to_arrow()
    return Entries(target=target[form], holder=owners[form], weight=form_weights[form], name=forms.names[form],
                   shown=shown.take(pa.array(forms.names[form])), folded=folded,
                   digits=digits_of(parts, parts.letters.offsets[:-1][form], parts.letters.offsets[1:][form]),
                   is_bare=parts.n_words()[form] < parts.n_words()[forms.origins[form]])


def _n_spaceless(letters: Texts, tables: UnicodeTables) -> NDArray[np.int32]:
    flags = tables.flags.take(letters.points)
    return letters.count(((flags & SPACELESS) != 0) & ((flags & MARK) == 0))


def _plain_letters(forms: Forms, tables: UnicodeTables) -> Texts:
    words = tables.letters.apply(forms.folded)
    words = words.keep(words.points != _SPACE)
    return Texts(as_letters(words.points), words.offsets)


def _beginnings(letters: Texts) -> Bitmap:
    return Bitmap.of(PartHashes.of(letters).parts(letters.offsets[:-1][letters.rows], np.arange(1, len(letters.points) + 1)))
