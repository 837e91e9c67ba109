"""Files an appeal, or says why it cannot be filed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from evenhand.appeals.book import AppealBook
from evenhand.appeals.deadline import closes_at
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.refusal import Refusal

APPELLANT = "appellant"
"""The actor of a filing: the record never names the account."""


def file_appeal(book: AppealBook, *, decision_id: str, at: datetime, said: str,
                window: timedelta = timedelta(0)) -> Event | Refusal:
    """The event of filing an appeal against a decision of the campaign, or why it is refused.

    That the campaign made this decision is the caller's to look up in its plan. `said` commits to the person's words,
    which are kept apart. As long as the statement has not been delivered the window has not begun: an appeal is always in
    time, and one that was filed without the reasons at hand uses up nothing. After the delivery there is one appeal.
    """
    if not book.campaign_id:
        return Refusal(code="no_campaign", text=f"no campaign's record holds the decision `{decision_id}`",
                       next_step="look the decision up by the number in its statement")
    delivered_at = book.delivered.get(decision_id)
    if decision_id in book.reversed:
        return Refusal(code="reversed", text=f"the decision `{decision_id}` has been undone already",
                       next_step="tell the person that nothing of it is left; there is nothing to appeal against")
    earlier = book.of_decision(decision_id)
    if any(appeal.outcome is None for appeal in earlier):
        return Refusal(code="open_already", text=f"an appeal against the decision `{decision_id}` is open already",
                       next_step="add what is new to the open appeal")
    if delivered_at is not None and any(appeal.filed_at >= delivered_at for appeal in earlier):
        return Refusal(code="decided_already", text=f"an appeal against the decision `{decision_id}` has been decided",
                       next_step="tell the person of the certified dispute settlement bodies and the courts")
    if not said.strip():
        return Refusal(code="says_nothing", text="the appeal says nothing", next_step="write what the person says is wrong")
    if delivered_at is not None and at >= (closed_at := closes_at(delivered_at, window=window)):
        return Refusal(code="too_late", text=f"appeals against the decision `{decision_id}` closed on {closed_at:%Y-%m-%d}",
                       next_step="if it was wrong, overturn it of your own accord with `evenhand appeal overturn`: that has no "
                                 "deadline")
    return Event(campaign_id=book.campaign_id, kind=EventKind.APPEAL_FILED, at=at, actor=APPELLANT, body={
        "appeal_id": appeal_id(decision_id, at=at), "decision_id": decision_id, "said": said})


def appeal_id(decision_id: str, *, at: datetime) -> str:
    """The id of an appeal: the same for the same decision and instant."""
    return hashlib.sha256(f"{decision_id}\x1f{at.isoformat()}".encode()).hexdigest()[:24]
