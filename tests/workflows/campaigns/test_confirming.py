"""What a guard or the policy leaves to a person is not carried out before a person has confirmed it."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from campaign_commands import Terminal, in_a_new_hour, to_a_new_hour
from campaign_plans import CUT_OFF, written_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.campaign.stages import ONE_BY_ONE, Caps
from evenhand.connectors.case_files import read_words, write_cases
from evenhand.connectors.plan_folder import read_plan
from evenhand.errors import DataError
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.clock import Clock
from evenhand.workflows.campaigns.conduct import Applied, Conduct
from evenhand.workflows.campaigns.letting_out import NOT_CONFIRMED, WAITS_FOR_PERSON, Terms, let_out
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import open_state

Make = Callable[..., Terminal]


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda **plan: Terminal(tmp_path, capsys, monkeypatch, **plan)


def imposed(folder: Path) -> set[str]:
    """The decisions of which something was imposed."""
    with closing(sqlite3.connect(folder / "campaign.db")) as state:
        return {one for one, in state.execute("select decision_id from outbox where act = 'impose' and state = 'done'")}


def whys(folder: Path) -> dict[str, int]:
    """Why effects were suppressed, and how many."""
    with closing(sqlite3.connect(folder / "campaign.db")) as state:
        return dict(state.execute("select why, count(*) from outbox where state = 'suppressed' and act = 'impose' group by 1"))


def ready(make: Make, **plan: object) -> Terminal:
    """A campaign that may start."""
    terminal = make(**plan)
    terminal.drafted()
    terminal.audited()
    terminal.approved()
    return terminal


def test_only_what_a_person_confirmed_is_imposed(make: Make, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    terminal = ready(make, n=12, penalties=("label", "limit_reach"), languages=("en",), by_person={1, 4, 6})
    done = terminal.applied("--until-done", "--at-once")
    assert (done["state"], done["waiting"]) == ("running", {WAITS_FOR_PERSON: 3})
    assert done["stages"][-1]["name"] == ONE_BY_ONE
    assert imposed(tmp_path) == {f"d{number}" for number in range(12)} - {"d1", "d4", "d6"}
    assert terminal.refused("campaign", "confirm", "autumn", "--by", "ana", "--decision", "d1") == "proposer_confirms"
    said = terminal.done("campaign", "cases", "autumn", "--into", "cases.csv").out
    assert "3 decisions wait for a person" in said
    with Path("cases.csv").open(encoding="utf-8") as lines:
        rows = {row["decision_id"]: row for row in csv.DictReader(lines)}
    assert set(rows) == {"d1", "d4", "d6"}
    assert rows["d4"]["penalty"] == "label"
    assert rows["d4"]["reasons"] == "It links to a listed address (4)."
    Path("words.csv").write_text("decision_id,confirmed\nd1,yes\nd4, NO\nd6,\n", encoding="utf-8")
    terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--from", "words.csv")
    assert terminal.applied("--until-done", "--at-once")["waiting"] == {WAITS_FOR_PERSON: 1}
    late = terminal.run("campaign", "confirm", "autumn", "--by", "dee", "--decision", "d1", "--no")
    assert late.code == 2
    golden("errors/campaigns/confirmed_too_late.txt", late.err)
    terminal.done("campaign", "confirm", "autumn", "--by", "dee", "--decision", "d6")
    assert terminal.applied("--until-done", "--at-once")["state"] == "completed"
    assert imposed(tmp_path) == {f"d{number}" for number in range(12)} - {"d4"}
    assert whys(tmp_path) == {NOT_CONFIRMED: 1}
    terminal.done("report", "--campaign", "autumn")
    page = Path("autumn-report/report.html").read_text(encoding="utf-8")
    assert "2 were confirmed, each by itself, and 1 not" in page


def test_a_no_holds_what_was_let_out_and_has_not_begun(make: Make, tmp_path: Path) -> None:
    terminal = ready(make, n=4, penalties=("label",), languages=("en",), by_person={0, 1, 2, 3})
    for number in range(4):
        terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", f"d{number}")
    first = terminal.applied(*in_a_new_hour())
    left = sorted({f"d{number}" for number in range(4)} - imposed(tmp_path))
    assert first["stages"][0]["open"] == len(left) > 0
    terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", left[0], "--no")
    assert terminal.applied("--until-done")["state"] == "completed"
    assert imposed(tmp_path) == {f"d{number}" for number in range(4)} - {left[0]}


def test_a_no_between_reading_and_letting_out_is_heard(make: Make, tmp_path: Path) -> None:
    terminal = ready(make, n=4, penalties=("label",), languages=("en",), by_person={0, 1, 2, 3})
    terminal.applied()
    for number in range(4):
        terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", f"d{number}")
    with open_state("campaign.db") as state:
        desk, way = desk_of(state, "autumn"), rollout(Path("plan"), read_plan(Path("plan")))
        read = desk.course()
        terminal.done("campaign", "confirm", "autumn", "--by", "dee", "--decision", "d2", "--no")
        out = [let_out(state, course, way, Terms(caps=None, seed="1"), stage=1, at=desk.clock.now())
               for course in (read, desk.course())]
    assert [(one.n_released, one.is_overtaken) for one in out] == [(0, True), (3, False)]
    assert terminal.applied("--until-done", "--at-once")["state"] == "completed"
    assert (imposed(tmp_path), whys(tmp_path)) == ({"d0", "d1", "d3"}, {NOT_CONFIRMED: 1})


@pytest.mark.parametrize("is_halted", [True, False])
def test_what_somebody_says_while_a_worker_sleeps_is_heard_before_it_takes_more(
        make: Make, tmp_path: Path, is_halted: bool) -> None:
    terminal = ready(make, n=4, penalties=("label",), languages=("en",), by_person={0, 1, 2, 3})
    for number in range(4):
        terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", f"d{number}")
    with open_state("campaign.db", evidence_key=os.environ["EVENHAND_EVIDENCE_KEY"]) as state:
        desk = desk_of(state, "autumn", later=to_a_new_hour())
        left = list[str]()

        def sleep(seconds: float) -> None:
            if not left:  # what was let out waits for its moment in the hour
                left.extend(sorted({"d0", "d1", "d2", "d3"} - imposed(tmp_path)))
                terminal.done(*(("halt", "autumn", "--why", "look") if is_halted else (
                    "campaign", "confirm", "autumn", "--decision", left[0], "--no")), "--by", "dee")
            desk.clock.sleep(seconds)

        waiting = Desk(state=state, campaign_id="autumn", clock=Clock(now=desk.clock.now, sleep=sleep))
        platform = open_platform("simulated:platform")
        caps = Caps(effects=99, effects_per_language=99, reach=10**9, reach_per_language=10**9)
        done = carry_out(waiting, Path("plan"), platform.platform, Conduct(caps=caps, until_done=True), person="ben")
        platform.close()
    assert isinstance(done, Applied)
    assert len(left) > 1
    assert imposed(tmp_path) == {"d0", "d1", "d2", "d3"} - set(left if is_halted else left[:1])


def test_a_word_about_another_decision_is_refused_with_all_of_them(make: Make) -> None:
    terminal = ready(make, n=6, penalties=("label",), languages=("en",), by_person={1})
    Path("words.csv").write_text("decision_id,confirmed\nd1,yes\nd2,yes\nd77,no\n", encoding="utf-8")
    ran = terminal.run("campaign", "confirm", "autumn", "--by", "cem", "--from", "words.csv")
    assert ran.code == 2
    assert "the plan has no decision `d77`" in ran.err
    assert "the decision `d2` waits for no person" in ran.err
    assert terminal.applied("--until-done", "--at-once")["waiting"] == {WAITS_FOR_PERSON: 1}, "nothing was recorded"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(n=st.integers(1, 40), chosen=st.sets(st.integers(0, 39)), with_closings=st.booleans())
def test_what_waits_for_a_person_comes_after_all_that_does_not(
        tmp_path_factory: pytest.TempPathFactory, n: int, chosen: set[int], with_closings: bool) -> None:
    folder = tmp_path_factory.mktemp("plan")
    written_plan(folder, n=n, penalties=("label", "close") if with_closings else ("label",), by_person=chosen)
    way = rollout(folder, read_plan(folder))
    by_person, penalty = way.order["by_person"].to_pylist(), way.order["penalty"].to_pylist()
    kinds = [2 if of == "close" else int(asked) for asked, of in zip(by_person, penalty, strict=True)]
    assert kinds == sorted(kinds)
    assert all(asked for asked, of in zip(by_person, penalty, strict=True) if of == "close"), "never without a person"
    ends = [stage.end for stage in way.stages]
    assert (way.stages[0].first, ends[-1], [stage.first for stage in way.stages[1:]]) == (0, n, ends[:-1])
    for stage in way.stages:
        assert (stage.name == ONE_BY_ONE) == (set(kinds[stage.first:stage.end]) == {1})
    ids = pa.array([f"d{number}" for number in range(n)] + ["d0-lowered", "stranger"])
    waits = way.waits_for_person(way.places(ids)).to_pylist()
    assert waits[-2] == waits[0], "what takes its place waits as it does"
    assert waits[-1] is True


WRONG = {"maybe": "`maybe` is no word on a case", "yes\nd1,no": "`d1` is confirmed and not confirmed"}


@pytest.mark.parametrize("word", WRONG)
def test_a_file_of_words_tells_its_mistakes_with_their_lines(tmp_path: Path, word: str) -> None:
    file = tmp_path / "words.csv"
    file.write_text(f"decision_id,confirmed\nd1,{word}\nd2,perhaps\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_words(file)
    assert [problem.what for problem in refused.value.problems] == [WRONG[word], "`perhaps` is no word on a case"]
    assert all(problem.line for problem in refused.value.problems)


def test_cases_are_never_written_over_somebodys_words(tmp_path: Path) -> None:
    cases = pa.table({"decision_id": ["d1"], "until": [datetime(2026, 12, 1, tzinfo=CUT_OFF.tzinfo) + timedelta(0)]})
    write_cases(tmp_path / "cases.csv", cases)
    with pytest.raises(DataError, match="there is such a file already"):
        write_cases(tmp_path / "cases.csv", cases)
