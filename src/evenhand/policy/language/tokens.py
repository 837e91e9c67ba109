"""The first look at a condition: its words and signs, before anything is parsed.

It refuses everything that is not part of the policy language (subqueries, comments, casts, statements …) with the
exact place, so that the parser only ever sees what it may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from evenhand.policy.language.vocabulary import COLUMNS

MAX_LENGTH = 20_000
"""Characters in a condition; a longer one is a list that belongs in a registry."""
MAX_TOKENS = 4_000
MAX_DEPTH = 40
"""Parentheses inside one another."""


class PolicyLanguage(DuckDB):
    """DuckDB's expressions with no built-in functions: every call keeps the name that its author wrote."""

    class Parser(DuckDBParser):
        """Parses calls without knowing any function."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
        NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong between two offsets of a condition's text."""

    what: str
    start: int
    end: int
    hint: str | None = None


def tokens(text: str) -> tuple[list[Token], list[Mistake]]:
    """The words and signs of `text`, or what is wrong with its quotes and characters."""
    mistakes = _quotes(text)
    if not text.strip():
        mistakes.append(Mistake("the condition is empty", 0, 1, "such as `confidence >= 0.7`"))
    if len(text) > MAX_LENGTH:
        mistakes.append(Mistake(f"the condition has more than {MAX_LENGTH:,} characters", 0, 1,
                                "a list that long belongs in a registry"))
    if mistakes:
        return [], mistakes
    try:
        found = PolicyLanguage().tokenize(text)
    except SqlglotError:
        return [], [Mistake("the condition cannot be split into words", 0, len(text), "look at its quotes and signs")]
    if len(found) > MAX_TOKENS:
        mistakes.append(Mistake(f"the condition has more than {MAX_TOKENS:,} words and signs", 0, 1,
                                "a list that long belongs in a registry"))
    return found, mistakes + _comments(text, found)


_CURLY = "“”„«»‘’‚"


def _quotes(text: str) -> list[Mistake]:
    """Quotes that are not closed, double quotes round texts, typographic quotes, control characters."""
    mistakes: list[Mistake] = []
    position = 0
    while position < len(text):
        sign = text[position]
        if sign in "'\"":
            end = text.find(sign, position + 1)
            if end < 0:
                return [*mistakes, Mistake(f"this quote is not closed: `{sign}`", position, position + 1,
                                           "close it; write a quote inside a text twice: 'it''s'")]
            if sign == '"':
                inner = text[position + 1:end]
                is_name = any(inner in known for known in COLUMNS.values())
                mistakes.append(Mistake("double quotes do not mark a text", position, end + 1,
                                        f"write {inner}" if is_name else "write '" + inner.replace("'", "''") + "'"))
            position = end
        elif sign in _CURLY:
            mistakes.append(Mistake(f"`{sign}` is not a quote here", position, position + 1, "write a straight quote: '"))
        position += 1
    control = re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    if control:
        mistakes.append(Mistake("there is an invisible control character here", control.start(), control.end(),
                                "delete it"))
    return mistakes


def _comments(text: str, found: list[Token]) -> list[Mistake]:
    """Comments stand where the parser sees nothing: between the tokens."""
    edges = [-1, *(token.end for token in found)], [*(token.start for token in found), len(text)]
    for end, start in zip(*edges, strict=True):
        gap = text[end + 1:start]
        if gap.strip():
            at = end + 1 + len(gap) - len(gap.lstrip())
            return [Mistake("a condition has no comments", at, at + 2, "put comments on their own lines in the file: #")]
    return []
