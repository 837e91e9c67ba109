"""How names are like targets: candidates looked at letter by letter, what stands around them, and how alike they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Postfix, Prefix
from rapidfuzz.process import cpdist

from evenhand.signals.names.added_words import AddedWords
from evenhand.signals.names.candidates import BAG, INSIDE, NEAR, Candidates, candidates
from evenhand.signals.names.codepoints import Mask, Offsets, Texts, marked_before, targets_places
from evenhand.signals.names.forms import digits_of, words_between
from evenhand.signals.names.hashes import NameParts, PartHashes
from evenhand.signals.names.rarity import Rarity, Shares
from evenhand.signals.names.reading import ReadNames
from evenhand.signals.names.targets import MIN_PERSON_LETTERS_OF, TOO_FEW_LETTERS, Targets, min_letters
from evenhand.signals.names.unicode_tables import contracted

MAX_MATCHES = 5
"""Matches kept for one name, the strongest; of a target, the holders looked at."""
MATCHES = ("same", "skeleton", "affix", "handle", "edit", "tokens")
"""From the surest on; of equal strength the surer is kept."""
SAME, SKELETON, AFFIX, AS_HANDLE, EDIT, TOKENS = range(len(MATCHES))
MIN_APART = 4
"""Two edits within fewer letters make another word ("US" for "UK", "next" for "news"): they count as too few letters."""
REORDERED, PERSON_REORDERED = 0.7, 0.95
"""Similarity of a name whose words stand in another order, as family and given name may."""
MAX_EDITS = 2
WITH_ADDED_WORD, WITH_NAMING_WORD = 0.9, 0.6
"""Factors for a name with an added word around it, and for one with a word that as often makes a name of its own."""
AMONG_WORDS, PERSON_AMONG_WORDS = 0.35, 0.9
"""Factors, times the share of the letters, for a name among other words. Bodies are named within bodies ("Green Township
Fire Department"), people seldom are."""
UNBOUNDED, ONE_WORD = 0.5, 0.5
"""Further factors where no border of a word sets the name off (in scripts without spaces), and for a single word."""
KNOWN_WORDS = 0.25
"""Factor on the weight of a name an edit or two away when all its words are words of other names or of texts: "Marion County"
is no misspelt "Martin County". A name written as one word may be made of such too, so that two edits count as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Names and entries of targets that they are like, one row for each pair."""

    found: Candidates
    entry: Offsets
    match: NDArray[np.int8]
    similarity: Shares
    weight: Shares
    is_same: Mask
    around: Around

    @classmethod
    def of(cls, names: ReadNames, targets: Targets, *, added: AddedWords, rarity: Rarity, is_person: Mask) -> Likeness:
        """All likenesses of these names to these targets that hold when looked at."""
        found = candidates(names, targets)
        edits = _edits(found, names.parts, targets)
        found, edits = found.take(edits >= 0), edits[edits >= 0]
        counts = np.minimum(targets.starts[found.target + 1] - targets.starts[found.target], MAX_MATCHES)
        entry = targets_places(targets.starts[found.target], counts)
        found, edits = found.take(np.repeat(np.arange(len(found.row)), counts)), np.repeat(edits, counts)
        entries, taken = targets.entries, pa.array(entry)
        around = Around.of(found, names, added, is_bare=entries.is_bare[entry])
        same = around.is_nothing & (found.how != NEAR) & equal_texts(
            around.folded_place(names, found), entries.folded.take(taken))
        person = is_person[entries.holder[entry]]
        keep = _numbers_agree(found, names, entries.digits.take(taken)) & (same | ~targets.is_short[found.target])
        keep &= person | ~around.has_lone_digit
        match, similarity = _described(found, names, 1 - edits / targets.lengths[found.target], around=around, same=same,
                                       is_person=person)
        is_known = _has_known_words_only(found, names, rarity) | ((edits > 1) & (around.last - around.first == 1))
        weight = entries.weight[entry] * np.where(is_known, KNOWN_WORDS, 1.0)
        weight *= np.where(_has_letters(found, targets, edits=edits, is_person=person), 1.0, TOO_FEW_LETTERS)
        several = np.flatnonzero(edits > 1)
        weight[several[_is_one_place(found.take(several), names.parts, targets)]] *= TOO_FEW_LETTERS
        every = cls(found=found, entry=entry, match=match, similarity=similarity, weight=weight, is_same=same,
                    around=around)
        return every.take(np.flatnonzero(keep))

    def take(self, chosen: Offsets) -> Likeness:
        """The chosen ones."""
        return Likeness(found=self.found.take(chosen), entry=self.entry[chosen], match=self.match[chosen],
                        similarity=self.similarity[chosen], weight=self.weight[chosen], is_same=self.is_same[chosen],
                        around=self.around.take(chosen))

    @property
    def strength(self) -> Shares:
        """Similarity times weight."""
        return self.similarity * self.weight


def equal_texts(first: pa.Array, second: pa.Array) -> Mask:
    """Whether the texts at each place are the same; neither array may hold nulls."""
    return np.array(pc.equal(first, second), np.bool_)


def distances(first: pa.Array, second: pa.Array) -> NDArray[np.int64]:
    """How many edits the texts at each place are apart: a letter put in, left out, changed, or two swapped.

    More than `MAX_EDITS` count as one more than that.
    """
    return np.array(cpdist(first.to_pylist(), second.to_pylist(), scorer=OSA.distance, score_cutoff=MAX_EDITS,
                             dtype=np.int64))


def _edits(found: Candidates, parts: NameParts, targets: Targets) -> NDArray[np.int64]:
    """How many edits each candidate is from its target; -1 where it is not what its key says."""
    letters = parts.letters.slices(found.start, found.end).to_arrow()
    expected = targets.letters.take(pa.array(found.target))
    holds = equal_texts(letters, expected)
    bags = found.how == BAG
    holds[bags] = ~holds[bags] & (found.end - found.start == targets.lengths[found.target])[bags]
    edits = np.where(holds, 0, -1)
    most = np.where(targets.is_twice[found.target[found.how == NEAR]], MAX_EDITS, 1)
    near = pa.array(np.flatnonzero(found.how == NEAR))
    apart = distances(letters.take(near), expected.take(near))
    plain = targets.plain.take(pa.array(found.target[found.how == NEAR]))
    paired = np.flatnonzero(~equal_texts(plain, expected.take(near)))
    taken = pa.array(paired)
    apart[paired] = np.minimum(apart[paired], distances(letters.take(near).take(taken), plain.take(taken)))
    edits[found.how == NEAR] = np.where((apart > 0) & (apart <= most), apart, -1)
    return edits


def _is_one_place(found: Candidates, parts: NameParts, targets: Targets) -> Mask:
    """Whether all that differs from the target stands within `MIN_APART` letters."""
    letters = parts.letters.slices(found.start, found.end).to_arrow().to_pylist()
    expected = targets.letters.take(pa.array(found.target)).to_pylist()
    alike = [np.asarray(cpdist(letters, expected, scorer=scorer.similarity, dtype=np.int64)) for scorer in (Prefix, Postfix)]
    longer = np.maximum(found.end - found.start, targets.lengths[found.target])
    one_place: Mask = longer - alike[0] - alike[1] < MIN_APART
    return one_place


def _has_letters(found: Candidates, targets: Targets, *, edits: NDArray[np.int64], is_person: Mask) -> Mask:
    """Whether a candidate is no edit from its target, or the target has letters enough for so many."""
    core, spaceless = targets.core[found.target], targets.is_spaceless[found.target]
    enough: Mask = edits <= 0
    for n in range(1, MAX_EDITS + 1):
        of_person = ~is_person | (targets.lengths[found.target] >= MIN_PERSON_LETTERS_OF[n - 1])
        enough |= (edits == n) & (core >= min_letters(n, spaceless)) & of_person
    return enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around the place of each candidate in its name."""

    is_nothing: Mask
    """Nothing that the name could not do without."""
    is_added: Mask
    """Only added words and numbers."""
    is_naming: Mask
    """One of the words makes names of its own as often."""
    is_set_off: Mask
    """The place begins and ends where words do."""
    has_lone_digit: Mask
    """A number of one digit is among the words around: "Channel 5" is another body than "Channel"."""
    first: Offsets
    """The first word of the name that the place touches, counted from 0, and the one after the last."""
    last: Offsets
    n_words: Offsets
    pieces: tuple[NDArray[np.int32], NDArray[np.int32]]
    """The added word that is the rest of the first, and of the last word; -1 for none."""

    @classmethod
    def of(cls, found: Candidates, names: ReadNames, added: AddedWords, *, is_bare: Mask) -> Around:
        """What is around these candidates. Where the target is bare, a needless word counts as another than it lacks."""
        parts, kinds = names.parts, names.kinds
        n_words = parts.n_words()
        end = np.cumsum(n_words)[found.row]
        begin = end - n_words[found.row]
        first, last = parts.word_at(found.start), parts.words_before(found.end)
        left, left_known = _piece(parts.word_starts[first], found.start, parts, added)
        right, right_known = _piece(found.end, parts.word_ends[last - 1], parts, added)

        def around(words: Mask) -> Offsets:
            return (marked_before(words, first) - marked_before(words, begin)
                    + marked_before(words, end) - marked_before(words, last))

        offsets = parts.letters.offsets
        whole = (found.start == offsets[:-1][found.row]) & (found.end == offsets[1:][found.row])
        known, no_piece = left_known & right_known, (left < 0) & (right < 0)
        return cls(
            is_nothing=whole | (known & no_piece & (around(~kinds.is_needless) == 0) & ~is_bare),
            is_added=known & (around(~kinds.is_added) == 0), is_set_off=no_piece & known,
            is_naming=(is_bare & (around(kinds.is_needless) > 0)) | (around(kinds.is_naming) > 0)
            | _is_naming(left, added) | _is_naming(right, added),
            has_lone_digit=around(kinds.is_number & (parts.word_ends - parts.word_starts == 1)) > 0,
            first=first - begin, last=last - begin, n_words=end - begin, pieces=(left, right))

    def folded_place(self, names: ReadNames, found: Candidates) -> pa.Array:
        """The folded words of each place, without spaces."""
        texts = words_between(names.folded.take(names.rows[found.row]), self.first, self.last)
        return texts.keep(texts.points != 0x20).to_arrow()

    def take(self, chosen: Offsets) -> Around:
        """Of the chosen candidates."""
        return Around(
            is_nothing=self.is_nothing[chosen], is_added=self.is_added[chosen], is_naming=self.is_naming[chosen],
            is_set_off=self.is_set_off[chosen], has_lone_digit=self.has_lone_digit[chosen], first=self.first[chosen],
            last=self.last[chosen], n_words=self.n_words[chosen],
            pieces=(self.pieces[0][chosen], self.pieces[1][chosen]))

    def texts(self, folded: Texts, rows: Offsets, added: AddedWords) -> pa.Array:
        """The added words, parted by spaces, from the folded names with these numbers; null where there are none but others."""
        some = np.flatnonzero(self.is_added & ~self.is_nothing)
        names, first, last = folded.take(rows[some]), self.first[some], self.last[some]
        before = words_between(names, np.zeros(len(some), np.int64), first).to_arrow()
        after = words_between(names, last, self.n_words[some]).to_arrow()
        left, right = (added.texts.take(pa.array(piece[some], mask=piece[some] < 0)) for piece in self.pieces)
        pieces = [pc.fill_null(piece, "") for piece in (before, left, right, after)]
        text = pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.binary_join_element_wise(*pieces, " "), " +", " "))
        place = np.full(len(rows), -1)
        place[some] = np.arange(len(some))
        return text.take(pa.array(place, mask=place < 0))


def _piece(starts: Offsets, ends: Offsets, parts: NameParts, added: AddedWords) -> tuple[NDArray[np.int32], Mask]:
    """The number of the added word that each piece of a word is (-1 for none), and whether it is one or empty."""
    number = np.full(len(starts), -1, np.int32)
    filled = np.flatnonzero(ends > starts)
    asked, word = added.added.find(parts.hashes.parts(starts[filled], ends[filled]))
    number[filled[asked]] = word
    return number, (ends <= starts) | (number >= 0)


def _is_naming(words: NDArray[np.int32], added: AddedWords) -> Mask:
    naming: Mask = (words >= 0) & added.is_naming[words]
    return naming


def _numbers_agree(found: Candidates, names: ReadNames, expected: pa.Array) -> Mask:
    """Whether name and target have the same numerals, or the name has digits that read as letters of the target.

    With 0 and 1 that may be any; other digits only where the target has none and they stand within a word.
    """
    shown = digits_of(names.parts, found.start, found.end)
    agree = equal_texts(shown, expected)
    others = [pc.replace_substring_regex(digits, "[01]", "") for digits in (shown, expected)]
    parts, is_number = names.parts, names.kinds.is_number
    free = (marked_before(is_number, parts.word_at(found.end))
            == marked_before(is_number, parts.words_before(found.start)))
    within: Mask = (np.asarray(pc.binary_length(expected)) == 0) & free
    agree |= ((found.how != NEAR) & (found.how != BAG) & (equal_texts(*others) | within))
    return agree


def _described(found: Candidates, names: ReadNames, alike: Shares, *, around: Around, same: Mask, is_person: Mask
               ) -> tuple[NDArray[np.int8], Shares]:
    """How each candidate matches, and how alike the two names are, of which `alike` are the letters of the place."""
    parts = names.parts
    whole = parts.letters.lengths[found.row]
    match = np.array([SKELETON, TOKENS, EDIT, TOKENS], np.int8)[found.how]
    match[(found.how == INSIDE) & around.is_added] = AFFIX
    match[(found.how == INSIDE) & around.is_nothing] = SKELETON
    match[same] = SAME
    similarity = alike.copy()
    bags = found.how == BAG
    similarity[bags] = np.where(is_person[bags], PERSON_REORDERED, REORDERED)
    one = parts.tokens_before(found.end) - parts.tokens_before(found.start) == 1
    among = np.where(is_person, PERSON_AMONG_WORDS, AMONG_WORDS) * (found.end - found.start) / whole
    among *= np.where(around.is_set_off, 1.0, UNBOUNDED) * np.where(one, ONE_WORD, 1.0)
    added = np.where(around.is_naming, WITH_NAMING_WORD, WITH_ADDED_WORD)
    similarity *= np.where(around.is_nothing, 1.0, np.where(around.is_added, added, among))
    return match, similarity


def _has_known_words_only(found: Candidates, names: ReadNames, rarity: Rarity) -> Mask:
    """Whether a name an edit or two away is made of words that are known as such."""
    near: Mask = found.how == NEAR
    if not near.any():
        return near
    parts = names.parts
    asked = np.zeros(len(parts.letters), np.bool_)
    asked[found.row[near]] = True
    tokens = np.flatnonzero(asked[parts.token_rows])
    unknown = np.zeros(len(parts.token_rows), np.bool_)
    texts = parts.letters.slices(parts.token_starts[tokens], parts.token_ends[tokens])
    unknown[tokens] = ~(rarity.is_known(PartHashes.of(texts).wholes())
                        | rarity.is_known(PartHashes.of(contracted(texts)).wholes()))
    near &= marked_before(unknown, parts.token_at(found.start)) == marked_before(unknown, parts.tokens_before(found.end))
    return near
