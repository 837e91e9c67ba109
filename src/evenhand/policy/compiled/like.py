"""Patterns of `like`: what they say, and a test for one text that takes linear time whatever the pattern."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


class Shape(Enum):
    """Patterns that are simpler than a pattern."""

    EXACT = auto()
    STARTS = auto()
    ENDS = auto()
    CONTAINS = auto()
    GENERAL = auto()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern with `%` (any characters, or none) and `_` (one character); nothing is escaped."""

    text: str

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts between runs of `%`; the first and the last are bound to the text's ends and may be empty."""
        return tuple(re.split("%+", self.text))

    @property
    def shape(self) -> Shape:
        """What kind of pattern it is."""
        if "_" in self.text:
            return Shape.GENERAL
        match self.segments:
            case (_,):
                return Shape.EXACT
            case (_, ""):
                return Shape.STARTS
            case ("", _):
                return Shape.ENDS
            case ("", _, ""):
                return Shape.CONTAINS
            case _:
                return Shape.GENERAL

    @property
    def letters(self) -> str:
        """The pattern without its signs: all that a pattern of a simple shape looks for."""
        return self.text.replace("%", "").replace("_", "")

    @property
    def longest(self) -> str:
        """The longest run of letters, which stands in every text that fits; empty when there is none."""
        return max(re.split("[%_]+", self.text), key=len)

    @property
    def n_characters(self) -> int:
        """How many characters a text has at least."""
        return len(self.text) - self.text.count("%")

    def test(self) -> Callable[[str], object]:
        """A function that returns None for a text that does not fit, and something for one that does.

        Each middle segment is bound to the first place where it fits, without going back: a later place leaves less
        for the rest, so nothing is lost and no pattern takes more than linear time for each of its segments.

        >>> fits = Pattern("%a_c%e").test()
        >>> [fits(text) is not None for text in ("xabcde", "abc")]
        [True, False]
        """
        first, *rest = ("".join("." if sign == "_" else re.escape(sign) for sign in part) for part in self.segments)
        middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
        last = f".*{rest[-1]}" if rest else ""
        return re.compile(f"{first}{middle}{last}", re.DOTALL).fullmatch
