"""The breaker trips when it must, rarely when it need not, and says what it saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import comb

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evenhand.campaign.brakes import brakes
from evenhand.campaign.breaker import APPEALS, AUDITED_ITEM, BOTH, DECIDED_APPEAL, ITEMS, OUTCOMES, Seen, trips
from evenhand.campaign.disparity import FALSE_ALARM, SLICED, _chances, disparities, looks
from evenhand.campaign.sequential import SequentialTest, Stream, first_crossing, halting_chance, lines, ratios
from evenhand.model.campaigns.campaign import HaltReason

N_ITEMS, N_APPEALS = 75, 40
ORDER = [AUDITED_ITEM] * N_ITEMS + [DECIDED_APPEAL] * N_APPEALS


def outcomes(*runs: tuple[str, int, int]) -> pa.Table:
    """Runs of (kind, errors, right ones), the errors of a run spread evenly over it."""
    kinds = [kind for kind, n_errors, n_right in runs for _ in range(n_errors + n_right)]
    errors = [(place + 1) * n_errors // (n_errors + n_right) > place * n_errors // (n_errors + n_right)
              for _, n_errors, n_right in runs for place in range(n_errors + n_right)]
    return pa.table({"kind": kinds, "is_error": errors}, schema=OUTCOMES)


def share_halted(overturned: float, wrong: float, *, n: int, seed: int) -> float:
    """The share of `n` simulated stages that the whole breaker halts: an audited canary, then forty decided appeals."""
    chance = np.random.default_rng(seed)
    shares = np.where(np.asarray(ORDER) == DECIDED_APPEAL, overturned, wrong)
    return sum(bool(trips(Seen(outcomes=pa.table({"kind": ORDER, "is_error": chance.random(len(ORDER)) < shares},
                                                 schema=OUTCOMES)))) for _ in range(n)) / n


def test_it_halts_within_forty_appeals_when_overturns_double_and_rarely_when_all_is_well() -> None:
    assert share_halted(0.50, 0.10, n=1_000, seed=7) >= 0.90
    assert share_halted(0.25, 0.03, n=1_000, seed=8) <= 0.01


def share_halted_over_stages(overturned: float, wrong: float, *, n: int, n_stages: int = 4, n_each: int = 10,
                             seed: int) -> float:
    """The share of `n` simulated campaigns that halt whose stages have 75 items each and a few decided appeals."""
    chance = np.random.default_rng(seed)
    appeals = chance.random((n, n_stages * n_each)) < overturned
    halted = crossed(APPEALS, [0] * (n_stages * n_each), appeals)
    for stage in range(n_stages):
        items = chance.random((n, N_ITEMS)) < wrong
        mine = np.concatenate((items, appeals[:, stage * n_each:(stage + 1) * n_each]), axis=1)
        halted |= crossed(BOTH, [1] * N_ITEMS + [0] * n_each, mine) | crossed(ITEMS, [0] * N_ITEMS, items)
    return float(halted.mean())


def crossed(test: SequentialTest, order: list[int], errors: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray((ratios(test, order, errors) >= lines(test, order) - 1e-9).any(axis=1))


def test_it_halts_when_the_appeals_are_spread_over_the_stages_of_a_campaign() -> None:
    assert share_halted_over_stages(0.50, 0.10, n=1_000, seed=7) >= 0.90
    assert share_halted_over_stages(0.25, 0.03, n=4_000, seed=8) <= 0.01
    order = [1] * N_ITEMS + [0] * 10
    bound = halting_chance(APPEALS, [0] * 40, (0.25,))[-1] + 4 * (
        halting_chance(BOTH, order, (0.25, 0.03))[-1] + halting_chance(ITEMS, [0] * N_ITEMS, (0.03,))[-1])
    assert bound + FALSE_ALARM <= 0.01, "no more than that, with the slices, whatever the four stages have in common"
    assert share_halted_over_stages(0.50, 0.03, n=1_000, seed=9) >= 0.60, "appeals alone: a test anew for each stage has 0.07"


def test_appeals_of_earlier_stages_count_on_their_own_and_not_twice() -> None:
    quiet = Seen(outcomes=outcomes((DECIDED_APPEAL, 2, 8)), appeals=(False, True, True, True) * 2)
    assert trips(quiet) == ()
    loud = Seen(outcomes=outcomes((DECIDED_APPEAL, 2, 2)), appeals=(True,) * 12)
    assert checks(trips(loud)) == ["overturned_appeals"]


@pytest.mark.parametrize(("overturned", "wrong", "at_least", "at_most"), [
    (0.25, 0.03, 0.0, 0.01), (0.15, 0.01, 0.0, 0.001), (0.50, 0.03, 0.5, 0.8), (0.75, 0.20, 0.999, 1.0)])
def test_the_operating_curve_of_the_tests_together_is_exact(
        overturned: float, wrong: float, at_least: float, at_most: float) -> None:
    order = [1] * N_ITEMS + [0] * N_APPEALS
    chances = (halting_chance(BOTH, order, (overturned, wrong))[-1],
               halting_chance(APPEALS, [0] * N_APPEALS, (overturned,))[-1],
               halting_chance(ITEMS, [0] * N_ITEMS, (wrong,))[-1])
    assert max(chances) <= at_most
    assert sum(chances) >= at_least


def test_no_test_on_forty_appeals_alone_can_do_it() -> None:
    # Neyman and Pearson: among all tests with at most 1 % false alarms, the best one takes the most overturned counts first
    def tail(least: int, share: float) -> float:
        return sum(comb(40, k) * share**k * (1 - share) ** (40 - k) for k in range(least, 41))
    share_of_17 = (0.01 - tail(18, 0.25)) / (tail(17, 0.25) - tail(18, 0.25))
    best = tail(18, 0.50) + share_of_17 * (tail(17, 0.50) - tail(18, 0.50))
    assert best == pytest.approx(0.8477, abs=1e-4)
    whole = SequentialTest(streams=(Stream(usual=0.25, bad=0.50, horizon=40),), false_alarm=0.01, patience=3.0)
    assert 0.82 < halting_chance(whole, [0] * 40, (0.50,))[-1] <= best


@pytest.mark.parametrize("test", [BOTH, APPEALS, ITEMS], ids=["both", "appeals", "items"])
def test_false_alarms_stay_within_what_is_allowed_in_any_order(test: SequentialTest) -> None:
    numbers = [number for number, stream in enumerate(test.streams) for _ in range(stream.horizon)]
    for seed in range(3):
        order = [int(number) for number in np.random.default_rng(seed).permutation(numbers)]
        assert halting_chance(test, order, tuple(stream.usual for stream in test.streams))[-1] <= test.false_alarm


def test_the_exact_chance_is_what_simulation_finds() -> None:
    chance = np.random.default_rng(5)
    halted = [first_crossing(APPEALS, [0] * 40, (chance.random(40) < 0.5).tolist()) is not None for _ in range(3_000)]
    assert np.mean(halted) == pytest.approx(halting_chance(APPEALS, [0] * 40, (0.5,))[-1], abs=0.03)


@settings(max_examples=50)
@given(st.lists(st.booleans(), max_size=80), st.integers(0, 79))
def test_one_more_error_never_prevents_a_halt(errors: list[bool], place: int) -> None:
    worse = [error or number == place for number, error in enumerate(errors)]
    once, again = (first_crossing(APPEALS, [0] * len(errors), found) for found in (errors, worse))
    assert once is None or (again is not None and again.observation <= once.observation)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.booleans()), max_size=60))
def test_what_comes_later_never_changes_an_earlier_halt(seen: list[tuple[int, bool]]) -> None:
    kinds, errors = [kind for kind, _ in seen], [error for _, error in seen]
    whole = first_crossing(BOTH, kinds, errors)
    if whole is not None:
        end = whole.observation + 1
        assert first_crossing(BOTH, kinds[:end], errors[:end]) == whole
        assert first_crossing(BOTH, kinds[:end - 1], errors[:end - 1]) is None


def test_a_new_window_begins_after_the_last_appeal_of_the_old_one() -> None:
    errors = [False] * 40 + [True] * 40
    crossing = first_crossing(APPEALS, [0] * 80, errors)
    assert crossing is not None
    assert crossing.n_observed == (crossing.observation - 39,)


def test_lines_never_ask_for_more_than_can_be_seen_and_fall_with_patience() -> None:
    found = lines(APPEALS, [0] * 40)
    assert np.isfinite(found[-1])
    assert np.isinf(found[0])


def checks(reasons: tuple[HaltReason, ...]) -> list[str]:
    return [reason.check for reason in reasons]


NOTHING = OUTCOMES.empty_table()


def compared(*slices: tuple[str, int, int]) -> pa.Table:
    """Slices of one group, each with its decisions and errors, evenly mixed."""
    rows = sorted(((place + 0.5) / n, name, (place + 1) * wrong // n > place * wrong // n)
                  for name, n, wrong in slices for place in range(n))
    return pa.table({"group": ["items"] * len(rows), "is_error": [wrong for *_, wrong in rows],
                     "slices": [[name] for _, name, _ in rows]}, schema=SLICED)


TRIPPED: Mapping[str, Seen] = {
    "overturned_appeals": Seen(outcomes=outcomes((DECIDED_APPEAL, 14, 6))),
    "audited_items": Seen(outcomes=outcomes((AUDITED_ITEM, 9, 40))),
    "appeals_and_audit": Seen(outcomes=outcomes((AUDITED_ITEM, 6, 69), (DECIDED_APPEAL, 15, 15))),
    "read_back": Seen(outcomes=NOTHING, n_read_back=1_000, n_mismatched=6),
    "statements": Seen(outcomes=NOTHING, n_statements=1_000, n_undelivered=11),
    "slice_disparity": Seen(outcomes=NOTHING, sliced=compared(("language en", 400, 8), ("language ar", 60, 12))),
    "protected_list": Seen(outcomes=NOTHING, protected=tuple(f"d{n}" for n in range(1, 8))),
}


@pytest.mark.parametrize("check", TRIPPED)
def test_every_check_says_what_it_saw(check: str, golden: Callable[[str, str], None]) -> None:
    reasons = trips(TRIPPED[check])
    assert check in checks(reasons)
    golden(f"halts/{check}.txt", "".join(f"{reason.check}: {reason.text}\n" for reason in reasons))


@pytest.mark.parametrize("seen", [
    Seen(outcomes=NOTHING),
    Seen(outcomes=NOTHING, n_read_back=1_000, n_mismatched=5),
    Seen(outcomes=NOTHING, n_read_back=10, n_mismatched=2),
    Seen(outcomes=NOTHING, n_statements=1_000, n_undelivered=10),
    Seen(outcomes=NOTHING, sliced=compared(("language en", 400, 8), ("language ar", 60, 2))),
    Seen(outcomes=NOTHING, sliced=compared(("language en", 400, 8))),
    Seen(outcomes=outcomes((DECIDED_APPEAL, 5, 15), (AUDITED_ITEM, 2, 60))),
], ids=["nothing", "read back", "few read back", "statements", "slices", "one slice", "as usual"])
def test_on_the_near_side_of_every_limit_it_lets_the_campaign_run(seen: Seen) -> None:
    assert trips(seen) == ()


@pytest.mark.parametrize("check", TRIPPED)
def test_every_brake_that_has_tripped_is_shown_with_what_it_saw_and_its_limit(check: str) -> None:
    shown = {brake.check: brake for brake in brakes(TRIPPED[check])}
    assert list(shown) == ["appeals_and_audit", "overturned_appeals", "audited_items", "read_back", "statements",
                           "slice_disparity", "protected_list"]
    assert set(checks(trips(TRIPPED[check]))) <= set(shown)
    assert shown[check].n_errors > 0
    assert all("halts " in brake.limit or brake.check == "slice_disparity" for brake in shown.values())


@settings(max_examples=25)
@given(st.lists(st.booleans(), max_size=40))
def test_the_number_of_errors_shown_as_the_limit_is_the_one_that_halts(errors: list[bool]) -> None:
    shown = next(one for one in brakes(Seen(outcomes=NOTHING, appeals=tuple(errors))) if one.check == "overturned_appeals")
    limit = shown.limit.removeprefix("halts at ").split(" of ")
    is_over = len(limit) == 2 and shown.n_errors >= int(limit[0])
    if is_over:
        assert checks(trips(Seen(outcomes=NOTHING, appeals=tuple(errors)))) == ["overturned_appeals"]
    if not trips(Seen(outcomes=NOTHING, appeals=tuple(errors))):
        assert not is_over


def test_a_slice_that_differs_by_little_is_not_named_however_large_the_sample() -> None:
    assert disparities(compared(("language en", 40_000, 8_000), ("language pt", 40_000, 9_200))) == ()
    assert disparities(compared(("language en", 40_000, 8_000), ("language pt", 40_000, 11_000))) != ()


def test_fishers_test_gives_the_textbook_value() -> None:
    # the lady tasting tea, three of four cups right: 17 / 70
    four, eight = np.array([4]), np.array([8])
    assert _chances(four, whole=eight, n_errors=four)[3:].sum() == pytest.approx(17 / 70)


def campaign_of_slices(chance: np.random.Generator, *, n_stages: int = 4, worse: str = "", wrong: float = 0.0) -> pa.Table:
    """Four stages with 75 items and ten appeals each, in ten languages, three platforms and twelve policies."""
    rows = []
    for stage in range(n_stages):
        for place in range(85):
            names = [f"{what} {chance.integers(n)}" for what, n in (("language", 10), ("platform", 3), ("policy", 12))]
            usual = 0.03 if place < N_ITEMS else 0.25
            is_error = bool(chance.random() < (max(usual, wrong) if worse in names else usual))
            rows.append({"group": f"{place < N_ITEMS} {stage}", "is_error": is_error, "slices": names})
    return pa.Table.from_pylist(rows, schema=SLICED)


def test_where_all_are_alike_hardly_any_campaign_is_stopped_for_a_slice_and_a_bad_one_is_found() -> None:
    chance = np.random.default_rng(3)
    assert sum(bool(disparities(campaign_of_slices(chance))) for _ in range(250)) <= 2
    for worse, wrong, least in (("language 4", 0.5, 20), ("platform 2", 0.3, 20), ("policy 7", 0.6, 20)):
        found = [disparities(campaign_of_slices(chance, worse=worse, wrong=wrong)) for _ in range(25)]
        assert sum(worse in [one.name for one in of_campaign] for of_campaign in found) >= least


def test_a_slice_is_not_named_for_having_more_appeals_than_others() -> None:
    rows = [{"group": kind, "is_error": place % every == 0, "slices": [language]} for language, kind, n, every in (
        ("language ar", "appeals", 120, 4), ("language en", "appeals", 40, 4), ("language ar", "items", 40, 33),
        ("language en", "items", 120, 33)) for place in range(n)]
    mixed = [rows[place] for place in np.random.default_rng(1).permutation(len(rows))]
    assert disparities(pa.Table.from_pylist(mixed, schema=SLICED)) == ()


@settings(max_examples=20)
@given(st.integers(0, 400), st.integers(0, 2**16))
def test_when_and_how_often_one_asks_changes_nothing_about_slices(n: int, seed: int) -> None:
    whole = campaign_of_slices(np.random.default_rng(seed), worse="platform 1", wrong=0.3)
    so_far = list(looks(whole.slice(0, n)))
    assert so_far == list(looks(whole))[:len(so_far)]
    if disparities(whole.slice(0, n)):
        assert disparities(whole) == disparities(whole.slice(0, n))


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 24)), min_size=1, max_size=3))
def test_the_chances_of_a_slice_are_those_of_drawing_without_putting_back(groups: list[tuple[int, int, int]]) -> None:
    here = np.array([n for n, _, _ in groups])
    whole = here + np.array([n for _, n, _ in groups])
    wrong = np.minimum(whole, np.array([n for _, _, n in groups]))
    chances = _chances(here, whole=whole, n_errors=wrong)
    assert chances.sum() == pytest.approx(1.0)
    expected = sum(h * w / n for h, w, n in zip(here, wrong, whole, strict=True) if n)
    assert (chances * np.arange(len(chances))).sum() == pytest.approx(expected)
