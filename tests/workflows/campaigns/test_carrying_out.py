"""A campaign from its draft to its rollback through the command line, on a simulated platform."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from campaign_commands import PLATFORM, READERS, Campaigns, Terminal, filled, in_a_new_hour
from campaign_plans import written_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import open_database
from evenhand.workflows.campaigns.letting_out import DROPPED, LOWERED, OVER, WAITS_FOR_PERSON
from evenhand.workflows.campaigns.publishing import published_counts

Make = Callable[..., Terminal]


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda **plan: Terminal(tmp_path, capsys, monkeypatch, **plan)


@pytest.fixture
def begin(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a terminal whose campaign is approved already."""
    return lambda **plan: campaigns.begin(tmp_path, capsys, monkeypatch, **plan)


def platform_state(folder: Path) -> dict[str, Any]:
    """What is so on the simulated platform, whatever was ordered on the way."""
    with sqlite3.connect(folder / "platform.sqlite") as state:
        found = {name: state.execute(query).fetchall() for name, query in (
            ("in force", "select penalty, count(*) from orders where act = 'impose' and in_force group by 1"),
            ("posts", "select post_id, content, is_gone from posts order by 1"),
            ("follows", "select * from follows order by 1, 2"))}
    state.close()
    return found


def test_from_the_draft_to_the_verified_ledger(make: Make, tmp_path: Path) -> None:
    terminal = make(n=30)
    terminal.drafted()
    terminal.audited()
    terminal.approved()
    first = terminal.applied(*in_a_new_hour())
    assert first["stages"][0]["name"] == "canary"
    assert first["stages"][0]["open"] > 0, "effects are spread over the hour, so the first call cannot send all"
    assert first["wait_until"] is not None
    last = terminal.applied("--until-done")
    assert last["state"] == "completed"
    status = terminal.status()
    assert status["reconciles"] is True
    assert status["effects"]["imposed"] == 30 + 5  # a deletion has two posts
    assert status["effects"]["statements_delivered"] == 30
    terminal.done("ledger", "keygen", "example.org/ledger")
    for _ in range(2):
        published = terminal.done("campaign", "publish", "autumn", "--into", "ledger", "--private", "private", "--json").json
    assert published["new"] == 0
    terminal.done("verify", "ledger")
    assert published_counts(tmp_path / "ledger", "autumn") == {EventKind(kind): n for kind, n in status["events"].items()}
    entries = b"".join(file.read_bytes() for file in (tmp_path / "ledger" / "tile" / "entries").rglob("*") if file.is_file())
    assert b'"stratum":"scam/links/label/en"' in entries
    assert not any(name in entries for name in (b'"ana"', b'"ben"', b'"a17"', b'"d17"', b"first campaign"))


def test_after_the_rollback_the_platform_is_as_it_was_before(begin: Make, tmp_path: Path) -> None:
    terminal = begin(n=210)
    simulated = SimulatedPlatform(tmp_path / "platform")
    simulated.stock(posts={f"p{number}.{nth}": {"text": f"“{number}”"} for number in range(2, 210, 6) for nth in (1, 2)},
                    follows=[(f"a{number}", f"a{other}") for number in range(4, 210, 6) for other in range(3)])
    simulated.close()
    before = platform_state(tmp_path / "platform")
    assert len(terminal.applied("--until-done", "--at-once")["stages"]) == 2
    during = platform_state(tmp_path / "platform")
    assert sum(n for _, n in during["in force"]) == 245
    assert during["follows"] == []
    assert not any(content for _, content, _ in during["posts"])
    preview = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--preview", "--json").json
    assert sum(one["effects"] for one in preview["by_penalty"]) == 245
    assert terminal.status()["state"] == "completed"
    back = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "a wrong list",
                         "--unread", "x", "--confirm", "autumn:210",
                         "--json").json
    assert (back["state"], back["undone"], back["failed"], back["too_late"]) == ("rolled_back", 245, 0, [])
    assert platform_state(tmp_path / "platform") == before
    status = terminal.status()
    assert status["reconciles"] is True
    assert status["effects"]["statements_delivered"] == 420
    assert [one["safeguard"] for one in status["waivers"]] == ["golden_items", "caps", "rollback_reading"]


def test_a_rollback_in_the_middle_stops_what_has_not_begun(begin: Make, tmp_path: Path) -> None:
    terminal = begin(n=30)
    first = terminal.applied(*in_a_new_hour())
    imposed = first["stages"][0]["imposed"]
    assert imposed < 35
    terminal.done("halt", "autumn", "--by", "dee", "--why", "a reporter called")
    n = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--preview", "--json").json["accounts"]
    back = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "wrong",
                         "--unread", "x", "--confirm", f"autumn:{n}",
                         "--json").json
    assert (back["undone"], back["suppressed"]) == (imposed, 35 - imposed)
    assert platform_state(tmp_path / "platform")["in force"] == []
    assert terminal.status()["reconciles"] is True


def test_a_stratum_that_misses_its_gate_is_not_imposed_and_says_why(make: Make, tmp_path: Path) -> None:
    def say(row: Any) -> str:
        number = int(row["account_id"].removeprefix("a"))
        is_wrong = number % 16 == 1 if number % 2 else number % 4 == 0  # one suspension in eight, every other label
        return "wrong" if is_wrong else "right"

    terminal = make(n=160, penalties=("label", "suspend"), languages=("en",))
    terminal.drafted()
    terminal.audited(say)
    terminal.approved()
    done = terminal.applied("--until-done", "--at-once")
    status = terminal.status()
    assert status["strata"] == {"passed": 0, "lowered": 1, "dropped": 1}
    assert (status["effects"]["imposed"], status["effects"]["suppressed"]) == (0, 160)
    assert done["state"] == "completed"
    with sqlite3.connect(tmp_path / "campaign.db") as state:
        whys = dict(state.execute("select why, count(*) from outbox group by 1").fetchall())
    state.close()
    assert set(whys) == {DROPPED, LOWERED}


def test_closings_wait_for_a_person_and_for_the_appeal_window(begin: Make) -> None:
    terminal = begin(n=12, penalties=("label", "close"), languages=("en",))
    done = terminal.applied("--until-done", "--at-once")
    assert done["stages"][-1]["name"] == "canary, after the appeal window"
    assert done["waiting"] == {WAITS_FOR_PERSON: 6}
    terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", "d1")
    for number in (3, 5, 7, 9, 11):
        terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", f"d{number}", "--no")
    assert terminal.applied("--at-once")["waiting"] == {"for the end of the appeal window": 1}
    done = terminal.applied("--at-once", "--until-done")
    assert done["state"] == "completed"
    assert (terminal.status()["effects"]["imposed"], terminal.status()["effects"]["suppressed"]) == (7, 5)


def test_a_large_account_waits_until_a_person_lets_it_out(begin: Make) -> None:
    terminal = begin(n=12)
    done = terminal.applied("--until-done", "--reach-per-hour", "200")
    assert done["waiting"] == {"for a person, since the reach alone is above an hour's cap": 1}
    terminal.done("campaign", "release", "autumn", "--by", "cem", "--decision", "d11", "--why", "read by two people")
    assert terminal.applied("--until-done", "--reach-per-hour", "200")["state"] == "completed"


def test_solo_mode_says_so_everywhere_and_refuses_what_cannot_be_taken_back(make: Make) -> None:
    terminal = make(n=12, penalties=("label", "close"))
    terminal.done("campaign", "draft", "autumn", "--by", "ana", "--solo", "--rehearsal")
    assert terminal.refused("campaign", "bind", "autumn", "--by", "ana") == "solo_irreversible"
    other = make(n=12)
    other.done("campaign", "bind", "autumn", "--by", "ana")
    other.done("audit", "draw", "autumn", "--by", "ana", "--seed", "1", "--reader", "ana=en,pt")
    filled(Path("readings/ana.csv"), lambda _row: "right")
    other.done("audit", "verdicts", "autumn", "readings/ana.csv")
    other.done("audit", "conclude", "autumn", "--by", "ana", "--without-golden", "alone")
    assert other.refused("approve", "autumn", "--by", "ana", "--later", "23") == "cooling_off"
    assert "solo mode" in other.done("approve", "autumn", "--by", "ana", "--later", "24").out
    assert "solo mode" in other.done("status", "autumn").out
    assert other.applied("--until-done", "--at-once")["state"] == "completed"


def test_what_a_safeguard_refuses_ends_with_code_4_and_its_reason(make: Make) -> None:
    terminal = make(n=12)
    terminal.drafted()
    assert terminal.refused("campaign", "draft", "autumn", "--by", "ana", "--rehearsal") == "already_drafted"
    assert terminal.refused("audit", "draw", "autumn", "--by", "ana", "--seed", "1", *READERS) == "proposer_draws"
    assert terminal.refused("approve", "autumn", "--by", "ben") == "wrong_state"
    terminal.audited()
    assert terminal.refused("approve", "autumn", "--by", "ana", "--later", "2") == "proposer_approves"
    assert terminal.refused("approve", "autumn", "--by", "ben") == "cooling_off"
    terminal.approved()
    assert terminal.refused("approve", "autumn", "--by", "ben") == "wrong_state"
    assert terminal.refused("halt", "autumn", "--by", "dee", "--why", "too early") == "wrong_state"
    Path("plan/plan.json").write_text(Path("plan/plan.json").read_text().replace('"snap"', '"snap-2"'))
    confirm = ("--confirm", "autumn:12")
    assert terminal.refused("apply", "autumn", "--by", "ben", *PLATFORM, *confirm) == "stale"
    Path("plan/plan.json").write_text(Path("plan/plan.json").read_text().replace('"snap-2"', '"snap"'))
    with Path("plan/decisions.parquet").open("ab") as file:
        file.write(b" ")
    ran = terminal.run("apply", "autumn", "--by", "ben", *PLATFORM, *confirm)
    assert ran.code == 4
    assert ran.err == ("refused: the plan is stale: the plan's tables have changed since it was made\n"
                       "  = plan again, and audit and approve the new plan\n")


def test_what_somebody_typed_wrong_ends_with_code_2_and_changes_nothing(begin: Make) -> None:
    terminal = begin(n=12)
    before = terminal.status()["events"]
    for words, text in (
            (("apply", "autumn", "--by", "ben", *PLATFORM), "in a script write `--confirm autumn:12`"),
            (("apply", "autumn", "--by", "ben", *PLATFORM, "--confirm", "autumn:13"), "is not this campaign"),
            (("apply", "autumn", "--by", "ben", "--platform", "files:x", "--confirm", "autumn:12"), "reaches no real platform"),
            (("apply", "autumn", "--by", "ben", "--platform", "ftp:x"), "names no platform"),
            (("status", "winter"), "there is no campaign `winter`"),
            (("audit", "conclude", "autumn", "--by", "ben"), "nothing says how good the readers are")):
        ran = terminal.run(*words)
        assert (ran.code, text in ran.err) == (2, True), ran
    assert terminal.status()["events"] == before


def test_nobody_shortens_a_real_cooling_off(make: Make) -> None:
    terminal = make(n=12)
    terminal.done("campaign", "draft", "real", "--by", "ana", "--plan", "plan")
    ran = terminal.run("approve", "real", "--by", "ben", "--later", "2")
    assert (ran.code, "the time of `real` cannot be set" in ran.err) == (2, True)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(per_hour=st.integers(3, 12))
def test_no_hour_sees_more_than_its_cap(campaigns: Campaigns, tmp_path_factory: pytest.TempPathFactory,
                                        capsys: pytest.CaptureFixture[str], per_hour: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("capped")
        terminal = campaigns.begin(folder, capsys, patch, n=24)
        assert terminal.applied("--until-done", "--effects-per-hour", str(per_hour))["state"] == "completed"
        with open_database(folder / "campaign.db") as database, database.read() as connection:
            busiest = connection.exec_driver_sql("select max(n) from (select count(*) n from events "
                                                 "where kind = 'effect_imposed' group by at / 3600000000)").scalar()
    assert busiest is not None
    assert busiest <= per_hour


def test_every_view_says_in_json_what_it_documents(make: Make) -> None:
    terminal = make(n=12)
    cost = terminal.done("audit", "cost", "plan", "--json").json
    assert cost["n_items"] == 12
    assert terminal.run("status", "--json").code == 2, "there is no database yet"
    terminal.drafted()
    assert [one["campaign"] for one in terminal.done("status", "--json").json["campaigns"]] == ["autumn"]


def test_without_the_extra_the_command_line_works_and_a_campaign_says_what_to_install(tmp_path: Path) -> None:
    code = ("import sys; sys.modules['sqlalchemy'] = sys.modules['alembic'] = None\n"
            "from evenhand.cli.main import main; main(sys.argv[1:])")
    ran = subprocess.run([sys.executable, "-c", code, "status"], cwd=tmp_path, capture_output=True, text=True, check=False,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert ran.returncode == 2
    assert "install it with `pip install 'evenhand[campaign]'`" in ran.stderr


def test_a_suspension_that_would_have_ended_is_not_imposed(make: Make, tmp_path: Path) -> None:
    terminal = make(n=12, penalties=("label", "suspend"), languages=("en",), suspended_for=timedelta(days=10))
    terminal.drafted()
    terminal.audited()
    terminal.done("approve", "autumn", "--by", "ben", "--later", str(24 * 40))
    terminal.done("approve", "autumn", "--by", "cem", "--later", "0")
    assert terminal.applied("--until-done", "--at-once")["state"] == "completed"
    with closing(sqlite3.connect(tmp_path / "campaign.db")) as state:
        found = dict(state.execute(
            "select coalesce(nullif(why, ''), state), count(*) from outbox where act = 'impose' group by 1"))
    assert found == {OVER: 6, "done": 6}


def test_letting_out_what_the_plan_does_not_have_is_an_error(make: Make) -> None:
    terminal = make(n=6)
    terminal.drafted()
    ran = terminal.run("campaign", "release", "autumn", "--by", "cem", "--decision", "d77", "--why", "a typo")
    assert (ran.code, "the plan has no decision `d77`" in ran.err) == (2, True)


def test_a_rollback_with_another_plan_is_refused(make: Make, tmp_path: Path) -> None:
    terminal = make(n=6, penalties=("label",))
    terminal.drafted()
    terminal.audited()
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    written_plan(tmp_path / "other", n=7, penalties=("label",))
    assert terminal.refused("rollback", "autumn", "--by", "ben", *PLATFORM, "--plan", "other", "--why", "w",
                            "--confirm", "autumn:6") == "other_plan"
    assert terminal.status()["state"] == "completed"
    halted = terminal.run("halt", "autumn", "--by", "dee", "--why", "late")
    assert "overturned on appeal, or the campaign rolled back" in halted.err
