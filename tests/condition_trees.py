"""Any condition over any rows: typed trees of every shape, and rows with the values that engines disagree about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from evenhand.model.condition import Condition, Subject
from evenhand.model.expression import (
    And,
    Arithmetic,
    Between,
    Call,
    Case,
    Column,
    ColumnRef,
    Compare,
    Expression,
    In,
    IsNull,
    Like,
    Literal,
    Negative,
    Not,
    Or,
    Type,
)
from evenhand.policy.language.vocabulary import COLUMNS, FUNCTIONS

ACCOUNT = COLUMNS[Subject.ACCOUNT]
USED = {Type.TEXT: ("bio", "handle"), Type.NUMBER: ("followers", "following", "confidence", "name_weight"),
        Type.BOOLEAN: ("verified", "has_identity"), Type.TIME: ("created_at",)}
"""Few columns, so that conditions meet one another on them."""
_STORED = {"varchar": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
           "timestamp": pa.timestamp("us", tz="UTC")}

LETTERS = "aAbiIİıkK\u212aßẞΣσςéÉ政_%.\n' \u00a0\u0307\u2003\U0001f600\ua7cb\u1c89\U00010d50ɤ\x00\\"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=6) | st.text(st.sampled_from("aAbB"), max_size=5)
WRITTEN = st.text(st.sampled_from(LETTERS.replace("\x00", "")), min_size=1, max_size=3) | st.sampled_from(["a", "ab", "B"])
PATTERNS = st.text(st.sampled_from("aAbiİΣς_%_%政 \n"), min_size=1, max_size=6)
WHOLE = st.sampled_from([0, 1, -1, 2, 7, 100, 2**53, 2**53 + 1, -2**63, 2**63 - 1]) | st.integers(-20, 20)
DOUBLES = st.sampled_from([0.0, -0.0, 0.1, 0.5, 2.5, -2.5, 0.285, 1e-7, 1e300, float("nan"), float("inf"), float("-inf"),
                           2.0**53, 0.49999999999999994])
WRITTEN_NUMBERS = (st.integers(-20, 20) | st.sampled_from([10**15 - 1, 2**53, 2**49 + 1])
                   | st.sampled_from([0.1, 0.5, -2.5, 1e-7, 3.0, 0.285, 123456.789, 9007199254740992.0, 0.0001234567890123456]))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = (st.integers(-10**11, 10**11) | st.integers(-10**15, 7 * 10**15)).map(lambda us: _EPOCH + timedelta(microseconds=us))


def rows() -> st.SearchStrategy[pa.Table]:
    """A few accounts with every value that matters, known or not."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "varchar": TEXTS, "bigint": WHOLE, "double": DOUBLES, "boolean": st.booleans(),
        "timestamp": MOMENTS}
    columns = [ACCOUNT[name] for names in USED.values() for name in names]
    row = st.fixed_dictionaries({column.name: st.none() | kinds[column.stored] for column in columns})
    schema = pa.schema([pa.field(column.name, _STORED[column.stored]) for column in columns])
    return st.lists(row, min_size=1, max_size=6).map(lambda found: pa.Table.from_pylist(found, schema=schema))


class Grower:
    """Draws a well-typed tree, part by part."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def of(self, kind: Type, depth: int) -> Expression:
        return {Type.TEXT: self.text, Type.NUMBER: self.number, Type.BOOLEAN: self.yes_no, Type.TIME: self.moment}[kind](depth)

    def one_of(self, *choices: str) -> str:
        return self._draw(st.sampled_from(choices))

    def column(self, kind: Type) -> Expression:
        column: Column = ACCOUNT[self.one_of(*USED[kind])]
        return ColumnRef(column=column)

    def written(self, kind: Type) -> Literal:
        drawn = {Type.TEXT: WRITTEN, Type.NUMBER: WRITTEN_NUMBERS, Type.BOOLEAN: st.booleans(),
                 Type.TIME: MOMENTS}[kind]
        return Literal(value=self._draw(drawn), type=kind)

    def leaf(self, kind: Type) -> Expression:
        return self.written(kind) if self.one_of("column", "column", "written") == "written" else self.column(kind)

    def call(self, name: str, *arguments: Expression) -> Expression:
        return Call(function=FUNCTIONS[name], arguments=arguments)

    def case(self, kind: Type, depth: int) -> Expression:
        branches = tuple((self.yes_no(depth - 1), self.of(kind, depth - 1)) for _ in range(self._draw(st.integers(1, 2))))
        ends = self.one_of("nothing", "null", "value")
        last = {"nothing": None, "null": Literal(value=None, type=Type.NULL)}.get(ends) if ends != "value" \
            else self.of(kind, depth - 1)
        return Case(branches=branches, otherwise=last)

    def text(self, depth: int) -> Expression:
        match self.one_of("leaf", "leaf", "lower", "upper", "trim", "coalesce", "case") if depth > 0 else "leaf":
            case "leaf":
                return self.leaf(Type.TEXT)
            case "case":
                return self.case(Type.TEXT, depth)
            case "coalesce":
                return self.call("coalesce", self.text(depth - 1), self.text(depth - 1))
            case name:
                return self.call(name, self.text(depth - 1))

    def number(self, depth: int) -> Expression:
        shapes = ("leaf", "+", "-", "*", "/", "%", "negative", "abs", "round", "length", "coalesce", "greatest", "least",
                  "case")
        match self.one_of(*shapes) if depth > 0 else "leaf":
            case "leaf":
                return self.leaf(Type.NUMBER)
            case "negative":
                return Negative(value=self.column(Type.NUMBER))
            case "length":
                return self.call("length", self.text(depth - 1))
            case "abs":
                return self.call("abs", self.number(depth - 1))
            case "round":
                digits = [Literal(value=self._draw(st.integers(0, 6)), type=Type.NUMBER)] if self._draw(st.booleans()) else []
                return self.call("round", self.number(depth - 1), *digits)
            case "coalesce" | "greatest" | "least" as name:
                return self.call(name, *(self.number(depth - 1) for _ in range(self._draw(st.integers(2, 3)))))
            case "case":
                return self.case(Type.NUMBER, depth)
            case sign:
                right = self.number(depth - 1)
                if sign in "/%" and isinstance(right, Literal) and right.value == 0:
                    right = Literal(value=3, type=Type.NUMBER)
                return Arithmetic(operator=sign, left=self.number(depth - 1), right=right)

    def moment(self, depth: int) -> Expression:
        match self.one_of("leaf", "moved", "coalesce", "greatest", "least", "case") if depth > 0 else "leaf":
            case "leaf":
                return self.leaf(Type.TIME)
            case "moved":
                span = Literal(value=timedelta(seconds=self._draw(st.integers(0, 10**6))), type=Type.SPAN)
                return Arithmetic(operator=self.one_of("+", "-"), left=self.column(Type.TIME), right=span)
            case "case":
                return self.case(Type.TIME, depth)
            case name:
                return self.call(name, self.moment(depth - 1), self.moment(depth - 1))

    def yes_no(self, depth: int) -> Expression:
        if depth <= 0:
            return self.column(Type.BOOLEAN) if self.one_of("column", "test") == "column" else self.test(0)
        match self.one_of("test", "test", "and", "or", "not", "case", "coalesce"):
            case "test":
                return self.test(depth)
            case "and":
                return And(parts=tuple(self.yes_no(depth - 1) for _ in range(2)))
            case "or":
                return Or(parts=tuple(self.yes_no(depth - 1) for _ in range(2)))
            case "not":
                return Not(part=self.yes_no(depth - 1))
            case "case":
                return self.case(Type.BOOLEAN, depth)
            case _:
                return self.call("coalesce", self.yes_no(depth - 1), self.yes_no(depth - 1))

    def test(self, depth: int) -> Expression:
        shape = self.one_of("equal", "order", "in", "between", "like", "like", "null", "contains", "contains_any",
                            "contains_any", "starts_with", "ends_with")
        match shape:
            case "equal":
                kind = Type(self.one_of(*USED))
                return Compare(operator=self.one_of("=", "<>"), left=self.of(kind, depth - 1), right=self.of(kind, depth - 1))
            case "order":
                kind = Type(self.one_of(Type.NUMBER, Type.NUMBER, Type.TIME))
                operator = self.one_of("<", "<=", ">", ">=", "=", "<>")
                return Compare(operator=operator, left=self.of(kind, depth), right=self.of(kind, depth - 1))
            case "in":
                kind = Type(self.one_of(*USED))
                options = tuple(self.written(kind) for _ in range(self._draw(st.integers(1, 3))))
                return In(value=self.of(kind, depth - 1), options=options)
            case "between":
                kind = Type(self.one_of(Type.NUMBER, Type.TIME))
                return Between(value=self.of(kind, depth - 1), low=self.of(kind, depth - 1), high=self.of(kind, depth - 1))
            case "like":
                pattern = Literal(value=self._draw(PATTERNS), type=Type.TEXT)
                return Like(value=self.text(depth), pattern=pattern, ignores_case=self._draw(st.booleans()))
            case "null":
                return IsNull(value=self.column(Type(self.one_of(*USED))))
            case "contains_any":
                many = st.integers(9, 14) if self._draw(st.booleans()) else st.integers(1, 3)
                return self.call(shape, self.text(depth), *(self.written(Type.TEXT) for _ in range(self._draw(many))))
            case name:
                return self.call(name, self.text(depth), self.text(0))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """One condition of any shape."""
    tree = Grower(draw).yes_no(draw(st.integers(0, 3)))
    return Condition(text="", subject=Subject.ACCOUNT, expression=tree)
