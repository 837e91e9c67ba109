"""Refusals of a campaign's life that say another thing under a code that another test shows."""

from __future__ import annotations

from collections.abc import Callable

from error_texts import error_texts
from sample_events import UP_TO_APPROVED, after, event

from evenhand.campaign.lifecycle import advance
from evenhand.model.campaigns.event import EventKind

CONCLUDED = (*UP_TO_APPROVED, event(EventKind.HOLDOUT_DRAWN, "ben", hours=4), event(EventKind.HOLDOUT_READ, "ben", hours=5),
             event(EventKind.HOLDOUT_READ, "cem", hours=5, slot="second"), event(EventKind.HOLDOUT_CONCLUDED, "ben", hours=6))


def test_refusals_that_share_a_code(golden: Callable[[str, str], None]) -> None:
    golden("errors/campaigns/same_code.txt", error_texts({
        "a part of an item that somebody else has read": lambda: advance(
            after(*UP_TO_APPROVED[:4]), event(EventKind.VERDICT_GIVEN, "cem", slot="first")),
        "a word on a holdout that is concluded": lambda: advance(
            after(*CONCLUDED), event(EventKind.HOLDOUT_READ, "dee", hours=7)),
    }))
