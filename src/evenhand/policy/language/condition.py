"""Reads a policy's `when`: text in, a typed tree out, or every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot.errors import SqlglotError

from evenhand.errors import PolicyError, Problem
from evenhand.model.condition import Condition, Place, Subject, TextTest
from evenhand.model.expression import (
    Call,
    ColumnRef,
    Compare,
    Expression,
    In,
    Like,
    Literal,
    Reads,
    Span,
    Type,
    children,
    type_of,
    walk,
)
from evenhand.policy.language.grammar import grammar
from evenhand.policy.language.tokens import Mistake, PolicyLanguage, tokens
from evenhand.policy.language.tree import TreeBuilder
from evenhand.policy.language.vocabulary import COLUMNS

Locator = Callable[[int, int], Place]
"""Finds the place of a stretch of the condition's text in the file it stands in."""


def parse_condition(text: str, *, subject: Subject = Subject.ACCOUNT, locate: Locator | None = None) -> Condition:
    """The condition that `text` says, checked against the columns of `subject`.

    Raises `PolicyError` with every mistake found and nothing else, whatever the text. `locate` turns offsets in the
    text into places in a file; without it, places count from the start of the text.

    >>> parse_condition("confidence >= 0.70 AND has_identity").normal
    'confidence >= 0.7 and has_identity'
    """
    find = locate or (lambda start, end: _place_in(text, start, end))
    found, mistakes = tokens(text)
    if not mistakes:
        mistakes = grammar(text, found, COLUMNS[subject])
    tree: Expression | None = None
    if not mistakes:
        tree, mistakes = _tree(text, subject)
    if tree is None or mistakes:
        raise PolicyError(_problems(mistakes, find))
    tests = tuple(replace(test, place=find(at.start, at.end)) for test, at in _text_tests(tree))
    return Condition(text=text, subject=subject, expression=tree, text_tests=tests)


def _tree(text: str, subject: Subject) -> tuple[Expression | None, list[Mistake]]:
    builder = TreeBuilder(text, COLUMNS[subject])
    try:
        statements = PolicyLanguage().parse(text)
        if len(statements) != 1 or statements[0] is None:
            return None, [Mistake("the condition is not one expression", 0, len(text), "write one yes/no expression")]
        tree = builder.build(statements[0])
    except SqlglotError:
        return None, [Mistake("the condition cannot be read", 0, len(text),
                              "look at the order of its words, or put parentheses round its parts")]
    except RecursionError:
        return None, [Mistake("the condition is too deeply nested", 0, len(text), "split it with `and` and `or`")]
    if tree is None:
        return None, builder.mistakes
    return tree, builder.mistakes or _whole(tree, len(text))


def _whole(tree: Expression, length: int) -> list[Mistake]:
    """What is wrong with the expression as a whole."""
    kind = type_of(tree)
    if kind is not Type.BOOLEAN:
        return [Mistake(f"the condition is a {kind}, not yes/no", 0, length, "compare it, such as `confidence >= 0.7`")]
    if not any(isinstance(node, ColumnRef) for node in walk(tree)):
        return [Mistake("the condition looks at no column, so it is the same for every account", 0, length,
                        "such as `confidence >= 0.7`")]
    return []


def _text_tests(tree: Expression) -> list[tuple[TextTest, Span]]:
    """Every text that a test compares with text columns, with its place in the condition."""
    tests: list[tuple[TextTest, Span]] = []
    is_test = isinstance(tree, Compare | In | Like) or (isinstance(tree, Call) and type_of(tree) is Type.BOOLEAN)
    if is_test:
        below = walk(tree)
        columns = sorted({node.column.name for node in below if isinstance(node, ColumnRef)
                          and (node.column.type is Type.TEXT or node.column.reads is not Reads.OTHER)})
        tests += [(TextTest(columns=tuple(columns), literal=node.value), node.at) for node in below
                  if columns and isinstance(node, Literal) and isinstance(node.value, str)]
    else:
        tests += [test for child in children(tree) for test in _text_tests(child)]
    return tests


def _problems(mistakes: list[Mistake], find: Locator) -> list[Problem]:
    ordered = sorted(mistakes, key=lambda mistake: mistake.start)
    return [find(mistake.start, mistake.end).problem(mistake.what, hint=mistake.hint) for mistake in ordered]


def _place_in(text: str, start: int, end: int) -> Place:
    """A place counted from the start of the condition."""
    before = text[:start]
    line = before.count("\n") + 1
    column = start - (before.rfind("\n") + 1) + 1
    source = text.split("\n")[line - 1]
    length = max(1, min(end - start, len(source) - column + 1))
    return Place(file="when", line=line, column=column, length=length, source=source.replace("\t", " "))
