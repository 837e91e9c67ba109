"""Watch a stage: what came back from the platform, from appeals and from audited items, put to the breaker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from evenhand.campaign.breaker import AUDITED_ITEM, DECIDED_APPEAL, OUTCOMES, Seen, trips
from evenhand.campaign.disparity import Slice
from evenhand.model.appeal import AppealOutcome, original_id
from evenhand.model.campaigns.audit import Slot, Verdict
from evenhand.model.campaigns.campaign import Campaign, HaltReason
from evenhand.model.campaigns.effect_state import Act, EffectState, Settlement, Standing
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.campaigns.rollout import Rollout
from evenhand.workflows.campaigns.stage_samples import languages_of_items
from evenhand.workflows.campaigns.steps import Course
from evenhand.workflows.effects.opening import State

_ABSENT = frozenset({Standing.ABSENT, Standing.UNKNOWN})
_AGREED = frozenset({EventKind.STARTED, EventKind.RESUMED})
_BEGINS = _AGREED | {EventKind.STAGE_STARTED}


class StageWatch:
    """Counts of one stage since it began or was resumed, kept up to date batch by batch."""

    def __init__(self, state: State, course: Course, rollout: Rollout, *, stage: int) -> None:
        before = state.release.observed(course.campaign.campaign_id, stages={stage, *rollout.closing_stages},
                                        since=_begun(course))
        self._rollout = rollout
        self._n_read_back, self._n_mismatched = before.n_read_back, before.n_mismatched
        self._n_statements, self._n_undelivered = before.n_statements, before.n_undelivered
        self._mismatched: set[int] = set()
        self._steps: tuple[Event, ...] = ()
        self._outcomes: tuple[pa.Table, dict[str, Slice]] = (OUTCOMES.empty_table(), {})
        campaign, self._fresh = course.campaign, list[str]()
        self._reached = dict.fromkeys(original_id(one) for one in state.release.imposed_of(
            campaign.campaign_id, _unreleased(campaign), since=_protected_since(course)))

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
        if course.steps is not self._steps:  # between two steps there are many batches, in which nothing new is heard
            self._steps, self._outcomes = course.steps, _outcomes(course, self._rollout)
        outcomes, slices = self._outcomes
        unreleased = _unreleased(course.campaign)
        self._reached |= dict.fromkeys(own for one in self._fresh if (own := original_id(one)) in unreleased)
        self._fresh.clear()
        appeals = tuple(bool(_outcome(event)["is_error"]) for event in heard(course.steps) if _is_appeal(event))
        return trips(Seen(outcomes=outcomes, appeals=appeals, slices=slices, n_read_back=self._n_read_back,
                          n_mismatched=self._n_mismatched, n_statements=self._n_statements,
                          n_undelivered=self._n_undelivered, protected=tuple(self._reached)))


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


def _unreleased(campaign: Campaign) -> frozenset[str]:
    """Decisions about protected accounts that no person let through."""
    return campaign.protected - campaign.let_through


def _protected_since(course: Course) -> datetime:
    """From when on an effect on a protected account is a mistake: since the list was there, and the stage is watched."""
    return max([_begun(course), *(event.at for event in course.steps if event.kind is EventKind.PROTECTION_RECORDED)])


def _begun(course: Course) -> datetime:
    """Since when the breaker counts: a new stage is asked anew, and so is one that was resumed."""
    return max(event.at for event in course.steps if event.kind in _BEGINS)


def _outcomes(course: Course, rollout: Rollout) -> tuple[pa.Table, dict[str, Slice]]:
    """Decided appeals and audited items of the present stage, in their order, and the same by language."""
    begun = max(place for place, event in enumerate(course.steps) if event.kind in _BEGINS)
    found = [(event, _outcome(event)) for event in course.steps[begun:] if _is_appeal(event) or _is_item(event)]
    if not found:
        return OUTCOMES.empty_table(), {}
    places = rollout.places(pa.array([_decision(event) for event, _ in found], pa.string()))
    of_appeals = rollout.order["language"].take(places).to_pylist()
    of_items = languages_of_items(course, rollout)
    n, wrong = Counter[str](), Counter[str]()
    for (event, outcome), of_appeal in zip(found, of_appeals, strict=True):
        language = of_appeal or of_items.get(str(event.body.get("item_id")))
        if language:
            n[language] += 1
            wrong[language] += bool(outcome["is_error"])
    return (pa.Table.from_pylist([outcome for _, outcome in found], schema=OUTCOMES),
            {f"language {language}": Slice(n=n[language], n_errors=wrong[language]) for language in n})


def _decision(event: Event) -> str | None:
    return str(event.body["decision_id"]) if _is_appeal(event) else None


def _outcome(event: Event) -> dict[str, object]:
    if _is_appeal(event):
        return {"kind": DECIDED_APPEAL, "is_error": event.body["outcome"] == AppealOutcome.OVERTURNED}
    return {"kind": AUDITED_ITEM, "is_error": event.body["verdict"] == Verdict.WRONG}
