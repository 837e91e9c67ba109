"""How the compiled function looks for texts: piece by piece where they are few, else all in one pass over the event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from evenhand.model.expression import And, ColumnRef, Expression, Or, walk
from evenhand.policy.compiled.event_draft import Draft
from evenhand.policy.compiled.event_pieces import Masks
from evenhand.policy.compiled.passes import Search, search

FEW_PIECES = 8
"""Pieces that are looked for one by one: up to here that is quicker than a pass (`benchmarks/bench_conditions.py`)."""
FEW_ALONE = 4
"""Pieces up to which a text that one condition alone searches stays out of the pass: it is read where that asks for it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Python expressions that are true where a search finds something, and where it finds nothing."""

    yes: str
    no: str
    asked: str
    """The same as `yes`, for where only its truth counts."""
    is_safe: bool
    """True when `yes` may be asked of a text that is not known."""


class Searches:
    """The searches of many conditions."""

    def __init__(self, draft: Draft, conditions: Iterable[Expression]) -> None:
        self._draft = draft
        made = [one for one in (search(node) for condition in conditions for node in walk(condition)) if one is not None]
        searches = tuple(dict.fromkeys(made))
        self._alone = frozenset(one for one in searches if _is_alone(one, [other for other in made if other.text == one.text]))
        joined = [one for one in searches if one not in self._alone]
        if sum(len(one.pieces) for one in joined) <= FEW_PIECES:
            joined = []
        self._bits = {one: 1 << place for place, one in enumerate(joined)}
        self._pieces = {piece: place for place, piece in enumerate(
            dict.fromkeys(piece for one in joined for piece in one.pieces))}
        self.texts = tuple(dict.fromkeys(one.text for one in joined))
        """What the pass reads; empty when the pieces are so few that looking for each is quicker."""

    @property
    def pieces(self) -> tuple[str, ...]:
        """What the pass looks for."""
        return tuple(self._pieces)

    @property
    def masks(self) -> Masks:
        """For each of the `texts`, the bits of the searches that a piece answers, by its place."""
        masks: list[dict[int, int]] = [{} for _ in self.texts]
        for one, bit in self._bits.items():
            mask = masks[self.texts.index(one.text)]
            for piece in one.pieces:
                mask[self._pieces[piece]] = mask.get(self._pieces[piece], 0) | bit
        return masks

    def needed(self, node: Expression) -> int:
        """The bits of searches of which one has to find something for `node` to be yes; 0 when it can be yes without."""
        match node:
            case And():
                return next(filter(None, map(self.needed, node.parts)), 0)
            case Or():
                bits = [self.needed(part) for part in node.parts]
                return reduce(or_, bits) if all(bits) else 0
            case _:
                one = search(node)
                return 0 if one is None else self._bits.get(one, 0)

    def is_in_pass(self, one: Search) -> bool:
        """True when the pass answers the search."""
        return one in self._bits

    def is_alone(self, one: Search) -> bool:
        """True when only one condition asks for the text of the search, and the pass does not read it."""
        return one in self._alone

    def hit(self, one: Search) -> Found:
        """How to ask whether the pass has found what `one` looks for."""
        test = f"hits & {self._draft.constant(self._bits[one])}"
        return Found(f"({test}) != 0", f"({test}) == 0", asked=f"({test})", is_safe=True)

    def look(self, one: Search, first: str, then: str) -> Found:
        """How to look for each piece of `one`: the first in the text `first`, the others in `then`, both in lower case."""
        names = [self._draft.constant(piece) for piece in one.pieces]
        yes = " or ".join([f"{names[0]} in {first}", *(f"{name} in {then}" for name in names[1:])])
        return Found(f"({yes})", f"not ({yes})", asked=f"({yes})", is_safe=False)


def _is_alone(one: Search, of_its_text: Sequence[Search]) -> bool:
    return isinstance(one.text, ColumnRef) and len(of_its_text) == 1 and len(one.pieces) <= FEW_ALONE
