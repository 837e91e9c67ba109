"""Works out the values in conditions (numbers, times, texts) over a batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.expression import Arithmetic, Call, Case, ColumnRef, Expression, Literal, Negative, Type, type_of
from evenhand.policy.compiled import letters
from evenhand.policy.compiled.batch_frame import Frame, Numbers, Slots, Truth, both_known, known
from evenhand.policy.compiled.event_values import microseconds_of
from evenhand.policy.compiled.numbers import any_double, is_double, outcomes
from evenhand.policy.compiled.passes import bare
from evenhand.signals.words.folded import Flags

Truths: TypeAlias = Callable[[Expression, Frame], Truth]
"""Works out a yes/no expression."""


class BatchValues:
    """Values of expressions over a frame. `truth` works out the conditions inside `case`."""

    def __init__(self, truth: Truths, slots: Slots) -> None:
        self._truth = truth
        self._slots = slots

    def numbers(self, node: Expression, frame: Frame, *, as_double: bool = False) -> Numbers:
        """A number or a time for each row."""
        made = frame.once(("numbers", self._slots(node)), lambda _: self._numbers(node, frame))
        return made.doubled() if as_double and made.values.dtype != np.float64 else made

    def text(self, node: Expression, frame: Frame) -> pa.Array:
        """A text for each row."""
        return frame.once(("text", self._slots(node)), lambda _: self._text(node, frame))

    def lowered(self, node: Expression, frame: Frame) -> pa.Array:
        """A text in lower case for each row."""
        plain = bare(node)
        return frame.once(("lowered", self._slots(plain)), lambda _: letters.lower_all(self.text(plain, frame)))

    def _numbers(self, node: Expression, frame: Frame) -> Numbers:
        match node:
            case ColumnRef():
                return frame.numbers(node.column)
            case Literal():
                return _literal(node)
            case Negative():
                value = self.numbers(node.value, frame, as_double=True)
                return Numbers(-value.values, value.known)
            case Arithmetic():
                return self._arithmetic(node, frame)
            case Case():
                return self._case(node, frame)
            case Call():
                return self._call(node, frame)
            case _:
                raise TypeError(f"`{type(node).__name__}` is not a number")

    def _arithmetic(self, node: Arithmetic, frame: Frame) -> Numbers:
        is_number = type_of(node) is Type.NUMBER
        left = self.numbers(node.left, frame, as_double=is_number)
        right = self.numbers(node.right, frame, as_double=is_number)
        where = both_known(left.known, right.known)
        if node.operator in "/%":
            where = both_known(where, np.asarray(right.values != 0))
        made: Any = _ARITHMETIC[node.operator](left.values, right.values)
        return Numbers(np.asarray(made), where)

    def _case(self, node: Case, frame: Frame) -> Numbers:
        as_double = any_double(outcomes(node))
        made = Numbers(np.zeros((), np.float64 if as_double else np.int64), np.zeros((), np.bool_))
        if node.otherwise is not None:
            made = self._outcome(node.otherwise, frame, as_double=as_double)
        for when, then in reversed(node.branches):
            made = _chosen(self._truth(when, frame).yes, self._outcome(then, frame, as_double=as_double), made)
        return made

    def _outcome(self, node: Expression, frame: Frame, *, as_double: bool) -> Numbers:
        if type_of(node) is Type.NULL:
            return Numbers(np.zeros((), np.float64 if as_double else np.int64), np.zeros((), np.bool_))
        return self.numbers(node, frame, as_double=as_double)

    def _call(self, node: Call, frame: Frame) -> Numbers:
        match node.function.name:
            case "length":
                array = self.text(node.arguments[0], frame)
                counts = pc.utf8_length(array)
                return Numbers(counts.fill_null(0).to_numpy(zero_copy_only=False), known(array))
            case "abs":
                value = self.numbers(node.arguments[0], frame, as_double=True)
                return Numbers(np.abs(value.values), value.known)
            case "round" if not is_double(node):
                return self.numbers(node.arguments[0], frame)
            case "round":
                value = self.numbers(node.arguments[0], frame)
                digits = node.arguments[1] if len(node.arguments) > 1 else None
                return Numbers(_rounded(value.values, int(str(digits.value)) if isinstance(digits, Literal) else 0),
                               value.known)
            case name:
                given = [self.numbers(part, frame, as_double=any_double(node.arguments)) for part in node.arguments]
                return reduce({"coalesce": _first, "greatest": _greatest, "least": _least}[name], given)

    def _text(self, node: Expression, frame: Frame) -> pa.Array:
        match node:
            case ColumnRef():
                return frame.array(node.column)
            case Literal():
                return pa.repeat(pa.scalar(node.value, pa.large_string()), frame.n_rows)
            case Case():
                made = pa.nulls(frame.n_rows, pa.large_string())
                made = made if node.otherwise is None else self.text(node.otherwise, frame)
                for when, then in reversed(node.branches):
                    mask = np.broadcast_to(self._truth(when, frame).yes, frame.n_rows)
                    made = pc.if_else(pa.array(mask), self.text(then, frame), made)
                return made
            case Call():
                first = node.arguments[0]
                match node.function.name:
                    case "lower":
                        return self.lowered(first, frame)
                    case "upper":
                        return letters.upper_all(self.text(first, frame))
                    case "trim":
                        return pc.utf8_trim(self.text(first, frame), letters.SPACES)
                    case _:
                        return pc.coalesce(*(self.text(argument, frame) for argument in node.arguments))
            case _:
                raise TypeError(f"`{type(node).__name__}` is not a text")


_ARITHMETIC: dict[str, Callable[..., Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.fmod}


def _literal(node: Literal) -> Numbers:
    match node.value:
        case datetime():
            return Numbers(np.array(microseconds_of(node.value), np.int64))
        case timedelta():
            return Numbers(np.array(node.value // timedelta(microseconds=1), np.int64))
        case float():
            return Numbers(np.array(node.value, np.float64))
        case _:
            return Numbers(np.array(node.value, np.int64))


def _chosen(here: Flags, one: Numbers, other: Numbers) -> Numbers:
    """`one` where `here`, else `other`."""
    where = None
    if one.known is not None or other.known is not None:
        everywhere = np.ones((), np.bool_)
        where = np.where(here, everywhere if one.known is None else one.known,
                         everywhere if other.known is None else other.known)
    return Numbers(np.where(here, one.values, other.values), where)


def _first(one: Numbers, other: Numbers) -> Numbers:
    """The first that is known."""
    return one if one.known is None else _chosen(one.known, one, other)


def _greatest(one: Numbers, other: Numbers) -> Numbers:
    return _extreme(np.maximum, one, other)


def _least(one: Numbers, other: Numbers) -> Numbers:
    return _extreme(np.fmin, one, other)


def _extreme(choose: Callable[..., Any], one: Numbers, other: Numbers) -> Numbers:
    """The one that is known, or the chosen of both. What is not a number is the largest."""
    both = Numbers(np.asarray(choose(one.values, other.values)), None)
    if one.known is None and other.known is None:
        return both
    left, right = (np.ones((), np.bool_) if side.known is None else side.known for side in (one, other))
    values = np.where(left & right, both.values, np.where(left, one.values, other.values))
    return Numbers(values, np.asarray(left | right))


def _rounded(values: Any, digits: int) -> Any:
    """Halves away from zero, in binary, as the engine rounds; what overflows stays as it is."""
    scale = 10.0 ** digits
    scaled = values * scale
    whole = np.trunc(scaled)
    whole = whole + np.where(np.abs(scaled - whole) >= 0.5, np.sign(scaled), 0.0)  # noqa: PLR2004 - a half
    return np.where(np.isfinite(scaled), whole / scale, values)
