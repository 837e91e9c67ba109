"""Conditions: what a policy's `when` says, where it stands, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import sqlglot

from evenhand.errors import Problem
from evenhand.model.expression import Call, ColumnRef, Expression, walk
from evenhand.model.expression_text import engine_form, normal_form


class Subject(StrEnum):
    """What a policy's condition looks at, one row each."""

    ACCOUNT = "account"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in a pack's files. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    length: int
    source: str

    def problem(self, what: str, *, hint: str | None = None) -> Problem:
        """A mistake at this place."""
        return Problem(what=what, file=self.file, line=self.line, column=self.column, length=self.length,
                       source=self.source, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTest:
    """A text that a condition compares columns with: what the neutrality lint reads."""

    columns: tuple[str, ...]
    """The text columns in the same test, sorted."""
    literal: str
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A checked `when`: a yes/no expression over a closed list of columns and functions."""

    text: str = field(compare=False)
    """What the author wrote."""
    subject: Subject
    expression: Expression
    text_tests: tuple[TextTest, ...] = ()

    @property
    def normal(self) -> str:
        """The same condition written in the one normal way; conditions with the same normal form are the same."""
        return normal_form(self.expression)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at, sorted."""
        return tuple(sorted({node.column.name for node in walk(self.expression) if isinstance(node, ColumnRef)}))

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions it calls, sorted."""
        return tuple(sorted({node.function.name for node in walk(self.expression) if isinstance(node, Call)}))

    def sql(self, dialect: str = "duckdb") -> str:
        """The condition as SQL for `dialect` (`duckdb` or `spark`). What is not known counts as no."""
        text = f"coalesce({engine_form(self.expression)}, false)"
        return text if dialect == "duckdb" else sqlglot.transpile(text, read="duckdb", write=dialect)[0]
