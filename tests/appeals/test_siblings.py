"""Promise: a class reversal finds every decision that rests on the cause and no other, whatever the cause."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_campaign import sample_campaign

from evenhand.appeals.siblings import ENTRY_SEPARATOR, causes, class_reversal, siblings
from evenhand.model.appeal import SIBLINGS, Cause, CauseKind
from evenhand.model.plan import DECISIONS

SAMPLE = sample_campaign(160)
ROWS = [row | {"detector": f"{row['harm']}/{1 + i % 2}"} for i, row in enumerate(SAMPLE.decisions.to_pylist())]
TABLE = pa.Table.from_pylist(ROWS, DECISIONS)
EVERY = [Cause(kind=kind, value=value) for kind in CauseKind for value in causes(TABLE, kind)]
EVERY += [Cause(kind=CauseKind.ENTRY, value=f"{reason['source']}{ENTRY_SEPARATOR}{reason['shown']}")
          for row in ROWS[:20] for reason in row["reasons"] if reason["source"]]
EVERY += [Cause(kind=CauseKind.DETECTOR, value="scam"), *(Cause(kind=kind, value="nothing of ours") for kind in CauseKind)]


def _gone(row: dict[str, Any], cause: Cause) -> list[bool]:
    """Which of a decision's reasons rest on the cause."""
    source, _, shown = cause.value.partition(ENTRY_SEPARATOR)
    if cause.kind is CauseKind.HOLDER:
        return [reason["source"] == cause.value for reason in row["reasons"]]
    if cause.kind is CauseKind.ENTRY:
        return [reason["source"] == source and shown in ("", reason["shown"]) for reason in row["reasons"]]
    return [cause.kind in (CauseKind.RULE, CauseKind.DETECTOR)] * len(row["reasons"])


def _rests_on(row: dict[str, Any], cause: Cause) -> bool:
    return {
        CauseKind.RULE: row["policy_id"] == cause.value,
        CauseKind.HOLDER: row["holder_id"] == cause.value,
        CauseKind.ENTRY: cause.kind is CauseKind.ENTRY and any(_gone(row, cause)),
        CauseKind.DETECTOR: cause.value in (row["detector"], row["detector"].rpartition("/")[0]),
        CauseKind.GUARD: cause.value in [guard["guard"] for guard in row["guards_considered"]],
    }[cause.kind]


@settings(max_examples=100)
@given(cause=st.sampled_from(EVERY), start=st.integers(0, 100))
def test_it_finds_what_reading_every_decision_finds(cause: Cause, start: int) -> None:
    found = siblings(TABLE.slice(start), cause)
    expected = [row for row in ROWS[start:] if _rests_on(row, cause)]
    assert found.schema == SIBLINGS
    assert found["decision_id"].to_pylist() == [row["decision_id"] for row in expected]
    left = [len({reason["family"] for reason, gone in zip(row["reasons"], _gone(row, cause), strict=True) if not gone})
            for row in expected]
    assert found["n_families_left"].to_pylist() == left


@settings(max_examples=40)
@given(cause=st.sampled_from(EVERY), before=st.sets(st.sampled_from([row["decision_id"] for row in ROWS]), max_size=30))
def test_a_preview_adds_up_and_undoes_nothing_twice(cause: Cause, before: set[str]) -> None:
    preview = class_reversal(siblings(TABLE, cause), SAMPLE.effects, cause=cause, reversed_before=frozenset(before))
    ids = set(preview.siblings["decision_id"].to_pylist())
    everybody = set(siblings(TABLE, cause)["decision_id"].to_pylist())
    assert ids == everybody - before
    assert preview.n_undone_before == len(everybody & before)
    assert sum(n for row in preview.counts.values() for n in row.values()) == len(ids)
    assert set(preview.undo["decision_id"].to_pylist()) == ids
    assert preview.n_found_again <= len(ids)


@pytest.mark.parametrize("kind", CauseKind)
def test_every_kind_of_cause_has_siblings_in_the_sample(kind: CauseKind) -> None:
    first = causes(TABLE, kind)[0]
    assert siblings(TABLE, Cause(kind=kind, value=first)).num_rows > 1


@pytest.mark.parametrize(("text", "mistake"), [("rule:", "names what was wrong"), ("rule", "names what was wrong"),
                                               ("list:x", "no kind of cause")])
def test_a_cause_that_names_nothing_is_refused(text: str, mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        Cause.parse(text)


@given(st.sampled_from(CauseKind), st.text(min_size=1).filter(str.strip))
def test_a_cause_reads_back_as_it_is_written(kind: CauseKind, value: str) -> None:
    assert Cause.parse(str(Cause(kind=kind, value=value))) == Cause(kind=kind, value=value)
