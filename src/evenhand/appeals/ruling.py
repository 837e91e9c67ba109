"""Decides an appeal: only a person who took no part in the decision, with reasons, and never to a heavier penalty."""

from __future__ import annotations

from collections.abc import Iterable

from evenhand.appeals.book import MACHINE, AppealBook
from evenhand.model.appeal import Appeal, AppealOutcome, Cause, ReversalGround, Ruling
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal

_BY_NOBODY_ELSE = "let somebody decide it who did not propose, audit, approve, read or start it"


def decide_appeal(book: AppealBook, ruling: Ruling, *, penalty: Penalty,
                  undone: Iterable[str] = ()) -> tuple[Event, ...] | Refusal:
    """The events that follow from `ruling` on a decision that imposed `penalty`, or why the ruling is refused.

    An overturned or varied decision is reversed as well; `undone` are the keys of the effects that take it back.
    """
    appeal = book.appeals.get(ruling.appeal_id)
    if appeal is None:
        return Refusal(code="unknown", text=f"no appeal `{ruling.appeal_id}` has been filed", next_step="file it first")
    if appeal.outcome is not None:
        return Refusal(code="decided_already", text=f"the appeal `{ruling.appeal_id}` has been decided: {appeal.outcome}",
                       next_step="overturn the decision of your own accord if it was wrong")
    if refusal := _may_not(book, ruling, appeal):
        return refusal
    if refusal := _not_lighter(ruling, penalty=penalty):
        return refusal
    body: dict[str, Json] = {"appeal_id": appeal.appeal_id, "decision_id": appeal.decision_id, "outcome": str(ruling.outcome),
                             "because": ruling.because.strip()}
    if ruling.penalty is not None:
        body |= {"penalty": str(ruling.penalty), "until": ruling.until.isoformat() if ruling.until else None}
    decided = Event(campaign_id=book.campaign_id, kind=EventKind.APPEAL_DECIDED, at=ruling.at, actor=ruling.by, body=body)
    if ruling.outcome is AppealOutcome.UPHELD:
        return (decided,)
    return decided, Event(campaign_id=book.campaign_id, kind=EventKind.DECISION_REVERSED, at=ruling.at, actor=ruling.by, body={
        "decision_id": appeal.decision_id, "ground": str(ReversalGround.APPEAL), "outcome": str(ruling.outcome),
        "appeal_id": appeal.appeal_id, "why": ruling.because.strip(), "undone": list(undone)})


def reverse_class(book: AppealBook, *, cause: Cause, ruling: Ruling, decision_ids: Iterable[str]) -> Iterable[Event] | Refusal:
    """One event for each decision that rests on `cause` and has not been undone yet, or why the reversal is refused.

    It needs an appeal that was overturned: nobody undoes a class without a case that shows the mistake. `ruling` names that
    appeal, who decides about the class and why. Anybody may: undoing is not a penalty.
    """
    appeal = book.appeals.get(ruling.appeal_id)
    if appeal is None or appeal.outcome is not AppealOutcome.OVERTURNED:
        return Refusal(code="no_case", text=f"no overturned appeal shows that `{cause}` is wrong",
                       next_step="decide an appeal that rests on it first, or roll the campaign back")
    if refusal := _no_person_or_reason(ruling):
        return refusal
    return (Event(campaign_id=book.campaign_id, kind=EventKind.DECISION_REVERSED, at=ruling.at, actor=ruling.by, body={
        "decision_id": decision_id, "ground": str(ReversalGround.CLASS), "outcome": str(AppealOutcome.OVERTURNED),
        "cause": str(cause), "appeal_id": ruling.appeal_id,
        "why": ruling.because.strip()}) for decision_id in decision_ids if decision_id not in book.reversed)


def _may_not(book: AppealBook, ruling: Ruling, appeal: Appeal) -> Refusal | None:
    if refusal := _no_person_or_reason(ruling):
        return refusal
    if ruling.by in book.took_part(appeal.decision_id):
        return Refusal(code="took_part", text=f"`{ruling.by}` took part in the decision `{appeal.decision_id}`",
                       next_step=_BY_NOBODY_ELSE)
    if ruling.at < appeal.filed_at:
        return Refusal(code="before_filing", text="an appeal cannot be decided before it is filed", next_step="check the clock")
    return None


def _no_person_or_reason(ruling: Ruling) -> Refusal | None:
    if ruling.by in ("", MACHINE):
        return Refusal(code="no_person", text="an appeal is never decided by a machine alone",
                       next_step="let a person decide it")
    if not ruling.because.strip():
        return Refusal(code="no_reason", text="the ruling gives no reason",
                       next_step="say why, in words that the person will read")
    return None


def _not_lighter(ruling: Ruling, *, penalty: Penalty) -> Refusal | None:
    if ruling.outcome is not AppealOutcome.VARIED:
        return None if ruling.penalty is None else Refusal(
            code="not_varied", text=f"a penalty is named although the decision is {ruling.outcome}",
            next_step="leave the penalty out, or vary the decision")
    if ruling.penalty in (None, Penalty.NONE):
        return Refusal(code="no_penalty", text="the decision is varied without a penalty in its place",
                       next_step="name a lighter penalty, or overturn the decision")
    if ruling.penalty >= penalty:
        return Refusal(code="not_lighter",
                       text=f"`{ruling.penalty}` is not lighter than `{penalty}`: an appeal never makes it worse",
                       next_step="uphold the decision, or name a lighter penalty")
    if ruling.penalty is Penalty.SUSPEND and ruling.until is None:
        return Refusal(code="no_end", text="a suspension always has an end", next_step="say until when")
    return None
