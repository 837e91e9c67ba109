"""When accounts were opened and posts published: whole microseconds before a fixed cut-off."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from evenhand.world.chance import Indices, Numbers, below, below_too
from evenhand.world.identities import Stage

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that a world is the same on every day."""
SECOND = 1_000_000
DAY = 86_400 * SECOND
END = int(CUT_OFF.timestamp()) * SECOND
AGES = {"any": (7_000, 100), "new": (240, 12), "batch": (240, 75), "old": (6_500, 1_800)}
"""Of accounts, days before the cut-off: the earliest and the latest they were opened."""
WINDOW = 88 * DAY
"""Posts of a snapshot reach so far back."""
BURST = 2 * DAY
SPREAD = 240 * SECOND
"""Accounts of a ring publish the same thing within so long."""


def opened_at(stage: Stage, numbers: Indices, *, groups: Indices) -> Indices:
    """When each account was opened: a ring opened in one batch on one day. More are recent than old."""
    span = np.array([AGES[group.role.age] for group in stage.population.groups], np.int64)[groups]
    ring = np.array([group.role.ring * (group.role.age == "batch") for group in stage.population.groups], np.int64)[groups]
    places = numbers - stage.population.column("first")[groups]
    draws = stage.chance.draw("opened", np.where(ring > 0, (groups << 40) + places // np.maximum(ring, 1), numbers))
    days = np.minimum(below(draws, span[:, 0] - span[:, 1]), below_too(draws, span[:, 0] - span[:, 1]) * 2)
    within = (stage.chance.draw("opened.time", numbers) % np.uint64(DAY)).astype(np.int64)
    found: Indices = END - (span[:, 1] + days) * DAY - within
    return found


def posted_at(draws: Numbers, *, opened: Indices, burst: np.ndarray) -> Indices:
    """When each post was published: after the account was opened, within the window, or in the last days."""
    earliest = np.maximum(opened + DAY, END - WINDOW)
    earliest = np.where(burst, END - BURST, earliest)
    seconds = (END - earliest) // SECOND
    found: Indices = END - below(draws, seconds) * SECOND - (draws % np.uint64(999_983)).astype(np.int64) - 1
    return found


def together_at(keys: Numbers, draws: Numbers) -> Indices:
    """When the accounts of a ring publish the same thing: minutes apart, at a time that `keys` decide."""
    found: Indices = END - SPREAD - below(keys, (60 * DAY) // SECOND) * SECOND + below(draws, SPREAD // 1000) * 1000 - DAY // 2
    return found
