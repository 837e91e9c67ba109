"""Whatever happens in whatever order, no campaign runs unaudited or unapproved, and its state is what its events say."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sample_events import BASIS, BODIES, basis_json, event

from evenhand.campaign.lifecycle import advance, replay
from evenhand.model.audit import StratumOutcome
from evenhand.model.campaign import Campaign, CampaignState, Mode, Refusal
from evenhand.model.event import Event, EventKind, Json

K, S = EventKind, CampaignState
PEOPLE = st.sampled_from(["ana", "ben", "cem", "dee", "evenhand"])
OUTCOMES = st.sampled_from([str(outcome) for outcome in StratumOutcome])
SINCE_THE_START = {S.RUNNING, S.HALTED, S.COMPLETED, S.REPORTED, S.ROLLED_BACK}
FACTS: dict[EventKind, dict[str, st.SearchStrategy[Json]]] = {
    K.DRAFTED: {"mode": st.sampled_from(["team", "solo"]), "cooling_off_seconds": st.sampled_from([0, 3600, 86_400])},
    K.PLANNED: {"basis": st.sampled_from([BASIS.as_json(), basis_json(digest="e" * 64, seed="8")]),
                "irreversible": st.sampled_from([[], ["close"]])},
    K.VERDICT_GIVEN: {"slot": st.sampled_from(["first", "second", "adjudication"])},
    K.AUDITED: {"strata": st.fixed_dictionaries({"media/close/en": OUTCOMES, "media/label/pt": OUTCOMES})},
    K.APPROVED: {"basis": st.sampled_from([BASIS.as_json(), basis_json(snapshot="snap-2")])},
    K.CLOSING_DECIDED: {"decision_id": st.sampled_from(["d1", "d2"]), "close": st.booleans()},
    K.STAGE_STARTED: {"stage": st.integers(1, 3)},
    K.STAGE_FINISHED: {"stage": st.integers(1, 3)},
    K.EFFECT_IMPOSED: {"decision_id": st.sampled_from(["d1", "d2"]), "penalty": st.sampled_from(["close", "label"]),
                       "stratum": st.sampled_from(["media/close/en", "media/label/pt", "media/close/fr"])},
}
LIKELY = (K.PLANNED, K.SAMPLE_DRAWN, K.AUDITED, K.APPROVED, K.APPROVED, K.STARTED, K.STAGE_STARTED, K.STAGE_FINISHED)


class CampaignLife(RuleBasedStateMachine):
    """Events of every kind by everybody, most of them out of place."""

    def __init__(self) -> None:
        super().__init__()
        self.campaign: Campaign | None = None
        self.accepted: list[Event] = []
        self.hours = 0.0

    @rule(kind=st.sampled_from(EventKind), actor=PEOPLE, hours=st.sampled_from([-1.0, 0.0, 2.0, 30.0]), data=st.data())
    def anything_happens(self, kind: EventKind, actor: str, hours: float, data: st.DataObject) -> None:
        facts = {name: data.draw(values) for name, values in FACTS.get(kind, {}).items()}
        self._happen(event(kind, actor, hours=self.hours + hours, **facts))
        self.hours += max(hours, 0.0)

    @rule(kind=st.sampled_from(LIKELY), actor=PEOPLE)
    def the_usual_happens(self, kind: EventKind, actor: str) -> None:
        self.hours += 2.0
        self._happen(event(kind, actor, hours=self.hours))

    @rule(last=st.integers(1, 11))
    def a_campaign_goes_well_for_a_while(self, last: int) -> None:
        way = ((K.DRAFTED, "ana"), (K.PLANNED, "ana"), (K.SAMPLE_DRAWN, "ben"), (K.VERDICT_GIVEN, "ben"),
               (K.VERDICT_GIVEN, "cem"), (K.AUDITED, "evenhand"),
               (K.CLOSING_DECIDED, "cem"), (K.APPROVED, "ben"), (K.APPROVED, "cem"), (K.STARTED, "ben"),
               (K.EFFECT_IMPOSED, "evenhand"))
        for kind, actor in way[:last]:
            self.hours += 25.0
            facts: dict[str, Json] = {"slot": "second"} if (kind, actor) == (K.VERDICT_GIVEN, "cem") else {}
            self._happen(event(kind, actor, hours=self.hours, **facts))

    def _happen(self, happened: Event) -> None:
        before = self.campaign
        outcome = advance(before, happened)
        if isinstance(outcome, Refusal):
            assert outcome.text
            assert outcome.next_step
            assert advance(before, happened) == outcome
        else:
            self.campaign = outcome
            self.accepted.append(happened)

    @invariant()
    def the_state_is_what_replaying_the_events_gives(self) -> None:
        assert replay(self.accepted) == (self.campaign, ())

    @invariant()
    def nothing_runs_without_an_audit_and_the_approvals(self) -> None:
        if self.campaign is None or self.campaign.state not in {S.APPROVED, *SINCE_THE_START}:
            return
        kinds = [happened.kind for happened in self.accepted]
        since_plan = self.accepted[len(kinds) - 1 - kinds[::-1].index(K.PLANNED):]
        audits = [happened for happened in since_plan if happened.kind is K.AUDITED]
        assert len(audits) == 1
        (sample,) = [h for h in since_plan if h.kind is K.SAMPLE_DRAWN]
        read = {(h.body["item_id"], h.body["slot"]) for h in since_plan if h.kind is K.VERDICT_GIVEN and h.at <= audits[0].at}
        assert len(read) >= sample.body["n_readings"]
        assert len(self.campaign.approvers) >= self.campaign.mode.n_approvals
        for approval in self.campaign.approvals:
            assert self.campaign.basis is not None
            assert approval.digest == self.campaign.basis.digest
            assert approval.at >= audits[0].at + self.campaign.mode.cooling_off
            assert approval.person != "evenhand"

    @invariant()
    def nobody_approves_what_they_proposed(self) -> None:
        if self.campaign is None or self.campaign.mode is Mode.SOLO:
            return
        proposed = {happened.actor for happened in self.accepted if happened.kind in {K.DRAFTED, K.PLANNED}}
        assert not proposed & self.campaign.approvers

    @invariant()
    def one_person_alone_imposes_nothing_that_cannot_be_taken_back(self) -> None:
        if self.campaign is not None and self.campaign.mode is Mode.SOLO:
            assert self.campaign.irreversible == ()

    @invariant()
    def no_account_is_closed_without_a_persons_decision_for_it(self) -> None:
        wanted: dict[str, bool] = {}
        for happened in self.accepted:
            name = str(happened.body.get("decision_id"))
            if happened.kind is K.PLANNED:
                wanted.clear()
            if happened.kind is K.CLOSING_DECIDED:
                assert happened.actor != "evenhand"
                wanted[name] = bool(happened.body["close"])
            if happened.kind is K.EFFECT_IMPOSED and happened.body["penalty"] == "close":
                assert wanted.get(name)

    @invariant()
    def only_approvers_end_a_halt(self) -> None:
        if self.campaign is None:
            return
        for number, happened in enumerate(self.accepted):
            if happened.kind is K.RESUMED:
                approved = {h.actor for h in self.accepted[:number] if h.kind is K.APPROVED}
                assert happened.actor in approved


CampaignLife.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestCampaignLife = CampaignLife.TestCase


def test_every_kind_can_be_drawn() -> None:
    assert set(BODIES) <= set(EventKind)
