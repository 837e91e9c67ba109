"""The rules in the languages of the engines that are compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import polars as pl
from conditions.by_hand import one_by_one
from conditions.rules import AnyOf, Clause, Edge, Either, Fact, Number, OneOf, Rule, Times


def joined(rule: Rule, one: Callable[[Clause], str], *, every: str, any_: str) -> str:
    """The rule as text; `one` writes a clause that is not `Either`."""
    def clause(part: Clause) -> str:
        if isinstance(part, Either):
            return f"({any_.join(clause(inner) for inner in part.clauses)})"
        return f"({one(part)})"
    return every.join(clause(part) for part in rule)


def sql(rule: Rule) -> str:
    """As a policy's condition."""
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, pieces):
                return f"contains_any({column}, {', '.join(map(quoted, pieces))})"
            case Edge(column, piece, is_start):
                return f"{'starts' if is_start else 'ends'}_with({column}, {quoted(piece)})"
            case Number(column, operator, value):
                return f"{column} {operator} {value}"
            case Times(column, factor, other):
                return f"{column} > {factor} * {other}"
            case Fact(column, is_true):
                return column if is_true else f"not {column}"
            case OneOf(column, values):
                return f"{column} in ({', '.join(map(quoted, values))})"
            case _:
                raise TypeError(part)
    return joined(rule, one, every=" and ", any_=" or ")


def cel(rule: Rule, functions: dict[str, Callable[[str], bool]] | None = None) -> str:
    """In CEL over lowered texts: pieces with `contains`, or with Python functions, which are put into `functions`."""
    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, pieces) if functions is not None:
                name = f"stands_{len(functions)}"
                functions[name] = one_by_one(pieces)
                return f"{name}({column})"
            case AnyOf(column, pieces):
                return " || ".join(f"{column}.contains({_quoted(piece)})" for piece in pieces)
            case Edge(column, piece, is_start):
                return f"{column}.{'starts' if is_start else 'ends'}With({_quoted(piece)})"
            case Fact(column, is_true):
                return column if is_true else f"!{column}"
            case _:
                return _number(part)
    return joined(rule, one, every=" && ", any_=" || ")


def zen(rule: Rule) -> str:
    """In ZEN's expression language over lowered texts."""
    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, pieces):
                return " or ".join(f"contains({column}, {_quoted(piece)})" for piece in pieces)
            case Edge(column, piece, is_start):
                return f"{'starts' if is_start else 'ends'}With({column}, {_quoted(piece)})"
            case Fact(column, is_true):
                return f"{column} == {'true' if is_true else 'false'}"
            case _:
                return _number(part)
    return joined(rule, one, every=" and ", any_=" or ")


def rule_engine(rule: Rule) -> str:
    """In rule-engine's language over lowered texts: pieces as one regular expression, which it compiles once."""
    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, pieces):
                escaped = (re.sub(r"([.$+*?()|^\[\]])", r"\\\1", piece) for piece in pieces)
                return f"{column} =~~ {_quoted('|'.join(escaped))}"
            case Edge(column, piece, is_start):
                return f"{column}.{'starts' if is_start else 'ends'}_with({_quoted(piece)})"
            case Fact(column, is_true):
                return column if is_true else f"not {column}"
            case _:
                return _number(part)
    return joined(rule, one, every=" and ", any_=" or ")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(part: Clause) -> str:
    """What all three write alike."""
    match part:
        case Number(column, operator, value):
            return f"{column} {operator} {value}"
        case Times(column, factor, other):
            return f"{column} > {factor} * {other}"
        case OneOf(column, values):
            return f"{column} in {json.dumps(values)}"
        case _:
            raise TypeError(part)


def polars(rule: Rule) -> pl.Expr:
    """As a Polars expression over texts that are in lower case: `contains_any` is one Aho-Corasick pass for each list."""
    def one(part: Clause) -> pl.Expr:
        match part:
            case AnyOf(column, pieces):
                return pl.col(column).str.contains_any(list(pieces))
            case Edge(column, piece, is_start):
                return pl.col(column).str.starts_with(piece) if is_start else pl.col(column).str.ends_with(piece)
            case Number(column, operator, value):
                left = pl.col(column)
                return {">": left > value, ">=": left >= value, "<": left < value, "<=": left <= value}[operator]
            case Times(column, factor, other):
                return pl.col(column) > factor * pl.col(other)
            case Fact(column, is_true):
                return pl.col(column) if is_true else ~pl.col(column)
            case OneOf(column, values):
                return pl.col(column).is_in(list(values))
            case Either(clauses):
                return pl.any_horizontal(*(one(clause) for clause in clauses))
    return pl.all_horizontal(*(one(part) for part in rule)).fill_null(value=False)
