"""Writes the values in a condition (texts, numbers, times) as Python expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from evenhand.model.expression import Arithmetic, Call, Case, ColumnRef, Expression, Literal, Negative, Type, type_of
from evenhand.policy.compiled import event_values, letters
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.numbers import any_double, is_double, outcomes
from evenhand.policy.compiled.passes import bare

LONGEST_CHAIN = 16
"""Values that are tried one after the other in one Python expression."""


class Values:
    """Writes values; `yes` writes the Python expression that is true where a yes/no expression is yes."""

    def __init__(self, draft: Draft, *, yes: Callable[[Expression], str], truth: Callable[[Expression], Operand],
                 assigned: Mapping[Expression, Operand]) -> None:
        self._draft = draft
        self._yes = yes
        self._truth = truth
        self._lowered: dict[Expression, Operand] = {}
        self._assigned = assigned

    def value(self, node: Expression, *, as_double: bool = False) -> Operand:
        """The value of `node`; a whole number as a double when `as_double` says so."""
        if node in self._assigned:
            return self._assigned[node]
        if type_of(node) is Type.BOOLEAN:
            return self._truth(node)
        if as_double and not is_double(node) and type_of(node) is Type.NUMBER:
            return self._draft.nested(lambda: self._doubled(node))
        return self._draft.nested(lambda: self.plain(node))

    def bound(self, node: Expression, *, as_double: bool = False) -> tuple[list[str], str]:
        """What must be true for the value to be known, and its name, valid once that has been asked."""
        made = self.value(node, as_double=as_double)
        if made.is_atom:
            return ([] if made.is_known else [f"{made.code} is not None"]), made.code
        name = self._draft.temporary()
        return [f"({name} := {made.code}) is not None"], name

    def inline(self, node: Expression, *, as_double: bool = False) -> tuple[list[str], str]:
        """The same as `bound` without a name: what is given is worked out each time it stands somewhere."""
        is_number = type_of(node) is Type.NUMBER and node not in self._assigned
        if is_number and isinstance(node, ColumnRef) and as_double and not is_double(node):
            name = self.plain(node).code
            return [f"{name} is not None"], f"{self._draft.constant(float)}({name})"
        if is_number and isinstance(node, Arithmetic) and node.operator in "+-*" and not self._draft.is_deep:
            checks: list[str] = []
            code = self._draft.nested(lambda: Operand(self._inline_arithmetic(node, checks))).code
            return checks, code
        return self.bound(node, as_double=as_double)

    def _inline_arithmetic(self, node: Arithmetic, checks: list[str]) -> str:
        more, left = self.inline(node.left, as_double=True)
        # beside a double Python makes one of a whole number
        others, right = self.inline(node.right, as_double=not isinstance(node.right, ColumnRef))
        checks += [*more, *others]
        return f"({left} {node.operator} {right})"

    def lowered(self, text: Expression) -> Operand:
        """The text in lower case, worked out once for all conditions."""
        text = bare(text)
        if isinstance(text, Literal):
            return self._literal(text, lower=True)
        if text not in self._lowered:
            made = self.value(text)
            name = made.code if made.is_atom else self._draft.assigned(made.code)
            code = self._lowering(name) if made.is_known else f"None if {name} is None else {self._lowering(name)}"
            self._lowered[text] = Operand(self._draft.assigned(code), is_known=made.is_known, is_atom=True)
        return self._lowered[text]

    def lowered_here(self, text: Expression) -> tuple[str, str]:
        """The text of a column in lower case, known to be there: to put into lower case, and its name from then on."""
        name, again = self.value(text).code, self._draft.temporary()
        return f"({again} := {self._lowering(name)})", again

    def _lowering(self, name: str) -> str:
        return f"{name}.lower() if {name}.isascii() else {self._draft.constant(letters.lower)}({name})"

    def plain(self, node: Expression) -> Operand:
        """The value of a column, a literal, a calculation, a `case` or a call, whatever its type."""
        match node:
            case ColumnRef():
                return Operand(f"column_{node.column.name}", is_atom=True)
            case Literal():
                return self._literal(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Negative():
                checks, value = self.bound(node.value, as_double=True)
                return _known(checks, f"-{value}")
            case Case():
                return self._case(node)
            case Call():
                return self._call(node)
            case _:
                raise TypeError(f"`{type(node).__name__}` is not a value")

    def _literal(self, node: Literal, *, lower: bool = False, as_double: bool = False) -> Operand:
        value: object = node.value
        match value:
            case None:
                return Operand("None")
            case str() if lower:
                value = letters.lower(value)
            case datetime():
                value = event_values.microseconds_of(value)
            case timedelta():
                value = value // timedelta(microseconds=1)
            case int() if as_double and not isinstance(value, bool):
                value = float(value)
            case _:
                pass
        return Operand(self._draft.constant(value), is_known=True, is_atom=True)

    def _doubled(self, node: Expression) -> Operand:
        if isinstance(node, Literal):
            return self._literal(node, as_double=True)
        checks, value = self.bound(node)
        return _known(checks, f"{self._draft.constant(float)}({value})")

    def _arithmetic(self, node: Arithmetic) -> Operand:
        is_time = type_of(node) is Type.TIME
        checks, left = self.bound(node.left, as_double=not is_time)
        more, right = self.bound(node.right, as_double=not is_time)
        checks += more
        if node.operator in "/%" and not (isinstance(node.right, Literal) and node.right.value):
            checks.append(f"{right} != 0")
        if node.operator == "%":
            return _known(checks, f"{self._draft.constant(event_values.modulo)}({left}, {right})")
        return _known(checks, f"{left} {node.operator} {right}")

    def _case(self, node: Case) -> Operand:
        as_double = any_double(outcomes(node))
        otherwise = Operand("None") if node.otherwise is None else self.value(node.otherwise, as_double=as_double)
        code, is_known = otherwise.code, otherwise.is_known
        for place, (when, then) in enumerate(reversed(node.branches), start=1):
            made = self.value(then, as_double=as_double)
            code, is_known = f"{made.code} if {self._yes(when)} else {code}", is_known and made.is_known
            if place % LONGEST_CHAIN == 0:
                code = self._draft.assigned(code)
        return Operand(f"({code})", is_known=is_known)

    def _call(self, node: Call) -> Operand:
        first = node.arguments[0]
        match node.function.name:
            case "lower":
                return self.lowered(first)
            case "upper":
                checks, text = self.bound(first)
                return _known(checks, f"{self._draft.constant(letters.upper)}({text})")
            case "trim":
                checks, text = self.bound(first)
                return _known(checks, f"{text}.strip({self._draft.constant(letters.SPACES)})")
            case "length":
                checks, text = self.bound(first)
                return _known(checks, f"{self._draft.constant(len)}({text})")
            case "abs":
                checks, number = self.bound(first, as_double=True)
                return _known(checks, f"{self._draft.constant(abs)}({number})")
            case "round":
                return self._rounded(node)
            case "coalesce":
                return self._coalesce(node)
            case "greatest" | "least" as name:
                chosen = event_values.greatest if name == "greatest" else event_values.least
                return Operand(f"{self._draft.constant(chosen)}({self._tuple(node.arguments)})")
            case name:
                raise TypeError(f"`{name}` is not a function that gives a value")

    def _rounded(self, node: Call) -> Operand:
        if not is_double(node):
            return self.value(node.arguments[0])
        checks, number = self.bound(node.arguments[0], as_double=True)
        digits = self.value(node.arguments[1]).code if len(node.arguments) > 1 else self._draft.constant(0)
        return _known(checks, f"{self._draft.constant(event_values.rounded)}({number}, {digits})")

    def _coalesce(self, node: Call) -> Operand:
        as_double = any_double(node.arguments)
        if len(node.arguments) > LONGEST_CHAIN:
            return Operand(f"{self._draft.constant(event_values.first_known)}({self._tuple(node.arguments)})")
        code, is_known = "None", False
        for place, argument in enumerate(reversed(node.arguments)):
            checks, name = self.bound(argument, as_double=as_double)
            is_known = is_known or not checks
            last = "" if not checks else f" if {checks[0]} else {code}"
            code = name if place == 0 and checks and checks[0] == f"{name} is not None" else f"{name}{last}"
        return Operand(f"({code})", is_known=is_known)

    def _tuple(self, nodes: Sequence[Expression]) -> str:
        as_double = any_double(nodes)
        return f"({''.join(f'{self.value(node, as_double=as_double).code}, ' for node in nodes)})"


def _known(checks: Sequence[str], code: str) -> Operand:
    """`code` where all of `checks` hold, else None."""
    return Operand(f"({code} if {' and '.join(checks)} else None)" if checks else f"({code})", is_known=not checks)
