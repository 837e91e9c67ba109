"""Whatever happens in whatever order, no campaign runs unaudited or unapproved, and its state is what its events say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sample_events import basis_json, event

from evenhand.campaign.lifecycle import advance, replay
from evenhand.model.campaigns.campaign import Campaign, CampaignState, Mode
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.refusal import Refusal

K, S = EventKind, CampaignState
EVERYBODY = ("ana", "ben", "cem", "dee", "evenhand")
SINCE_THE_START = {S.RUNNING, S.HALTED, S.COMPLETED, S.REPORTED, S.ROLLED_BACK}
CHANGED = basis_json(digest="e" * 64, snapshot="snap-2")
OTHER_FACTS: dict[EventKind, list[dict[str, Json]]] = {
    K.DRAFTED: [{"cooling_off_seconds": 0}, {"mode": "solo"}],
    K.PLANNED: [{"basis": CHANGED}, {"irreversible": ["close"]}],
    K.SAMPLE_DRAWN: [{"n_readings": 3}, {"plan_digest": "e" * 64}],
    K.VERDICT_GIVEN: [{"slot": "first"}, {"slot": "second"}, {"slot": "adjudication"}],
    K.AUDITED: [{"strata": {"media/close/en": outcome, "media/label/pt": "passed"}} for outcome in ("lowered", "dropped")],
    K.DECISION_CONFIRMED: [{"decision_id": "d2"}, {"confirmed": False}],
    K.APPROVED: [{"basis": CHANGED}],
    K.STARTED: [{"basis": CHANGED}],
    K.RESUMED: [{"basis": CHANGED}],
    K.STAGE_STARTED: [{"stage": 2}],
    K.STAGE_FINISHED: [{"stage": 2}],
    K.EFFECT_IMPOSED: [{"decision_id": "d2"}, {"stratum": "media/close/fr"}, {"stratum": "media/label/pt", "penalty": "label"}],
}
"""What an event may say instead, by kind."""

_Step = tuple[EventKind, str, dict[str, Json]]
WAY: tuple[_Step, ...] = (
    (K.DRAFTED, "ana", {}), (K.PLANNED, "ana", {}), (K.SAMPLE_DRAWN, "ben", {}), (K.VERDICT_GIVEN, "ben", {}),
    (K.VERDICT_GIVEN, "cem", {"slot": "second"}), (K.AUDITED, "evenhand", {}), (K.DECISION_CONFIRMED, "cem", {}),
    (K.APPROVED, "ben", {}), (K.APPROVED, "cem", {}), (K.STARTED, "ben", {}), (K.STAGE_STARTED, "evenhand", {}),
    (K.EFFECT_IMPOSED, "evenhand", {}), (K.HALTED, "dee", {}), (K.RESUMED, "ben", {}), (K.RESUMED, "cem", {}),
    (K.STAGE_FINISHED, "evenhand", {}), (K.STAGE_STARTED, "evenhand", {"stage": 2}),
    (K.STAGE_FINISHED, "evenhand", {"stage": 2}), (K.COMPLETED, "evenhand", {}))
"""A campaign as it should be."""
ALONE: tuple[_Step, ...] = (
    (K.DRAFTED, "ana", {"mode": "solo", "cooling_off_seconds": 86_400}), (K.PLANNED, "ana", {"irreversible": []}),
    (K.SAMPLE_DRAWN, "ana", {"n_readings": 1}), (K.VERDICT_GIVEN, "ana", {}), (K.AUDITED, "evenhand", {}),
    (K.APPROVED, "ana", {}), (K.STARTED, "ana", {}), (K.STAGE_STARTED, "evenhand", {}))


class Life:
    """What happened to a campaign, and everything that must hold of it."""

    def __init__(self) -> None:
        self.campaign: Campaign | None = None
        self.accepted: list[Event] = []
        self.hours = 0.0

    def happen(self, kind: EventKind, actor: str, *, hours: float = 25.0, facts: dict[str, Json] | None = None) -> None:
        """One event, so many hours after the last."""
        happened = event(kind, actor, hours=self.hours + hours, **(facts or {}))
        self.hours += max(hours, 0.0)
        before = self.campaign
        outcome = advance(before, happened)
        if isinstance(outcome, Refusal):
            assert outcome.text
            assert outcome.next_step
            assert advance(before, happened) == outcome
        else:
            self.campaign = outcome
            self.accepted.append(happened)

    def check(self) -> None:
        """Everything that must hold."""
        assert replay(self.accepted) == (self.campaign, ())
        if self.campaign is None:
            return
        if self.campaign.state in {S.APPROVED, *SINCE_THE_START}:
            self._is_audited_and_approved(self.campaign)
        if self.campaign.mode is Mode.TEAM:
            assert not {e.actor for e in self.accepted if e.kind in {K.DRAFTED, K.PLANNED}} & self.campaign.approvers
        else:
            assert self.campaign.irreversible == ()
        self._closings_are_decided()
        for number, happened in enumerate(self.accepted):
            if happened.kind in {K.RESUMED, K.ROLLBACK_STARTED}:
                assert happened.actor in {e.actor for e in self.accepted[:number] if e.kind is K.APPROVED}

    def _is_audited_and_approved(self, campaign: Campaign) -> None:
        kinds = [happened.kind for happened in self.accepted]
        since_plan = self.accepted[len(kinds) - 1 - kinds[::-1].index(K.PLANNED):]
        (audit,) = [e for e in since_plan if e.kind is K.AUDITED]
        (sample,) = [e for e in since_plan if e.kind is K.SAMPLE_DRAWN]
        read = {(e.body["item_id"], e.body["slot"]) for e in since_plan[:since_plan.index(audit)]
                if e.kind is K.VERDICT_GIVEN and e.body["slot"] != "adjudication"}
        assert len(read) >= int(str(sample.body["n_readings"]))
        assert len(campaign.approvers) >= campaign.mode.n_approvals
        assert campaign.basis is not None
        for approval in campaign.approvals:
            assert approval.digest == campaign.basis.digest
            assert approval.at >= audit.at + campaign.mode.cooling_off
            assert approval.person != "evenhand"
        for happened in since_plan:
            if happened.kind in {K.APPROVED, K.STARTED, K.RESUMED}:
                assert happened.body["basis"] == campaign.basis.as_json()

    def _closings_are_decided(self) -> None:
        wanted: dict[str, bool] = {}
        for happened in self.accepted:
            name = str(happened.body.get("decision_id"))
            if happened.kind is K.PLANNED:
                wanted.clear()
            if happened.kind is K.DECISION_CONFIRMED:
                assert happened.actor != "evenhand"
                wanted[name] = bool(happened.body["confirmed"])
            if happened.kind is K.EFFECT_IMPOSED and happened.body["penalty"] == "close":
                assert wanted.get(name)


def one_thing_wrong(way: tuple[_Step, ...]) -> Iterator[tuple[int, str | None, float, dict[str, Json]]]:
    """Every way in which one step can go wrong: left out (nobody), by another person, at once, or with other facts."""
    for number, (kind, actor, _) in enumerate(way):
        yield number, None, 25.0, {}
        yield number, actor, 0.1, {}
        for person in EVERYBODY:
            yield number, person, 25.0, {}
        for facts in OTHER_FACTS.get(kind, []):
            yield number, actor, 25.0, facts


@pytest.mark.parametrize("way", [WAY, ALONE], ids=["team", "solo"])
def test_one_thing_that_goes_wrong_breaks_no_promise(way: tuple[_Step, ...]) -> None:
    for odd, person, hours, facts in one_thing_wrong(way):
        life = Life()
        for number, (kind, actor, usual) in enumerate(way):
            if number != odd:
                life.happen(kind, actor, facts=usual)
            elif person is not None:
                life.happen(kind, person, hours=hours, facts={**usual, **facts})
        life.check()


@pytest.mark.parametrize(("way", "last"), [(WAY, S.COMPLETED), (ALONE, S.RUNNING)], ids=["team", "solo"])
def test_the_usual_way_is_gone_to_its_end(way: tuple[_Step, ...], last: CampaignState) -> None:
    life = Life()
    for kind, actor, facts in way:
        life.happen(kind, actor, facts=facts)
    assert life.campaign is not None
    assert (life.campaign.state, len(life.accepted)) == (last, len(way))


class CampaignLife(RuleBasedStateMachine):
    """Events of every kind by everybody, most of them out of place, at any point of a usual campaign."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(way=st.sampled_from([WAY, WAY, ALONE]), last=st.integers(0, len(WAY)))
    def a_campaign_goes_well_for_a_while(self, way: tuple[_Step, ...], last: int) -> None:
        for kind, actor, facts in way[:last]:
            self.life.happen(kind, actor, facts=facts)

    @rule(kind=st.sampled_from(EventKind), actor=st.sampled_from(EVERYBODY), hours=st.sampled_from([-1.0, 0.0, 2.0, 30.0]),
          data=st.data())
    def anything_happens(self, kind: EventKind, actor: str, hours: float, data: st.DataObject) -> None:
        self.life.happen(kind, actor, hours=hours, facts=data.draw(st.sampled_from([{}, *OTHER_FACTS.get(kind, [])])))

    @invariant()
    def every_promise_holds(self) -> None:
        self.life.check()


CampaignLife.TestCase.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestCampaignLife = CampaignLife.TestCase
