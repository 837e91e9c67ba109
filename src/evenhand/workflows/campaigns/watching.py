"""Watch a stage: what came back from the platform, from appeals and from audited items, put to the breaker."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pyarrow as pa

from evenhand.campaign.breaker import AUDITED_ITEM, DECIDED_APPEAL, OUTCOMES, Seen, trips
from evenhand.campaign.disparity import Slice
from evenhand.model.campaigns.audit import Slot, Verdict
from evenhand.model.campaigns.campaign import HaltReason
from evenhand.model.campaigns.effect_state import Act, EffectState, Settlement, Standing
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.campaigns.rollout import Rollout
from evenhand.workflows.campaigns.stage_samples import languages_of_items
from evenhand.workflows.campaigns.steps import Course
from evenhand.workflows.effects.opening import State

_ABSENT = frozenset({Standing.ABSENT, Standing.UNKNOWN})
_BEGINS = frozenset({EventKind.STARTED, EventKind.STAGE_STARTED, EventKind.RESUMED})


class StageWatch:
    """Counts of one stage since it began or was resumed, kept up to date batch by batch."""

    def __init__(self, state: State, course: Course, rollout: Rollout, *, stage: int) -> None:
        before = state.release.observed(course.campaign.campaign_id, stage=stage, since=_begun(course))
        self._rollout = rollout
        self._n_read_back, self._n_mismatched = before.n_read_back, before.n_mismatched
        self._n_statements, self._n_undelivered = before.n_statements, before.n_undelivered
        self._mismatched: set[int] = set()

    def note(self, settlements: list[Settlement]) -> None:
        """Count what became of a batch. An effect that is tried again is one mismatch, not several."""
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
        outcomes, slices = _outcomes(course, self._rollout)
        return trips(Seen(outcomes=outcomes, slices=slices, n_read_back=self._n_read_back, n_mismatched=self._n_mismatched,
                          n_statements=self._n_statements, n_undelivered=self._n_undelivered))


def _begun(course: Course) -> datetime:
    """Since when the breaker counts: a new stage is asked anew, and so is one that was resumed."""
    return max(event.at for event in course.steps if event.kind in _BEGINS)


def _outcomes(course: Course, rollout: Rollout) -> tuple[pa.Table, dict[str, Slice]]:
    """Decided appeals and audited items since then, in their order, and the same by language."""
    since = max(place for place, event in enumerate(course.steps) if event.kind in _BEGINS)
    found = [(event, outcome) for event in course.steps[since:] if (outcome := _outcome(event)) is not None]
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
    return str(event.body["decision_id"]) if event.kind is EventKind.APPEAL_DECIDED else None


def _outcome(event: Event) -> dict[str, object] | None:
    if event.kind is EventKind.APPEAL_DECIDED:
        return {"kind": DECIDED_APPEAL, "is_error": event.body["outcome"] == "overturned"}
    if event.kind is EventKind.VERDICT_GIVEN and event.body["slot"] == Slot.FIRST:
        return {"kind": AUDITED_ITEM, "is_error": event.body["verdict"] == Verdict.WRONG}
    return None
