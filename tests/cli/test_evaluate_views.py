"""Scorecards as people and programs read them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from rich.cells import cell_len

from evenhand.cli.views.evaluation.evaluate import CardsView
from evenhand.cli.views.evaluation.world_score import WorldView
from evenhand.cli.views.screen import Screen, View
from evenhand.errors import Problem
from evenhand.evaluation.card import Bar, Card, judge_bars
from evenhand.evaluation.metric import count, f1, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, CardResult, Measured, NoDetector, NotRun
from evenhand.evaluation.outcomes import Kind
from evenhand.evaluation.scorecard import scorecard
from evenhand.model.harm import Harm
from evenhand.model.plan import Plan
from evenhand.workflows.evaluation.cards import task_forms
from evenhand.workflows.evaluation.world import WorldScore, WrongDecision
from evenhand.workflows.materials import load_messages

FORMS = task_forms()
_FILE = Path(__file__).resolve().parents[2] / "tools" / "write_evaluation_results.py"
_SPEC = spec_from_file_location("write_evaluation_results", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
_TOOL = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_TOOL)
ENGLISH = load_messages("en")


def shown(view: View, *, as_json: bool = False) -> str:
    out = io.StringIO()
    Screen(out=out, err=io.StringIO(), as_json=as_json).show(view)
    return out.getvalue()


def card(name: str, task: str, *bars: Bar) -> Card:
    return Card(card_id=name, title=f"The set {name}", task=task, licence="CC0-1.0", source="a test", files=(), bars=bars,
                notes="Half of it is invented.")


def measured_texts() -> CardResult:
    metrics = (f1(90, n_wrong=4, n_missed=10, n_left=96, seed=0), share("precision", 90, n=94), share("recall", 90, n=100),
               share("negatives_found", 4, n=100), count("n_negatives_found", 4, n=200))
    by = Breakdown(by="language", rows=tuple(
        BreakdownRow(value=language, metrics=(f1(n, n_wrong=1, n_missed=2, seed=0), share("recall", n, n=n + 2)))
        for language, n in (("en", 60), ("ja", 30))))
    bars = (Bar(metric="f1", at_least=0.9), Bar(metric="n_negatives_found", at_most=0))
    return CardResult(
        card=card("spam", "text_classification", *bars), bars=judge_bars(bars, metrics), seconds=1.5,
        outcome=Measured(n=200, metrics=metrics, breakdowns=(by,), mistakes=("missed: win a\x1b[31m prize",), n_mistakes=14),
        rejected=(Problem(what="`text` is empty", file="spam.csv", line=7),), n_rejected=1, left_out=(("unclear", 3),))


def all_results() -> tuple[CardResult, ...]:
    one, two = Bar(metric="recall", at_least=0.85), Bar(metric="found", at_most=0.0005)
    pairs = (share("recall", 13, n=14), count("missed", 1, n=14))
    return (measured_texts(),
            CardResult(card=card("pairs", "lookalike_pairs"), outcome=Measured(n=14, metrics=pairs)),
            CardResult(card=card("advice", "text_classification", one), bars=judge_bars((one,), ()),
                       outcome=NoDetector(why="no step leaves the relation `advice`")),
            CardResult(card=card("genuine", "genuine_accounts", two), bars=judge_bars((two,), ()),
                       outcome=NotRun(missing=("registry/list.csv",))))


def world_score() -> WorldScore:
    """Made-up counts over roles, operators and languages, the same on every machine."""
    chance = np.random.default_rng(5)
    rows: list[dict[str, Any]] = []
    for language in ("en", "ja", "ar"):
        for harm, operators in ((Harm.IMPERSONATION_MEDIA, ("leet+plural", "two_edits")), (Harm.SCAM, (None,)),
                                (Harm.FALSE_CLAIM, (None,))):
            for operator in operators:
                rows += [{"kind": "violator", "role": f"{harm}_role", "operator": operator, "language": language,
                          "harm": harm, "decided": decided if harm is not Harm.FALSE_CLAIM else None,
                          "is_true": harm is not Harm.FALSE_CLAIM and decided is not None and (
                              decided == harm or language == "ar"),
                          "n_accounts": int(chance.integers(1, 900))} for decided in (harm, Harm.SCAM, None)]
        for kind, role in (("hard_negative", "parody"), ("hard_negative", "fan"), ("ordinary", "o"), ("holder", "h")):
            rows += [{"kind": kind, "role": role, "operator": None, "language": language, "harm": None, "decided": decided,
                      "is_true": False, "n_accounts": int(chance.integers(1, 9) if decided else chance.integers(500, 90_000))}
                     for decided in (Harm.SCAM, None)]
    cells = pa.Table.from_pylist([{**row, "group": row["role"], "is_violator": row["kind"] == Kind.VIOLATOR}
                                  for row in rows])
    operators = cells.filter(pc.is_valid(cells["operator"]))
    posts = pa.Table.from_pylist([{"is_violating": bad, "is_named": named, "is_deleted": False, "n_posts": n}
                                  for bad, named, n in ((True, True, 900), (True, False, 500), (False, True, 3))])
    plan = Plan(digest="0123456789abcdef" * 4, cut_off=datetime(2026, 11, 1, tzinfo=UTC), snapshot="s",
                pack="reference 2026.11", pack_digest="", registries_digest="", code_version="0", steps_digest="", supported=(),
                seed=0, n_accounts=9, n_posts=9, counts={}, guards=())
    wrong = WrongDecision(account_id="a17", kind=Kind.HARD_NEGATIVE, role="parody", language="ja", decided=Harm.SCAM)
    return WorldScore(world=Path("worlds/0.1"), wrong=(wrong,), scale=0.1, seed=0, plan_folder=Path("plan"), plan=plan,
                      scorecard=scorecard(cells, operators, posts, looked_for={Harm.IMPERSONATION_MEDIA, Harm.SCAM}))


VIEWS: dict[str, Callable[[], View]] = {
    "cards": lambda: CardsView(results=all_results(), forms=FORMS, data="../shared/data"),
    "card": lambda: CardsView(results=all_results()[:1], forms=FORMS, data="../shared/data"),
    "card_without_detector": lambda: CardsView(results=all_results()[2:3], forms=FORMS, data="../shared/data"),
    "world": lambda: WorldView(score=world_score(), messages=ENGLISH)}


@pytest.mark.parametrize("name", VIEWS)
def test_a_scorecard_fits_a_terminal_of_100_columns(name: str, golden: Callable[[str, str], None]) -> None:
    text = shown(VIEWS[name]())
    assert max(cell_len(line) for line in text.splitlines()) <= 100
    assert "…" not in text
    assert "\x1b" not in text
    golden(f"views/evaluate_{name}.txt", text)


@pytest.mark.parametrize("name", ["cards", "world"])
def test_a_scorecard_as_json(name: str, golden: Callable[[str, str], None]) -> None:
    text = shown(VIEWS[name](), as_json=True)
    golden(f"views/evaluate_{name}.json", text)
    assert json.loads(text)["version"] == 1


def test_json_counts_what_is_met_missed_and_open() -> None:
    record = json.loads(shown(VIEWS["cards"](), as_json=True))
    assert record["bars"] == {"met": 1, "missed": 1, "not_measured": 2}
    assert [one["outcome"] for one in record["cards"]] == ["measured", "measured", "no_detector", "not_run"]


def test_the_results_page_has_a_row_for_every_metric_and_every_open_bar() -> None:
    page = _TOOL.results_page(all_results(), FORMS)
    assert "| `spam` The set spam | f1 | 92.8 % |" in page
    assert "| `advice` The set advice | recall | | | | ≥ 85.0 % | no detector yet |" in page
    assert "| `genuine` The set genuine | found | | | | ≤ 0.05 % | not run: its files are not there |" in page
    assert "1 bars are met, 1 missed, 2 not measured." in page
