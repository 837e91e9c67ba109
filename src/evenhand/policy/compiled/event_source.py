"""Writes the Python source of one function that holds many conditions.

The source consists of names that are made here, column names, and Python's own words. Every value that a condition's
author wrote reaches the function as a constant with a name (`k0`, `k1` …), never as text in it.

The answers are bits of one number, so that a condition that does not hold costs its test alone. When one pass finds the
pieces of all conditions, those that need something found stand behind a test for it: for an event in which nothing was
found, which is nearly every one, they all fall away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from evenhand.model.expression import Column, ColumnRef, Expression
from evenhand.policy.compiled import event_values
from evenhand.policy.compiled.event_automaton import automaton_of, reader_of
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.event_pieces import event_finder
from evenhand.policy.compiled.event_searches import Searches
from evenhand.policy.compiled.event_truths import Truths

_INDENT = "    "
_BEHIND_ONE_TEST = 5
"""Conditions that stand behind one common test for hits."""


def event_source(columns: Sequence[Column], conditions: Sequence[Expression], *, with_reader: bool) -> tuple[str, Draft]:
    """The source of `build`, which takes the draft's constants and gives the functions over one event and over many.

    `with_reader` lets compiled code take the values and read the texts, as far as it can.
    """
    draft = Draft()
    get = "event.get" if with_reader else "get"
    loads = _Loads(columns, draft, get=get)
    parts = _parts(draft, loads, conditions, with_reader=with_reader)
    refusal, shown = draft.constant(event_values.refusal), draft.constant(tuple(columns))
    mistakes = f"({draft.constant(TypeError)}, {draft.constant(OverflowError)})"
    refused = [f"        except {mistakes} as error:", f"            raise {refusal}(event, {shown}, error) from error"]
    lines = [
        "    def holds(event):",
        *([] if with_reader else ["        get = event.get"]),
        "        try:",
        *(f"            {line}" for line in parts.of_one),
        *refused,
        "    def holds_each(events):",
        "        texts, answers = [], []",
        "        note = answers.append",
        "        try:",
        *(f"            {line}" for line in parts.of_many),
        *refused,
        "        return answers",
        "    return holds, holds_each",
    ]
    return "\n".join([f"def build({', '.join(draft.constants)}):", *lines]) + "\n", draft


class _Loads:
    """The statements that take the columns' values from the event and see to their types, each where it is needed."""

    def __init__(self, columns: Sequence[Column], draft: Draft, *, get: str) -> None:
        self._columns = {f"column_{column.name}": column for column in columns}
        self._left = {name: _load(column, draft, get=get) for name, column in self._columns.items()}

    def before(self, code: Sequence[str]) -> list[str]:
        """`code` with the statements before it that take what it looks at, as far as that is not taken."""
        names = set(_columns(code))
        return [*(line for name, lines in self._left.items() if name in names for line in lines), *code]

    def taken(self, code: Sequence[str]) -> list[str]:
        """The same, for code that always runs: what it looks at is taken from then on."""
        lines = self.before(code)
        self._left = {name: load for name, load in self._left.items() if load[0] not in lines}
        return lines

    def given(self, code: Sequence[str]) -> list[Column]:
        """The columns that code which always runs looks at, when a reader is to take them all at once."""
        names = [name for name in dict.fromkeys(_columns(code)) if name in self._left]
        self._left = {name: load for name, load in self._left.items() if name not in names}
        return [self._columns[name] for name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The statements that the functions consist of."""

    texts: Sequence[str]
    """They take the texts that the pass reads."""
    given: str
    """Those texts, for a tuple."""
    again: Sequence[str]
    """They take what the tests look at of those texts."""
    tests: Sequence[str]
    """They leave in `held`, bit by bit, which conditions hold."""
    answer: str
    """The expression that makes the answers of `held`."""
    hits: str = ""
    """The expression for what the pass finds in one event; empty when there is no pass."""
    pairs: str = ""
    """The expression for many events, each with what the pass finds in it."""

    @property
    def of_one(self) -> list[str]:
        """The statements for one event."""
        read = [*self.texts, f"hits = {self.hits}"] if self.hits else []
        return [*read, *self.tests, f"return {self.answer}"]

    @property
    def of_many(self) -> list[str]:
        """The statements for many events: first their texts are taken and read, all together, then they are judged."""
        read = ["for event in events:", *_indented(["get = event.get", *self.texts, f"texts += ({self.given})"])]
        each = f"for event, hits in {self.pairs}:" if self.hits else "for event in events:"
        judged = [each, *_indented(["get = event.get", *self.again, *self.tests, f"note({self.answer})"])]
        return [*(read if self.hits else []), *judged]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReaderParts:
    """The same where a reader takes the values and reads the texts."""

    tests: Sequence[str]
    answer: str

    @property
    def of_one(self) -> list[str]:
        """The statements for one event."""
        return [*self.tests, f"return {self.answer}"]

    @property
    def of_many(self) -> list[str]:
        """The statements for many events, one after the other."""
        return ["for event in events:", *_indented([*self.tests, f"note({self.answer})"])]


def _parts(draft: Draft, loads: _Loads, conditions: Sequence[Expression], *, with_reader: bool) -> _Parts | _ReaderParts:
    searches = Searches(draft, conditions)
    texts = _texts(draft, searches)
    made = draft.taken()
    truths = Truths(draft, searches, assigned=texts)
    answers = event_values.answers_of(len(conditions))
    answer = f"{draft.constant(answers)}(held) if held else {draft.constant(answers(0))}"
    are_columns = all(isinstance(text, ColumnRef) for text in texts)
    automaton = automaton_of(searches.pieces, searches.masks) if with_reader and are_columns else None
    if automaton is not None:
        columns = loads.given([text.code for text in texts.values()])

        def first(code: list[str]) -> list[str]:
            columns.extend(loads.given(code))
            return code

        tests = _tests(loads, conditions, searches, truths, first=first)
        names = "".join(f"column_{column.name}, " for column in columns)
        return _ReaderParts(answer=answer, tests=[
            f"hits, {names}= {draft.constant(reader_of(columns, automaton))}(event)", *tests])
    empty = draft.constant("")
    given = "".join(f"{text.code}, " if text.is_known else f"{text.code} or {empty}, " for text in texts.values())
    taken = loads.taken([*made, given])[:-1]
    tests = _tests(loads, conditions, searches, truths, first=loads.taken)
    named = set(_columns(tests))
    parts = _Parts(texts=taken, given=given, tests=tests,
                   again=taken if made else [line for line in taken if _columns([line])[0] in named], answer=answer)
    if not texts:
        return parts
    finder = event_finder(searches.pieces, searches.masks)
    return replace(parts, hits=f"{draft.constant(finder.find)}(({given}))",
                   pairs=f"{draft.constant(zip)}(events, {draft.constant(finder.find_each)}(texts))")


def _texts(draft: Draft, searches: Searches) -> Mapping[Expression, Operand]:
    """The names of the texts that the pass reads, after the draft's statements."""
    values = Truths(draft, searches).values
    texts: dict[Expression, Operand] = {}
    for text in searches.texts:
        made = values.value(text)
        texts[text] = made if made.is_atom else Operand(draft.assigned(made.code), is_known=made.is_known, is_atom=True)
    return texts


def _tests(loads: _Loads, conditions: Sequence[Expression], searches: Searches, truths: Truths, *,
           first: Callable[[list[str]], list[str]]) -> list[str]:
    """The statements that note which conditions hold; those that need a hit of the pass stand behind a test for hits.

    `first` makes of the code that always runs the code that it is with the columns that it looks at.
    """
    draft = truths.draft
    needed = {place: searches.needed(condition) for place, condition in enumerate(conditions)}
    always = [_noted(draft, truths.yes(conditions[place]), place) for place, bits in needed.items() if not bits]
    lines = ["held = 0", *first([*draft.taken(), *(line for line in always if line)])]
    sometimes = {place: _noted(draft, truths.yes(conditions[place]), place) for place, bits in needed.items() if bits}
    if sometimes:
        lines += ["if hits:", *_indented([*loads.taken(draft.taken()), *_behind(draft, loads, sometimes, needed)])]
    return lines


def _indented(lines: Sequence[str]) -> list[str]:
    return [_INDENT + line for line in lines]


def _columns(lines: Sequence[str]) -> list[str]:
    return [name for line in lines for name in re.findall(r"column_\w+", line)]


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


def _load(column: Column, draft: Draft, *, get: str) -> tuple[str, ...]:
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
    return f"{name} = {get}({draft.constant(column.name)})", f"if {other}: {name} = {read}({name})"
