"""The typed tree of a policy condition.

A condition is parsed once into these nodes. Everything else reads the tree: `expression_text` writes it down again as
SQL for an engine or in its normal form for people and digests; a compiler for single events walks the same nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Type(StrEnum):
    """What kind of value an expression has. The texts are the words used in error messages."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "yes/no"
    TIME = "time"
    SPAN = "length of time"
    NULL = "null"


class Reads(StrEnum):
    """What a text column can name; the neutrality lint asks."""

    FREE_TEXT = "free_text"
    """Words people wrote: a person, a party or a state body could be named in them."""
    STATE = "state"
    """A country: comparing it with a literal singles out a state."""
    LANGUAGE = "language"
    """A language: comparing it with a literal singles out its speakers."""
    OTHER = "other"
    """Nothing that could be taken as a side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that a condition may use."""

    name: str
    type: Type = field(repr=False)
    stored: str = field(repr=False)
    """The type of the column in the engine: `varchar`, `bigint`, `double`, `boolean` or `timestamp`."""
    table: str = field(repr=False)
    sentence: str = field(repr=False)
    values: tuple[str, ...] = field(default=(), repr=False)
    """The only values there are, when the column is a closed list."""
    low: float | None = field(default=None, repr=False)
    high: float | None = field(default=None, repr=False)
    """The least and the greatest value that can occur, when they are known."""
    reads: Reads = field(default=Reads.OTHER, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument of a function."""

    name: str
    types: tuple[Type, ...]
    is_literal: bool = False
    """True when it must be written out, not computed."""
    is_optional: bool = False
    repeats: bool = False
    """True for the last parameter of a function that takes any number of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function that a condition may call."""

    name: str
    parameters: tuple[Parameter, ...] = field(repr=False)
    result: Type | None = field(repr=False)
    """The type of what comes back; None: that of the first argument, which all arguments then share."""
    sentence: str = field(repr=False)
    example: str = field(repr=False)
    sql: str = field(default="", repr=False)
    """DuckDB's SQL with `{0}`, `{1}` … for the arguments, portable to Spark; `{each}` stands for each argument after
    the first, the copies joined by `or`. Empty: the function has the same name there."""

    @property
    def signature(self) -> str:
        """The call as documented, such as `round(value, [digits])`."""
        shown = [f"[{p.name}]" if p.is_optional else f"{p.name}, …" if p.repeats else p.name for p in self.parameters]
        return f"{self.name}({', '.join(shown)})"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stands in the condition's text: from `start` up to but not including `end`."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRef(_Node):
    """The value of a column."""

    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(_Node):
    """A value written in the condition."""

    value: str | int | float | bool | datetime | timedelta | None
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(_Node):
    """A function of its arguments."""

    function: Function
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class And(_Node):
    """True when all parts are."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(_Node):
    """True when at least one part is."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(_Node):
    """True when the part is false."""

    part: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(_Node):
    """Two values of one type; `operator` is one of `=`, `<>`, `<`, `<=`, `>`, `>=`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Like(_Node):
    """A text against a pattern with `%` and `_`."""

    value: Expression
    pattern: Literal
    ignores_case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class In(_Node):
    """True when the value is one of the options."""

    value: Expression
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(_Node):
    """True when the value is neither below `low` nor above `high`."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNull(_Node):
    """True when the value is not known."""

    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(_Node):
    """The value beside the first condition that is true, else `otherwise` (null when there is none)."""

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(_Node):
    """`+`, `-`, `*`, `/` or `%` of two values. Dividing by zero gives null."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative(_Node):
    """A number with its sign turned."""

    value: Expression


Expression = (ColumnRef | Literal | Call | And | Or | Not | Compare | Like | In | Between | IsNull | Case | Arithmetic
              | Negative)


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly below `node`, from left to right."""
    match node:
        case ColumnRef() | Literal():
            return ()
        case Call():
            return node.arguments
        case And() | Or():
            return node.parts
        case Not():
            return (node.part,)
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Like():
            return (node.value, node.pattern)
        case In():
            return (node.value, *node.options)
        case Between():
            return (node.value, node.low, node.high)
        case IsNull() | Negative():
            return (node.value,)
        case Case():
            pairs = tuple(part for branch in node.branches for part in branch)
            return pairs if node.otherwise is None else (*pairs, node.otherwise)


def walk(node: Expression) -> tuple[Expression, ...]:
    """`node` and everything below it, parents first."""
    return (node, *(below for child in children(node) for below in walk(child)))


def type_of(node: Expression) -> Type:
    """The type of a checked expression."""
    match node:
        case ColumnRef():
            return node.column.type
        case Literal():
            return node.type
        case Call():
            return node.function.result or type_of(node.arguments[0])
        case Arithmetic():
            return type_of(node.left)
        case Negative():
            return Type.NUMBER
        case Case():
            values = [then for _, then in node.branches] + ([node.otherwise] if node.otherwise is not None else [])
            return next((kind for kind in map(type_of, values) if kind is not Type.NULL), Type.NULL)
        case _:
            return Type.BOOLEAN
