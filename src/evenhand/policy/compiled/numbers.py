"""Which numbers are whole (64 bits) and which are doubles, as in the SQL that `Condition.sql` writes."""

from __future__ import annotations

from collections.abc import Iterable

from evenhand.model.expression import Call, Case, ColumnRef, Expression, Literal, Type, type_of

_AS_GIVEN = ("coalesce", "greatest", "least", "round")
"""Functions whose result is of their arguments' kind."""


def is_double(node: Expression) -> bool:
    """True for a number that the engine computes as a double, false for a whole number and for what is no number."""
    match node:
        case _ if type_of(node) is not Type.NUMBER:
            return False
        case ColumnRef():
            return node.column.stored == "double"
        case Literal():
            return isinstance(node.value, float)
        case Call() if node.function.name in _AS_GIVEN:
            return any_double(node.arguments)
        case Call():
            return node.function.name == "abs"
        case Case():
            return any_double(outcomes(node))
        case _:
            return True


def any_double(nodes: Iterable[Expression]) -> bool:
    """True when values that are brought together are brought together as doubles."""
    return any(is_double(node) for node in nodes)


def outcomes(node: Case) -> tuple[Expression, ...]:
    """What a `case` may give."""
    return (*(then for _, then in node.branches), *(() if node.otherwise is None else (node.otherwise,)))
