"""Records of registers that could not be used: where they stand, and what follows for whoever is decided about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from evenhand.errors import Problem
from evenhand.model.registry import REGISTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was left out of one register, of one file."""

    register: str
    file: str
    n: int
    """Records."""
    problems: tuple[Problem, ...]
    """Why, each with its line; the first ones of a long list, and how many more there are."""


OnLeftOut: TypeAlias = Callable[[tuple[LeftOut, ...]], None]
"""Is told what was left out, each time registers are loaded."""


def counted(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """How many records each register lacks, by its name.

    >>> counted([LeftOut(register="strikes", file="a.csv", n=2, problems=()),
    ...          LeftOut(register="strikes", file="b.csv", n=1, problems=())])
    {'strikes': 3}
    """
    found: dict[str, int] = {}
    for one in left_out:
        found[one.register] = found.get(one.register, 0) + one.n
    return dict(sorted(found.items()))


def why_a_person(n_left_out: dict[str, int]) -> str:
    """Why a person decides where records are left out, as one step of a decision; empty where nobody has to.

    >>> why_a_person({"holders": 1, "strikes": 2})
    '1 record of the register `holders` could not be used, and it may speak for this account'
    >>> why_a_person({"strikes": 2})
    ''
    """
    asking = {name: n for name, n in n_left_out.items() if REGISTERS[name].may_spare}
    if not asking:
        return ""
    several = sum(asking.values()) > 1
    listed = " and ".join(f"{n:,} record{'' if n == 1 else 's'} of the register `{name}`" for name, n in asking.items())
    return f"{listed} could not be used, and {'one of them' if several else 'it'} may speak for this account"


def left_out_record(left_out: Iterable[LeftOut]) -> list[dict[str, object]]:
    """What was left out as values for JSON: per file its register and how many, and each problem with its line."""
    return [{"register": one.register, "file": one.file, "n": one.n, "problems": [
        {"what": problem.what, "file": problem.file, "line": problem.line, "column": problem.column, "hint": problem.hint}
        for problem in one.problems]} for one in left_out]
