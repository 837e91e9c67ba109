"""The tables by which the compiled reader finds all pieces in a text, one step for each character, whatever their number.

It is an Aho-Corasick automaton with every step worked out, over classes of characters: a letter in either case, and what
else becomes that letter in lower case, are one class, so that no text is put into lower case. A state is told by where its
row of steps begins; states in which a piece ends come last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.model.expression import Column
from evenhand.policy.compiled import event_values
from evenhand.policy.compiled.event_pieces import Masks, forms_of

try:
    from evenhand.policy.compiled._event_reader import EventReader
except ImportError:  # no compiler where it was installed: `event_pieces` does the same in Python, in twice the time
    IS_COMPILED = False
else:
    IS_COMPILED = True

MOST_STEPS = 4_000_000
"""Steps of an automaton (16 MB) up to which it is made; Hyperscan is the smaller and the quicker one for more pieces."""
_MOST_SEARCHES = 4_096
_N_PAGES, _PAGE = 0x1100, 256
_KINDS = {"varchar": 0, "bigint": 1, "double": 2, "boolean": 3}
"""The column's types whose usual values the reader knows; any other value is given to a function."""
_OTHER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """The tables, as the reader takes them."""

    page_of: bytes
    pages: bytes
    next: bytes
    meanings: bytes
    n_classes: int
    first_end: int
    n_texts: int
    n_words: int


def automaton_of(pieces: Sequence[str], masks: Masks) -> Automaton | None:
    """Finds the pieces, which are in lower case, in the texts of an event; there are `masks` for each of its texts.

    None when the pieces are too many for it.
    """
    n_bits = max((mask.bit_length() for by_piece in masks for mask in by_piece.values()), default=0)
    classes = {letter: number for number, letter in enumerate(dict.fromkeys("".join(pieces)), start=1)}
    n_states = 1 + sum(map(len, pieces))
    if n_bits > _MOST_SEARCHES or n_states * (len(classes) + 1) > MOST_STEPS:
        return None
    page_of, pages = _pages(classes)
    n_words = (n_bits + 63) // 64
    steps, first_end, meanings = _tables(pieces, masks, classes, n_words=n_words)
    return Automaton(page_of=page_of, pages=pages, next=steps, meanings=meanings, n_classes=len(classes) + 1,
                     first_end=first_end, n_texts=len(masks), n_words=n_words)


def reader_of(columns: Sequence[Column], automaton: Automaton) -> Callable[[Any], tuple[Any, ...]]:
    """A function from an event to what stands in its texts, as bits, and then the values of `columns`.

    The first columns are the texts. Raises `TypeError` for a value of another type than its column.
    """
    return EventReader(
        names=tuple(column.name for column in columns),
        kinds=bytes(_KINDS.get(column.stored, _OTHER) for column in columns),
        reads=tuple(event_values.READERS[column.stored][0] for column in columns),
        page_of=automaton.page_of, pages=automaton.pages, next=automaton.next, meanings=automaton.meanings,
        n_classes=automaton.n_classes, first_end=automaton.first_end, n_texts=automaton.n_texts,
        n_words=automaton.n_words).read


def _pages(classes: dict[str, int]) -> tuple[bytes, bytes]:
    """For each 256 characters the number of their page; and the pages, with each character's class."""
    found: dict[int, np.ndarray[Any, Any]] = {}
    for letter, number in classes.items():
        for point in map(ord, forms_of(letter)):
            found.setdefault(point // _PAGE, np.zeros(_PAGE, np.uint16))[point % _PAGE] = number
    page_of = np.zeros(_N_PAGES, np.uint16)
    page_of[list(found)] = np.arange(1, len(found) + 1)
    return page_of.tobytes(), np.concatenate([np.zeros(_PAGE, np.uint16), *found.values()]).tobytes()


def _tables(pieces: Sequence[str], masks: Masks, classes: dict[str, int], *,
            n_words: int) -> tuple[bytes, int, bytes]:
    """The steps of all states; where the first state begins in which a piece ends; and what that means in each text."""
    children: list[dict[int, int]] = [{}]
    ends: list[set[int]] = [set()]
    for number, piece in enumerate(pieces):
        state = 0
        for letter in piece:
            if classes[letter] not in children[state]:
                children[state][classes[letter]] = len(children)
                children.append({})
                ends.append(set())
            state = children[state][classes[letter]]
        ends[state].add(number)
    steps = np.zeros((len(children), len(classes) + 1), np.uint32)
    shorter = [0] * len(children)  # the longest proper ending of what led here that is the beginning of a piece too
    order, left = list[int](), deque([0])
    while left:
        order.append(state := left.popleft())
        if state:
            steps[state] = steps[shorter[state]]
            ends[state] |= ends[shorter[state]]
        for number, child in children[state].items():
            shorter[child] = int(steps[state, number]) if state else 0
            left.append(child)
        steps[state, list(children[state])] = list(children[state].values())
    order.sort(key=lambda state: bool(ends[state]))  # among the others, those that are near the start stay near it
    place = np.empty(len(order), np.uint32)
    place[order] = np.arange(len(order))
    last = [state for state in order if ends[state]]
    bits = [_joined(by_piece, ends[state]).to_bytes(8 * n_words, "little") for state in last for by_piece in masks]
    width = len(classes) + 1
    return (place[steps[order]] * np.uint32(width)).tobytes(), (len(order) - len(last)) * width, b"".join(bits)


def _joined(by_piece: Any, ended: set[int]) -> int:
    joined = 0
    for piece in ended:
        joined |= by_piece.get(piece, 0)
    return joined
