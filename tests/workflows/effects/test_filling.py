"""A plan's folder becomes an outbox: everything of it, once, or nothing when the platform cannot do what was decided."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from effect_plans import NOON
from sqlalchemy import select

from evenhand.connectors import plan_effects
from evenhand.connectors.plan_folder import PlanWriter
from evenhand.connectors.platforms.files import EVERYTHING
from evenhand.errors import ConfigError, PlanError
from evenhand.model.campaigns.capability import UNSUPPORTED, Capabilities
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS, EFFECTS, Plan
from evenhand.stores.schema import OUTBOX, STATEMENTS
from evenhand.stores.seal import Seal
from evenhand.workflows.effects.filling import fill
from evenhand.workflows.effects.opening import State, open_state

WHOLE = Capabilities(platform="own", authority="owner", penalties=EVERYTHING)
SUSPENDED_UNTIL = NOON + timedelta(days=30)
WAITS_UNTIL = NOON + timedelta(days=184)
STATEMENT = {"language": "en", "subject": "A “label”", "what": "w", "rule": "r", "ground_url": "u", "facts": ["one", "two"],
             "automation": "a", "territory": "t", "duration": "d", "appeal": "p", "note": ""}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Three decisions: a label, a suspension with an end, an account to be closed after the appeal window."""
    penalties = ("label", "suspend", "close")
    decisions = [dict.fromkeys(DECISIONS.names) | {
        "decision_id": f"d{number}", "account_id": f"a{number}", "harm": "scam", "policy_id": "p", "penalty": penalty,
        "until": SUSPENDED_UNTIL if penalty == "suspend" else None, "reasons": [], "statement": STATEMENT}
        for number, penalty in enumerate(penalties)]
    effects = [{"position": number, "key": f"k{number}", "decision_id": f"d{number}", "account_id": f"a{number}",
                "post_id": None, "penalty": penalty, "undo": "restore", "not_before":
                WAITS_UNTIL if penalty == "close" else None}
               for number, penalty in enumerate(penalties)]
    folder = tmp_path / "plan"
    with PlanWriter(folder) as writer:
        writer.add("decisions", pa.Table.from_pylist(decisions, schema=DECISIONS))
        writer.add("effects", pa.Table.from_pylist(effects, schema=EFFECTS))
        writer.finish(Plan(digest="0" * 64, cut_off=NOON, snapshot="s", pack="p 1", pack_digest="p", registries_digest="r",
                           code_version="1", steps_digest="s", supported=tuple(penalties), seed=0, n_accounts=3, n_posts=0,
                           counts={"scam": dict.fromkeys(penalties, 1)}, guards=()))
    return folder


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "campaign.db", evidence_key=Seal.new_key())


def test_effects_keep_their_order_their_end_and_the_day_they_wait_for(plan: Path, state: State) -> None:
    with state:
        assert fill(plan, state.outbox, campaign_id="autumn", capabilities=WHOLE).n_effects == 3
        with state.database.read() as connection:
            rows = connection.execute(select(OUTBOX.c.key, OUTBOX.c.turn, OUTBOX.c.until, OUTBOX.c.due_at)).all()
            bodies = connection.execute(select(STATEMENTS.c.decision_id, STATEMENTS.c.body)).all()
    assert [tuple(row) for row in rows] == [("k0", 0, None, 0), ("k1", 1, microseconds(SUSPENDED_UNTIL), 0),
                                            ("k2", 2, None, microseconds(WAITS_UNTIL))]
    assert {decision_id: json.loads(body) for decision_id, body in bodies} == dict.fromkeys(("d0", "d1", "d2"), STATEMENT)


def test_an_interrupted_filling_is_completed_by_the_next(plan: Path, state: State) -> None:
    with state:
        fill(plan, state.outbox, campaign_id="autumn", capabilities=WHOLE)
        assert fill(plan, state.outbox, campaign_id="autumn", capabilities=WHOLE).n_effects == 0


@pytest.mark.parametrize("n_loaded", range(7))
def test_a_filling_that_was_stopped_after_any_portion_is_completed(
        plan: Path, state: State, monkeypatch: pytest.MonkeyPatch, n_loaded: int) -> None:
    monkeypatch.setattr(plan_effects, "PORTION", 1)
    order = pa.table({"decision_id": ["d2", "d0", "d1"], "place": pa.array([0, 1, 2], pa.int64())})
    load, loads = state.outbox.load, list[object]()

    def stopping(*args: Any, **tables: Any) -> int:
        if len(loads) == n_loaded:
            raise KeyboardInterrupt
        loads.append(tables)
        return load(*args, **tables)

    with state:
        with monkeypatch.context() as patched:
            patched.setattr(state.outbox, "load", stopping)
            with suppress(KeyboardInterrupt):
                fill(plan, state.outbox, campaign_id="autumn", capabilities=WHOLE, order=order)
        fill(plan, state.outbox, campaign_id="autumn", capabilities=WHOLE, order=order)
        with state.database.read() as connection:
            keys = connection.scalars(select(OUTBOX.c.key).order_by(OUTBOX.c.order_id)).all()
            told = set(connection.scalars(select(STATEMENTS.c.decision_id)))
    assert keys == ["k2", "k0", "k1"], "as they will be carried out"
    assert told == {"d0", "d1", "d2"}


def test_a_plan_that_the_platform_cannot_carry_out_is_refused_whole_with_every_reason(plan: Path, state: State) -> None:
    poor = replace(WHOLE, penalties={Penalty.LABEL: EVERYTHING[Penalty.LABEL], Penalty.CLOSE: UNSUPPORTED})
    with state:
        with pytest.raises(PlanError) as caught:
            fill(plan, state.outbox, campaign_id="autumn", capabilities=poor)
        assert state.outbox.reckoning("autumn") == ()
    assert [problem.what for problem in caught.value.problems] == [
        "the plan holds `suspend`, which `own` cannot impose", "the plan holds `close`, which `own` cannot impose"]
    assert "`--cannot suspend`" in (caught.value.problems[0].hint or "")


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("evenhand.stores.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(ConfigError, match=r"evenhand\[campaign\]"):
        open_state(tmp_path / "campaign.db", evidence_key=Seal.new_key())


@pytest.mark.parametrize(("key", "why"), [("!", "not base64"), ("c2hvcnQ=", "is 5 bytes long, not 32")])
def test_a_key_that_is_none_is_refused_before_anything_is_made(tmp_path: Path, key: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        open_state(tmp_path / "campaign.db", evidence_key=key)
    assert list(tmp_path.iterdir()) == []
