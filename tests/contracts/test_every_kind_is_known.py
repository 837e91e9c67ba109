"""No event is written that the life of a campaign, the ledger, its verification or the report does not know."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign_histories import Decided, events_of, life, sources, write
from sample_events import BODIES, after, event

from evenhand.campaign.lifecycle import advance
from evenhand.campaign.lifecycle.advance import ALLOWED
from evenhand.campaign.lifecycle.facts import FACTS
from evenhand.cli.main import main
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.record import SETTLING
from evenhand.stores.database import Database, open_database
from evenhand.stores.events import BULK, EventTable
from evenhand.transparency.campaigns import campaign_report
from evenhand.workflows.campaigns.publishing import LedgerPlace, publish, published_counts
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.ledger.verify import verify_ledger

K = EventKind
SOURCES = sorted((Path(__file__).parents[2] / "src/evenhand").rglob("*.py"))
WRITERS = ("campaign", "appeals", "registers", "workflows", "stores")
"""The rooms whose code makes events."""
HISTORY = [Decided(number=number, fates=fates, penalty="suspend" if "lifted" in fates else "label", told=told)
           for number, (fates, told) in enumerate([
               (("imposed",), "told"), (("failed",), "waiting"), (("suppressed",), "waiting"), (("undone",), "told"),
               (("lifted",), "told"), (("not_undone",), "not_told")])]


def written_kinds() -> dict[EventKind, set[str]]:
    """The kinds that code makes events of, and where: in calls that are no comparison, and in tables of outcomes."""
    found: dict[EventKind, set[str]] = {}
    for file in SOURCES:
        if file.parts[file.parts.index("evenhand", file.parts.index("src")) + 1] not in WRITERS:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for name in _names_in(node):
                found.setdefault(EventKind[name], set()).add(file.name)
    return found


def _names_in(node: ast.AST) -> Iterator[str]:
    """Kinds that are arguments of a call, or values of a table that `_event` looks up."""
    parts = [*node.args, *(one.value for one in node.keywords)] if isinstance(node, ast.Call) else (
        list(node.values) if isinstance(node, ast.Dict) else [])
    for part in parts:
        for one in (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,):
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in {"EventKind", "_K"}:
                yield one.attr


def everything() -> list[Event]:
    """A campaign in which everything happens that can, in an order in which it may."""
    steps = list(life(len(HISTORY), is_full=True))
    audited = next(place for place, step in enumerate(steps) if step.kind is K.AUDITED)
    lowered = event(K.STRATUM_LOWERED, "dee", hours=2, stratum="impersonation-institution/suspend/ko", penalty="label")
    before = [event(K.VERDICT_GIVEN, "ben"), *steps[audited:audited + 1], lowered,
              event(K.DECISION_CONFIRMED, "cem", hours=2), event(K.PROTECTION_RECORDED, "dee", hours=2),
              event(K.PROTECTED_DECIDED, "cem", hours=2), event(K.APPROVED, "eve", hours=2.5),
              event(K.APPROVAL_WITHDRAWN, "eve", hours=2.6)]
    steps[audited:audited + 1] = before
    hours = 600.0
    steps += [
        event(K.HOLDOUT_DRAWN, "ben", hours=hours), event(K.HOLDOUT_READ, "ben", hours=hours),
        event(K.HOLDOUT_READ, "cem", hours=hours, slot="second"), event(K.HOLDOUT_CONCLUDED, "ben", hours=hours),
        *(event(kind, "dee", hours=hours, answer="x") for kind in (
            K.WITHHOLDING_RECORDED, K.REFERRAL_RECORDED, K.REPORTS_RECORDED)),
        event(K.ROLLBACK_STARTED, "ben", hours=hours + 1),
        *(event(kind, "evenhand", hours=hours + 1) for kind in (K.ROLLBACK_STAGE_STARTED, K.ROLLBACK_STAGE_FINISHED)),
        event(K.UNDO_READ, "cem", hours=hours + 1), event(K.ROLLED_BACK, "evenhand", hours=hours + 2, n_undone=1),
        event(K.REPORTED, "evenhand", hours=hours + 3)]
    return [Event(campaign_id="autumn", kind=step.kind, at=step.at, actor=step.actor, body=step.body) for step in steps]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("kinds") / "campaign.db") as opened:
        yield opened


def test_every_kind_that_code_writes_is_one_that_may_happen_and_each_is_written_somewhere() -> None:
    written = written_kinds()
    assert set(EventKind) - set(written) == set(), "a kind that nothing writes"
    assert set(EventKind) == set(ALLOWED) | {K.DRAFTED}
    assert set(SETTLING) == set(BULK), "what the report reads one by one is what steps leave out"
    assert set(FACTS) <= set(BODIES) | {K.EFFECT_LIFTED, K.UNDO_FAILED}, "each has an example for tests"


def test_a_life_in_which_everything_happens_is_accepted_and_holds_every_kind() -> None:
    steps = everything()
    bulk = [one for decided in HISTORY for one in events_of(decided, "autumn")]
    assert {one.kind for one in (*steps, *bulk)} == set(EventKind)
    at_work = after(*steps[:next(place for place, step in enumerate(steps) if step.kind is K.STAGE_FINISHED)])
    after(*steps)
    for one in bulk:
        said = {**one.body, "stratum": "scam-links/label/pt", "why": one.body.get("why") or "w"}
        changed = Event(campaign_id="autumn", kind=one.kind, at=one.at, actor=one.actor, body=said)
        assert isinstance(advance(at_work, changed), Campaign) or one.body["penalty"] == "suspend"


def test_each_is_published_verified_and_counted_by_the_report(database: Database, tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    steps = everything()
    write(database, "autumn", HISTORY, steps=steps)
    with pytest.raises(SystemExit):
        main(("ledger", "keygen", "example.org/ledger"))
    place = LedgerPlace(folder=tmp_path / "ledger", private=tmp_path / "private", key=tmp_path / "ledger.key")
    with open_state(str(database.engine.url.database)) as state:
        done = publish(state, "autumn", place)
    counts = published_counts(place.folder, "autumn")
    assert counts == EventTable(database).counts("autumn")
    assert sum(counts.values()) == done.n_events
    assert set(counts) == set(EventKind)
    assert verify_ledger(place.folder, key=str(tmp_path / "ledger.key.pub")).holds
    report = campaign_report(sources(database, "autumn", HISTORY, steps=steps, published=counts))
    named = {total.what: total.n for total in report.totals}
    assert {kind: named[f"entries `{kind}`"] for kind in EventKind} == Counter(counts)
    assert report.conduct.holdout is not None
    assert report.conduct.protection is not None
    assert named["words of readers on the holdout"] == 2
    assert (named["words of readers on the rollback"], len(report.conduct.undone)) == (1, 1)
