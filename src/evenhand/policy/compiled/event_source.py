"""Writes the Python source of one function that holds many conditions.

The source consists of names that are made here, column names, and Python's own words. Every value that a condition's
author wrote reaches the function as a constant with a name (`k0`, `k1` …), never as text in it.

The answers are bits of one number, so that a condition that does not hold costs its test alone. When one pass finds the
pieces of all conditions, those that need something found stand behind a test for it: for an event in which nothing was
found, which is nearly every one, they all fall away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from evenhand.model.expression import Column, Expression
from evenhand.policy.compiled import event_values
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.event_searches import Searches
from evenhand.policy.compiled.event_truths import Truths

_INDENT = "    "
_BEHIND_ONE_TEST = 5
"""Conditions that stand behind one common test for hits."""


def event_source(columns: Sequence[Column], conditions: Sequence[Expression]) -> tuple[str, Draft]:
    """The source of a function `build`, which takes the draft's constants and gives the function over one event."""
    draft = Draft()
    body = _body(draft, _Loads(columns, draft), conditions)
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


class _Loads:
    """The statements that take the columns' values from the event and see to their types, each where it is needed."""

    def __init__(self, columns: Sequence[Column], draft: Draft) -> None:
        self._left = {f"column_{column.name}": _load(column, draft) for column in columns}

    def before(self, code: Sequence[str]) -> list[str]:
        """`code` with the statements before it that take what it looks at, as far as that is not taken."""
        names = {name for line in code for name in re.findall(r"column_\w+", line)}
        return [*(line for name, lines in self._left.items() if name in names for line in lines), *code]

    def taken(self, code: Sequence[str]) -> list[str]:
        """The same, for code that always runs: what it looks at is taken from then on."""
        lines = self.before(code)
        self._left = {name: load for name, load in self._left.items() if load[0] not in lines}
        return lines


def _body(draft: Draft, loads: _Loads, conditions: Sequence[Expression]) -> list[str]:
    """The statements inside the function."""
    searches = Searches(draft, conditions)
    read, texts = _pass(draft, searches)
    lines = loads.taken(read)
    truths = Truths(draft, searches, assigned=texts)
    needed = {place: searches.needed(condition) for place, condition in enumerate(conditions)}
    always = [_noted(draft, truths.yes(conditions[place]), place) for place, bits in needed.items() if not bits]
    lines += ["held = 0", *loads.taken([*draft.taken(), *(line for line in always if line)])]
    sometimes = {place: _noted(draft, truths.yes(conditions[place]), place) for place, bits in needed.items() if bits}
    if sometimes:
        behind = [*loads.taken(draft.taken()), *_behind(draft, loads, sometimes, needed)]
        lines += ["if hits:", *(_INDENT + line for line in behind)]
    answers = event_values.answers_of(len(conditions))
    return [*lines, f"return {draft.constant(answers)}(held) if held else {draft.constant(answers(0))}"]


def _pass(draft: Draft, searches: Searches) -> tuple[list[str], Mapping[Expression, Operand]]:
    """The statements of the pass, if there is one, and the names of the texts that it reads."""
    if not searches.texts:
        return [], {}
    values = Truths(draft, searches).values
    texts: dict[Expression, Operand] = {}
    for text in searches.texts:
        made = values.value(text)
        texts[text] = made if made.is_atom else Operand(draft.assigned(made.code), is_known=made.is_known, is_atom=True)
    empty = draft.constant("")
    given = "".join(f"{made.code}, " if made.is_known else f"{made.code} or {empty}, " for made in texts.values())
    return [*draft.taken(), f"hits = {draft.constant(searches.finder())}(({given}))"], texts


def _noted(draft: Draft, yes: str, place: int) -> str:
    """The statement that notes that a condition holds; nothing for one that never does."""
    return "" if yes == "False" else f"if {yes}: held |= {draft.constant(1 << place)}"


def _behind(draft: Draft, loads: _Loads, notes: Mapping[int, str], needed: Mapping[int, int]) -> list[str]:
    """The statements behind a test for any hits: some conditions at a time, behind a test for hits that they need."""
    places, lines = list(notes), []
    for first in range(0, len(places), _BEHIND_ONE_TEST):
        some = places[first:first + _BEHIND_ONE_TEST]
        lines.append(f"if hits & {draft.constant(reduce(or_, (needed[place] for place in some)))}:")
        for place in some:
            note = loads.before([notes[place]])
            if len(note) > 1:
                lines.append(f"{_INDENT}if hits & {draft.constant(needed[place])}:")
            lines += [f"{_INDENT * (1 + (len(note) > 1))}{line}" for line in note]
    return lines


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
