"""A campaign is read the same from both databases: what became of everything, the orders, and what appeals added."""

from __future__ import annotations

from campaign_histories import Decided, campaign_of_many, life, sources, write
from sqlalchemy import insert

from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import Database
from evenhand.stores.reporting.campaign_records import campaign_record
from evenhand.stores.schema import OUTBOX
from evenhand.transparency.campaigns import campaign_report


def test_a_whole_campaign_is_read_and_adds_up(database: Database) -> None:
    history = campaign_of_many(80)
    steps = life(len(history), is_full=True)
    write(database, "autumn", history, steps=steps)
    write(database, "winter", [Decided(number=0)])
    report = campaign_report(sources(database, "autumn", history, steps=steps))
    assert report.n("decided") == 80
    assert report.contested.reversals == (("appeal", "", 1), ("class", "holder:media:spiegel.de", 1))
    record = campaign_record(database, "autumn")
    assert record.settled.num_rows == sum(n for kind, n in record.kinds.items() if kind.startswith((
        "effect_", "statement_", "undo_", "decision_reversed")))
    assert set(record.orders["statement_kind"].to_pylist()) == {"", "reasons", "reinstatement"}


def test_a_lighter_decision_of_an_appeal_counts_as_one_more(database: Database) -> None:
    history = [Decided(number=0, penalty="suspend", fates=("undone",)), Decided(number=1)]
    write(database, "autumn", history)
    with database.write() as connection:
        connection.execute(insert(OUTBOX), {
            "campaign_id": "autumn", "key": "lighter", "act": "impose", "decision_id": "d0-varied", "account_id": "a0",
            "penalty": "label", "stage": 0, "turn": 0, "state": "queued", "due_at": 0, "attempts": 0, "failures": 0})
    report = campaign_report(sources(database, "autumn", history, steps=life(2)))
    assert (report.n("decided"), report.n("taken_back"), report.n("waiting"), report.n("effects_ordered")) == (3, 1, 1, 3)
    assert {(row["penalty"], row["decided"]) for row in report.cells.to_pylist()} == {("suspend", 1), ("label", 2)}


def test_a_campaign_that_is_not_there_holds_nothing(database: Database) -> None:
    record = campaign_record(database, "nowhere")
    assert (record.settled.num_rows, record.orders.num_rows, dict(record.kinds), record.n_events) == (0, 0, {}, 0)
    assert EventKind.EFFECT_IMPOSED not in record.kinds
