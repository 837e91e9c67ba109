"""Whatever people do, whatever fails and whenever a run is killed: no account is closed whose person was not told the whole
appeal window before, nor while an appeal is open; nobody is told twice, and who waits for a closing that never comes is told.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from campaign_commands import Terminal
from campaign_plans import CUT_OFF, WAITS_UNTIL
from fake_platform import FakePlatform
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evenhand.appeals.book import fold
from evenhand.campaign.lifecycle import replay
from evenhand.connectors.plan_folder import read_plan
from evenhand.errors import DataError
from evenhand.model.appeal import AppealOutcome, Cause
from evenhand.model.campaigns.campaign import CampaignState
from evenhand.model.campaigns.effect_state import Act, Answer, Order, Receipt
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.workflows.appeals.carrying_out import carry_out_orders
from evenhand.workflows.appeals.filing import file
from evenhand.workflows.appeals.hearing import Word, decide
from evenhand.workflows.appeals.overturning import overturn
from evenhand.workflows.appeals.reversing import preview_reversal, reverse
from evenhand.workflows.campaigns import carry_out as carrying_out
from evenhand.workflows.campaigns import confirming
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.clock import set_clock
from evenhand.workflows.campaigns.conduct import Conduct
from evenhand.workflows.campaigns.confirming import confirm
from evenhand.workflows.campaigns.halting import halt, resume
from evenhand.workflows.campaigns.rolling_back import RollbackTerms, roll_back
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.status import status
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.effects.worker import Step

N = 5
CLOSINGS = (1, 3)
"""The others are labels."""
WINDOW = WAITS_UNTIL - CUT_OFF
PLAN, K = Path("plan"), EventKind
Act_ = tuple[str, int, object]


def some(*of: Act_) -> st.SearchStrategy[Act_]:
    """One of these acts."""
    return st.sampled_from(of)


APPLY: tuple[Act_, ...] = (("apply", 0, False), ("apply", 0, True), *(("apply", killed_at, False) for killed_at in range(1, 7)))
"""With the number of the instant at which it is killed, and whether it goes on for as long as it can."""
CONTEST: tuple[Act_, ...] = (
    *(("decide", number, outcome) for number in CLOSINGS for outcome in AppealOutcome),
    *((what, number, None) for number in CLOSINGS for what in ("appeal", "overturn")),
    *(("confirm", number, False) for number in CLOSINGS), ("reverse", 0, None), ("halt", 0, None))
histories = st.tuples(
    some(("confirm", 1, True), ("unreachable", 1, True)), some(("confirm", 3, True), ("confirm", 3, False)), some(*APPLY),
    some(("confirm", 1, True), ("appeal", 1, None)), some(("appeal", 3, None), *CONTEST), some(*CONTEST), some(*APPLY),
    some(("days", 100, None), ("days", 183, None), ("days", 200, None)), some(*CONTEST, *APPLY), some(*APPLY),
    some(("days", 90, None), ("days", 1, None), ("roll back", 0, None), ("unreachable", 3, True)), some(*APPLY))
"""Whom a person confirms, what is told, contested and waited for, in an order in which closings come about, or do not."""


USUAL: tuple[Act_, ...] = (
    ("confirm", 1, True), ("apply", 2, False), ("confirm", 3, True), ("apply", 0, False), ("appeal", 3, None),
    ("days", 200, None), ("apply", 4, False), ("decide", 3, AppealOutcome.UPHELD), ("apply", 0, True))


class KilledError(Exception):
    """Ends a run at any instant."""


@dataclass
class Post(FakePlatform):
    """A platform that cannot deliver to some."""

    unreachable: set[str] = field(default_factory=set)

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        done = {one.key: one for one in super().carry_out([order for order in orders if not self._is_lost(order)], attached)}
        return [done.get(order.idempotency_key) or Receipt(order.idempotency_key, Answer.REFUSED, why="no address")
                for order in orders]

    def _is_lost(self, order: Order) -> bool:
        return order.act is Act.TELL and order.decision_id in self.unreachable


def killer(at: int) -> Callable[[Step], None]:
    """Kills at the so manieth instant; never for 0."""
    n = [0]

    def reached(_step: Step) -> None:
        n[0] += 1
        if n[0] == at:
            raise KilledError

    return reached


def applied(desk: Desk, platform: Post, *, killed_at: int, is_long: bool) -> None:
    try:
        carry_out(desk, PLAN, platform, Conduct(caps=None, until_done=is_long, reached=killer(killed_at)), person="ben")
    except KilledError:
        return


def act(desk: Desk, platform: Post, what: str, number: int, how: object) -> None:
    """One thing that happens; much of it is refused."""
    name = f"d{number}"
    if what == "apply":
        applied(desk, platform, killed_at=number, is_long=bool(how))
    elif what == "confirm":
        try:
            confirm(desk, PLAN, {name: bool(how)}, person="cem")
        except DataError as refused:  # who is no longer confirmed after the decision has begun is told to overturn it
            if how or not all("is carried out already" in one.what for one in refused.problems):
                raise
    elif what == "days":
        desk.clock.sleep(number * 86_400)
    elif what == "unreachable":
        (platform.unreachable.add if how else platform.unreachable.discard)(name)
    elif what == "halt":
        halt(desk, why="a reporter called", person="dee")
        for person in ("ben", "cem"):
            resume(desk, PLAN, why="looked", person=person)
    elif what == "roll back":
        roll_back(desk, PLAN, platform, why="wrong", person="ben", terms=RollbackTerms(unread_because="no reader"))
    elif desk.course().last(K.STARTED) is not None:
        contest(desk, platform, what, name, how)


def contest(desk: Desk, platform: Post, what: str, name: str, how: object) -> None:
    """What somebody does about one decision, or about all of them."""
    if what == "appeal":
        file(desk, PLAN, name, said="no")
    elif what == "decide" and isinstance(how, AppealOutcome):
        open_one = next((one for one in fold(desk.course().steps).appeals.values()
                         if one.decision_id == name and one.outcome is None), None)
        if open_one is not None:
            penalty = Penalty.LABEL if how is AppealOutcome.VARIED else None
            decide(desk, PLAN, open_one.appeal_id, Word(outcome=how, by="eve", because="looked", penalty=penalty))
    elif what == "overturn":
        overturn(desk, PLAN, name, Word(outcome=AppealOutcome.OVERTURNED, by="eve", because="ours"))
    elif what == "reverse":
        ahead = preview_reversal(desk, PLAN, Cause.parse("rule:scam/links"))
        if not isinstance(ahead, Refusal):
            reverse(desk, PLAN, ahead, Word(outcome=AppealOutcome.OVERTURNED, by="eve", because="all"), platform=platform)


def test_nobody_is_closed_untold(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(tmp_path, capsys, monkeypatch, n=N, penalties=("label", "close"), languages=("en",))
    terminal.brought()
    terminal.applied("--at-once")
    way = rollout(PLAN, read_plan(PLAN))  # the same each time; and the outbox is filled already
    for module in (carrying_out, confirming):
        monkeypatch.setattr(module, "rollout", lambda *_: way)
    monkeypatch.setattr(carrying_out, "fill", lambda *_, **__: None)
    key = os.environ["EVENHAND_EVIDENCE_KEY"]

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(histories)
    @example(USUAL)
    def holds(done: tuple[Act_, ...]) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as copy:
            shutil.copy("campaign.db", f"{copy}/campaign.db")
            platform = Post()
            with open_state(f"{copy}/campaign.db", evidence_key=key) as state:
                clock = set_clock(desk_of(state, "autumn").clock.now())
                for one in done:
                    act(Desk(state=state, campaign_id="autumn", clock=clock), platform, *one)
                desk = Desk(state=state, campaign_id="autumn", clock=clock)
                if desk.course().campaign.state is CampaignState.RUNNING:
                    applied(desk, platform, killed_at=0, is_long=False)
                carry_out_orders(desk, platform)
                assert status(desk).reconciles
                check([event for _, event in state.events.read("autumn")], platform)

    holds()


def check(events: list[Event], platform: Post) -> None:
    """Everything that is promised."""
    assert replay(events)[1] == ()
    assert set(platform.changes.values()) <= {1}, "nothing is done twice"
    for number in CLOSINGS:
        mine = [event for event in events if event.body.get("decision_id") == f"d{number}"]
        told = [event.at for event in mine if event.kind is K.STATEMENT_DELIVERED and event.body["statement_kind"] == "reasons"]
        assert len(told) <= 1
        for place, event in enumerate(mine):
            if event.kind is K.EFFECT_IMPOSED:
                assert told
                assert event.at >= told[0] + WINDOW
                before = Counter(one.kind for one in mine[:place])
                assert before[K.APPEAL_FILED] == before[K.APPEAL_DECIDED], "an appeal is open"
                assert [one.body["confirmed"] for one in mine[:place] if one.kind is K.DECISION_CONFIRMED][-1]
        is_over = any(event.kind is K.EFFECT_SUPPRESSED for event in mine)
        tried = [event.body["statement_kind"] for event in mine if event.kind in {K.STATEMENT_DELIVERED, K.STATEMENT_FAILED}]
        if told and is_over:
            assert tried.count("reinstatement") == 1, "who was told is told that it never comes"
        elif not told and "reasons" not in tried:
            assert not any(event.kind is K.EFFECT_IMPOSED for event in mine)
