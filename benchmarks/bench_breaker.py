"""How the breaker behaves: whole stages simulated, an audited canary of 75 items and then decided appeals.

    python benchmarks/bench_breaker.py [SIMULATIONS]

Each line is one true state of affairs: the share of stages halted within 40 decided appeals, the median number of appeals
decided by then, the same for each test alone (exact, by dynamic programming), and for Wald's sequential test (1945) on the
appeals alone with α = 1 % and β = 10 %. Below it the best that any test on 40 appeals alone can reach (Neyman and Pearson),
campaigns whose appeals are spread over their stages (decision 0040), and slices that are hit wrongly more often than others
(decision 0047).
"""

from __future__ import annotations

import sys
from math import comb, log

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.campaign.breaker import APPEALS, AUDITED_ITEM, BOTH, DECIDED_APPEAL, ITEMS, OUTCOMES, Seen, trips
from evenhand.campaign.disparity import SLICED, disparities
from evenhand.campaign.sequential import SequentialTest, first_crossing, halting_chance, lines, ratios

N_ITEMS, N_APPEALS = 75, 40
KINDS = [AUDITED_ITEM] * N_ITEMS + [DECIDED_APPEAL] * N_APPEALS
SITUATIONS = [(0.15, 0.01), (0.20, 0.02), (0.25, 0.03), (0.30, 0.04), (0.40, 0.06), (0.50, 0.03), (0.50, 0.085), (0.50, 0.10),
              (0.60, 0.15)]


def halted(overturned: float, wrong: float, *, n: int, seed: int) -> tuple[float, float]:
    """The share of `n` stages that halt, and the median number of appeals decided at the halt."""
    chance = np.random.default_rng(seed)
    shares = np.where(np.asarray(KINDS) == DECIDED_APPEAL, overturned, wrong)
    order = [1] * N_ITEMS + [0] * N_APPEALS
    ends = []
    for _ in range(n):
        errors = chance.random(len(KINDS)) < shares
        if trips(Seen(outcomes=pa.table({"kind": KINDS, "is_error": errors}, schema=OUTCOMES))):
            crossings = (first_crossing(BOTH, order, errors.tolist()),
                         first_crossing(APPEALS, [0] * N_APPEALS, errors[N_ITEMS:].tolist()),
                         first_crossing(ITEMS, [0] * N_ITEMS, errors[:N_ITEMS].tolist()))
            offsets = (N_ITEMS, 0, N_ITEMS)
            ends.append(min(max(0, c.observation + 1 - offset) for c, offset in zip(crossings, offsets, strict=True) if c)
                        if crossings[2] is None else 0)
    return len(ends) / n, float(np.median(ends)) if ends else float("nan")


def wald(overturned: float, *, n: int, seed: int) -> float:
    """The share of sequences of 40 appeals in which Wald's test accepts the bad share before the usual one."""
    up, down = log(0.9 / 0.01), log(0.1 / 0.99)
    errors = np.random.default_rng(seed).random((n, N_APPEALS)) < overturned
    walk = np.cumsum(np.where(errors, log(2.0), log(0.50 / 0.75)), axis=1)
    return float((_first(walk >= up) < _first(walk <= down)).mean())


def best_possible(false_alarm: float) -> float:
    """The power of the most powerful test on 40 appeals with at most so many false alarms."""
    power, spent = 0.0, 0.0
    for k in range(N_APPEALS, -1, -1):
        usual = comb(N_APPEALS, k) * 0.25**k * 0.75 ** (N_APPEALS - k)
        part = min(1.0, (false_alarm - spent) / usual)
        power += part * comb(N_APPEALS, k) * 0.5**N_APPEALS
        spent += part * usual
    return power


def _first(is_there: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(is_there.any(axis=1), is_there.argmax(axis=1), N_APPEALS)


def over_stages(overturned: float, wrong: float, *, n: int, seed: int, n_stages: int = 4, n_each: int = 10) -> list[float]:
    """The share of `n` campaigns that halt whose appeals are spread over stages of 75 items: three ways to hear them.

    Every test anew with each stage; both tests of appeals over all of them; appeals alone over all, the rest anew (chosen).
    """
    chance = np.random.default_rng(seed)
    appeals = chance.random((n, n_stages * n_each)) < overturned
    before, over_all, chosen = (np.zeros(n, np.bool_) for _ in range(3))
    for stage in range(n_stages):
        items, end = chance.random((n, N_ITEMS)) < wrong, (stage + 1) * n_each
        mine = appeals[:, end - n_each:end]
        together = crossed(BOTH, [1] * N_ITEMS + [0] * n_each, np.concatenate((items, mine), axis=1))
        alone = crossed(ITEMS, [0] * N_ITEMS, items)
        before |= together | alone | crossed(APPEALS, [0] * n_each, mine)
        chosen |= together | alone
        earlier = [0] * (end - n_each)
        over_all |= alone | crossed(BOTH, [*earlier, *[1] * N_ITEMS, *[0] * n_each], np.concatenate(
            (appeals[:, :end - n_each], items, mine), axis=1))
    whole = crossed(APPEALS, [0] * (n_stages * n_each), appeals)
    return [float(one.mean()) for one in (before, over_all | whole, chosen | whole)]


def of_slices(worse: str, wrong: float, *, n: int, seed: int) -> float:
    """The share of `n` campaigns that are halted for a slice; where no slice is `worse`, all are alike.

    Four stages of 75 items and ten appeals, in 10 languages, 3 platforms and 12 policies that are equally frequent.
    """
    chance, n_halted = np.random.default_rng(seed), 0
    for _ in range(n):
        rows = []
        for place in range(340):
            names = [f"{what} {chance.integers(n_of)}" for what, n_of in (("language", 10), ("platform", 3), ("policy", 12))]
            usual = 0.03 if place % 85 < N_ITEMS else 0.25
            is_error = bool(chance.random() < (max(wrong, usual) if worse in names else usual))
            rows.append({"group": f"{place // 85} {usual}", "is_error": is_error, "slices": names})
        n_halted += bool(disparities(pa.Table.from_pylist(rows, schema=SLICED)))
    return n_halted / n


def crossed(test: SequentialTest, order: list[int], errors: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the sequences of errors cross the test's line."""
    return np.asarray((ratios(test, order, errors) >= lines(test, order) - 1e-9).any(axis=1))


def main() -> None:
    """Print the operating curve."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{n} simulated stages each")
    print("overturned  wrong | halted  median appeals | both alone  appeals alone  items alone | Wald")
    for number, (overturned, wrong) in enumerate(SITUATIONS):
        share, median = halted(overturned, wrong, n=n, seed=number)
        both = halting_chance(BOTH, [1] * N_ITEMS + [0] * N_APPEALS, (overturned, wrong))[-1]
        appeals = halting_chance(APPEALS, [0] * N_APPEALS, (overturned,))[-1]
        items = halting_chance(ITEMS, [0] * N_ITEMS, (wrong,))[-1]
        print(f"{overturned:10.2f} {wrong:6.3f} | {share:6.3f} {median:15.0f} | {both:10.4f} {appeals:14.4f} {items:12.4f} | "
              f"{wald(overturned, n=20_000, seed=number):.3f}", flush=True)
    print(f"best possible on 40 appeals alone with 1 % false alarms: {best_possible(0.01):.4f}")
    print("\nfour stages of 75 items and ten appeals each: halted by the last appeal")
    print("overturned  wrong | anew each stage  over all  appeals alone over all (chosen)")
    for number, (overturned, wrong) in enumerate(SITUATIONS):
        before, over_all, chosen = over_stages(overturned, wrong, n=10 * n, seed=number)
        print(f"{overturned:10.2f} {wrong:6.3f} | {before:15.3f} {over_all:9.3f} {chosen:9.3f}", flush=True)
    print("\nslices: the same stages, halted for a slice")
    for worse, wrong in (("", 0.0), ("language 4", 0.3), ("language 4", 0.5), ("platform 2", 0.2), ("platform 2", 0.3),
                         ("policy 7", 0.4), ("policy 7", 0.6)):
        print(f"{worse or 'all alike':>10} {wrong:6.3f} | {of_slices(worse, wrong, n=n, seed=1):.3f}", flush=True)


if __name__ == "__main__":
    main()
