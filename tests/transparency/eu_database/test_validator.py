"""The validator finds every kind of mistake, and agrees with the rules written out one statement at a time."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from eu_filing import FILING, one, table
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.model.penalty import Penalty
from evenhand.transparency.eu_database.mapping import statements
from evenhand.transparency.eu_database.schema import DUMP_COLUMNS, FIELDS, KEYWORDS, STATEMENTS, TERRITORIES, Field
from evenhand.transparency.eu_database.validator import problems

GOOD = statements(table(one(penalty=Penalty.SUSPEND)), FILING).to_pylist()[0]


def _problems(**change: Any) -> list[tuple[str, str]]:
    found = problems(pa.Table.from_pylist([GOOD | change], STATEMENTS)).to_pylist()
    return [(row["field"], row["what"]) for row in found]


def test_a_good_statement_has_no_problem() -> None:
    assert _problems() == []


@pytest.mark.parametrize(("change", "field", "what"), [
    ({"puid": None}, "puid", "is required"),
    ({"puid": "a b"}, "puid", "letters, digits"),
    ({"puid": "x" * 501}, "puid", "longer than 500"),
    ({"decision_account": None, "end_date_account_restriction": None}, "decision_visibility", "one of them is required"),
    ({"decision_account": "DECISION_ACCOUNT_CLOSED"}, "decision_account", "does not know"),
    ({"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}, "decision_visibility_other", "is required where"),
    ({"decision_visibility_other": "x"}, "decision_visibility_other", "counts only where"),
    ({"decision_monetary": "DECISION_MONETARY_OTHER"}, "decision_monetary_other", "is required where"),
    ({"decision_ground": None}, "decision_ground", "is required"),
    ({"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}, "illegal_content_legal_ground", "is required where"),
    ({"illegal_content_explanation": "x"}, "illegal_content_explanation", "counts only where"),
    ({"incompatible_content_explanation": "x" * 2001}, "incompatible_content_explanation", "longer than 2000"),
    ({"incompatible_content_illegal": "Maybe"}, "incompatible_content_illegal", "does not know"),
    ({"decision_ground_reference_url": "rules"}, "decision_ground_reference_url", "not a web address"),
    ({"category": "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT"}, "category", "does not know"),
    ({"category_specification": ["KEYWORD_DISINFORMATION"]}, "category_specification", "does not know"),
    ({"category_specification_other": "x"}, "category_specification_other", "counts only where"),
    ({"content_type": []}, "content_type", "is required"),
    ({"content_type": ["CONTENT_TYPE_OTHER"], "content_type_other": " "}, "content_type_other", "is required where"),
    ({"content_language": "de"}, "content_language", "does not know"),
    ({"content_date": "2026-02-30"}, "content_date", "is not a day"),
    ({"content_date": "1999-12-31"}, "content_date", "is not from 2000-01-01 to 2038-01-01"),
    ({"application_date": "2019-12-31"}, "application_date", "is not from 2020-01-01"),
    ({"end_date_account_restriction": "2026-11-02"}, "end_date_account_restriction", "is before"),
    ({"end_date_account_restriction": "2038-01-02"}, "end_date_account_restriction", "is not from"),
    ({"end_date_monetary_restriction": "2026-12-01"}, "end_date_monetary_restriction", "not there"),
    ({"content_id_ean": "123"}, "content_id_ean", "13 digits"),
    ({"territorial_scope": ["EL"]}, "territorial_scope", "does not know"),
    ({"territorial_scope": None}, "territorial_scope", "is required"),
    ({"decision_facts": "x" * 5001}, "decision_facts", "longer than 5000"),
    ({"decision_facts": "  "}, "decision_facts", "is required"),
    ({"source_type": "SOURCE_OWN"}, "source_type", "does not know"),
    ({"source_identity": "Somebody"}, "source_identity", "counts only where"),
    ({"automated_detection": "yes"}, "automated_detection", "does not know"),
    ({"automated_decision": None}, "automated_decision", "is required"),
])
def test_each_kind_of_mistake_is_found(change: dict[str, Any], field: str, what: str) -> None:
    found = _problems(**change)
    assert any(name == field and what in said for name, said in found), found


@pytest.mark.parametrize("change", [
    {"content_date": "2000-01-01"}, {"content_date": "2038-01-01"}, {"application_date": "2020-01-01"},
    {"end_date_account_restriction": "2026-11-03"}, {"puid": "x" * 500}, {"decision_facts": "x" * 5000},
    {"end_date_account_restriction": None}, {"content_language": None}, {"incompatible_content_illegal": "No"},
    {"content_id_ean": "4006381333931"}])
def test_what_is_just_within_the_rules_is_no_mistake(change: dict[str, Any]) -> None:
    assert _problems(**change) == []


def test_a_key_that_stands_twice_is_a_problem_of_both() -> None:
    found = problems(pa.Table.from_pylist([GOOD, GOOD | {"puid": "other"}, GOOD], STATEMENTS))
    assert found["row"].to_pylist() == [0, 2]


values = st.one_of(st.none(), st.just(""), st.just("x" * 600), st.sampled_from(
    ["2026-12-01", "2026-02-30", "1990-01-01", "https://a.example/b", "Yes", "SOURCE_ARTICLE_16", "KEYWORD_OTHER", "DE",
     "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_VISIBILITY_OTHER", "DECISION_MONETARY_OTHER", "CONTENT_TYPE_OTHER"]))
LISTS = {field.name for field in FIELDS if field.is_list}
changes = st.dictionaries(st.sampled_from([field.name for field in FIELDS]), values, max_size=5).map(lambda change: {
    name: (None if value is None else [value] if value else []) if name in LISTS else value for name, value in change.items()})


@settings(max_examples=150)
@given(changes)
def test_it_agrees_with_the_rules_written_out_for_one_statement(change: dict[str, Any]) -> None:
    statement = GOOD | change
    assert (_problems(**change) == []) is _is_valid(statement)


def _is_valid(s: dict[str, Any]) -> bool:
    """The rules of the documentation, read once more and written the plain way."""
    given_ = {name for name, value in s.items() if value and (isinstance(value, list) or value.strip())}
    required = {field.name for field in FIELDS if field.is_required}
    is_decided = given_ & {"decision_visibility", "decision_monetary", "decision_provision", "decision_account"}
    return bool(required <= given_ and is_decided and all(_holds_allowed(s, field, given_) for field in FIELDS)
                and _ends_are_right(s, given_) and _stands_beside(s, given_) and _is_spelled_right(s, given_))


def _holds_allowed(s: dict[str, Any], field: Field, given_: set[str]) -> bool:
    value = s[field.name]
    parts = value if isinstance(value, list) else [value] if field.name in given_ else []
    is_short = not (isinstance(value, str) and field.max_chars and len(value) > field.max_chars)
    return is_short and all((not field.values or part in field.values) and (not field.days or _in_days(part, *field.days))
                            for part in parts)


def _ends_are_right(s: dict[str, Any], given_: set[str]) -> bool:
    ends = {"visibility": "decision_visibility", "monetary": "decision_monetary", "service": "decision_provision",
            "account": "decision_account"}
    return all(decision in given_ and s[name] >= s["application_date"] for kind, decision in ends.items()
               if (name := f"end_date_{kind}_restriction") in given_)


def _stands_beside(s: dict[str, Any], given_: set[str]) -> bool:
    law, terms = (s["decision_ground"].endswith(end) for end in ("_ILLEGAL_CONTENT", "_INCOMPATIBLE_CONTENT"))
    beside = {
        "decision_visibility_other": "DECISION_VISIBILITY_OTHER" in (s["decision_visibility"] or ()),
        "decision_monetary_other": s["decision_monetary"] == "DECISION_MONETARY_OTHER",
        "content_type_other": "CONTENT_TYPE_OTHER" in s["content_type"],
        "illegal_content_legal_ground": law, "illegal_content_explanation": law,
        "incompatible_content_ground": terms, "incompatible_content_explanation": terms}
    only = {"incompatible_content_illegal": terms, "source_identity": s["source_type"] != "SOURCE_VOLUNTARY",
            "category_specification_other": "KEYWORD_OTHER" in (s["category_specification"] or ())}
    return (all((name in given_) is wanted for name, wanted in beside.items())
            and all(allowed for name, allowed in only.items() if name in given_))


def _is_spelled_right(s: dict[str, Any], given_: set[str]) -> bool:
    patterns = {"puid": r"[A-Za-z0-9_-]+", "decision_ground_reference_url": r"https?://[^\s/?#]+\S*",
                "content_id_ean": r"\d{13}"}
    return all(re.fullmatch(pattern, s[name]) for name, pattern in patterns.items() if name in given_)


def _in_days(text: str, first: date, last: date) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None and first <= date.fromisoformat(text) <= last
    except ValueError:
        return False


def test_the_schema_is_the_one_of_july_2025() -> None:
    assert len(TERRITORIES) == 30
    assert "GR" in TERRITORIES
    assert not {"KEYWORD_DISINFORMATION", "KEYWORD_MISINFORMATION", "KEYWORD_REGULATED_GOODS_SERVICES"} & set(KEYWORDS)
    assert DUMP_COLUMNS[0] == "uuid"
    assert DUMP_COLUMNS[-3:] == ("platform_name", "platform_uid", "created_at")
    assert "puid" not in DUMP_COLUMNS
