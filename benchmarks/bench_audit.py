"""How often the audit's bound holds: strata with a known precision, read by readers who make mistakes.

    python benchmarks/bench_audit.py [SIMULATIONS]

Each line is one situation, simulated anew each time with its own sample, readings and golden items: the share of
simulations in which the true precision is not below the lower bound (it should be 0.95 or more), the same for the upper
bound, the mean of the lower bound, and beside it how often Clopper and Pearson's bound without correction holds.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from evenhand.campaign.audit.precision import Golden, Reading, precision
from evenhand.model.interval import lower_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A stratum and its readers, as they truly are."""

    n_decisions: int
    n_right: int
    n_read: int
    sensitivity: float
    specificity: float
    n_golden: int
    """Golden items of each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Shares of the simulations in which each bound held."""

    low: float
    high: float
    mean_low: float
    uncorrected: float




def _situation(read: tuple[int, int], share: float, readers: tuple[float, float, int]) -> Situation:
    (n_decisions, n_read), (sensitivity, specificity, n_golden) = read, readers
    return Situation(n_decisions=n_decisions, n_right=round(n_decisions * share), n_read=n_read, sensitivity=sensitivity,
                     specificity=specificity, n_golden=n_golden)


SITUATIONS = [
    _situation(read, share, readers)
    for read, share in (((100_000, 93), 0.95), ((100_000, 236), 0.98), ((1_000, 236), 0.90), ((80, 80), 0.95))
    for readers in ((0.99, 0.97, 100), (0.95, 0.90, 100), (0.92, 0.92, 60), (0.90, 0.80, 40), (0.995, 0.60, 100))
]


def simulated(situation: Situation, *, n: int, seed: int) -> Coverage:
    """The coverage of the bounds over `n` simulations."""
    chance = np.random.default_rng(seed)
    truth = situation.n_right / situation.n_decisions
    drawn = chance.hypergeometric(situation.n_right, situation.n_decisions - situation.n_right, situation.n_read, size=n)
    called = (chance.binomial(drawn, situation.sensitivity)
              + chance.binomial(situation.n_read - drawn, 1 - situation.specificity))
    seen = chance.binomial(situation.n_golden, situation.sensitivity, size=n)
    caught = chance.binomial(situation.n_golden, situation.specificity, size=n)
    lows, highs, plain = np.empty(n), np.empty(n), np.empty(n)
    for number in range(n):
        golden = Golden(n_right=situation.n_golden, n_right_seen=int(seen[number]), n_wrong=situation.n_golden,
                        n_wrong_seen=int(caught[number]))
        reading = Reading(n_right=int(called[number]), n_read=situation.n_read, n_decisions=situation.n_decisions)
        bounds = precision(reading, golden=golden, seed=str(number))
        lows[number], highs[number] = bounds.low, bounds.high
        plain[number] = lower_bound(reading.n_right, n=reading.n_read)
    return Coverage(low=float((lows <= truth + 1e-12).mean()), high=float((highs >= truth - 1e-12).mean()),
                    mean_low=float(lows.mean()), uncorrected=float((plain <= truth).mean()))


def main() -> None:
    """Print one line per situation and the least coverage of all."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"{n} simulations each")
    print("decisions  read  precision  sens  spec  golden | low holds  high holds  mean low | uncorrected")
    least = 1.0
    for situation in SITUATIONS:
        found = simulated(situation, n=n, seed=20261101)
        least = min(least, found.low, found.high)
        print(f"{situation.n_decisions:9} {situation.n_read:5} {situation.n_right / situation.n_decisions:10.2f} "
              f"{situation.sensitivity:5.2f} {situation.specificity:5.2f} {situation.n_golden:7} | {found.low:9.4f} "
              f"{found.high:11.4f} {found.mean_low:9.4f} | {found.uncorrected:11.4f}", flush=True)
    print(f"least coverage of a bound: {least:.4f}")


if __name__ == "__main__":
    main()
