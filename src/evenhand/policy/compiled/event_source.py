"""Writes the Python source of one function that holds many conditions.

The source consists of names that are made here, column names, and Python's own words. Every value that a condition's
author wrote reaches the function as a constant with a name (`k0`, `k1` …), never as text in it.

When one pass finds the pieces of all conditions, the results are written twice: for an event in which nothing was found,
which is nearly every one, all that hangs on a search falls away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evenhand.model.expression import Column, Expression
from evenhand.policy.compiled import event_values
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.event_searches import Searches, Stage
from evenhand.policy.compiled.event_truths import Truths

_INDENT = "    "


def event_source(columns: Sequence[Column], conditions: Sequence[Expression]) -> tuple[str, Draft]:
    """The source of a function `build`, which takes the draft's constants and gives the function over one event."""
    draft = Draft()
    loads = {f"column_{column.name}": _load(column, draft) for column in columns}
    body = _body(draft, Searches(draft, conditions), conditions, loads)
    refusal, shown = draft.constant(event_values.refusal), draft.constant(tuple(columns))
    mistakes = f"({draft.constant(TypeError)}, {draft.constant(OverflowError)})"
    lines = [
        f"def build({', '.join(draft.constants)}):",
        "    def holds(event):",
        "        get = event.get",
        "        try:",
        *(f"            {line}" for line in body),
        f"        except {mistakes} as error:",
        f"            raise {refusal}(event, {shown}, error) from error",
        "    return holds",
    ]
    return "\n".join(lines) + "\n", draft


_Loads = Mapping[str, tuple[str, ...]]
"""For each name of a column's value the statements that take it from the event."""


def _body(draft: Draft, searches: Searches, conditions: Sequence[Expression], loads: _Loads) -> list[str]:
    """The statements inside the function; a column is taken from the event only where it is needed."""
    if not searches.is_pass:
        results = _results(draft, Truths(draft, searches), conditions)
        return [*_needed(results, loads), *results]
    before = Truths(draft, searches)
    texts: dict[Expression, Operand] = {}
    for text in searches.texts:
        made = before.values.value(text)
        texts[text] = made if made.is_atom else Operand(draft.assigned(made.code), is_known=made.is_known, is_atom=True)
    empty = draft.constant("")
    given = "".join(f"{made.code}, " if made.is_known else f"{made.code} or {empty}, " for made in texts.values())
    first = [*draft.taken(), f"hits = {draft.constant(searches.finder())}(({given}))"]
    taken = _needed(first, loads)
    others = {name: lines for name, lines in loads.items() if lines[0] not in taken}
    branches = []
    for searches.stage in (Stage.NOTHING, Stage.SOMETHING):
        results = _results(draft, Truths(draft, searches, assigned=texts), conditions)
        branches.append([*_needed(results, others), *results])
    return [*taken, *first, "if not hits:", *(_INDENT + line for line in branches[0]), *branches[1]]


def _results(draft: Draft, truths: Truths, conditions: Sequence[Expression]) -> list[str]:
    results = [truths.yes(condition) for condition in conditions]
    return [*draft.taken(), "return (", *(f"{_INDENT}{result}," for result in results), ")"]


def _needed(code: Sequence[str], loads: _Loads) -> list[str]:
    """The statements that take what `code` looks at."""
    names = {name for line in code for name in re.findall(r"column_\w+", line)}
    return [line for name, lines in loads.items() if name in names for line in lines]


def _load(column: Column, draft: Draft) -> tuple[str, ...]:
    """Statements that take one column's value from the event and see to its type."""
    if re.fullmatch(r"[a-z][a-z0-9_]*", column.name) is None:
        raise ValueError(f"`{column.name}` is not a column's name: small letters, digits and underscores")
    name, read = f"column_{column.name}", draft.constant(event_values.READERS[column.stored][0])
    usual = {"varchar": str, "bigint": int, "double": float}.get(column.stored)
    if usual is not None:
        other = f"{name}.__class__ is not {draft.constant(usual)} and {name} is not None"
    elif column.stored == "boolean":
        other = f"{name} is not False and {name} is not True and {name} is not None"
    else:
        other = f"{name} is not None"
    return f"{name} = get({draft.constant(column.name)})", f"if {other}: {name} = {read}({name})"
