"""Two people read each item and a third stands by; nobody sees more than they should."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.campaign.audit.readers import READER_COLUMNS, assign, blind
from evenhand.model.plan import DECISIONS

TEAM = {"ben": ("en", "pt"), "cem": ("en", "pt"), "dee": ("en", "pt", "ar"), "eli": ("en",)}


def items(n: int, language: str = "en") -> pa.Table:
    return pa.table({"item_id": [f"{language}{number:04}" for number in range(n)], "language": [language] * n},
                    schema=pa.schema([("item_id", pa.string()), ("language", pa.string())]))


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(3, 9))
def test_three_different_people_stand_at_each_item(n: int, n_people: int) -> None:
    found = assign(items(n), {f"r{number}": ("en",) for number in range(n_people)})
    people = pa.concat_tables([found.readings, found.adjudicators]).to_pylist()
    per_item = Counter((row["item_id"], row["reader"]) for row in people)
    assert len(people) == 3 * n
    assert set(per_item.values()) <= {1}


def test_everybody_reads_as_much_and_every_pair_meets() -> None:
    found = assign(items(1_200), TEAM)
    loads = Counter(found.readings["reader"].to_pylist())
    assert set(loads.values()) == {600}
    by_item: dict[str, list[str]] = {}
    for row in found.readings.to_pylist():
        by_item.setdefault(row["item_id"], []).append(row["reader"])
    assert set(Counter(tuple(pair) for pair in by_item.values()).values()) == {100}
    assert set(Counter(found.adjudicators["reader"].to_pylist()).values()) == {300}


def test_a_language_that_too_few_people_read_is_named_and_left_unread() -> None:
    mixed = pa.concat_tables([items(4), items(4, "ar"), items(4, "pt")])
    found = assign(mixed, TEAM)
    assert found.unread == ("ar",)
    assert found.readings.num_rows == 16
    portuguese = found.readings.filter(pc.starts_with(found.readings["item_id"], "pt"))
    assert portuguese.num_rows == 8
    assert "eli" not in portuguese["reader"].to_pylist()


def test_one_person_alone_reads_everything_once() -> None:
    found = assign(items(5), {"ana": ("en",)}, n_readers=1)
    assert Counter(found.readings["slot"].to_pylist()) == {"first": 5}
    assert found.adjudicators.num_rows == 0


@pytest.mark.parametrize("hidden", ["penalty", "confidence", "statement", "until", "steps", "would_change", "automation",
                                    "other_harms", "decision_id"])
def test_a_reader_does_not_see(hidden: str) -> None:
    assert hidden not in READER_COLUMNS


def test_what_a_reader_sees_is_the_case_of_the_item() -> None:
    decisions = pa.Table.from_pylist(
        [{field.name: f"{field.name} {n}" if field.type == pa.string() else None for field in DECISIONS} for n in range(3)],
        schema=pa.schema([field.with_nullable(True) for field in DECISIONS]))
    sample = pa.table({"item_id": ["b", "a"], "decision_id": ["decision_id 2", "decision_id 0"]})
    seen = blind(decisions, sample)
    assert seen.column_names == ["item_id", *READER_COLUMNS]
    assert seen["item_id"].to_pylist() == ["a", "b"]
    assert seen["account_id"].to_pylist() == ["account_id 0", "account_id 2"]
