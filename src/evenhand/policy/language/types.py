"""Checks the types in a condition's tree, node by node: what may be compared, added, called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
    Parameter,
    Span,
    Type,
    type_of,
)
from evenhand.model.expression_text import literal_text, normal_form
from evenhand.policy.nearest import suggestion

MAX_DIGITS = 6
"""Digits after the point that `round` keeps at most."""
MAX_SHOWN = 40
"""Characters of an expression that an error repeats."""
PERCENT = 100
_ARTICLES = {Type.BOOLEAN: "yes/no", Type.NULL: "null"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A type mistake, where it stands, and what to write instead."""

    what: str
    at: Span
    hint: str


def check(node: Expression) -> Wrong | None:
    """What is wrong with `node`, its parts being right; None when nothing is."""
    match node:
        case And() | Or():
            return _first(_yes_no(part) for part in node.parts)
        case Not():
            return _yes_no(node.part)
        case Compare():
            return _compare(node)
        case Like():
            return _like(node)
        case In():
            return _first(_pair(node.value, option) or _known_value(node.value, option) for option in node.options)
        case Between():
            return _between(node)
        case Arithmetic():
            return _arithmetic(node)
        case Negative():
            return _needs(node.value, Type.NUMBER, "only a number has a sign")
        case Case():
            return _case(node)
        case Call():
            return _call(node)
        case IsNull():
            return None if isinstance(node.value, ColumnRef) else Wrong(
                "only a column can be null", node.value.at, "such as `bio is null`")
        case _:
            return None


def _first(wrongs: Iterable[Wrong | None]) -> Wrong | None:
    return next((wrong for wrong in wrongs if wrong is not None), None)


def _shown(node: Expression) -> str:
    text = literal_text(node) if isinstance(node, Literal) else normal_form(node)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN - 1] + "…"


def _is(node: Expression) -> str:
    """Such as: `followers` is a number."""
    kind = type_of(node)
    return f"`{_shown(node)}` is {_ARTICLES.get(kind, f'a {kind}')}"


def _needs(node: Expression, wanted: Type, hint: str) -> Wrong | None:
    return None if type_of(node) is wanted else Wrong(f"{_is(node)}, not a {wanted}", node.at, hint)


def _yes_no(node: Expression) -> Wrong | None:
    kind = type_of(node)
    if kind is Type.BOOLEAN:
        return None
    hints = {Type.NUMBER: f"compare it, such as `{_shown(node)} > 0`",
             Type.TEXT: f"compare it, such as `{_shown(node)} = 'x'`",
             Type.TIME: f"compare it, such as `{_shown(node)} > date '2026-01-01'`"}
    return Wrong(f"{_is(node)}, not yes/no", node.at, hints.get(kind, "write a comparison"))


def _compare(node: Compare) -> Wrong | None:
    inner = next((side for side in (node.left, node.right) if isinstance(side, Compare)), None)
    if inner is not None and Type.BOOLEAN in (type_of(node.left), type_of(node.right)) \
            and type_of(node.left) is not type_of(node.right):
        left, right = (inner, node) if inner is node.left else (node, inner)
        first = f"{_shown(left.left)} {left.operator} {_shown(inner.right if inner is node.left else inner.left)}"
        second = f"{_shown(inner.right if inner is node.left else inner.left)} {right.operator} {_shown(right.right)}"
        return Wrong("comparisons cannot be chained", node.at, f"write `{first} and {second}`")
    wrong = _pair(node.left, node.right)
    if wrong is not None:
        return wrong
    if node.operator not in ("=", "<>") and type_of(node.left) in (Type.TEXT, Type.BOOLEAN):
        return Wrong(f"a {type_of(node.left)} has no order for `{node.operator}`", node.at, "use `=` or `<>`")
    return _known_value(node.left, node.right) or _known_value(node.right, node.left)


def _pair(left: Expression, right: Expression) -> Wrong | None:
    """Two values that are compared with each other must have one type."""
    kinds = (type_of(left), type_of(right))
    for one, other in ((left, right), (right, left)):
        if type_of(one) is Type.NULL:
            return Wrong("nothing compares with null", one.at, f"write `{_shown(other)} is null`")
    if Type.SPAN in kinds:
        span = left if kinds[0] is Type.SPAN else right
        return Wrong("a length of time is not compared by itself", span.at,
                     "add it to a time, such as `created_at + interval '30 days'`")
    if kinds[0] is kinds[1]:
        return None
    literal = right if isinstance(right, Literal) else left if isinstance(left, Literal) else None
    at = literal.at if literal is not None else Span(left.at.start, right.at.end)
    other = left if literal is right else right
    return Wrong(f"{_is(left)} and {_is(right)}", at, _one_type(literal, type_of(other)))


def _one_type(literal: Literal | None, wanted: Type) -> str:
    """How to write `literal` so that it has the type of what it is compared with."""
    value = literal.value if literal is not None else None
    if wanted is Type.NUMBER and isinstance(value, str) and value.replace(".", "", 1).isdecimal():
        return f"write {value} without quotes"
    if wanted is Type.TIME and isinstance(value, str):
        return f"write `timestamp {literal_text(literal)}`" if literal is not None else ""
    if wanted is Type.TEXT and isinstance(value, int | float) and not isinstance(value, bool):
        return f"write '{value}' in quotes"
    if wanted is Type.BOOLEAN:
        return "a yes/no column stands alone: `verified`, or `not verified`"
    return "compare values of one type"


def _known_value(column: Expression, value: Expression) -> Wrong | None:
    """A written value that the column can never have."""
    if not isinstance(column, ColumnRef) or not isinstance(value, Literal):
        return None
    known, written = column.column, value.value
    if isinstance(written, str) and known.values and written not in known.values:
        return Wrong(f"`{known.name}` is never '{written}'", value.at, suggestion(written, known.values, kind="values"))
    if isinstance(written, int | float) and not isinstance(written, bool):
        if known.high is not None and written > known.high:
            share = f": {written:g} % is {written / PERCENT:g}" if known.stored == "double" and written <= PERCENT else ""
            return Wrong(f"`{known.name}` is never above {known.high:g}", value.at,
                         f"it goes from {known.low or 0:g} to {known.high:g}{share}")
        if known.low is not None and written < known.low:
            return Wrong(f"`{known.name}` is never below {known.low:g}", value.at, "write a larger number")
    return None


def _like(node: Like) -> Wrong | None:
    if not str(node.pattern.value).strip("%"):
        return Wrong("this pattern fits every text", node.pattern.at, "write the letters to look for, such as 'https://%'")
    return _needs(node.value, Type.TEXT, "only a text can be compared with a pattern")


def _between(node: Between) -> Wrong | None:
    wrong = _pair(node.value, node.low) or _pair(node.value, node.high)
    if wrong is not None:
        return wrong
    if type_of(node.value) in (Type.TEXT, Type.BOOLEAN):
        return Wrong(f"a {type_of(node.value)} has no order for `between`", node.at, "use `=` or `in`")
    low, high = (side.value if isinstance(side, Literal) else None for side in (node.low, node.high))
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        return Wrong("nothing lies between a larger and a smaller number", node.at,
                     f"write `between {high} and {low}`")
    return _known_value(node.value, node.low) or _known_value(node.value, node.high)


def _arithmetic(node: Arithmetic) -> Wrong | None:
    left, right = type_of(node.left), type_of(node.right)
    if node.operator in "/%" and isinstance(node.right, Literal) and node.right.value == 0:
        return Wrong("division by zero", node.right.at, "divide by another number")
    if left is Type.TIME and right is Type.SPAN and node.operator in "+-":
        return None
    if left is Type.TIME and right is Type.TIME:
        return Wrong("two times cannot be put together", node.at,
                     "move one to the other side, such as `created_at < date '2026-01-01' - interval '30 days'`, "
                     "or use `age_days`")
    if left is Type.TIME or right is Type.SPAN:
        return Wrong("only a length of time is added to a time", node.at, "such as `created_at + interval '30 days'`")
    return (_needs(node.left, Type.NUMBER, f"`{node.operator}` works on numbers")
            or _needs(node.right, Type.NUMBER, f"`{node.operator}` works on numbers"))


def _case(node: Case) -> Wrong | None:
    wrong = _first(_yes_no(when) for when, _ in node.branches)
    if wrong is not None:
        return wrong
    values = [then for _, then in node.branches] + ([node.otherwise] if node.otherwise is not None else [])
    typed = [value for value in values if type_of(value) is not Type.NULL]
    if not typed or type_of(typed[0]) is Type.SPAN:
        return Wrong("this `case` has no value", node.at, "write a number, a text or yes/no after `then`")
    return _first(_pair(typed[0], value) for value in typed[1:])


def _call(node: Call) -> Wrong | None:
    parameters, n_arguments = node.function.parameters, len(node.arguments)
    least = sum(not parameter.is_optional for parameter in parameters)
    most = None if parameters[-1].repeats else len(parameters)
    if n_arguments < least or (most is not None and n_arguments > most):
        wanted = f"{least}" if most == least else f"{least} to {most}" if most is not None else f"at least {least}"
        return Wrong(f"`{node.function.name}` takes {wanted} argument{'' if wanted == '1' else 's'}, not {n_arguments}",
                     node.at, f"write `{node.function.signature}`")
    padded = (*parameters, *(parameters[-1:] * (n_arguments - len(parameters))))
    wrong = _first(_argument(node, parameter, given) for parameter, given in zip(padded, node.arguments, strict=False))
    if wrong is not None or node.function.result is not None:
        return wrong
    return _first(_pair(node.arguments[0], given) for given in node.arguments[1:])


def _argument(node: Call, parameter: Parameter, given: Expression) -> Wrong | None:
    if type_of(given) not in parameter.types:
        wanted = " or ".join(f"a {kind}" for kind in parameter.types)
        return Wrong(f"`{node.function.name}` takes {wanted} here, and {_is(given)}", given.at,
                     f"write `{node.function.signature}`, such as `{node.function.example}`")
    if parameter.is_literal and not isinstance(given, Literal):
        return Wrong(f"`{node.function.name}` needs a written value here", given.at,
                     f"such as `{node.function.example}`")
    if isinstance(given, Literal) and given.value == "" and node.function.result is Type.BOOLEAN:
        return Wrong("the empty text stands in every text", given.at, "write the letters to look for")
    is_digits = parameter.is_literal and Type.NUMBER in parameter.types and isinstance(given, Literal)
    if is_digits and isinstance(given, Literal) and given.value not in range(MAX_DIGITS + 1):
        return Wrong(f"`{node.function.name}` keeps 0 to {MAX_DIGITS} digits", given.at, f"such as `{node.function.example}`")
    return None
