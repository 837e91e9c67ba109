"""Watch a stage: what came back from the platform, from appeals and from audited items, put to the breaker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from evenhand.campaign.breaker import AUDITED_ITEM, DECIDED_APPEAL, OUTCOMES, Seen, trips
from evenhand.campaign.disparity import SLICED
from evenhand.model.appeal import AppealOutcome, original_id
from evenhand.model.campaigns.audit import Slot, Verdict
from evenhand.model.campaigns.campaign import Campaign, HaltReason
from evenhand.model.campaigns.effect_state import Act, EffectState, Settlement, Standing
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.audits.stage_samples import decisions_of_items
from evenhand.workflows.campaigns.rollout import Rollout
from evenhand.workflows.campaigns.steps import Course
from evenhand.workflows.effects.opening import State

_ABSENT = frozenset({Standing.ABSENT, Standing.UNKNOWN})
_AGREED = frozenset({EventKind.STARTED, EventKind.RESUMED})
_BEGINS = _AGREED | {EventKind.STAGE_STARTED}
_SLICES = (("language", "language"), ("platform", "platform"), ("policy", "policy_id"))
"""What is compared, and the column of the rollout that says it."""


class StageWatch:
    """Counts of one stage since it began or was resumed, kept up to date batch by batch."""

    def __init__(self, state: State, course: Course, rollout: Rollout, *, stage: int) -> None:
        before = state.release.observed(course.campaign.campaign_id, stages={stage, *rollout.closing_stages},
                                        since=begun_at(course))
        self._rollout = rollout
        self._n_read_back, self._n_mismatched = before.n_read_back, before.n_mismatched
        self._n_statements, self._n_undelivered = before.n_statements, before.n_undelivered
        self._mismatched: set[int] = set()
        self._steps: tuple[Event, ...] = ()
        self._heard: tuple[pa.Table, tuple[bool, ...], pa.Table] = (OUTCOMES.empty_table(), (), SLICED.empty_table())
        campaign, self._fresh = course.campaign, list[str]()
        self._reached = dict.fromkeys(original_id(one) for one in state.release.imposed_of(
            campaign.campaign_id, unreleased_of(campaign), since=protected_since(course)))

    def note(self, settlements: list[Settlement]) -> None:
        """Count what became of a batch. An effect that is tried again is one mismatch, not several."""
        self._fresh += [one.order.decision_id for one in settlements
                        if one.order.act is Act.IMPOSE and one.state is EffectState.DONE]
        for one in settlements:
            if one.order.act is Act.IMPOSE and one.read_back:
                if one.read_back in _ABSENT:
                    if one.order.order_id not in self._mismatched:
                        self._mismatched.add(one.order.order_id)
                        self._n_read_back += 1
                        self._n_mismatched += 1
                elif one.state is not EffectState.QUEUED and one.order.order_id not in self._mismatched:
                    self._n_read_back += 1
            elif one.order.act is Act.TELL and one.state is not EffectState.QUEUED:
                self._n_statements += 1
                self._n_undelivered += one.state is not EffectState.DONE

    def trips(self, course: Course) -> tuple[HaltReason, ...]:
        """Why the campaign must stop now; nothing when it may go on."""
        is_new = course.steps is not self._steps
        if is_new:  # between two steps there are many batches, in which nothing new is heard
            self._steps = course.steps
            self._heard = (outcomes_of(course.steps), appeals_of(course.steps), sliced(course, self._rollout))
        outcomes, appeals, of_slices = self._heard
        unreleased = unreleased_of(course.campaign)
        self._reached |= dict.fromkeys(own for one in self._fresh if (own := original_id(one)) in unreleased)
        self._fresh.clear()
        return trips(Seen(
            outcomes=outcomes, appeals=appeals, sliced=of_slices if is_new else None, n_read_back=self._n_read_back,
            n_mismatched=self._n_mismatched, n_statements=self._n_statements, n_undelivered=self._n_undelivered,
            protected=tuple(self._reached)))


def heard(steps: Sequence[Event]) -> list[Event]:
    """The decided appeals and the audited items that the breaker hears, in the order in which they became known.

    Appeals come days after the decision that they are about, so all of them count that were decided since the campaign started,
    whatever the stage; after a halt those since it was resumed, since the approvers looked at the others. Items are those of
    the present stage: each stage draws its own.
    """
    agreed = max((place for place, event in enumerate(steps) if event.kind in _AGREED), default=len(steps))
    begun = max((place for place, event in enumerate(steps) if event.kind in _BEGINS), default=len(steps))
    return [event for place, event in enumerate(steps)
            if (place > agreed and _is_appeal(event)) or (place > begun and _is_item(event))]


def _is_appeal(event: Event) -> bool:
    return event.kind is EventKind.APPEAL_DECIDED


def _is_item(event: Event) -> bool:
    """A reader's word on an item of a stage. `cannot_decide` is none: it says neither that the decision is right nor wrong."""
    return (event.kind is EventKind.VERDICT_GIVEN and event.body["slot"] == Slot.FIRST
            and event.body["verdict"] != Verdict.CANNOT_DECIDE)


def unreleased_of(campaign: Campaign) -> frozenset[str]:
    """Decisions about protected accounts that no person let through."""
    return campaign.protected - campaign.let_through


def protected_since(course: Course) -> datetime:
    """From when on an effect on a protected account is a mistake: since the list was there, and the stage is watched."""
    return max([begun_at(course), *(event.at for event in course.steps if event.kind is EventKind.PROTECTION_RECORDED)])


def begun_at(course: Course) -> datetime:
    """Since when the breaker counts: a new stage is asked anew, and so is one that was resumed."""
    return max(event.at for event in course.steps if event.kind in _BEGINS)


def appeals_of(steps: Sequence[Event]) -> tuple[bool, ...]:
    """Whether each decided appeal that the breaker hears was overturned, in their order."""
    return tuple(bool(_outcome(event)["is_error"]) for event in heard(steps) if _is_appeal(event))


def outcomes_of(steps: Sequence[Event]) -> pa.Table:
    """Decided appeals and audited items of the present stage (`OUTCOMES`), in their order."""
    begun = max((place for place, event in enumerate(steps) if event.kind in _BEGINS), default=len(steps))
    return pa.Table.from_pylist([_outcome(event) for event in steps[begun:] if _is_appeal(event) or _is_item(event)],
                                schema=OUTCOMES)


def sliced(course: Course, rollout: Rollout) -> pa.Table:
    """Decided appeals and audited items since the start or the last resuming (`SLICED`), in their order.

    A group is one kind of outcome about the decisions of one stage; of a decision that is not of this plan nothing is said.
    """
    agreed = max((place for place, event in enumerate(course.steps) if event.kind in _AGREED), default=len(course.steps))
    found = [event for event in course.steps[agreed:] if _is_appeal(event) or _is_item(event)]
    if not found:
        return SLICED.empty_table()
    of_items = decisions_of_items(course, rollout) if any(map(_is_item, found)) else {}
    rows = rollout.order.take(rollout.places(pa.array([_decision(event, of_items) for event in found], pa.string())))
    return pa.Table.from_pylist([
        {"group": f"{_outcome(event)['kind']} of stage {rollout.stage_of(row['place'])}",
         "is_error": _outcome(event)["is_error"],
         "slices": [f"{name} {value}" for name, column in _SLICES if (value := row[column]) is not None]}
        for event, row in zip(found, rows.to_pylist(), strict=True) if row["place"] is not None], schema=SLICED)


def _decision(event: Event, of_items: Mapping[str, str]) -> str | None:
    return str(event.body["decision_id"]) if _is_appeal(event) else of_items.get(str(event.body["item_id"]))


def _outcome(event: Event) -> dict[str, object]:
    if _is_appeal(event):
        return {"kind": DECIDED_APPEAL, "is_error": event.body["outcome"] == AppealOutcome.OVERTURNED}
    return {"kind": AUDITED_ITEM, "is_error": event.body["verdict"] == Verdict.WRONG}
