"""Writes the yes/no expressions in a condition as Python expressions.

For each there are two: one that is true where the condition is yes, one where it is no. Where neither is, the condition
is not known, so that no third value is carried about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.model.expression import (
    And,
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
    Not,
    Or,
)
from evenhand.policy.compiled import event_values
from evenhand.policy.compiled.event_draft import Draft, Operand
from evenhand.policy.compiled.event_operands import LONGEST_CHAIN, Values
from evenhand.policy.compiled.event_pieces import forms_of
from evenhand.policy.compiled.event_searches import Searches
from evenhand.policy.compiled.letters import lower
from evenhand.policy.compiled.like import Shape
from evenhand.policy.compiled.numbers import any_double, is_double
from evenhand.policy.compiled.passes import Search, bare, pattern_of, search

_INVERSE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class _Test:
    """A test of values: Python expressions for yes and for no, where all of `checks` hold; not known elsewhere."""

    checks: Sequence[str]
    yes: str
    no: str
    is_safe: bool = False
    """True when `yes` needs no checks."""
    asked: str = ""
    """The same as `yes`, for where only its truth counts, when that is shorter."""

    def side(self, *, wanted: bool) -> str:
        """A Python expression that is true where the test is `wanted`."""
        checks = () if wanted and self.is_safe else self.checks
        return _joined(" and ", [*checks, (self.asked or self.yes) if wanted else self.no])

    @property
    def three(self) -> str:
        """A Python expression for yes, no, or None where it is not known."""
        return f"({self.yes} if {' and '.join(self.checks)} else None)" if self.checks else f"({self.yes})"


class Truths:
    """Writes yes/no expressions, with what the pass finds once it has `assigned` names to the texts that it reads."""

    def __init__(self, draft: Draft, searches: Searches, *, assigned: Mapping[Expression, Operand] | None = None) -> None:
        self.draft = draft
        self._searches = searches
        self._is_after_pass = assigned is not None
        self.values = Values(draft, yes=self.yes, truth=self.truth, assigned=assigned or {})

    def yes(self, node: Expression) -> str:
        """A Python expression whose truth is whether `node` is yes."""
        return self.draft.nested(lambda: Operand(self._side(node, wanted=True))).code

    def truth(self, node: Expression) -> Operand:
        """A Python expression that is True, False, or None where `node` is not known."""
        return self.draft.nested(lambda: self._truth(node))

    def _no(self, node: Expression) -> str:
        return self.draft.nested(lambda: Operand(self._side(node, wanted=False))).code

    def _side(self, node: Expression, *, wanted: bool) -> str:
        match node:
            case And() | Or():
                joint = " and " if isinstance(node, And) is wanted else " or "
                parts = [self.yes(part) if wanted else self._no(part) for part in node.parts]
                return _joined(joint, sorted(parts, key=len))  # the shortest are the quickest to ask
            case Not():
                return self._no(node.part) if wanted else self.yes(node.part)
            case Case() if len(node.branches) <= LONGEST_CHAIN:
                code = "False" if node.otherwise is None else self._side(node.otherwise, wanted=wanted)
                for when, then in reversed(node.branches):
                    code = f"{self.yes(then) if wanted else self._no(then)} if {self.yes(when)} else {code}"
                return f"({code})"
            case ColumnRef() | Case() | Literal():
                return f"({self._truth(node).code} is {wanted})"
            case Call() if node.function.name == "coalesce":
                return f"({self._truth(node).code} is {wanted})"
            case _:
                return self._test(node).side(wanted=wanted)

    def _truth(self, node: Expression) -> Operand:
        match node:
            case And() | Or():
                joined = event_values.all_of if isinstance(node, And) else event_values.any_of
                parts = "".join(f"{self.truth(part).code}, " for part in node.parts)
                return Operand(f"{self.draft.constant(joined)}(({parts}))")
            case Not():
                return Operand(f"{self.draft.constant(event_values.opposite)}({self.truth(node.part).code})")
            case ColumnRef() | Case() | Literal():
                return self.values.plain(node)
            case Call() if node.function.name == "coalesce":
                return self.values.plain(node)
            case _:
                test = self._test(node)
                return Operand(test.three, is_known=not test.checks)

    def _test(self, node: Expression) -> _Test:
        match node:
            case Compare():
                return self._compare(node.operator, node.left, node.right,
                                     as_double=any_double((node.left, node.right)))
            case Between():
                return self._between(node)
            case In():
                return self._in(node)
            case IsNull():
                value = self.values.value(node.value).code
                return _Test((), f"{value} is None", f"{value} is not None")
            case Like():
                return self._like(node)
            case Call():
                return self._call(node)
            case _:
                raise TypeError(f"`{type(node).__name__}` is not yes/no")

    def _compare(self, operator: str, left: Expression, right: Expression, *, as_double: bool) -> _Test:
        odd, odd_right = _may_be_odd(left), _may_be_odd(right)
        take = self.values.bound if odd and odd_right else self.values.inline
        checks, one = take(left, as_double=as_double)
        more, other = take(right, as_double=as_double)
        return _Test((*checks, *more), _ordered(operator, one, other, odd, odd_right),
                     _ordered(_INVERSE[operator], one, other, odd, odd_right))

    def _between(self, node: Between) -> _Test:
        as_double = any_double((node.value, node.low, node.high))
        sides = [self._named(side, as_double=as_double) for side in (node.value, node.low, node.high)]
        (known, value), (low_known, low), (high_known, high) = sides
        odd, odd_low, odd_high = (_may_be_odd(side) for side in (node.value, node.low, node.high))
        above = _Test((*known, *low_known), _ordered(">=", value, low, odd, odd_low),
                      _ordered("<", value, low, odd, odd_low))
        below = _Test((*known, *high_known), _ordered("<=", value, high, odd, odd_high),
                      _ordered(">", value, high, odd, odd_high))
        if not low_known and not high_known:
            return _Test(known, f"({above.yes} and {below.yes})", f"({above.no} or {below.no})")
        both = self.draft.constant(event_values.all_of)
        name = self.draft.assigned(f"{both}(({above.three}, {below.three}))")
        return _Test((f"{name} is not None",), name, f"not {name}")

    def _named(self, node: Expression, *, as_double: bool) -> tuple[list[str], str]:
        """A value with a name of its own, and what must be true for it to be known."""
        made = self.values.value(node, as_double=as_double)
        name = made.code if made.is_atom else self.draft.assigned(made.code)
        return ([] if made.is_known else [f"{name} is not None"]), name

    def _in(self, node: In) -> _Test:
        as_double = any_double((node.value, *node.options))
        checks, value = self.values.bound(node.value, as_double=as_double)
        names = [self.values.value(option, as_double=as_double).code for option in node.options]
        if len(names) == 1:
            return _Test(checks, f"{value} == {names[0]}", f"{value} != {names[0]}")
        options = self.draft.constant(frozenset(self.draft.constants[name] for name in names))
        return _Test(checks, f"{value} in {options}", f"{value} not in {options}")

    def _like(self, node: Like) -> _Test:
        wanted = search(node)
        if wanted is not None:
            return self._searched(wanted)
        pattern = pattern_of(node)
        if node.ignores_case:
            made = self.values.lowered(node.value)
            checks, text = ([] if made.is_known else [f"{made.code} is not None"]), made.code
        else:
            checks, text = self.values.bound(node.value)
        if pattern.shape is Shape.GENERAL:
            fits = self.draft.constant(pattern.test())
            return _Test(checks, f"{fits}({text}) is not None", f"{fits}({text}) is None")
        letters = self.draft.constant(pattern.letters)
        yes = {Shape.EXACT: f"{text} == {letters}", Shape.STARTS: f"{text}.startswith({letters})",
               Shape.ENDS: f"{text}.endswith({letters})", Shape.CONTAINS: f"{letters} in {text}"}[pattern.shape]
        return _Test(checks, yes, f"not {yes}")

    def _call(self, node: Call) -> _Test:
        wanted = search(node)
        if wanted is not None:
            return self._searched(wanted)
        edge = node.arguments[1]
        if node.function.name in _EDGES and isinstance(edge, Literal):
            return self._at_edge(node, lower(str(edge.value)))
        texts = [self.values.lowered(argument) for argument in node.arguments]
        checks = [f"{text.code} is not None" for text in texts if not text.is_known]
        text, *pieces = (text.code for text in texts)
        form = _EDGES.get(node.function.name, "{1} in {0}")
        yes = " or ".join(form.format(text, piece) for piece in pieces)
        return _Test(checks, f"({yes})", f"not ({yes})")

    def _at_edge(self, node: Call, piece: str) -> _Test:
        """A written piece at an end of a text: only as much of the text is put into lower case."""
        checks, text = self.values.bound(bare(node.arguments[0]))
        if not piece:
            return _Test(checks, "True", "False")
        constant, is_start = self.draft.constant, node.function.name == "starts_with"
        part = f"[:{constant(len(piece))}]" if is_start else f"[{constant(-len(piece))}:]"
        # one letter settles most, a sign nearly all: its forms are looked up without putting anything into lower case
        signs = [place for place, letter in enumerate(piece) if not letter.isalnum()]
        place = signs[0] if signs else 0 if is_start else len(piece) - 1
        start, end = (place, place + 1) if is_start else (place - len(piece), place - len(piece) + 1 or None)
        one = f"{text}[{constant(start)}:{'' if end is None else constant(end)}] in {constant(forms_of(piece[place]))}"
        fits = f"{one} and {constant(lower)}({text}{part}) == {constant(piece)}"
        return _Test(checks, f"({fits})", f"not ({fits})")

    def _searched(self, wanted: Search) -> _Test:
        text = self.values.value(wanted.text)
        if self._is_after_pass and self._searches.is_in_pass(wanted):
            found = self._searches.hit(wanted)
        elif self._searches.is_alone(wanted):
            found = self._searches.look(wanted, *self.values.lowered_here(wanted.text))
        else:
            text = self.values.lowered(wanted.text)
            found = self._searches.look(wanted, text.code, text.code)
        return _Test(() if text.is_known else (f"{text.code} is not None",), found.yes, found.no, found.is_safe, found.asked)


_EDGES = {"starts_with": "{0}.startswith({1})", "ends_with": "{0}.endswith({1})"}


def _joined(joint: str, parts: Sequence[str]) -> str:
    """Python expressions joined by ` and ` or ` or `, without those that are settled."""
    deciding, idle = ("False", "True") if joint == " and " else ("True", "False")
    kept = [part for part in parts if part != idle]
    if deciding in kept:
        return deciding
    return f"({joint.join(kept)})" if len(kept) > 1 else kept[0] if kept else idle


def _may_be_odd(node: Expression) -> bool:
    """True for a double that may be not a number, which the engine orders above all others and equal to itself."""
    return is_double(node) and not isinstance(node, Literal)


def _ordered(operator: str, left: str, right: str, odd_left: bool, odd_right: bool) -> str:  # noqa: FBT001 - one per side
    """A Python expression for the comparison of two known values; a side is `odd` when it may be not a number."""
    if operator in (">", "<="):
        return _ordered("<" if operator == ">" else ">=", right, left, odd_right, odd_left)
    plain = f"{left} {_PYTHON[operator]} {right}"
    match operator, odd_left, odd_right:
        case "=", True, True:
            return f"({plain} or {left} != {left} and {right} != {right})"
        case "<>", True, True:
            return f"({plain} and ({left} == {left} or {right} == {right}))"
        case "<", True, True:
            return f"({plain} or {right} != {right} and {left} == {left})"
        case "<", False, True:
            return f"(not {left} >= {right})"
        case ">=", True, True:
            return f"({plain} or {left} != {left})"
        case ">=", True, False:
            return f"(not {left} < {right})"
        case _:
            return plain


_PYTHON = {"=": "==", "<>": "!=", "<": "<", ">=": ">="}
