"""The audit of a rollback: how many are read, how sure that makes, and what stops it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_events import event

from evenhand.campaign.audit.gates import sample_size
from evenhand.campaign.audit.undone import UNDONE, undo_sample_size, undo_trips
from evenhand.campaign.sequential import halting_chance
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.undone import UNDO_GATE, undone_stages
from evenhand.model.interval import finite_lower_bound, lower_bound

K = EventKind


def chance(n_wrong: int, *, of: int, n: int, found: int) -> float:
    """The chance of so many wrong ones in a sample."""
    return comb(n_wrong, found) * comb(of - n_wrong, n - found) / comb(of, n)


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(st.just(of), st.integers(1, of), st.integers(0, of))))
def test_the_bound_out_of_few_is_above_the_truth_in_one_case_of_twenty_at_most(case: tuple[int, int, int]) -> None:
    of, n, n_right = case
    above = sum(chance(of - n_right, of=of, n=n, found=wrong) for wrong in range(n + 1)
                if finite_lower_bound(n - wrong, n=n, of=of) > n_right / of)
    assert above <= 0.05 + 1e-12


@given(st.integers(1, 80), st.integers(0, 80))
def test_the_bound_out_of_few_is_never_below_the_one_out_of_many(n: int, wrong: int) -> None:
    hits = max(0, n - wrong)
    assert finite_lower_bound(hits, n=n, of=n) == hits / n
    assert finite_lower_bound(hits, n=n, of=10 * n) >= lower_bound(hits, n=n) - 1e-9
    assert finite_lower_bound(hits, n=n, of=10**7) == pytest.approx(lower_bound(hits, n=n), abs=1e-4)


@pytest.mark.parametrize(("hits", "n", "of"), [(3, 2, 5), (1, 6, 5), (0, 0, 0), (-1, 2, 5)])
def test_impossible_counts_have_no_bound(hits: int, n: int, of: int) -> None:
    with pytest.raises(ValueError, match="a bound needs"):
        finite_lower_bound(hits, n=n, of=of)


@given(st.integers(0, 5_000))
def test_the_sample_reaches_the_gate_with_one_wrong_and_one_fewer_would_not(n_decisions: int) -> None:
    n = undo_sample_size(n_decisions)
    assert n <= min(n_decisions, sample_size(UNDO_GATE))
    if n < min(n_decisions, sample_size(UNDO_GATE)):
        assert finite_lower_bound(n - 1, n=n, of=n_decisions) >= UNDO_GATE
        assert n == 2 or finite_lower_bound(n - 2, n=n - 1, of=n_decisions) < UNDO_GATE


def test_a_faulty_canary_is_halted_as_often_as_the_record_says() -> None:
    n = undo_sample_size(200)
    halted = {n_wrong: 1 - sum(chance(n_wrong, of=200, n=n, found=found) for found in (0, 1)) for n_wrong in (20, 10, 4, 2)}
    assert {n_wrong: round(share, 3) for n_wrong, share in halted.items()} == {20: 0.999, 10: 0.929, 4: 0.455, 2: 0.128}
    while_read = halting_chance(UNDONE, [0] * 93, [0.5])
    assert round(float(while_read[9]), 3) == 0.945
    assert halting_chance(UNDONE, [0] * 93, [0.01])[-1] <= 0.01


def history(words: Sequence[str], *, of: int = 200, more: Sequence[Event] = ()) -> list[Event]:
    """A rollback whose first stage of `of` decisions was read so far."""
    ids = [f"d{number}" for number in range(undo_sample_size(of))]
    return [event(K.ROLLBACK_STARTED, "ben"), event(K.ROLLBACK_STAGE_STARTED, "evenhand", n_decisions=of),
            event(K.ROLLBACK_STAGE_FINISHED, "evenhand", n_decisions=of, decision_ids=ids),
            *(event(K.UNDO_READ, "cem", item_id=f"u{number}", verdict=word) for number, word in enumerate(words)), *more]


@pytest.mark.parametrize(("check", "words"), [
    ("undone_items", ["wrong"] * 5), ("undone_sample", ["right"] * 35 + ["wrong", "wrong"] + ["right"] * 35)])
def test_what_stops_a_rollback_has_its_words(check: str, words: list[str], golden: Callable[[str, str], None]) -> None:
    reasons = undo_trips(history(words))
    assert [one.check for one in reasons] == [check]
    golden(f"halts/{check}.txt", "".join(f"{reason.check}: {reason.text}\n" for reason in reasons))


@pytest.mark.parametrize("words", [
    [], ["right"] * 72, ["right"] * 71 + ["wrong"], ["right"] * 70 + ["wrong"], ["cannot_decide"] * 72,
    ["right"] * 40 + ["wrong", "wrong"]])
def test_what_does_not_stop_it(words: list[str]) -> None:
    assert undo_trips(history(words)) == ()


def test_who_starts_it_again_has_looked_at_what_was_wrong_so_far() -> None:
    words = ["right"] * 20 + ["wrong"] * 6
    assert undo_trips(history(words))
    again = history(words, more=[event(K.HALTED, "evenhand"), event(K.ROLLBACK_STARTED, "ben")])
    assert undo_trips(again) == ()
    rest = [event(K.UNDO_READ, "cem", item_id=f"r{number}", verdict="right") for number in range(72 - len(words))]
    assert undo_trips([*again, *rest]) == ()
    (stage,) = undone_stages([*again, *rest])
    assert (stage.n_wrong, stage.n_wrong_since, stage.n_unread) == (6, 0, 0)
    assert stage.bound is not None
    assert stage.bound < UNDO_GATE, "the report still says what was found"
