"""Works out yes/no expressions over a batch; every text is searched once for all that any condition looks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    Type,
    type_of,
)
from evenhand.policy.compiled import letters
from evenhand.policy.compiled.batch_frame import Frame, Numbers, Slots, Truth, both_known, known, truth_of
from evenhand.policy.compiled.batch_values import BatchValues
from evenhand.policy.compiled.like import Pattern, Shape
from evenhand.policy.compiled.numbers import any_double
from evenhand.policy.compiled.passes import Passes, Search, hint, pattern_of, search
from evenhand.policy.compiled.pieces import PieceSet
from evenhand.signals.words.folded import Flags, Folded, Places

_NO = Truth(np.zeros((), np.bool_), np.ones((), np.bool_))
_UNKNOWN = Truth(np.zeros((), np.bool_), np.zeros((), np.bool_))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The search that answers a test, or else one that narrows it down, and which of its text's pieces it is about."""

    answer: Search | None
    hint: Search | None
    pieces: Flags


class BatchTruths:
    """Works out the conditions it was made for over any frame."""

    def __init__(self, conditions: Sequence[Expression]) -> None:
        self._slots = Slots(conditions)
        self.values = BatchValues(self.truth, self._slots)
        self._passes = Passes.of(conditions, with_hints=True)
        self._searches: dict[int, _Wanted] = {}
        self._finders: dict[Expression, Callable[[Folded], tuple[Places, Places]]] = {
            text: PieceSet(self._passes.pieces(text)).column_finder() for text in self._passes.texts}

    def truth(self, node: Expression, frame: Frame) -> Truth:
        """Yes, no or not known for each row."""
        return frame.once(("truth", self._slots(node)), lambda _: self._truth(node, frame))

    def _truth(self, node: Expression, frame: Frame) -> Truth:
        match node:
            case And() | Or():
                join = and_ if isinstance(node, And) else or_
                return reduce(join, (self.truth(part, frame) for part in node.parts))
            case Not():
                return ~self.truth(node.part, frame)
            case ColumnRef():
                return frame.truth(node.column)
            case Literal():
                return _UNKNOWN if node.value is None else ~_NO if node.value else _NO
            case Compare():
                return self._compare(node.operator, node.left, node.right, frame)
            case Between():
                return self._between(node, frame)
            case In():
                return self._in(node, frame)
            case IsNull():
                return self._is_null(node, frame)
            case Case():
                return self._case(node, frame)
            case Like():
                return self._like(node, frame)
            case Call():
                return self._call(node, frame)
            case _:
                raise TypeError(f"`{type(node).__name__}` is not yes/no")

    def _compare(self, operator: str, left: Expression, right: Expression, frame: Frame) -> Truth:
        match type_of(left):
            case Type.BOOLEAN:
                one, other = self.truth(left, frame), self.truth(right, frame)
                same = Truth(one.yes & other.yes | one.no & other.no, one.yes & other.no | one.no & other.yes)
                return same if operator == "=" else ~same
            case Type.TEXT:
                same = truth_of(self._equal(left, right, frame))
                return same if operator == "=" else ~same
            case _:
                as_double = any_double((left, right))
                return ordered(operator, self.values.numbers(left, frame, as_double=as_double),
                               self.values.numbers(right, frame, as_double=as_double))

    def _equal(self, left: Expression, right: Expression, frame: Frame) -> pa.Array:
        if isinstance(left, Literal):
            left, right = right, left
        other = pa.scalar(right.value, pa.large_string()) if isinstance(right, Literal) else self.values.text(right, frame)
        return pc.equal(self.values.text(left, frame), other)

    def _between(self, node: Between, frame: Frame) -> Truth:
        as_double = any_double((node.value, node.low, node.high))
        value, low, high = (self.values.numbers(side, frame, as_double=as_double)
                            for side in (node.value, node.low, node.high))
        return ordered(">=", value, low) & ordered("<=", value, high)

    def _in(self, node: In, frame: Frame) -> Truth:
        if type_of(node.value) is Type.TEXT:
            array = self.values.text(node.value, frame)
            options = pa.array([option.value for option in node.options], pa.large_string())
            test: Flags = pc.is_in(array, options).to_numpy(zero_copy_only=False)
            return Truth.of(test, known(array))
        if type_of(node.value) is Type.BOOLEAN:
            return reduce(or_, (self._compare("=", node.value, option, frame) for option in node.options))
        as_double = any_double((node.value, *node.options))
        value = self.values.numbers(node.value, frame, as_double=as_double)
        options = [self.values.numbers(option, frame, as_double=as_double).values for option in node.options]
        return Truth.of(np.isin(value.values, np.array(options)), value.known)

    def _is_null(self, node: IsNull, frame: Frame) -> Truth:
        where = frame.known(node.value.column) if isinstance(node.value, ColumnRef) else None
        return _NO if where is None else Truth.of(~where)

    def _case(self, node: Case, frame: Frame) -> Truth:
        made = _UNKNOWN if node.otherwise is None else self.truth(node.otherwise, frame)
        for when, then in reversed(node.branches):
            here, outcome = self.truth(when, frame).yes, self.truth(then, frame)
            made = Truth(np.where(here, outcome.yes, made.yes), np.where(here, outcome.no, made.no))
        return made

    def _like(self, node: Like, frame: Frame) -> Truth:
        wanted = self._wanted(node)
        if wanted.answer is not None:
            return self._found(wanted.answer, wanted.pieces, frame)
        pattern = pattern_of(node)
        array = (self.values.lowered if node.ignores_case else self.values.text)(node.value, frame)
        if wanted.hint is None:
            return truth_of(_simple(array, pattern))
        rows = np.flatnonzero(self._found(wanted.hint, wanted.pieces, frame).yes)
        fits = pc.match_like(array.take(pa.array(rows)), pattern.text).to_numpy(zero_copy_only=False)
        test = np.zeros(frame.n_rows, np.bool_)
        test[rows[fits]] = True
        return Truth.of(test, known(array))

    def _call(self, node: Call, frame: Frame) -> Truth:
        if node.function.name == "coalesce":
            return reduce(_first, (self.truth(part, frame) for part in node.arguments))
        wanted = self._wanted(node)
        if wanted.answer is not None:
            return self._found(wanted.answer, wanted.pieces, frame)
        return reduce(or_, (self._one_piece(node, piece, frame) for piece in node.arguments[1:]))

    def _one_piece(self, node: Call, piece: Expression, frame: Frame) -> Truth:
        """A piece at the text's start or end, or one that is itself a column."""
        texts, name = self.values.lowered(node.arguments[0], frame), node.function.name
        if isinstance(piece, Literal) and name in _AT_ENDS:
            return truth_of(_AT_ENDS[name](texts, letters.lower(str(piece.value))))
        pieces = self.values.lowered(piece, frame)
        return Truth.of(pairwise(name, texts.fill_null(""), pieces.fill_null("")), both_known(known(texts), known(pieces)))

    def _wanted(self, node: Like | Call) -> _Wanted:
        """What a test looks for, worked out at its first batch."""
        slot = self._slots(node)
        if slot not in self._searches:
            answer, narrowed = search(node), hint(node) if isinstance(node, Like) else None
            one = answer or narrowed
            pieces = np.zeros(0 if one is None else len(self._passes.pieces(one.text)), np.bool_)
            if one is not None:
                pieces[list(self._passes.numbers(one))] = True
            self._searches[slot] = _Wanted(answer, narrowed, pieces)
        return self._searches[slot]

    def _found(self, wanted: Search, pieces: Flags, frame: Frame) -> Truth:
        """Where any of the pieces stands."""
        row, piece = frame.once(("found", self._slots(wanted.text)), lambda _: self._all_found(wanted.text, frame))
        test = np.zeros(frame.n_rows, np.bool_)
        test[row[pieces[piece]]] = True
        return Truth.of(test, known(self.values.text(wanted.text, frame)))

    def _all_found(self, text: Expression, frame: Frame) -> tuple[Places, Places]:
        lowered = self.values.lowered(text, frame)
        return self._finders[text](Folded.of(lowered.fill_null("") if lowered.null_count else lowered))


_AT_ENDS: Mapping[str, Callable[..., pa.Array]] = {"starts_with": pc.starts_with, "ends_with": pc.ends_with}
_PAIRWISE: Mapping[str, tuple[Callable[..., Any], Callable[[str, str], bool]]] = {
    "starts_with": (np.strings.startswith, str.startswith), "ends_with": (np.strings.endswith, str.endswith),
    "contains": (lambda texts, pieces: np.strings.find(texts, pieces) >= 0, str.__contains__)}


def pairwise(name: str, texts: pa.Array, pieces: pa.Array) -> Flags:
    """Whether each text holds the piece beside it, where the function `name` looks for it."""
    together, alone = _PAIRWISE.get(name, _PAIRWISE["contains"])
    one, other = (array.to_numpy(zero_copy_only=False) for array in (texts, pieces))
    kind = np.dtypes.StringDType()
    test = np.array(together(one.astype(kind), other.astype(kind)), np.bool_)
    odd = pc.or_(pc.match_substring(texts, "\x00"), pc.match_substring(pieces, "\x00"))
    for row in np.flatnonzero(odd.to_numpy(zero_copy_only=False)):
        test[row] = alone(one[row], other[row])  # NumPy leaves NUL at an end out; a row that holds one is rare
    return test


def _simple(array: pa.Array, pattern: Pattern) -> pa.Array:
    """A pattern that is bound to an end of the text, or has no letters."""
    match pattern.shape:
        case Shape.EXACT:
            return pc.equal(array, pa.scalar(pattern.letters, pa.large_string()))
        case Shape.STARTS:
            return pc.starts_with(array, pattern.letters)
        case Shape.ENDS:
            return pc.ends_with(array, pattern.letters)
        case _:
            compare = pc.greater_equal if "%" in pattern.text else pc.equal
            return compare(pc.utf8_length(array), pa.scalar(pattern.n_characters, pa.int64()))


def _first(one: Truth, other: Truth) -> Truth:
    """The first that is known."""
    missing = ~(one.yes | one.no)
    return Truth(one.yes | missing & other.yes, one.no | missing & other.no)


def ordered(operator: str, left: Numbers, right: Numbers) -> Truth:
    """The comparison of two numbers or times. What is not a number is equal to itself and above all others."""
    if operator in (">", "<="):
        return ordered("<" if operator == ">" else ">=", right, left)
    if operator in ("<>", ">="):
        return ~ordered("=" if operator == "<>" else "<", left, right)
    one, other = left.values, right.values
    test = np.asarray(one == other if operator == "=" else one < other)
    if test.shape and one.dtype == np.float64 and other.dtype == np.float64 and (np.isnan(one).any() or np.isnan(other).any()):
        odd, odd_other = np.isnan(one), np.isnan(other)
        test = test | (odd & odd_other if operator == "=" else ~odd & odd_other)
    return Truth.of(test, both_known(left.known, right.known))
