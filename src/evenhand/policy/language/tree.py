"""Turns what sqlglot parsed into the typed tree, and checks the type of every part on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlglot import exp

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
    Span,
    Type,
)
from evenhand.policy.language import types
from evenhand.policy.language.literals import FIRST_YEAR, LAST_YEAR, moment, span
from evenhand.policy.language.tokens import Mistake
from evenhand.policy.language.vocabulary import FUNCTIONS

MAX_NUMBER = 10**15
"""Larger numbers lose digits in an engine; nothing that is counted comes near."""
MAX_TREE_DEPTH = 100
"""Parts inside one another, so that walking a condition never depends on how deep the caller's own stack is."""

_COMPARISONS: dict[type[exp.Expr], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">",
                                                 exp.GTE: ">="}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_OPERANDS = frozenset(("this", "expression"))
_READ: dict[type[exp.Expr], frozenset[str]] = {
    exp.Literal: frozenset(("this", "is_string")), exp.Cast: frozenset(("this", "to")),
    exp.Interval: frozenset(("this", "unit")), exp.Like: _OPERANDS | {"negate"}, exp.ILike: _OPERANDS | {"negate"},
    exp.In: frozenset(("this", "expressions")), exp.Between: frozenset(("this", "low", "high")),
    exp.Case: frozenset(("this", "ifs", "default")), exp.Anonymous: frozenset(("this", "expressions")),
    exp.Div: _OPERANDS | {"typed", "safe"},
}
"""What is read of each kind of node. A node that says more than that is refused, never half understood."""


class TreeBuilder:
    """Builds one tree; collects `mistakes` instead of stopping at the first."""

    def __init__(self, text: str, columns: Mapping[str, Column]) -> None:
        self._text = text
        self._columns = columns
        self._depth = 0
        self.mistakes: list[Mistake] = []

    def build(self, node: exp.Expr) -> Expression | None:
        """The typed expression for `node`, or None when it or a part of it is mistaken."""
        if self._depth >= MAX_TREE_DEPTH:
            if not self.mistakes:
                self._wrong(node, "the condition is too deeply nested", "split it with `and` and `or`, or shorten its sums")
            return None
        self._depth += 1
        try:
            return self._checked(node)
        finally:
            self._depth -= 1

    def _checked(self, node: exp.Expr) -> Expression | None:
        unread = {name for name, value in node.args.items() if value} - _READ.get(type(node), _OPERANDS)
        built = self._unreadable(node) if unread else self._build(node)
        if built is None:
            return None
        wrong = types.check(built)
        if wrong is not None:
            self.mistakes.append(Mistake(wrong.what, wrong.at.start, wrong.at.end, wrong.hint))
            return None
        return built

    def _build(self, node: exp.Expr) -> Expression | None:
        match node:
            case exp.Paren():
                return self.build(node.this)
            case exp.Column():
                return self._column(node)
            case exp.Literal() | exp.Boolean() | exp.Null() | exp.Neg() | exp.Interval() | exp.Cast():
                return self._literal(node)
            case exp.And() | exp.Or():
                return self._chain(node)
            case exp.Not():
                part = self.build(node.this)
                return part and Not(part=part, at=self._span(node))
            case exp.Like() | exp.ILike():
                return self._like(node)
            case exp.In():
                return self._in(node)
            case exp.Between():
                parts = self._parts(node.this, node.args.get("low"), node.args.get("high"))
                return None if parts is None else Between(value=parts[0], low=parts[1], high=parts[2], at=self._span(node))
            case exp.Is():
                return self._is(node)
            case exp.Case():
                return self._case(node)
            case exp.Anonymous():
                return self._call(node)
            case _:
                return self._binary(node)

    def _wrong(self, node: exp.Expr, what: str, hint: str) -> None:
        at = self._span(node)
        self.mistakes.append(Mistake(what, at.start, at.end, hint))

    def _span(self, node: exp.Expr) -> Span:
        """From the first to the last character of everything below `node` whose place is known."""
        known = [below.meta for below in node.walk() if "start" in below.meta]
        if not known:
            return Span(0, len(self._text))
        return Span(min(meta["start"] for meta in known), max(meta["end"] for meta in known) + 1)

    def _parts(self, *nodes: exp.Expr | None) -> list[Expression] | None:
        """All of `nodes` built, or None when one is missing or mistaken. Each is tried, to find all mistakes."""
        built = [self.build(node) for node in nodes if node is not None]
        whole = [part for part in built if part is not None]
        return whole if len(whole) == len(nodes) else None

    def _column(self, node: exp.Column) -> Expression | None:
        column = self._columns.get(node.name.lower())
        if column is None:
            self._wrong(node, f"unknown column `{node.name}`", "write a column's name alone")
            return None
        return ColumnRef(column=column, at=self._span(node))

    def _literal(self, node: exp.Expr) -> Expression | None:
        at = self._span(node)
        match node:
            case exp.Boolean():
                return Literal(value=bool(node.this), type=Type.BOOLEAN, at=at)
            case exp.Null():
                return Literal(value=None, type=Type.NULL, at=at)
            case exp.Literal() if node.is_string:
                return Literal(value=str(node.this), type=Type.TEXT, at=at)
            case exp.Literal():
                return self._number(node)
            case exp.Neg():
                value = self.build(node.this)
                if isinstance(value, Literal) and isinstance(value.value, int | float) and value.type is Type.NUMBER:
                    return Literal(value=-value.value, type=Type.NUMBER, at=at)
                return value and Negative(value=value, at=at)
            case exp.Interval():
                unit = node.args.get("unit")
                length = span(f"{node.this.name} {unit.name}") if node.this is not None and unit is not None else None
                return Literal(value=length, type=Type.SPAN, at=at) if length is not None else self._unreadable(node)
            case _:
                inner = node.this
                when = moment(inner.name) if isinstance(inner, exp.Literal) and inner.is_string else None
                return Literal(value=when, type=Type.TIME, at=at) if when is not None else self._unreadable(node)

    def _unreadable(self, node: exp.Expr) -> Expression | None:
        self._wrong(node, "this part is not in the policy language", "see the reference page of the policy language")
        return None

    def _number(self, node: exp.Literal) -> Expression | None:
        text = str(node.this)
        try:
            value: int | float = int(text) if text.isdecimal() else float(text)
        except ValueError:
            self._wrong(node, f"`{text}` is not a number", "write digits, such as 1000 or 0.7")
            return None
        if not value < MAX_NUMBER:
            self._wrong(node, f"`{text}` is too large", f"numbers are below {MAX_NUMBER}")
            return None
        return Literal(value=value, type=Type.NUMBER, at=self._span(node))

    def _chain(self, node: exp.And | exp.Or) -> Expression | None:
        """A chain of one connective as one node with many parts."""
        kind = type(node)
        waiting: list[exp.Expr] = [node]
        leaves: list[exp.Expr] = []
        while waiting:
            part = waiting.pop().unnest()
            if isinstance(part, kind):
                waiting += (part.expression, part.this)
            else:
                leaves.append(part)
        parts = self._parts(*leaves)
        if parts is None:
            return None
        made = And if kind is exp.And else Or
        return made(parts=tuple(parts), at=self._span(node))

    def _like(self, node: exp.Like | exp.ILike) -> Expression | None:
        parts = self._parts(node.this, node.expression)
        if parts is None:
            return None
        pattern = parts[1]
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            self._wrong(node.expression, "a pattern is written out", "such as `like 'https://%'`")
            return None
        if "\\" in pattern.value:
            self._wrong(node.expression, "a pattern has no backslash", "`%` and `_` cannot be escaped: use `contains`")
            return None
        like = Like(value=parts[0], pattern=pattern, ignores_case=isinstance(node, exp.ILike), at=self._span(node))
        wrong = types.check(like)
        if wrong is not None:
            self.mistakes.append(Mistake(wrong.what, wrong.at.start, wrong.at.end, wrong.hint))
            return None
        return Not(part=like, at=like.at) if node.args.get("negate") else like

    def _in(self, node: exp.In) -> Expression | None:
        if not node.expressions:
            self._wrong(node, "the list after `in` is empty", "such as `holder_kind in ('media', 'official')`")
            return None
        parts = self._parts(node.this, *node.expressions)
        if parts is None:
            return None
        options = [part for part in parts[1:] if isinstance(part, Literal)]
        if len(options) < len(parts) - 1:
            self._wrong(node, "the list after `in` holds something that is not a written value",
                        "write values, such as `in ('media', 'official')`")
            return None
        return In(value=parts[0], options=tuple(options), at=self._span(node))

    def _is(self, node: exp.Is) -> Expression | None:
        value = self.build(node.this)
        if value is None:
            return None
        if not isinstance(node.expression, exp.Null):
            self._wrong(node, "`is` only goes with `null`", "write the column alone: `verified`, or `not verified`")
            return None
        return IsNull(value=value, at=self._span(node))

    def _case(self, node: exp.Case) -> Expression | None:
        subject = self.build(node.this) if node.this is not None else None
        if node.this is not None and subject is None:
            return None
        branches: list[tuple[Expression, Expression]] = []
        for branch in node.args.get("ifs") or ():
            pair = self._parts(branch.this, branch.args.get("true"))
            if pair is None:
                return None
            when = pair[0] if subject is None else Compare(operator="=", left=subject, right=pair[0], at=pair[0].at)
            wrong = types.check(when)
            if wrong is not None:
                self.mistakes.append(Mistake(wrong.what, wrong.at.start, wrong.at.end, wrong.hint))
                return None
            branches.append((when, pair[1]))
        last = node.args.get("default")
        otherwise = self.build(last) if last is not None else None
        if not branches or (last is not None and otherwise is None):
            return None if branches else self._unreadable(node)
        return Case(branches=tuple(branches), otherwise=otherwise, at=self._span(node))

    def _call(self, node: exp.Anonymous) -> Expression | None:
        function = FUNCTIONS.get(str(node.this).lower())
        if function is None:
            return self._unreadable(node)
        arguments = self._parts(*node.expressions)
        return None if arguments is None else Call(function=function, arguments=tuple(arguments), at=self._span(node))

    def _binary(self, node: exp.Expr) -> Expression | None:
        compare, arithmetic = _COMPARISONS.get(type(node)), _ARITHMETIC.get(type(node))
        if compare is None and arithmetic is None:
            return self._unreadable(node)
        parts = self._parts(node.this, node.args.get("expression"))
        if parts is None:
            return None
        if compare is not None:
            return Compare(operator=compare, left=parts[0], right=parts[1], at=self._span(node))
        return self._moved(Arithmetic(operator=str(arithmetic), left=parts[0], right=parts[1], at=self._span(node)))

    def _moved(self, node: Arithmetic) -> Expression | None:
        """A written time moved by a written length of time is again a written time."""
        left, right = (side.value if isinstance(side, Literal) else None for side in (node.left, node.right))
        if not isinstance(left, datetime) or not isinstance(right, timedelta) or node.operator not in "+-":
            return node
        value = left + right if node.operator == "+" else left - right
        if not FIRST_YEAR <= value.year < LAST_YEAR:
            self.mistakes.append(Mistake(f"this is in the year {value.year}", node.at.start, node.at.end,
                                         f"write a time from {FIRST_YEAR} to {LAST_YEAR - 1}"))
            return None
        return Literal(value=value, type=Type.TIME, at=node.at)
