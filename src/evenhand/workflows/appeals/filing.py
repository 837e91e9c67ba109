"""File an appeal: the words are sealed, the record holds a commitment to them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from evenhand.appeals.book import AppealBook
from evenhand.appeals.filing import file_appeal
from evenhand.model.appeal import Appeal, Consequences
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal
from evenhand.workflows.appeals.contested import Contested, book_of, closing_window, contested, standing_of
from evenhand.workflows.appeals.writing_down import write_down
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.packs import read_pack_folder, shipped_pack

SALT_BYTES = 16
WORDS = "appeal:"
"""Before an appeal's id in the key under which its words are sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """An appeal that was filed."""

    appeal: Appeal
    contested: Contested


def file(desk: Desk, plan: Path, which: str, *, said: str,
         window: Callable[[], timedelta | None] = lambda: None) -> Filed | Refusal:
    """File the appeal of the person concerned against the decision `which`, its id or its account.

    `window` is asked only when six months have passed: the platform's own, longer one, or None where nobody knows it. Of a
    closing that waits the plan knows it: its person was told.
    Raises `ConfigError` without the key of the evidence, which seals the person's words as well.
    """
    course = desk.course()
    found = contested(desk, course, plan, which)
    standing = standing_of(desk, found.decision_id)
    at, salt = desk.clock.now(), os.urandom(SALT_BYTES).hex()
    commitment = hashlib.sha256(f"{salt}{said}".encode()).hexdigest() if said.strip() else ""

    def waited_for() -> timedelta | None:
        return closing_window(course, plan, found.decision_id) or None

    def filed(book: AppealBook) -> Event | Refusal:
        if standing.is_over:
            return Refusal(code="not_imposed", text=f"nothing of the decision `{found.decision_id}` was carried out",
                           next_step="tell the person that there is nothing to appeal against")
        return _filed(book, found.decision_id, at=at, said=commitment, window=lambda: window() or waited_for())

    event = filed(book_of(course.steps, found.decision_id, standing))
    if isinstance(event, Refusal):
        return event
    appeal_id = str(event.body["appeal_id"])
    desk.state.evidence.keep(desk.campaign_id, WORDS + appeal_id, json.dumps({"salt": salt, "said": said}, ensure_ascii=False),
                             account_id=found.account_id, at=at)

    def judge(steps: list[Event], undone: frozenset[str]) -> Consequences | Refusal:
        again = filed(book_of(steps, found.decision_id, standing, is_reversed=found.decision_id in undone))
        return again if isinstance(again, Refusal) else Consequences(
            events=(again,), actor=again.actor, at=at, contested=(found.decision_id,))

    done = write_down(desk, judge, about=[found.decision_id])
    if isinstance(done, Refusal):
        return done
    appeal = Appeal(appeal_id=appeal_id, decision_id=found.decision_id, filed_at=at, said=commitment)
    return Filed(contested=found, appeal=appeal)


def _filed(book: AppealBook, decision_id: str, *, at: datetime, said: str,
           window: Callable[[], timedelta | None]) -> Event | Refusal:
    """The filing within six months, or within the platform's own window."""
    outcome = file_appeal(book, decision_id=decision_id, at=at, said=said)
    if not isinstance(outcome, Refusal) or outcome.code != "too_late":
        return outcome
    own = window()
    if own is None:
        return Refusal(code="window_unknown", text=f"six months have passed, and the plan's pack may give more days than that "
                       f"to appeal against `{decision_id}`", next_step="name the folder of that pack with `--pack`")
    return file_appeal(book, decision_id=decision_id, at=at, said=said, window=own)


def own_window(desk: Desk, pack: Path | None) -> timedelta | None:
    """The time to appeal that the pack of the campaign's plan gives; None when the pack at hand is another one.

    `pack` is its folder, None the shipped one. Raises `PolicyError` when it does not load.
    """
    found = shipped_pack() if pack is None else read_pack_folder(pack)
    basis = desk.course().campaign.basis
    return found.appeal_window if basis is not None and found.digest == basis.pack_digest else None
