"""Writes a condition's tree down again: its normal form for people and digests, or SQL for an engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from evenhand.model.expression import (
    And,
    Arithmetic,
    Between,
    Call,
    Case,
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
    type_of,
)

_OR, _AND, _NOT, _TEST, _SUM, _PRODUCT, _ATOM = range(7)
"""How strongly each kind of node binds, weakest first."""

_SPAN_UNITS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)),
               ("seconds", timedelta(seconds=1)))


def normal_form(expression: Expression) -> str:
    """The expression in the policy language, always written in the same way; parsing it gives the same tree."""
    return _Writer(is_engine=False).text(expression, _OR)


def engine_form(expression: Expression) -> str:
    """The expression as DuckDB SQL in the part of the dialect that transpiles to Spark."""
    return _Writer(is_engine=True).text(expression, _OR)


def literal_text(literal: Literal, *, is_engine: bool = False) -> str:
    """A literal as SQL.

    For an engine a time is written with its zone, so that no session setting can move it, and a number with a fraction
    as a double, so that no engine computes with decimals of a precision of its own.
    """
    match literal.value:
        case None:
            return "null"
        case bool():
            return "true" if literal.value else "false"
        case str():
            return "'" + literal.value.replace("'", "''") + "'"
        case datetime():
            moment = literal.value.astimezone(UTC)
            if is_engine:
                return f"cast('{moment.isoformat(sep=' ')}' as timestamptz)"
            return f"timestamp '{moment.replace(tzinfo=None).isoformat(sep=' ')}'"
        case timedelta():
            unit, length = next(((name, one) for name, one in _SPAN_UNITS if not literal.value % one), _SPAN_UNITS[-1])
            return f"interval '{literal.value // length} {unit}'"
        case float() if is_engine:
            shown = repr(literal.value)
            return shown if "e" in shown else f"{shown}e0"
        case _:
            return repr(literal.value)


class _Writer:
    """One walk over the tree; `is_engine` says for whom."""

    def __init__(self, *, is_engine: bool) -> None:
        self._is_engine = is_engine

    def text(self, node: Expression, at_least: int) -> str:
        """The node's text, in parentheses when it binds more weakly than `at_least`."""
        strength, text = self._bare(node)
        return text if strength >= at_least else f"({text})"

    def _bare(self, node: Expression) -> tuple[int, str]:
        match node:
            case ColumnRef():
                return _ATOM, node.column.name
            case Literal():
                return _literal_strength(node), literal_text(node, is_engine=self._is_engine)
            case Call():
                return _ATOM, self._call(node)
            case Or():
                return _OR, " or ".join(self.text(part, _AND) for part in node.parts)
            case And():
                return _AND, " and ".join(self.text(part, _NOT) for part in node.parts)
            case Not():
                return self._negated(node.part)
            case Arithmetic():
                return self._arithmetic(node)
            case Negative():
                value = self.text(node.value, _ATOM)
                return _ATOM, f"(- cast({value} as double))" if self._is_engine else f"(- {value})"
            case Case():
                return _ATOM, self._case(node)
            case _:
                return _TEST, self._test(node, "")

    def _test(self, node: Compare | Like | In | Between | IsNull, no: str) -> str:
        match node:
            case Compare():
                return f"{self.text(node.left, _SUM)} {node.operator} {self.text(node.right, _SUM)}"
            case Like():
                word = "ilike" if node.ignores_case else "like"
                return f"{self.text(node.value, _SUM)} {no}{word} {self.text(node.pattern, _ATOM)}"
            case In():
                options = ", ".join(self.text(option, _SUM) for option in node.options)
                return f"{self.text(node.value, _SUM)} {no}in ({options})"
            case Between():
                low, high = self.text(node.low, _SUM), self.text(node.high, _SUM)
                return f"{self.text(node.value, _SUM)} {no}between {low} and {high}"
            case IsNull():
                return f"{self.text(node.value, _SUM)} is {no}null"

    def _negated(self, part: Expression) -> tuple[int, str]:
        if isinstance(part, Like | In | Between | IsNull):
            return _TEST, self._test(part, "not ")
        return _NOT, f"not {self.text(part, _ATOM)}"

    def _arithmetic(self, node: Arithmetic) -> tuple[int, str]:
        strength = _PRODUCT if node.operator in "*/%" else _SUM
        if not self._is_engine or type_of(node) is Type.TIME:
            return strength, f"{self.text(node.left, strength)} {node.operator} {self.text(node.right, strength + 1)}"
        are_literals = isinstance(node.left, Literal) and isinstance(node.right, Literal)
        left = self._double(node.left, strength, is_alone=are_literals)
        right = self._double(node.right, strength + 1, is_alone=False)
        if node.operator in "/%" and not isinstance(node.right, Literal):
            right = f"nullif({right}, 0)"
        return strength, f"{left} {node.operator} {right}"

    def _double(self, node: Expression, at_least: int, *, is_alone: bool) -> str:
        """An operand as a double: whole numbers cannot overflow, and every engine computes the same."""
        is_double = isinstance(node, Arithmetic) or (isinstance(node, ColumnRef) and node.column.stored == "double")
        if is_double or (isinstance(node, Literal) and not is_alone):
            return self.text(node, at_least)
        return f"cast({self.text(node, _OR)} as double)"

    def _case(self, node: Case) -> str:
        branches = " ".join(f"when {self.text(when, _OR)} then {self.text(then, _OR)}" for when, then in node.branches)
        otherwise = "" if node.otherwise is None else f" else {self.text(node.otherwise, _OR)}"
        return f"case {branches}{otherwise} end"

    def _call(self, node: Call) -> str:
        arguments = [self.text(argument, _OR) for argument in node.arguments]
        template = node.function.sql
        if not self._is_engine or not template:
            return f"{node.function.name}({', '.join(arguments)})"
        if "{each}" not in template:
            return template.format(*arguments)
        return "(" + " or ".join(template.format(arguments[0], each=each) for each in arguments[1:]) + ")"


def _literal_strength(literal: Literal) -> int:
    """A negative number binds like a sum, so that it stands in parentheses inside other arithmetic."""
    is_negative = isinstance(literal.value, int | float) and not isinstance(literal.value, bool) and literal.value < 0
    return _SUM if is_negative or isinstance(literal.value, timedelta) else _ATOM
