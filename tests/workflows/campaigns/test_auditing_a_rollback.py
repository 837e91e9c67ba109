"""A rollback is read by people: what waits for whom, what a bad sample stops, and what everybody sees of it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from campaign_commands import PLATFORM, Campaigns, Terminal, filled
from error_texts import command, error_texts
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evenhand.campaign.chance import generator
from evenhand.campaign.lifecycle import replay
from evenhand.connectors.plan_folder import read_plan
from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.campaign import CampaignState, Mode, Rollback
from evenhand.model.campaigns.effect_state import Act, Answer, Order, ReadBack, Receipt, Standing
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.undone import undone_stages
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.rolling_back import RollbackTerms, RolledBack, roll_back
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.rollbacks.reading import UndoWords, take_undo_words
from evenhand.workflows.rollbacks.sampling import drawn_body, hand_out

N = 210
"""A canary of 200 and a stage of 10; 245 effects."""
BACK = ("rollback", "autumn", *PLATFORM, "--by", "ben")
PLAN, K = Path("plan"), EventKind
Golden = Callable[[str, str], None]


@pytest.fixture
def terminal(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return campaigns.begin(tmp_path, capsys, monkeypatch, n=N, is_applied=True)


def rows(folder: str) -> list[dict[str, str]]:
    """Everything that the readers get."""
    found = []
    for file in sorted(Path(folder).glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found += list(csv.DictReader(lines))
    return found


def handed(terminal: Terminal, folder: str) -> list[dict[str, str]]:
    terminal.done("audit", "rollback", "autumn", "--into", folder)
    return rows(folder)


def read(terminal: Terminal, folder: str,
         say: Callable[[Mapping[str, str]], str] = lambda _row: "right") -> list[dict[str, Any]]:
    """The files filled in and taken; what each of them came to."""
    found = []
    for file in sorted(Path(folder).glob("*.csv")):
        filled(file, say)
        found.append(terminal.done("audit", "verdicts", "autumn", str(file), "--json").json)
    return found


def test_everybody_behind_the_canary_waits_for_its_readers_and_the_end_for_all(terminal: Terminal) -> None:
    ahead = terminal.done(*BACK, "--preview", "--json").json["stages"]
    assert [(one["name"], one["decisions"], one["read"]) for one in ahead] == [("canary", 200, 72), ("rest", 10, 10)]
    first = terminal.done(*BACK, "--why", "a wrong list", "--confirm", f"autumn:{N}", "--json").json
    assert (first["state"], first["waiting"]["items"], first["stopped"]) == ("completed", 72, None)
    assert 200 <= first["undone"] < 245
    items = handed(terminal, "one")
    assert len(items) == 72
    assert {row["reader"] for row in items} == {"cem", "dee"}, "`ben` took it back and reads none of it"
    assert "72 undone accounts are to be read" in terminal.done("status", "autumn").out
    read(terminal, "one")
    second = terminal.done(*BACK, "--json").json
    assert (second["state"], second["undone"], second["waiting"]["items"]) == ("completed", 245, 10)
    handed(terminal, "two")
    read(terminal, "two")
    done = terminal.done(*BACK, "--json").json
    assert (done["state"], done["waiting"]) == ("rolled_back", None)
    assert [(one["drawn"], one["read"], one["right"], one["bound"]) for one in done["audit"]] == [
        (72, 72, 72, 0.97), (10, 10, 10, 1.0)]
    status = terminal.status()
    assert status["reconciles"] is True
    assert status["rollback"] == done["audit"]
    assert sum(one["undone"] for one in status["rollback"]) == status["events"]["effect_undone"] == 245


def test_a_reader_sees_what_was_undone_and_what_the_person_was_told(terminal: Terminal) -> None:
    terminal.done(*BACK, "--why", "a wrong list", "--confirm", f"autumn:{N}")
    items = {row["account_id"]: row for row in handed(terminal, "one")}
    assert all(row["platform_says"].startswith("undone") and row["told"] and row["told_at"].endswith("UTC")
               and row["strike"].startswith("withdrawn 20") for row in items.values())
    deleted = next(row for row in items.values() if row["undone"].startswith("delete_post"))
    number = deleted["account_id"].removeprefix("a")
    assert deleted["undone"] == f"delete_post of p{number}.1 | delete_post of p{number}.2"
    assert json.loads(deleted["held_before"].split(" | ")[0]) == {"text": f"post p{number}.1"}
    assert "penalty" not in items, "the words of the audit's file are not asked here"


def test_who_does_not_want_to_wait_says_so_on_record_and_a_day_ends_it_too(terminal: Terminal) -> None:
    assert terminal.refused(*BACK[:-1], "dee", "--why", "w", "--unread", "x", "--confirm", f"autumn:{N}") == "not_an_approver"
    waited = terminal.done(*BACK, "--why", "w", "--confirm", f"autumn:{N}", "--until-done", "--json").json
    assert (waited["state"], [one["read"] for one in waited["audit"]]) == ("rolled_back", [0, 0])
    with open_state("campaign.db") as state:
        course = desk_of(state, "autumn").course()
    second = next(event for event in course.steps if event.kind is K.ROLLBACK_STAGE_STARTED and event.body["stage"] == 2)
    ended = course.last(K.ROLLED_BACK)
    assert ended is not None
    assert (second.body["n_unread_before"], ended.body["n_unread"]) == (72, 82)
    hours = [(event.at - undone_stages(course.steps)[0].finished_at).total_seconds() / 3600 for event in (second, ended)]
    assert hours[0] < 4.2
    assert hours[1] < 28.5
    assert handed(terminal, "late"), "what nobody read in time is read later"
    read(terminal, "late", say=lambda _row: "wrong")
    assert terminal.status()["state"] == "rolled_back"


def test_a_bad_sample_halts_it_and_says_what_to_do(terminal: Terminal, golden: Golden) -> None:
    terminal.done(*BACK, "--why", "a wrong list", "--confirm", f"autumn:{N}")
    wrong = [row["account_id"] for row in handed(terminal, "one")][:30]
    taken = read(terminal, "one", say=lambda row: "wrong" if row["account_id"] in wrong else "right")
    assert "undone_items" in [one["check"] for one in taken[-1]["reasons"]]
    stopped = terminal.run(*BACK)
    assert stopped.code == 3
    assert terminal.status()["events"]["effect_undone"] < 245, "nothing more was undone"
    shown = terminal.done("audit", "rollback", "autumn", "--into", "again").out
    assert shown.count("is not as it was, says") == 30
    golden("views/rollback_halted.txt", stopped.out)
    assert terminal.refused(*BACK[:-1], "dee", "--why", "I say so") == "not_an_approver"
    again = terminal.done(*BACK[:-1], "cem", "--why", "put right by hand", "--json").json
    assert (again["state"], again["waiting"]["items"], again["undone"]) == ("halted", 10, 245)
    items = handed(terminal, "two")
    assert {row["reader"] for row in items} == {"dee"}, "`cem` started it again"
    read(terminal, "two")
    done = terminal.done(*BACK, "--json").json
    assert (done["state"], done["audit"][0]["wrong"]) == ("rolled_back", 30)
    terminal.done("report", "--campaign", "autumn")
    with Path("autumn-report/conduct.csv").open(encoding="utf-8", newline="") as lines:
        whats = [row["what"] for row in csv.DictReader(lines)]
    assert whats.count("halted: undone_items") == whats.count("agreed to resume") == 1, "an approver started it again"


def test_the_report_shows_it_and_its_totals_equal_the_ledger(terminal: Terminal) -> None:
    terminal.done(*BACK, "--why", "a wrong list", "--confirm", f"autumn:{N}")
    handed(terminal, "one")
    said = iter(["cannot_decide", "wrong"])
    read(terminal, "one", say=lambda _row: next(said, "right"))
    terminal.done("ledger", "keygen", "example.org/ledger")
    terminal.done("campaign", "publish", "autumn", "--into", "ledger", "--private", "private")
    terminal.done("report", "--campaign", "autumn", "--ledger", "ledger")
    with Path("autumn-report/rollback.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert [row[name] for name in ("n_items", "n_read", "n_right", "n_wrong", "n_undecided")] == ["72", "72", "70", "1", "1"]
    document = json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))
    assert document["totals"]["words of readers on the rollback"] == terminal.status()["events"]["undo_read"] == 72
    assert document["tables"]["rollback"][0]["n_right"] == 70
    assert "Was it taken back rightly?" in Path("autumn-report/report.html").read_text(encoding="utf-8")
    entries = b"".join(file.read_bytes() for file in Path("ledger/tile/entries").rglob("*") if file.is_file())
    assert b"2026-11-26:rollback 1" in entries, "the seed is published"
    assert not any(name in entries for name in (b'"d17"', b'"cem"', b'"dee"')), "nobody is named"


def test_what_a_file_about_a_rollback_may_have_wrong(terminal: Terminal, golden: Golden) -> None:
    nothing = command("audit", "rollback", "autumn")
    before = error_texts({"no rollback": nothing})
    terminal.done(*BACK, "--why", "a wrong list", "--confirm", f"autumn:{N}")
    item = handed(terminal, "one")[0]
    with Path("bad.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("item_id", "reader", "slot", "verdict"), (item["item_id"], "ben", "first", "right"),
                                   ("0" * 64, "cem", "first", "right")])
    golden("errors/campaigns/rollback.txt", before + "\n" + error_texts({
        "by who took it back, and of what was not drawn": command("audit", "verdicts", "autumn", "bad.csv"),
        "files that are there": command("audit", "rollback", "autumn", "--into", "one")}, hide={item["item_id"]: "ITEM"}))


class Faulty(FilesPlatform):
    """Says that it has undone everything, and leaves some accounts as they are."""

    def __init__(self, folder: Path, simulated: SimulatedPlatform, *, is_left: Callable[[str], bool]) -> None:
        super().__init__(folder, answering=simulated.answer)
        self._is_left = is_left

    def _lies(self, order: Order) -> bool:
        return order.act is Act.UNDO and self._is_left(order.account_id)

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        asked = [one for one in orders if not self._lies(one)]
        done = {one.key: one for one in super().carry_out(asked, attached)} if asked else {}
        return [done.get(one.idempotency_key) or Receipt(one.idempotency_key, Answer.IMPOSED) for one in orders]

    def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
        asked = [one for one in orders if not self._lies(one)]
        seen = {one.key: one for one in super().read_back(asked)} if asked else {}
        return [seen.get(one.idempotency_key) or ReadBack(one.idempotency_key, Standing.IN_FORCE) for one in orders]


def penalised(folder: Path) -> set[str]:
    """The accounts that a penalty is in force on, whatever the platform said."""
    with sqlite3.connect(folder / "platform.sqlite") as state:
        found = {row[0] for row in state.execute("select account_id from orders where act = 'impose' and in_force")}
    state.close()
    return found


def looked(desk: Desk, folder: str) -> None:
    """The readers look at the platform itself."""
    into = Path(tempfile.mkdtemp(dir=folder))
    assert not isinstance(hand_out(desk, PLAN, into=into), Refusal)
    left = penalised(Path("platform"))
    for file in sorted(into.glob("*.csv")):
        filled(file, lambda row: "wrong" if row["account_id"] in left else "right")
        assert isinstance(take_undo_words(desk, PLAN, file), UndoWords)


def rolled(state: State, platform: FilesPlatform, folder: str) -> RolledBack:
    """Rolled back with readers who look as soon as there is something to read, to its end or to its halt."""
    why = "wrong"
    for _ in range(4):
        back = roll_back(desk_of(state, "autumn"), PLAN, platform, why=why, person="ben", terms=RollbackTerms())
        assert isinstance(back, RolledBack)
        if back.waiting is None:
            return back
        looked(desk_of(state, "autumn"), folder)
        why = ""
    raise AssertionError("it does not end")


@pytest.mark.usefixtures("terminal")
def test_a_faulty_undo_is_halted_and_a_right_one_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = os.environ["EVENHAND_EVIDENCE_KEY"]

    @settings(max_examples=1, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.sampled_from([0.0, 0.15, 0.3, 1.0]), st.integers(0, 1_000))
    @example(0.0, 1)
    @example(0.15, 2)
    def holds(share: float, seed: int) -> None:
        lies = generator(str(seed), purpose="faults").random(N) < share
        with tempfile.TemporaryDirectory(dir=tmp_path) as copy, monkeypatch.context() as here:
            for name in ("plan", "platform"):
                shutil.copytree(tmp_path / name, f"{copy}/{name}")
            shutil.copy(tmp_path / "campaign.db", f"{copy}/campaign.db")
            here.chdir(copy)
            with closing(SimulatedPlatform(Path("platform"))) as simulated, \
                    open_state("campaign.db", evidence_key=key) as state:
                platform = Faulty(Path("platform"), simulated, is_left=lambda one: bool(lies[int(one[1:])]))
                back = rolled(state, platform, copy)
                events = [event for _, event in state.events.read("autumn")]
            campaign, refused = replay(events)
            assert refused == ()
            assert campaign is not None
            stages = undone_stages(events)
            assert sum(one.n_read for one in stages) == sum(event.kind is K.UNDO_READ for event in events)
            if share:
                assert campaign.is_rollback_halted
                assert {f"a{number}" for number in range(N) if lies[number]} <= penalised(Path("platform"))
                assert len(stages) == 1, "it stops behind the canary"
            else:
                assert (campaign.state, back.stopped) == (CampaignState.ROLLED_BACK, None)
                assert penalised(Path("platform")) == set()
                assert sum(one.n_undone for one in stages) == sum(event.kind is K.EFFECT_UNDONE for event in events) == 245

    holds()


class KilledError(Exception):
    """Ends a run at any instant."""


class Killed(FilesPlatform):
    """The run ends when so many calls that undo something were answered."""

    def __init__(self, folder: Path, simulated: SimulatedPlatform, *, at: int) -> None:
        few = replace(FilesPlatform(folder).capabilities, batch=50)
        super().__init__(folder, capabilities=few, answering=simulated.answer)
        self._left = at

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        receipts = super().carry_out(orders, attached)
        self._left -= any(order.act is Act.UNDO for order in orders)
        if self._left < 0:
            raise KilledError
        return receipts


@pytest.mark.usefixtures("terminal")
def test_whoever_goes_on_after_a_kill_draws_the_same_sample() -> None:
    key, samples = os.environ["EVENHAND_EVIDENCE_KEY"], []
    terms = RollbackTerms(unread_because="nobody is there")
    for at in (100, 0, 2):
        folder = Path(f"copy{at}")
        for name in ("plan", "platform"):
            shutil.copytree(name, folder / name)
        shutil.copy("campaign.db", folder / "campaign.db")
        with closing(SimulatedPlatform(folder / "platform")) as simulated, \
                open_state(folder / "campaign.db", evidence_key=key) as state:
            with suppress(KilledError):
                roll_back(desk_of(state, "autumn"), PLAN, Killed(folder / "platform", simulated, at=at), why="w", person="ben",
                          terms=terms)
            n_before = sum(event.kind is K.EFFECT_UNDONE for _, event in state.events.read("autumn"))
            back = roll_back(desk_of(state, "autumn"), PLAN, FilesPlatform(folder / "platform", answering=simulated.answer),
                             why="", person="ben", terms=terms) if at < 100 else None
            assert back is None or (isinstance(back, RolledBack) and n_before < back.n_undone == 245)
            events = [event for _, event in state.events.read("autumn")]
        assert replay(events)[1] == ()
        assert penalised(folder / "platform") == set()
        samples.append([(one.decision_ids, one.n_undone) for one in undone_stages(events)])
    assert samples[0] == samples[1] == samples[2]


def test_alone_one_reads_ones_own_rollback_and_in_a_team_what_nobody_else_reads_is_counted(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(tmp_path, capsys, monkeypatch, n=12, penalties=("label",), languages=("en",))
    terminal.drafted("--solo")
    terminal.audited(readers=("--reader", "ana=en"))
    terminal.done("approve", "autumn", "--by", "ana", "--later", "24")
    terminal.applied("--until-done", "--at-once")
    back = ("rollback", "autumn", *PLATFORM, "--by", "ana", "--json")
    assert terminal.done(*back, "--why", "mine", "--confirm", "autumn:12").json["waiting"]["items"] == 12
    assert {row["reader"] for row in handed(terminal, "one")} == {"ana"}
    read(terminal, "one")
    assert terminal.done(*back).json["state"] == "rolled_back"
    with open_state("campaign.db") as state:
        course = desk_of(state, "autumn").course()
        team = replace(course, campaign=replace(course.campaign, mode=Mode.TEAM, rollback=Rollback(
            started_by=frozenset({"ana"}))))
        way = rollout(PLAN, read_plan(PLAN))
        body = drawn_body(team, way, way.order["decision_id"].combine_chunks(), stage=1, until=course.campaign.changed_at)
    assert (body["n_decisions"], body["n_unreadable"], body["n_items"]) == (0, 12, 0)
