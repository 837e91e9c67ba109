"""The nearest valid name to a misspelt one, for the hint in an error."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

MIN_LIKENESS = 0.72
"""Below this share of common letters a suggestion confuses more than it helps: a slip of the pen shares more."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The most similar of `names`, or None when none is near. Ties go to the first in alphabetical order.

    >>> nearest("limit_rech", ["warn", "label", "limit_reach"])
    'limit_reach'
    >>> nearest("zzz", ["warn", "label"]) is None
    True
    """
    wanted = name[:60].lower()
    scored = [(SequenceMatcher(None, wanted, other.lower()).ratio(), other) for other in sorted(names)]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] >= MIN_LIKENESS else None


def suggestion(name: str, names: Iterable[str], *, kind: str) -> str:
    """The hint for an unknown name: the nearest one if there is one, and all there are.

    >>> suggestion("waarn", ["warn", "label"], kind="penalties")
    'did you mean `warn`? penalties: label, warn'
    """
    choices = sorted(names)
    near = nearest(name, choices)
    every = f"{kind}: {', '.join(choices)}"
    return f"did you mean `{near}`? {every}" if near else every
