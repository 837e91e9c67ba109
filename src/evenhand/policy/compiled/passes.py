"""Which texts the conditions look for, gathered so that each text is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evenhand.model.expression import Call, Expression, Like, Literal, walk
from evenhand.policy.compiled.letters import lower
from evenhand.policy.compiled.like import Pattern, Shape

LONGEST_PIECE = 1_000
"""Characters of a piece that joins a pass."""
BETWEEN = "\x00"
"""Stands between two texts that are read in one pass; no piece may hold it."""


@dataclass(frozen=True, slots=True)
class Search:
    """A text, in lower case, in which at least one of the pieces is looked for. The pieces are in lower case too."""

    text: Expression
    pieces: tuple[str, ...]


def bare(text: Expression) -> Expression:
    """The text under any `lower`: what is compared in lower case need not be lowered before."""
    while isinstance(text, Call) and text.function.name == "lower":
        text = text.arguments[0]
    return text


def search(node: Expression) -> Search | None:
    """What the test `node` looks for, when looking for it answers the test; else None."""
    match node:
        case Call() if node.function.name in ("contains", "contains_any"):
            written = [piece.value for piece in node.arguments[1:] if isinstance(piece, Literal)]
            texts = [lower(piece) for piece in written if isinstance(piece, str) and is_joinable(piece)]
            if len(texts) == len(node.arguments) - 1:
                return Search(bare(node.arguments[0]), tuple(dict.fromkeys(texts)))
        case Like() if node.ignores_case and pattern_of(node).shape is Shape.CONTAINS:
            letters = pattern_of(node).letters
            return Search(bare(node.value), (letters,)) if is_joinable(letters) else None
        case _:
            pass
    return None


def hint(node: Like) -> Search | None:
    """What stands in every text that fits a pattern that looking alone does not answer; None when there is nothing."""
    pattern = pattern_of(node)
    needs_test = pattern.shape is Shape.GENERAL or (pattern.shape is Shape.CONTAINS and not node.ignores_case)
    is_found = needs_test and is_joinable(pattern.longest)
    return Search(bare(node.value), (lower(pattern.longest),)) if is_found else None


def is_joinable(piece: str) -> bool:
    """True for a piece that may be looked for in one pass with others; any other is looked for alone."""
    return 0 < len(piece) <= LONGEST_PIECE and BETWEEN not in piece


def pattern_of(node: Like) -> Pattern:
    """The pattern, in lower case when case does not matter."""
    text = str(node.pattern.value)
    return Pattern(lower(text) if node.ignores_case else text)


class Passes:
    """Every text that is searched, with all pieces that any condition looks for in it."""

    def __init__(self, searches: Iterable[Search]) -> None:
        found: dict[Expression, dict[str, int]] = {}
        for one in searches:
            pieces = found.setdefault(one.text, {})
            for piece in one.pieces:
                pieces.setdefault(piece, len(pieces))
        self._pieces = found

    @classmethod
    def of(cls, conditions: Iterable[Expression], *, with_hints: bool) -> Passes:
        """All searches in `conditions`; `with_hints` adds what narrows down patterns."""
        nodes = [node for condition in conditions for node in walk(condition)]
        found = [one for one in map(search, nodes) if one is not None]
        hints = [hint(node) for node in nodes if with_hints and isinstance(node, Like)]
        return cls([*found, *(one for one in hints if one is not None)])

    @property
    def texts(self) -> tuple[Expression, ...]:
        """Every text that is searched."""
        return tuple(self._pieces)

    def pieces(self, text: Expression) -> tuple[str, ...]:
        """The different pieces that are looked for in `text`."""
        return tuple(self._pieces.get(text, ()))

    def numbers(self, one: Search) -> frozenset[int]:
        """The places of a search's pieces among all pieces of its text."""
        return frozenset(self._pieces[one.text][piece] for piece in one.pieces)
