"""Bursts: days on which a topic was taken up far more than is usual for it.

The two-state automaton over batches of Kleinberg, *Bursty and Hierarchical Structure in Streams* (KDD 2002), section 4: on
each day, of `d` accounts that tagged anything, `r` tagged the topic. At rest each does with the topic's own share
p0 = Σr / Σd over all days, in a burst with p1 = s · p0; entering a burst costs γ · ln(days). The cheapest way through the days
says which were a burst.
Accounts are counted and not posts, so that one loud account makes none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCALE = 3.0
"""s: how many times its usual share makes a burst. Kleinberg uses 2; a weekly tag doubles its share on its day."""
GAMMA = 1.0
"""γ, as Kleinberg has it."""
MIN_ACCOUNTS = 20
"""Accounts on one day of a burst at least: below, a topic is a circle of friends."""
MIN_DAYS = 7
"""Days of counts before anything is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """One burst of one topic. Days count from the first day of the counts; `end` is the first day after it."""

    topic: int
    begin: int
    end: int
    weight: float
    """How much cheaper the days are explained as a burst, in natural logarithms (Kleinberg's weight)."""
    n_accounts: int
    """Accounts on its busiest day."""


def bursts(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> list[Burst]:
    """The bursts in `counts` (topics × days), where `totals` are all accounts of each day that tagged anything.

    >>> day = np.full(30, 1000)
    >>> flat, peak = np.full(30, 10), np.full(30, 10)
    >>> peak[20:22] = 200
    >>> [(found.topic, found.begin, found.end) for found in bursts(np.stack([flat, peak]), day)]
    [(1, 20, 22)]
    """
    n_topics, n_days = counts.shape
    if n_days < MIN_DAYS or not n_topics or not totals.sum():
        return []
    usual = np.clip(counts.sum(axis=1) / totals.sum(), 1e-12, 1 - 1e-9)[:, np.newaxis]
    # A topic of half the platform cannot triple: there the share of those who leave it alone falls to a third.
    raised = np.minimum(usual * SCALE, 1 - (1 - usual) / SCALE)
    others = totals - counts
    rest, burst = (-(counts * np.log(p) + others * np.log1p(-p)) for p in (usual, raised))
    in_burst = _cheapest_way(rest, burst, GAMMA * np.log(n_days))
    edges = np.diff(np.pad(in_burst.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    begins, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    gain = np.cumsum(np.pad(rest - burst, ((0, 0), (1, 0))), axis=1)
    found = [Burst(topic=int(topic), begin=int(begin), end=int(end), n_accounts=int(counts[topic, begin:end].max()),
                   weight=round(float(gain[topic, end] - gain[topic, begin]), 3))
             for (topic, begin), (_, end) in zip(begins, ends, strict=True)]
    return [one for one in found if one.n_accounts >= MIN_ACCOUNTS and one.weight > 0]


def _cheapest_way(rest: NDArray[np.float64], burst: NDArray[np.float64], entering: float) -> NDArray[np.bool_]:
    """For each topic and day whether the cheapest way is in a burst (Viterbi over two states; leaving one costs nothing)."""
    n_topics, n_days = rest.shape
    from_burst = np.zeros((2, n_topics, n_days), np.bool_)
    at_rest, bursting = rest[:, 0], burst[:, 0] + entering
    for day in range(1, n_days):
        from_burst[0, :, day] = bursting < at_rest
        from_burst[1, :, day] = bursting < at_rest + entering
        at_rest, bursting = (np.minimum(at_rest, bursting) + rest[:, day],
                             np.minimum(at_rest + entering, bursting) + burst[:, day])
    way = np.zeros((n_topics, n_days), np.bool_)
    way[:, -1] = bursting < at_rest
    for day in range(n_days - 1, 0, -1):
        way[:, day - 1] = np.where(way[:, day], from_burst[1, :, day], from_burst[0, :, day])
    return way
