"""How the compiled function looks for texts: piece by piece where they are few, else all in one pass over the event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from evenhand.model.expression import Expression, walk
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.event_pieces import event_finder
from evenhand.policy.compiled.passes import Search, search

FEW_PIECES = 8
"""Pieces that are looked for one by one: up to here that is quicker than a pass (`benchmarks/bench_conditions.py`)."""


class Stage(Enum):
    """Where in the compiled function a search stands."""

    BEFORE = auto()
    """Before the pass, or in a function without one: each piece is looked for where it is asked for."""
    NOTHING = auto()
    """After a pass that found nothing at all: no search finds anything."""
    SOMETHING = auto()
    """After a pass that found something."""


@dataclass(frozen=True, slots=True)
class Found:
    """Python expressions that are true where a search finds something, and where it finds nothing."""

    yes: str
    no: str
    is_safe: bool
    """True when `yes` may be asked of a text that is not known."""


class Searches:
    """The searches of many conditions."""

    def __init__(self, draft: Draft, conditions: Iterable[Expression]) -> None:
        self._draft = draft
        self.stage = Stage.BEFORE
        self._bits: dict[Search, int] = {}
        for one in (search(node) for condition in conditions for node in walk(condition)):
            if one is not None:
                self._bits.setdefault(one, 1 << len(self._bits))
        self._pieces = {piece: place for place, piece in enumerate(
            dict.fromkeys(piece for one in self._bits for piece in one.pieces))}
        self.texts = tuple(dict.fromkeys(one.text for one in self._bits))
        self.is_pass = sum(len(one.pieces) for one in self._bits) > FEW_PIECES
        """True when the pieces are so many that a pass over the event is quicker."""

    def finder(self) -> Callable[[tuple[str, ...]], int]:
        """The pass: from the event's `texts` to the bits of all searches that find something."""
        masks: list[dict[int, int]] = [{} for _ in self.texts]
        for one, bit in self._bits.items():
            mask = masks[self.texts.index(one.text)]
            for piece in one.pieces:
                mask[self._pieces[piece]] = mask.get(self._pieces[piece], 0) | bit
        return event_finder(tuple(self._pieces), masks)

    def test(self, one: Search, lowered: Callable[[], Operand]) -> Found:
        """How to ask whether `one` finds something; `lowered` writes its text in lower case when that is needed."""
        match self.stage:
            case Stage.NOTHING:
                return Found("False", "True", is_safe=True)
            case Stage.SOMETHING:
                test = f"hits & {self._draft.constant(self._bits[one])}"
                return Found(f"({test}) != 0", f"({test}) == 0", is_safe=True)
            case Stage.BEFORE:
                text = lowered().code
                yes = " or ".join(f"{self._draft.constant(piece)} in {text}" for piece in one.pieces)
                return Found(f"({yes})", f"not ({yes})", is_safe=False)
