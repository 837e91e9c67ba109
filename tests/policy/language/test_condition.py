"""Conditions: what is accepted, what it means on an engine, and that nothing but a clear error comes of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta

import duckdb
import pytest
import sqlglot
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sample_conditions import ACCOUNTS, MEANINGS

from evenhand.errors import PolicyError, Problem
from evenhand.model.condition import Subject
from evenhand.model.expression import (
    And,
    Arithmetic,
    Between,
    Call,
    Case,
    Column,
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
    Type,
)
from evenhand.model.expression_text import normal_form
from evenhand.policy.language.condition import parse_condition
from evenhand.policy.language.vocabulary import COLUMNS, FUNCTIONS

ACCOUNT = COLUMNS[Subject.ACCOUNT]
STORED = {"timestamp": "timestamptz"}


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'America/New_York'")
    for subject, columns in COLUMNS.items():
        listed = ", ".join(f"{column.name} {STORED.get(column.stored, column.stored)}" for column in columns.values())
        connection.execute(f"create table {subject} ({listed})")
    connection.register("given", ACCOUNTS)
    connection.execute("insert into account select * from given")
    yield connection
    connection.close()


def accounts_where(engine: duckdb.DuckDBPyConnection, text: str) -> str:
    """The ids of the accounts that the condition holds for, as one word."""
    rows = engine.execute(f"select account_id from account where {parse_condition(text).sql()} order by 1").fetchall()
    return "".join(row[0] for row in rows)


@pytest.mark.parametrize(("text", "ids"), MEANINGS)
def test_a_condition_means_what_it_says(engine: duckdb.DuckDBPyConnection, text: str, ids: str) -> None:
    assert accounts_where(engine, text) == ids


@pytest.mark.parametrize(("text", "normal"), [
    ("CONFIDENCE>=0.70  AND(has_identity)", "confidence >= 0.7 and has_identity"),
    ("a_b", None),
    ("has_claim or has_money and not has_content", "has_claim or has_money and not has_content"),
    ("(has_claim or has_money) and has_content", "(has_claim or has_money) and has_content"),
    ("has_claim and (has_money and has_content)", "has_claim and has_money and has_content"),
    ("not (bio is null)", "bio is not null"),
    ("followers != -3 + 4", "followers <> -3 + 4"),
    ("followers - (following - 1) > 0", "followers - (following - 1) > 0"),
    ("created_at > '2026-01-01'", None),
    ("created_at > timestamp '2026-01-01T01:00:00+01:00'", "created_at > timestamp '2026-01-01 00:00:00'"),
    ("created_at > date '2026-01-08' - interval 1 week", "created_at > timestamp '2026-01-01 00:00:00'"),
    ("bio = 'it''s'", "bio = 'it''s'"),
])
def test_the_normal_form_is_the_same_for_the_same_condition(text: str, normal: str | None) -> None:
    if normal is None:
        with pytest.raises(PolicyError):
            parse_condition(text)
    else:
        assert parse_condition(text).normal == normal


def test_a_condition_says_what_it_looks_at() -> None:
    condition = parse_condition("contains_any(lower(bio), 'airdrop', 'giveaway') and handle <> 'x' and confidence > 0.5")
    assert condition.columns == ("bio", "confidence", "handle")
    assert condition.functions == ("contains_any", "lower")
    assert [(test.columns, test.literal) for test in condition.text_tests] == [
        (("bio",), "airdrop"), (("bio",), "giveaway"), (("handle",), "x")]
    assert [test.place.column for test in condition.text_tests if test.place] == [26, 37, 63]


def test_what_is_compared_inside_a_case_is_still_seen() -> None:
    condition = parse_condition("case when country = 'AA' then 1 else 0 end + 1 > 1 and has_identity")
    assert [(test.columns, test.literal) for test in condition.text_tests] == [(("country",), "AA")]


def test_the_same_condition_is_written_for_spark() -> None:
    condition = parse_condition("contains(bio, 'x\\y') and created_at > date '2026-01-01' and following / followers > 2")
    spark = condition.sql("spark")
    assert sqlglot.parse_one(spark, dialect="spark")
    assert "TIMESTAMPTZ" not in spark
    assert "'x\\\\y'" in spark


def test_posts_have_columns_of_their_own() -> None:
    condition = parse_condition("n_links > 2 and account_created_at < created_at and text <> ''", subject=Subject.POST)
    assert condition.columns == ("account_created_at", "created_at", "n_links", "text")


@pytest.mark.parametrize("column", [(s, c) for s, columns in COLUMNS.items() for c in columns.values()],
                         ids=lambda pair: f"{pair[0]}-{pair[1].name}")
def test_every_column_runs(engine: duckdb.DuckDBPyConnection, column: tuple[Subject, Column]) -> None:
    subject, known = column
    values = {Type.TEXT: f"'{(known.values or ('x',))[0]}'", Type.NUMBER: "1", Type.BOOLEAN: "true",
              Type.TIME: "date '2026-01-01'"}
    condition = parse_condition(f"{known.name} = {values[known.type]}", subject=subject)
    engine.execute(f"select {condition.sql()} from {subject}")
    assert sqlglot.parse_one(condition.sql("spark"), dialect="spark")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_runs_as_in_its_example(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    condition = parse_condition(FUNCTIONS[name].example)
    assert name in condition.functions
    engine.execute(f"select {condition.sql()} from account")
    assert sqlglot.parse_one(condition.sql("spark"), dialect="spark")


# ---------------------------------------------------------------------------------------------------- promises

NAMES = re.findall(r"\S+", """confidence has_identity bio followers created_at holder_kind nothing_known
    lower contains contains_any coalesce round
    count now cast try_cast and or not in between like ilike is null true false case when then else end interval date timestamp
    select from as over uescape lambda all any exists array struct map""")
SIGNS = re.findall(r"\S+", """'media' '2026-01-01' '3 days' ' " 0 1 0.7 1e400 1_000 0x1F 99999999999999999999 ( ) , = == <>
    != < <= > >= + - * / // % || && ! ; -- /* */ :: . [ ] { } -> $1 ? :x ~ ^ @ # \\ $$ e'x' x'ff' ß İ 政府""")
WORDS = [*NAMES, *SIGNS, "'3 days'", "\u200b", "\n", "\t", "\x00"]


@settings(max_examples=1500)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
@example("not " * 3000 + "has_identity")
@example("(" * 39 + "has_identity" + ")" * 39)
@example("- " * 900 + "followers > 1")
@example("+".join(["followers"] * 1900) + " > 1")
@example(" and ".join(["has_identity"] * 1900))
@example("case when " * 39 + "has_identity" + " then true end" * 39)
def test_any_words_give_a_condition_or_a_policy_error(text: str) -> None:
    _only_policy_errors(text)


@settings(max_examples=500)
@given(st.text(max_size=40))
def test_any_text_gives_a_condition_or_a_policy_error(text: str) -> None:
    _only_policy_errors(text)


def _only_policy_errors(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    condition = None
    try:
        condition = parse_condition(text)
    except PolicyError as error:
        problems = error.problems
    assert condition is None or parse_condition(condition.normal) == condition
    assert condition is not None or problems
    assert all(problem.line and problem.column and problem.source is not None for problem in problems)


CHARACTERS = st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])
SHORT_TEXTS = st.text(CHARACTERS, min_size=1, max_size=6)
PATTERNS = SHORT_TEXTS.filter(lambda text: "\\" not in text and text.strip("%") != "")
NUMBERS = st.integers(-10**9, 10**9) | st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: x + 0.0)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(year=2000 + at.year % 100, day=min(at.day, 28)))


class Grower:
    """Draws a checked tree, part by part."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one_of(self, *choices: str) -> str:
        return self._draw(st.sampled_from(choices))

    def ref(self, kind: Type) -> Expression:
        return ColumnRef(column=self._draw(st.sampled_from(
            [c for c in ACCOUNT.values() if c.type is kind and not c.values])))

    def literal(self, kind: Type) -> Literal:
        strategy = {Type.NUMBER: NUMBERS, Type.TEXT: SHORT_TEXTS, Type.TIME: MOMENTS}[kind]
        return Literal(value=self._draw(strategy), type=kind)

    def number(self, depth: int) -> Expression:
        shape = self.one_of("ref", "literal") if depth == 0 else self.one_of(
            "ref", "+", "-", "*", "/", "%", "negative", "abs", "length", "coalesce")
        match shape:
            case "ref":
                return self.ref(Type.NUMBER)
            case "literal":
                return self.literal(Type.NUMBER)
            case "negative":
                return Negative(value=self.ref(Type.NUMBER))
            case "length":
                return Call(function=FUNCTIONS["length"], arguments=(self.text(),))
            case "abs":
                return Call(function=FUNCTIONS["abs"], arguments=(self.number(depth - 1),))
            case "coalesce":
                return Call(function=FUNCTIONS["coalesce"], arguments=(self.number(depth - 1), self.number(depth - 1)))
            case _:
                right = self.ref(Type.NUMBER) if shape in "/%" else self.number(depth - 1)
                return Arithmetic(operator=shape, left=self.number(depth - 1), right=right)

    def text(self) -> Expression:
        ref = self.ref(Type.TEXT)
        return ref if self.one_of("ref", "lower") == "ref" else Call(function=FUNCTIONS["lower"], arguments=(ref,))

    def moment(self) -> Expression:
        shape = self.one_of("ref", "literal", "+", "-")
        if shape == "literal":
            return self.literal(Type.TIME)
        span = Literal(value=timedelta(seconds=self._draw(st.integers(0, 10**6))), type=Type.SPAN)
        ref = self.ref(Type.TIME)
        return ref if shape == "ref" else Arithmetic(operator=shape, left=ref, right=span)

    def test(self) -> Expression:
        match self.one_of("ref", "number", "text", "moment", "like", "in", "between", "null", "any"):
            case "ref":
                return self.ref(Type.BOOLEAN)
            case "number":
                left = Arithmetic(operator="+", left=self.number(2), right=self.ref(Type.NUMBER))
                return Compare(operator=self.one_of("=", "<>", "<", "<=", ">", ">="), left=left, right=self.number(1))
            case "text":
                return Compare(operator=self.one_of("=", "<>"), left=self.text(), right=self.literal(Type.TEXT))
            case "moment":
                return Compare(operator=self.one_of("=", "<", ">="), left=self.ref(Type.TIME), right=self.moment())
            case "like":
                pattern = Literal(value=self._draw(PATTERNS), type=Type.TEXT)
                return Like(value=self.text(), pattern=pattern, ignores_case=self._draw(st.booleans()))
            case "in":
                return In(value=self.text(), options=(self.literal(Type.TEXT), self.literal(Type.TEXT)))
            case "between":
                return Between(value=self.ref(Type.TIME), low=self.moment(), high=self.moment())
            case "null":
                return IsNull(value=self.ref(Type.TEXT))
            case _:
                words = (self.literal(Type.TEXT), self.literal(Type.TEXT))
                return Call(function=FUNCTIONS["contains_any"], arguments=(self.text(), *words))

    def tree(self, depth: int) -> Expression:
        shape = "test" if depth == 0 else self.one_of("test", "and", "or", "not", "case")
        parts = () if shape == "test" else tuple(self.tree(depth - 1) for _ in range(3))
        match shape:
            case "and" if not any(isinstance(part, And) for part in parts):
                return And(parts=parts)
            case "or" if not any(isinstance(part, Or) for part in parts):
                return Or(parts=parts)
            case "not":
                return Not(part=parts[0])
            case "case":
                return Case(branches=((parts[0], parts[1]),), otherwise=parts[2] if self._draw(st.booleans()) else None)
            case _:
                return self.test()


@st.composite
def trees(draw: st.DrawFn) -> Expression:
    return Grower(draw).tree(2)


@settings(max_examples=300)
@given(trees())
def test_the_normal_form_is_a_fixed_point_and_runs(engine: duckdb.DuckDBPyConnection, tree: Expression) -> None:
    written = normal_form(tree)
    condition = parse_condition(written)
    assert condition.expression == tree
    assert condition.normal == written
    value = engine.execute(f"select {condition.sql()} from account").fetchall()
    assert all(isinstance(row[0], bool) for row in value)
    assert sqlglot.parse_one(condition.sql("spark"), dialect="spark")
