"""The rules in the languages of the engines that are compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import polars as pl

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


def _regex(part: AnyOf | Edge) -> str:
    if isinstance(part, AnyOf):
        return "(?i)" + "|".join(_escaped(piece) for piece in part.pieces)
    return f"(?i)^{_escaped(part.piece)}" if part.is_start else rf"(?i){_escaped(part.piece)}$"


def _escaped(piece: str) -> str:
    """Escaped alike for Rust's and Python's regular expressions, which do not know one another's escapes of letters."""
    return re.sub(r"([.$+*?()\[\]{}|^\\])", r"\\\1", piece)


def cel(rule: Rule) -> str:
    """In CEL: texts by regular expressions, which the Rust binding compiles once for a literal."""
    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, _) | Edge(column, _, _):
                known = f"{column} != null && " if column in ("bio", "website") else ""
                return f"{known}{column}.matches({json.dumps(_regex(part), ensure_ascii=False)})"
            case Number(column, operator, value):
                return f"{column} {operator} {value}"
            case Times(column, factor, other):
                return f"{column} > {factor} * {other}"
            case Fact(column, is_true):
                return column if is_true else f"!{column}"
            case OneOf(column, values):
                return f"{column} in {json.dumps(values)}"
            case _:
                raise TypeError(part)
    return joined(rule, one, every=" && ", any_=" || ")


def zen(rule: Rule) -> str:
    """In ZEN's expression language."""
    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, _) | Edge(column, _, _):
                known = f"{column} != null and " if column in ("bio", "website") else ""
                return f"{known}matches({column}, {json.dumps(_regex(part), ensure_ascii=False)})"
            case Number(column, operator, value):
                return f"{column} {operator} {value}"
            case Times(column, factor, other):
                return f"{column} > {factor} * {other}"
            case Fact(column, is_true):
                return f"{column} == {'true' if is_true else 'false'}"
            case OneOf(column, values):
                return f"{column} in {json.dumps(values)}"
            case _:
                raise TypeError(part)
    return joined(rule, one, every=" and ", any_=" or ")


def rule_engine(rule: Rule) -> str:
    """In rule-engine's language."""
    def one(part: Clause) -> str:
        match part:
            case AnyOf(column, _) | Edge(column, _, _):
                known = f"{column} != null and " if column in ("bio", "website") else ""
                return f"{known}{column} =~~ {json.dumps(_regex(part), ensure_ascii=False)}"
            case Number(column, operator, value):
                return f"{column} {operator} {value}"
            case Times(column, factor, other):
                return f"{column} > {factor} * {other}"
            case Fact(column, is_true):
                return column if is_true else f"not {column}"
            case OneOf(column, values):
                return f"{column} in {json.dumps(values)}"
            case _:
                raise TypeError(part)
    return joined(rule, one, every=" and ", any_=" or ")


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
