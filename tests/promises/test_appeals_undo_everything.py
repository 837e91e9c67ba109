"""Whatever is filed, decided, reversed and rolled back in whatever order: the decider never took part, nothing of an overturned
decision is in force, strikes are what the events say, and every event is one that the life of a campaign accepts.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from campaign_commands import Terminal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.appeals.book import fold
from evenhand.campaign.lifecycle import replay
from evenhand.model.appeal import AppealOutcome, Cause, original_id
from evenhand.model.campaigns.audit import item_id
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.workflows.appeals.carrying_out import carry_out_orders
from evenhand.workflows.appeals.filing import file
from evenhand.workflows.appeals.hearing import Word, decide
from evenhand.workflows.appeals.overturning import overturn
from evenhand.workflows.appeals.recording import given as strikes_given
from evenhand.workflows.appeals.reversing import preview_reversal, reverse
from evenhand.workflows.campaigns.platforms import Opened, open_platform
from evenhand.workflows.campaigns.rolling_back import RollbackTerms, roll_back
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.packs import shipped_pack

N = 6
PEOPLE = ("ana", "ben", "cem", "dee", "eve", "fay")
K = EventKind
PLAN = Path("plan")
acts = st.lists(st.one_of(
    st.tuples(st.just("appeal"), st.integers(0, N - 1), st.sampled_from(PEOPLE),
              st.sampled_from([*AppealOutcome, AppealOutcome.OVERTURNED])),
    st.tuples(st.just("overturn"), st.integers(0, N - 1), st.sampled_from(PEOPLE), st.none()),
    st.tuples(st.just("reverse"), st.just(0), st.sampled_from(PEOPLE), st.none()),
    st.tuples(st.just("roll back"), st.just(0), st.sampled_from(["ben", "cem", "eve"]), st.none())), min_size=1, max_size=5)


def act(desk: Desk, opened: Opened, what: str, number: int, person: str, outcome: AppealOutcome | None) -> None:
    """One thing that somebody does; most of them may be refused."""
    if what == "appeal" and outcome is not None:
        file(desk, PLAN, f"a{number}", said="no")
        appeal = next((one for one in fold(desk.course().steps).appeals.values()
                       if original_id(one.decision_id) == f"d{number}" and one.outcome is None), None)
        if appeal is None:
            return
        penalty = Penalty.WARN if outcome is AppealOutcome.VARIED else None
        decide(desk, PLAN, appeal.appeal_id, Word(outcome=outcome, by=person, because="looked", penalty=penalty))
    elif what == "overturn":
        overturn(desk, PLAN, f"a{number}", Word(outcome=AppealOutcome.OVERTURNED, by=person, because="ours"))
    elif what == "reverse":
        ahead = preview_reversal(desk, PLAN, Cause.parse("rule:scam/links"))
        if not isinstance(ahead, Refusal):
            word = Word(outcome=AppealOutcome.OVERTURNED, by=person, because="all")
            reverse(desk, PLAN, ahead, word, platform=opened.platform)
    elif what == "roll back":
        roll_back(desk, PLAN, opened.platform, why="wrong", person=person,
                  terms=RollbackTerms(unread_because="no reader"))


def takers(events: Iterable[Event], decision_id: str) -> set[str]:
    """Who took part in a decision before these events end, by reading every one of them."""
    events = list(events)
    (drawn,) = [event.body for event in events if event.kind is K.SAMPLE_DRAWN]
    chain = {decision_id, original_id(decision_id)}
    items = {item_id(one, plan_digest=str(drawn["plan_digest"]), seed=str(drawn["seed"])) for one in chain}
    return {event.actor for event in events if event.kind in {K.DRAFTED, K.PLANNED, K.AUDITED, K.APPROVED, K.STARTED}
            or (event.kind is K.VERDICT_GIVEN and event.body["item_id"] in items)
            or (event.kind is K.APPEAL_DECIDED and event.body["decision_id"] in chain)}


def strikes_of(events: Iterable[Event]) -> dict[str, datetime | None]:
    """Decision → when its strike fell, folded one event after the other."""
    given_to: dict[str, None] = {}
    fell: dict[str, datetime] = {}
    back: datetime | None = None
    for event in events:
        name = original_id(str(event.body.get("decision_id", "")))
        if event.kind is K.EFFECT_IMPOSED:
            given_to.setdefault(name)
        elif event.kind is K.DECISION_REVERSED and event.body["outcome"] != "varied":
            fell.setdefault(name, event.at)
        elif event.kind is K.ROLLBACK_STARTED:
            back = event.at
    return {name: min((at for at in (fell.get(name), back) if at is not None), default=None) for name in given_to}


def in_force(folder: Path) -> set[str]:
    """The accounts that a penalty is in force on, by the platform's own word."""
    with sqlite3.connect(folder / "platform.sqlite") as state:
        found = {row[0] for row in state.execute("select account_id from orders where act = 'impose' and in_force")}
    state.close()
    return found


def test_appeals_undo_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(tmp_path, capsys, monkeypatch, n=N, languages=("en",))
    terminal.drafted()
    terminal.audited()
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    key = os.environ["EVENHAND_EVIDENCE_KEY"]

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(acts)
    def holds(done: list[tuple[str, int, str, AppealOutcome | None]]) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as copy:
            shutil.copy("campaign.db", f"{copy}/campaign.db")
            shutil.copytree("platform", f"{copy}/platform")
            opened = open_platform(f"simulated:{copy}/platform")
            with open_state(f"{copy}/campaign.db", evidence_key=key) as state:
                for one in done:
                    act(desk_of(state, "autumn"), opened, *one)
                desk = desk_of(state, "autumn")
                carry_out_orders(desk, opened.platform)
                events = [event for _, event in state.events.read("autumn")]
                strikes = strikes_given(state, desk.course(), shipped_pack())
            opened.close()
            check(events, strikes={row["decision_id"]: row["withdrawn_at"] for row in strikes.to_pylist()},
                  standing=in_force(Path(copy) / "platform"))

    holds()


def check(events: list[Event], *, strikes: dict[str, datetime | None], standing: set[str]) -> None:
    """Everything that is promised."""
    assert replay(events)[1] == ()
    assert strikes == strikes_of(events)
    gone = {str(event.body["decision_id"]) for event in events if event.kind is K.DECISION_REVERSED}
    last = {original_id(name): name for name in sorted(gone | {f"d{number}" for number in range(N)} | {
        f"{event.body['decision_id']}-varied" for event in events
        if event.kind is K.APPEAL_DECIDED and event.body["outcome"] == "varied"}, key=len)}
    rolled_back = any(event.kind is K.ROLLED_BACK for event in events)
    assert standing == {f"a{name[1:]}" for name, now in last.items() if now not in gone and not rolled_back}
    for place, event in enumerate(events):
        if event.kind is K.APPEAL_DECIDED:
            assert event.actor not in takers(events[:place], str(event.body["decision_id"]))
