"""An appeal from its filing to what is back on the platform, through the command line, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from campaign_commands import PLATFORM, Campaigns, Stock, Terminal

from evenhand.campaign.lifecycle import replay
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.effect_state import TOO_LATE
from evenhand.model.campaigns.event import EventKind
from evenhand.workflows.appeals.recording import given
from evenhand.workflows.campaigns.publishing import published_counts
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.packs import shipped_pack

pytestmark = pytest.mark.contract
on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""For what does not depend on the database."""
STOCK = Stock(posts=(("p2.1", "post 1"), ("p2.2", "post 2")), follows=(("a4", "a1"), ("a4", "a9")))


@pytest.fixture
def terminal(place: str, campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A campaign of 30 decisions that is over, in the database at `place`."""
    if place == str(tmp_path / "campaign.db"):
        ready = campaigns.begin(tmp_path, capsys, monkeypatch, n=30, is_applied=True, stock=STOCK)
        monkeypatch.setenv("EVENHAND_STATE", place)
        return ready
    ready = Terminal(tmp_path, capsys, monkeypatch, n=30)
    monkeypatch.setenv("EVENHAND_STATE", place)
    ready.brought(is_applied=True, stock=STOCK)
    return ready


def heard(terminal: Terminal, which: str, outcome: str, *more: str, by: str = "eve") -> Any:
    """Filed and decided, on the platform as well; the ruling as JSON."""
    filed = terminal.done("appeal", "file", "autumn", which, "--said", "it was not so", "--json").json
    return terminal.done("appeal", "decide", "autumn", filed["appeal"], outcome, "--by", by, "--because", "I looked",
                         *PLATFORM, "--json", *more).json


def platform(tmp_path: Path, account: str) -> list[str]:
    """The penalties in force on an account."""
    simulated = SimulatedPlatform(tmp_path / "platform")
    rows = simulated._state.execute(
        "select penalty from orders where act = 'impose' and in_force and account_id = ?", (account,)).fetchall()
    simulated.close()
    return [penalty for (penalty,) in rows]


def test_what_was_wrong_is_undone_with_everything_that_it_did(terminal: Terminal, tmp_path: Path, place: str) -> None:
    deleted = heard(terminal, "d2", "overturn")
    assert (deleted["ordered"], deleted["carried_out"]["undone"], deleted["carried_out"]["told"]) == (
        {"undo": 2, "suppressed": 0, "too_late": []}, 2, 1)
    assert heard(terminal, "a4", "overturn")["decision"] == "d4"
    simulated = SimulatedPlatform(tmp_path / "platform")
    assert [simulated.post(f"p2.{nth}") for nth in (1, 2)] == [{"text": "post 1"}, {"text": "post 2"}]
    assert simulated.follows("a4") == ["a1", "a9"]
    simulated.close()
    assert platform(tmp_path, "a2") == platform(tmp_path, "a4") == []
    shorter = heard(terminal, "=handle3", "vary", "--to", "limit_reach")
    assert (shorter["lighter"]["decision"], platform(tmp_path, "a3")) == ("d3-varied", ["limit_reach"])
    assert terminal.refused("appeal", "file", "autumn", "d2", "--said", "again") == "reversed"
    assert terminal.refused("appeal", "file", "autumn", "d3", "--said", "again") == "reversed"
    again = heard(terminal, "a3", "overturn", by="fay")
    assert (again["decision"], platform(tmp_path, "a3")) == ("d3-varied", [])
    own = terminal.done("appeal", "overturn", "autumn", "d9", "--by", "ben", "--because", "we looked again", *PLATFORM,
                        "--json").json
    assert (own["carried_out"]["undone"], own["carried_out"]["told"], platform(tmp_path, "a9")) == (1, 1, [])
    assert terminal.refused("appeal", "overturn", "autumn", "d9", "--by", "ben", "--because", "again") == "reversed"
    upheld = heard(terminal, "d0", "uphold")
    assert (upheld["ordered"]["undo"], upheld["carried_out"]["told"], platform(tmp_path, "a0")) == (0, 1, ["label"])
    whole_class = terminal.done("appeal", "reverse", "autumn", "--cause", "rule:scam/links", "--by", "gil", "--because",
                                "the rule was wrong", "--yes", *PLATFORM, "--json").json
    assert whole_class["reversed"] == 26, "all but the four that were overturned before"
    again = terminal.done("appeal", "reverse", "autumn", "--cause", "rule:scam/links", "--by", "gil", "--because", "again",
                          "--yes", *PLATFORM, "--json").json
    assert (again["reversed"], again["ordered"]["undo"]) == (0, 0)
    assert [platform(tmp_path, f"a{number}") for number in range(30)] == [[]] * 30
    status = terminal.status()
    assert status["reconciles"] is True
    _is_recorded(terminal, tmp_path, place, status)


def _is_recorded(terminal: Terminal, tmp_path: Path, place: str, status: Any) -> None:
    """Every step is an event that the life of a campaign accepts, in the ledger, and no strike is left."""
    with open_state(place) as state:
        events = [event for _, event in state.events.read("autumn")]
        strikes = given(state, desk_of(state, "autumn").course(), shipped_pack())
    assert replay(events)[1] == ()
    assert (strikes.num_rows, strikes["withdrawn_at"].null_count) == (30, 0)
    terminal.done("ledger", "keygen", "example.org/ledger")
    terminal.done("campaign", "publish", "autumn", "--into", "ledger", "--private", "private")
    terminal.done("verify", "ledger")
    counts = published_counts(tmp_path / "ledger", "autumn")
    assert counts == {EventKind(kind): n for kind, n in status["events"].items()}
    assert (counts[EventKind.APPEAL_DECIDED], counts[EventKind.DECISION_REVERSED]) == (5, 31)
    entries = b"".join(file.read_bytes() for file in (tmp_path / "ledger" / "tile" / "entries").rglob("*") if file.is_file())
    assert not any(word in entries for word in (b"it was not so", b"I looked", b'"eve"', b'"d2"', b'"a2"'))


def test_who_decides_sees_the_words_and_the_deleted_posts_and_everybody_who_took_part(terminal: Terminal) -> None:
    filed = terminal.done("appeal", "file", "autumn", "d2", "--said", "these posts quoted a poem", "--json").json
    assert terminal.done("appeal", "list", "autumn", "--later", "72", "--json").json["appeals"][0]["age_days"] == 3
    shown = terminal.done("appeal", "show", "autumn", filed["appeal"][:8], "--json").json
    assert shown["said"] == "these posts quoted a poem"
    assert {post: json.loads(content)["text"] for post, content in shown["saved"].items()} == {
        "p2.1": "post 1", "p2.2": "post 2"}
    assert set(shown["took_part"]) >= {"ana", "ben", "cem"}
    for person in shown["took_part"]:
        assert terminal.refused("appeal", "decide", "autumn", filed["appeal"], "overturn", "--by", person, "--because", "x",
                                *PLATFORM) == "took_part"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("EVENHAND_EVIDENCE_KEY")
        assert terminal.done("appeal", "show", "autumn", filed["appeal"], "--json").json["said"] is None


@on_sqlite
def test_an_effect_that_cannot_be_taken_back_is_said_so_and_waits_for_a_person(
        terminal: Terminal, place: str, tmp_path: Path) -> None:
    with open_state(place) as state, state.database.write() as connection:
        connection.exec_driver_sql("update outbox set irreversible_at = 1 where key = 'k0.'")
    ruled = heard(terminal, "d0", "overturn")
    assert (ruled["ordered"]["too_late"], ruled["ordered"]["undo"], ruled["carried_out"]["told"]) == (["k0."], 0, 1)
    assert "is removed" not in ruled["told"], "nobody is told that something is back which is not"
    assert platform(tmp_path, "a0") == ["label"]
    with open_state(place) as state:
        failed = [event for _, event in state.events.read("autumn") if event.kind is EventKind.UNDO_FAILED]
    assert [(event.body["decision_id"], event.body["why"]) for event in failed] == [("d0", TOO_LATE)]


@on_sqlite
def test_a_campaign_with_appeals_is_rolled_back_whole(terminal: Terminal, tmp_path: Path) -> None:
    heard(terminal, "d3", "vary", "--to", "label")
    heard(terminal, "d5", "overturn")
    n = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--preview", "--json").json["accounts"]
    assert n == 29
    back = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "wrong",
                         "--unread", "x", "--confirm", f"autumn:{n}",
                         "--json").json
    assert (back["state"], back["stopped"]) == ("rolled_back", None)
    assert [platform(tmp_path, f"a{number}") for number in range(30)] == [[]] * 30
    assert terminal.status()["reconciles"] is True


@on_sqlite
def test_appeals_that_are_lost_on_the_command_line_halt_the_campaign(
        place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(tmp_path, capsys, monkeypatch, n=210, penalties=("label",), languages=("en",))
    monkeypatch.setenv("EVENHAND_STATE", place)
    terminal.drafted()
    terminal.audited()
    terminal.approved()
    for later in ("0", "1", "1"):
        assert terminal.applied("--effects-per-hour", "80", "--later", later)["state"] == "running"
    out = [one["decision_id"] for one in _imposed(place)][:9]
    for decision_id in out:
        heard(terminal, decision_id, "overturn")
    after = terminal.applied("--effects-per-hour", "80", "--later", "1")
    assert (after["state"], after["halts"]) == ("halted", 1)
    heard(terminal, _imposed(place)[20]["decision_id"], "overturn")  # an appeal is heard while it is halted
    assert terminal.status()["events"]["effect_imposed"] == len(_imposed(place)), "nothing else went out with it"


def _imposed(place: str) -> list[dict[str, Any]]:
    with open_state(place) as state:
        return list(state.decisions.imposed("autumn").sort_by("at").to_pylist())


@on_sqlite
def test_every_mistake_of_whoever_hears_appeals_has_its_text(
        terminal: Terminal, golden: Callable[[str, str], None], place: str, tmp_path: Path) -> None:
    with open_state(place) as state, state.database.write() as connection:
        connection.exec_driver_sql("update outbox set state = 'failed' where key = 'k6.'")
    terminal.done("appeal", "file", "autumn", "d0", "--said", "x")
    other = tmp_path / "other"
    other.mkdir()
    said = ("--said", "x")
    wrong: dict[str, tuple[str, ...]] = {
        "not_imposed": ("appeal", "file", "autumn", "d6", *said),
        "window_unknown": ("appeal", "file", "autumn", "d1", *said, "--later", str(24 * 400)),
        "no_decision": ("appeal", "file", "autumn", "nobody", *said),
        "no_plan": ("appeal", "file", "autumn", "d1", *said, "--plan", "other"),
        "no_appeal": ("appeal", "decide", "autumn", "ffffffff", "uphold", "--by", "eve", "--because", "x"),
        "no_case_here": ("appeal", "reverse", "autumn", "--cause", "rule:scam/links", "--by", "eve"),
        "pack_not_at_hand": ("appeal", "records", "--into", "memory", "--rehearsals"),
        "rehearsal": ("appeal", "decide", "autumn", "d0", "uphold", "--by", "eve", "--because", "x",
                      "--platform", "files:nowhere")}
    for name, words in wrong.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("EVENHAND_TRACEBACK")
            ran = terminal.run(*words)
        assert ran.code in {2, 4}, (name, ran)
        golden(f"appeals/command_{name}.txt", f"{ran.err}(exit code {ran.code})\n")


@on_sqlite
def test_rehearsals_leave_nothing_to_a_real_plan(terminal: Terminal) -> None:
    heard(terminal, "d0", "overturn")
    written = terminal.done("appeal", "records", "--into", "memory", "--json").json
    assert (written["strikes"], written["adjudications"], written["campaigns"]) == (0, 0, [])


