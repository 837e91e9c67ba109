"""How the compiled function looks for texts: one by one where they are few, else all in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evenhand.model.expression import Expression, walk
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.passes import Passes, Search, search
from evenhand.policy.compiled.pieces import PieceSet

FEW_PIECES = 8
"""Pieces that are looked for one by one: up to here that is quicker than a pass (`benchmarks/bench_conditions.py`)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Python expressions that are true where a search finds something, and where it finds nothing."""

    yes: str
    no: str
    is_safe: bool
    """True when `yes` may be asked of a text that is not known."""


class Searches:
    """The searches of many conditions, each text read once."""

    def __init__(self, draft: Draft, conditions: Iterable[Expression]) -> None:
        conditions = tuple(conditions)
        self._draft = draft
        self._passes = Passes.of(conditions, with_hints=False)
        self._bits: dict[Expression, dict[frozenset[int], int]] = {}
        self._hits: dict[Expression, str] = {}
        for one in (search(node) for condition in conditions for node in walk(condition)):
            if one is not None:
                bits = self._bits.setdefault(one.text, {})
                bits.setdefault(self._passes.numbers(one), 1 << len(bits))

    def tests(self, one: Search, text: Operand) -> Found:
        """How to ask whether `one` finds something; `text` is its text in lower case."""
        pieces = self._passes.pieces(one.text)
        if len(pieces) <= FEW_PIECES:
            yes = " or ".join(f"{self._draft.constant(piece)} in {text.code}" for piece in one.pieces)
            return Found(f"({yes})", f"not ({yes})", is_safe=False)
        if one.text not in self._hits:
            bits = self._bits[one.text]
            masks = [sum(bit for numbers, bit in bits.items() if number in numbers) for number in range(len(pieces))]
            found = f"{self._draft.constant(PieceSet(pieces).finder(masks))}({text.code})"
            self._hits[one.text] = self._draft.assigned(
                found if text.is_known else f"{found} if {text.code} is not None else 0")
        hits, bit = self._hits[one.text], self._draft.constant(self._bits[one.text][self._passes.numbers(one)])
        return Found(f"({hits} & {bit}) != 0", f"({hits} & {bit}) == 0", is_safe=True)
