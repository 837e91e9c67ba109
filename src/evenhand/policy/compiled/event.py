"""Conditions as one Python function over single events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from evenhand.errors import DataError
from evenhand.model.condition import Condition
from evenhand.model.expression import Column, ColumnRef, Expression, walk
from evenhand.policy.compiled.event_automaton import IS_COMPILED
from evenhand.policy.compiled.event_source import event_source

TOGETHER = 128
"""Events that `many` takes at once; where the reader is not compiled, more gain nothing (`benchmarks/bench_conditions.py`)."""
Event = Mapping[str, Any]
"""The values of one row by column. A column that is left out, or None, is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFunction:
    """Many conditions compiled into one function over one event."""

    conditions: tuple[Condition, ...]
    columns: tuple[Column, ...]
    """The columns that the conditions look at; an event may hold others too."""
    holds: Callable[[Event], tuple[bool, ...]]
    """For each condition whether it holds for the event; what is not known counts as no, as in `Condition.sql`.

    Texts are `str`, whole numbers `int`, numbers `float` or `int`, yes/no `bool`, times `datetime` or ISO 8601 text,
    in UTC when they name no zone. Raises `DataError` with every value of another type when it meets one. Several threads
    may call it.
    """
    many: Callable[[Sequence[Event]], list[tuple[bool, ...]]]
    """`holds` for each of some hundred events; `holds_each` takes any number."""
    source: str
    """The Python source of the function, to read. It holds nothing of what an author wrote but names of columns."""
    constants: Mapping[str, Any]
    """The values behind the names `k0`, `k1` … in the source."""

    def holds_each(self, events: Iterable[Event]) -> list[tuple[bool, ...]]:
        """What `holds` gives for each of the events, in a little less time.

        Raises `DataError` where `holds` does, for the first such event.
        """
        left, answers = iter(events), list[tuple[bool, ...]]()
        while some := list(islice(left, TOGETHER)):
            try:
                answers += self.many(some)
            except DataError:
                answers += map(self.holds, some)  # so that it is the first wrong event that is told of
        return answers

    def matching(self, event: Event) -> tuple[int, ...]:
        """The places of the conditions that hold for the event."""
        return tuple(place for place, held in enumerate(self.holds(event)) if held)


def compile_event(conditions: Sequence[Condition], *, with_reader: bool = IS_COMPILED) -> EventFunction:
    """One function for all `conditions`; it holds for exactly the events for which their SQL holds.

    A text is read once, however many conditions look at it: by compiled code of our own, or `with_reader=False` by
    Hyperscan, which takes twice the time and needs no compiler where Evenhand is installed.

    >>> from evenhand.policy.language.condition import parse_condition
    >>> rules = compile_event([parse_condition("contains_any(bio, 'airdrop', '空投') and followers < 10"),
    ...                        parse_condition("not verified")])
    >>> rules.holds({"bio": "Free AIRDROP", "followers": 3})
    (True, False)
    """
    trees = [condition.expression for condition in conditions]
    columns = columns_of(trees)
    source, draft = event_source(columns, trees, with_reader=with_reader and IS_COMPILED)
    scope: dict[str, Any] = {"__builtins__": {}}
    exec(compile(source, "<compiled conditions>", "exec"), scope)  # noqa: S102 - our own words only: see event_source
    holds, many = scope["build"](**draft.constants)
    return EventFunction(conditions=tuple(conditions), columns=columns, holds=holds, many=many, source=source,
                         constants=dict(draft.constants))


def columns_of(trees: Sequence[Expression]) -> tuple[Column, ...]:
    """The columns that the conditions look at, by name. Raises `ValueError` when one name means two columns."""
    found: dict[str, Column] = {}
    for node in (node for tree in trees for node in walk(tree)):
        if isinstance(node, ColumnRef) and found.setdefault(node.column.name, node.column).stored != node.column.stored:
            raise ValueError(f"`{node.column.name}` means two different columns: compile the two subjects apart")
    return tuple(found[name] for name in sorted(found))
