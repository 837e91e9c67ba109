"""What commands show: laid out for the terminal they are on, the same as JSON, and literal whatever accounts write."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from rich.cells import cell_len
from sample_campaign import LOOKED_FOR, RULE_TEXT, english, sample_campaign

from evenhand.campaign.plan import Spared
from evenhand.cli.views.campaign import CampaignView
from evenhand.cli.views.explain import ExplainView
from evenhand.cli.views.problems import ProblemsView
from evenhand.cli.views.progress import SECONDS_BETWEEN_LINES, progress, spent_and_left
from evenhand.cli.views.screen import JSON_VERSION, Screen, View
from evenhand.cli.views.sweep import NextCommands, SweepView
from evenhand.errors import DoorError, EvenhandError, PolicyError, Problem
from evenhand.model.decision import Automation, Decision, Profile
from evenhand.model.evidence import EvidenceFamily, Finding, GuardHit, Reason, Strength
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements import Outcome, Rule, compose
from evenhand.transparency import ReportSources, campaign_table, report_view
from evenhand.workflows.explain import Explanation, StepResult

ENGLISH = english()
SAMPLE = sample_campaign()
NEXT = NextCommands(commands=(("evenhand report plan", "the whole report as one HTML file"),
                              ("evenhand explain ACCOUNT", "why one account is in the plan, or is not")))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def shown(view: View, *, as_json: bool = False) -> str:
    out = io.StringIO()
    Screen(out=out, err=io.StringIO(), as_json=as_json).show(view)
    return out.getvalue()


def sweep_view(*, with_everything: bool = True) -> SweepView:
    report = report_view(ReportSources(
        plan=SAMPLE.plan, decisions=SAMPLE.decisions, spared=SAMPLE.spared, effects=SAMPLE.effects,
        previous=SAMPLE.previous if with_everything else None, looked_for=LOOKED_FOR,
        truth=SAMPLE.truth if with_everything else None),
        messages=ENGLISH)
    return SweepView(report=report, next_commands=NEXT, seconds=18.4)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_sweep_is_laid_out_for_the_width_of_the_terminal(
        width: int, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = shown(sweep_view())
    assert max(cell_len(line) for line in text.splitlines()) <= width
    golden(f"views/sweep_{width}.txt", text)


def test_a_sweep_as_json(golden: Callable[[str, str], None]) -> None:
    golden("views/sweep.json", shown(sweep_view(), as_json=True))


def test_a_sweep_without_truth_and_without_a_previous_plan_says_nothing_of_them() -> None:
    text = shown(sweep_view(with_everything=False))
    assert "Known truth" not in text
    assert "previous" not in text
    record = json.loads(shown(sweep_view(with_everything=False), as_json=True))
    assert record["truth"] is record["difference"] is None


@pytest.mark.parametrize("width", [40, 60, 72, 80, 96, 100, 132, 240])
def test_the_campaign_table_fits_every_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = shown(CampaignView(campaign=campaign_table(SAMPLE.decisions), messages=ENGLISH))
    assert max(cell_len(line) for line in text.splitlines()) <= width
    if width >= 80:
        assert "…" not in text


def test_every_number_of_the_campaign_table_is_shown_with_its_sum() -> None:
    table = campaign_table(SAMPLE.decisions)
    text = shown(CampaignView(campaign=table, messages=ENGLISH))
    total = table.total
    assert (f"{total.by_penalty[Penalty.CLOSE]} closed + {total.by_penalty[Penalty.SUSPEND]} suspended + "
            f"{total.by_penalty[Penalty.DELETE_POST]} with posts deleted + {total.n_lesser} lesser = 420 accounts") in text
    assert all(ENGLISH.say(f"harm.{harm}.short") in text for harm in Harm)


def test_json_counts_add_up_like_the_table() -> None:
    record = json.loads(shown(CampaignView(campaign=campaign_table(SAMPLE.decisions), messages=ENGLISH), as_json=True))
    assert (record["view"], record["version"]) == ("campaign", JSON_VERSION)
    assert sum(row["accounts"] for row in record["rows"]) == record["total"]["accounts"] == SAMPLE.decisions.num_rows
    assert all(sum(row["by_penalty"].values()) == row["accounts"] for row in record["rows"])


def test_there_is_no_colour_where_there_is_no_terminal_or_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in shown(sweep_view())
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    Screen(out=terminal, err=io.StringIO()).show(sweep_view())  # NO_COLOR is set for every test
    assert "\x1b[36m" not in terminal.getvalue()
    monkeypatch.delenv("NO_COLOR")
    terminal = Terminal()
    Screen(out=terminal, err=io.StringIO()).show(sweep_view())
    assert "\x1b[36m" in terminal.getvalue()


def test_a_stream_that_lacks_letters_gets_escapes_and_no_error() -> None:
    bytes_out = io.BytesIO()
    out = io.TextIOWrapper(bytes_out, encoding="ascii")
    Screen(out=out, err=out).show(sweep_view())
    Screen(out=out, err=out, as_json=True).show(sweep_view())
    out.flush()
    assert b"420" in bytes_out.getvalue()


def test_lines_do_not_end_in_spaces_where_there_is_no_terminal() -> None:
    assert [line for line in shown(sweep_view()).splitlines() if line != line.rstrip()] == []


def _profile() -> Profile:
    return Profile(account_id="a1", handle="spiegel.ltd", display_name="Der SpiegeI", platform="p", language="de",
                   followers=1200, created_at=datetime(2026, 3, 1, tzinfo=UTC))


def _finding(shown_name: str = "Der SpiegeI") -> Finding:
    return Finding(account_id="a1", harm=Harm.IMPERSONATION_MEDIA, detector="impersonation_media", confidence=0.93,
                   holder_id="media:spiegel.de", reasons=(
        Reason(signal="name_reads_as", family=EvidenceFamily.IDENTITY, where="display_name", shown=shown_name,
               expected="Der Spiegel", source="media:spiegel.de",
               fact=f"Its display name “{shown_name}” reads as “Der Spiegel” (registered: media:spiegel.de)."),
        Reason(signal="claims_news", family=EvidenceFamily.CLAIM, where="bio", shown="Nachrichten", expected="", source="",
               fact="Its profile text says “Nachrichten”: it presents itself as a news outlet.")))


def _hit(strength: Strength = Strength.ASK) -> GuardHit:
    return GuardHit(account_id="a1", guard="precedence", strength=strength, where="created_at", shown="2014-02-11",
                    fact="It has existed since 2014-02-11.")


def decision(finding: Finding) -> Decision:
    until = datetime(2026, 12, 1, tzinfo=UTC)
    statement = compose(ENGLISH, profile=_profile(), finding=finding,
                        rule=Rule(text=RULE_TEXT["media"], ground_url="https://platform.example/rules#media"),
                        outcome=Outcome(penalty=Penalty.SUSPEND, until=until, automation=Automation.PARTIALLY))
    return Decision(
        decision_id="0123456789abcdef01234567", profile=_profile(), harm=finding.harm, policy_id="impersonation-media",
        penalty=Penalty.SUSPEND, until=until, finding=finding, guards_considered=(_hit(),),
        automation=Automation.PARTIALLY, decided_at=datetime(2026, 11, 1, tzinfo=UTC), other_harms=(Harm.SCAM,),
        steps=("rung 2 of 3 with 1 strike that count: suspend", "a person decides: It has existed since 2014-02-11."),
        would_change=("without the evidence of claim, there would be no finding",), statement=statement)


def explanation(*outcomes: Decision | Spared, name: str = "Der SpiegeI") -> Explanation:
    account = {"account_id": "a1", "handle": "spiegel.ltd", "display_name": name, "bio": "Nachrichten", "website": None,
               "platform": "p", "language": "de", "followers": 1200, "created_at": datetime(2026, 3, 1, tzinfo=UTC),
               "previous_names": ["old"]}
    rows = pa.table({"account_id": ["a1"] * 7, "field": ["display_name"] * 7, "shown": [name] * 7,
                     "similarity": [0.95123] * 7, "affix": pa.array([None] * 7, pa.string())})
    return Explanation(account=account, n_posts=12, outcomes=outcomes,
                       steps=(StepResult(name="name_matches", sentence="a name that reads as a holder's", rows=rows),))


EXPLANATIONS = {
    "penalty": explanation(decision(_finding())),
    "spared": explanation(Spared(profile=_profile(), finding=_finding(), guard_hits=(_hit(Strength.SPARE),),
                                 why="spared by the guard `precedence`: It has existed since 2014-02-11.")),
    "nothing": explanation(),
}


@pytest.mark.parametrize("outcome", EXPLANATIONS)
def test_an_account_is_explained_from_the_measurements_to_the_outcome(
        outcome: str, golden: Callable[[str, str], None]) -> None:
    golden(f"views/explain_{outcome}.txt", shown(ExplainView(explanation=EXPLANATIONS[outcome], messages=ENGLISH)))


@pytest.mark.parametrize("outcome", EXPLANATIONS)
def test_an_explanation_as_json(outcome: str, golden: Callable[[str, str], None]) -> None:
    golden(f"views/explain_{outcome}.json",
           shown(ExplainView(explanation=EXPLANATIONS[outcome], messages=ENGLISH), as_json=True))


def test_the_rows_of_the_steps_can_be_left_out() -> None:
    short = shown(ExplainView(explanation=EXPLANATIONS["penalty"], messages=ENGLISH, with_steps=False))
    assert "name_matches" not in short
    assert "What would have changed it" in short


@pytest.mark.parametrize("name", ["[bold red]x[/]", "[link=https://evil.example]x[/link]", ":warning:", "\x1b[2Jx",
                                  "\x1b]8;;https://evil.example\x07x", "x\ny", "\u202egnp.exe"])
def test_what_an_account_writes_is_shown_literally(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    made = explanation(Spared(profile=_profile(), finding=_finding(name), guard_hits=(), why=f"because of {name}"), name=name)
    Screen(out=terminal, err=terminal).show(ExplainView(explanation=made, messages=ENGLISH))
    text = terminal.getvalue()
    assert "\x1b[2J" not in text
    assert "\x1b]8" not in text
    assert "\u202e" not in text
    if "\x1b" not in name and name.isprintable():
        assert name in text


PROBLEM = Problem(what="unknown penalty `limit_rech`", file="media.toml", line=14, column=12, length=10,
                  source='penalty = "limit_rech"', hint="did you mean `limit_reach`?")


def test_an_error_is_shown_as_it_renders_itself() -> None:
    error = PolicyError([PROBLEM, Problem(what="a policy needs a text", hint="write one")])
    assert shown(ProblemsView(error=error)) == error.render() + "\n"


def test_an_error_that_quotes_a_file_cannot_reach_the_terminal() -> None:
    error = PolicyError(Problem(what="bad", file="x", line=1, column=1, source="\x1b[2J\u202e"))
    assert "\x1b" not in shown(ProblemsView(error=error))


def test_a_long_line_of_a_file_is_not_wrapped_so_that_the_caret_stays_below_its_letter() -> None:
    error = PolicyError(Problem(what="bad", file="x", line=1, column=190, source="x" * 200))
    assert shown(ProblemsView(error=error)) == error.render() + "\n"


@pytest.mark.parametrize("error", [PolicyError([PROBLEM]), DoorError("nothing there"), EvenhandError("no")])
def test_an_error_as_json_has_its_exit_code_and_its_places(error: EvenhandError) -> None:
    record = json.loads(shown(ProblemsView(error=error), as_json=True))
    assert record["view"] == "problems"
    assert record["exit_code"] == int(error.exit_code)
    assert record["kind"] == type(error).__name__
    assert [problem["what"] for problem in record["problems"]] == [problem.what for problem in error.problems]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_a_terminal_progress_is_a_line_now_and_then() -> None:
    err, clock = io.StringIO(), Clock()
    with progress(Screen(out=io.StringIO(), err=err), what="Sweeping", clock=clock) as advance:
        advance(10, 1_000, "bucket 1")
        clock.now = SECONDS_BETWEEN_LINES
        advance(250, 1_000, "bucket 2")
        advance(260, 1_000, "bucket 3")
        clock.now = 2 * SECONDS_BETWEEN_LINES
        advance(1_000, 1_000, "comparing accounts")
    assert err.getvalue() == (
        "Sweeping: 25 %, 250 of 1,000 accounts, 0:00:10, about 0:00:30 left (bucket 2)\n"
        "Sweeping: 100 %, 1,000 of 1,000 accounts, 0:00:20 (comparing accounts)\n")


def test_each_stretch_of_work_has_a_pace_of_its_own() -> None:
    err, clock = io.StringIO(), Clock()
    with progress(Screen(out=io.StringIO(), err=err), what="Sweeping", clock=clock) as advance:
        for clock.now, n_done, n_total, doing in ((100.0, 1_000, 1_000, "comparing accounts"), (140.0, 0, 400, "deciding"),
                                                  (150.0, 100, 400, "deciding")):
            advance(n_done, n_total, doing)
    assert err.getvalue().splitlines()[1:] == [
        "Sweeping: 0 %, 0 of 400 accounts, 0:02:20 (deciding)",
        "Sweeping: 25 %, 100 of 400 accounts, 0:02:30, about 0:00:30 left (deciding)"]


def test_on_a_terminal_progress_is_a_bar_that_leaves_nothing_on_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    out, err, clock = io.StringIO(), Terminal(), Clock()
    with progress(Screen(out=out, err=err), what="Sweeping", clock=clock) as advance:
        clock.now = 30.0
        advance(25, 100, "[bold]bucket[/]")
    assert out.getvalue() == ""
    assert "25 of 100 accounts" in err.getvalue()
    assert "about 0:01:30 left" in err.getvalue()


def test_in_json_form_progress_says_nothing() -> None:
    err = Terminal()
    with progress(Screen(out=io.StringIO(), err=err, as_json=True), what="Sweeping") as advance:
        advance(1, 2, "x")
    assert err.getvalue() == ""


@pytest.mark.parametrize(("n_done", "text"), [(0, "0:01:40"), (50, "0:01:40, about 0:01:40 left"), (100, "0:01:40")])
def test_time_left_is_told_only_between_beginning_and_end(n_done: int, text: str) -> None:
    assert spent_and_left(100.0, n_done=n_done, n_total=100) == text
