"""Contract of stores: the same promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pyarrow as pa
import pytest
from effect_plans import NOON, PENALTIES, UNTIL, effects, statements
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from evenhand.errors import Overtaken
from evenhand.model.campaigns.effect_state import Act, EffectState, Order, Saved, Settlement, Term
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.registry import ADJUDICATIONS, STRIKES
from evenhand.stores.database import Database, open_database
from evenhand.stores.events import EventTable
from evenhand.stores.evidence import EvidenceTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.records import RecordTables
from evenhand.stores.schema import EVENTS, EVIDENCE, OUTBOX
from evenhand.stores.seal import Seal
from evenhand.stores.triggers import KEPT, TOLD
from evenhand.stores.undoing import UndoTable

pytestmark = pytest.mark.contract
MINUTE = timedelta(minutes=1)


def event(number: int = 0, *, campaign: str = "autumn", body: dict[str, Json] | None = None) -> Event:
    return Event(campaign_id=campaign, kind=EventKind.VERDICT_GIVEN, at=NOON + timedelta(seconds=number), actor="ada",
                 body=body or {"number": number, "text": "“ü”\n", "none": None, "list": [1, 2.5]})


def filled(database: Database, *, stages: int = 1) -> OutboxTable:
    outbox = OutboxTable(database)
    assert outbox.load("autumn", effects=effects(stages=stages), statements=statements()) == len(PENALTIES) + 1
    return outbox


def done(order: Order) -> Settlement:
    kind = EventKind.EFFECT_IMPOSED if order.act is Act.IMPOSE else EventKind.STATEMENT_DELIVERED
    return Settlement(order=order, state=EffectState.DONE, due_at=0, failures=0, reference=f"r-{order.key}", why="",
                      read_back="in_force", event=Event(campaign_id=order.campaign_id, kind=kind, at=NOON, actor="evenhand",
                                                        body={"key": order.key}))


def leased(outbox: OutboxTable, *, owner: str = "one", at: datetime = NOON, limit: int = 100,
           stages: tuple[int, ...] = (0,)) -> list[Order]:
    found = outbox.lease("autumn", owner=owner, stages=stages, term=Term(at, MINUTE), limit=limit)
    assert found is not None
    return found


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return dict(connection.execute(select(OUTBOX.c.key, OUTBOX.c.state)).all())


def test_events_are_numbered_without_gaps_in_each_campaign_and_read_as_they_were_written(database: Database) -> None:
    store = EventTable(database)
    assert store.append([event(0), event(1)]) == 2
    assert store.append([event(0, campaign="spring")]) == 1
    assert store.append([event(2)], expecting=2) == 3
    assert list(store.read("autumn")) == [(1, event(0)), (2, event(1)), (3, event(2))]
    assert list(store.read("autumn", after=2)) == [(3, event(2))]
    assert (store.last("autumn"), store.last("spring"), store.last("never")) == (3, 1, 0)
    assert [store.rows("autumn", after=1).event(number) for number in range(2)] == [event(1), event(2)]
    assert (len(store.rows("autumn", limit=2)), len(store.rows("never"))) == (2, 0)
    assert store.counts("autumn") == {EventKind.VERDICT_GIVEN: 3}


def test_who_has_not_read_everything_may_not_append(database: Database) -> None:
    store = EventTable(database)
    store.append([event(0)])
    with pytest.raises(Overtaken, match="has 1 events, 0 were expected"):
        store.append([event(1), event(2)], expecting=0)
    assert store.last("autumn") == 1


@pytest.mark.parametrize("change", [update(EVENTS).values(actor="eve"), delete(EVENTS)])
def test_events_cannot_be_changed_or_removed_whoever_asks(database: Database, change: object) -> None:
    EventTable(database).append([event(0)])
    with pytest.raises(DBAPIError, match=KEPT), database.write() as connection:
        connection.execute(change)
    assert EventTable(database).last("autumn") == 1


def test_of_many_approvers_who_read_the_same_state_one_succeeds(place: str) -> None:
    with open_database(place) as database:
        EventTable(database).append([event(0)])
        together = Barrier(8)

        def approve(number: int) -> bool:
            with open_database(place) as own:
                together.wait()
                try:
                    EventTable(own).append([event(number)], expecting=1)
                except Overtaken:
                    return False
                return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(approve, range(1, 9))) == 1
        assert EventTable(database).last("autumn") == 2


def test_no_event_of_concurrent_writers_is_lost(place: str) -> None:
    def write(writer: int) -> None:
        with open_database(place) as own:
            for number in range(10):
                EventTable(own).append([event(0, body={"writer": writer, "number": number})])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with open_database(place) as database:
        read = list(EventTable(database).read("autumn"))
    assert [number for number, _ in read] == list(range(1, 41))
    for writer in range(4):
        assert [one.body["number"] for _, one in read if one.body["writer"] == writer] == list(range(10))


def test_loading_again_adds_nothing(database: Database) -> None:
    outbox = filled(database)
    leased(outbox)
    assert outbox.load("autumn", effects=effects(), statements=statements()) == 0
    assert set(states(database).values()) == {"in_flight"}
    assert outbox.load("spring", effects=effects(), statements=statements()) == len(PENALTIES) + 1


def test_texts_come_back_as_they_were(database: Database) -> None:
    outbox = filled(database)
    outbox.settle("autumn", [done(order) for order in leased(outbox)], owner="one", at=NOON)
    told = leased(outbox)
    assert {order.act for order in told} == {Act.TELL}
    texts = outbox.statements(told)
    wanted = dict(zip((f"{one}:reasons" for one in statements()["decision_id"].to_pylist()),
                      statements()["body"].to_pylist(), strict=True))
    assert {key: json.loads(body) for key, body in texts.items()} == {k: json.loads(v) for k, v in wanted.items()}


def test_orders_are_leased_in_their_turn_by_stage_and_when_due(database: Database) -> None:
    outbox = filled(database, stages=2)
    first = leased(outbox, limit=3)
    assert [order.turn for order in first] == [0, 1, 2]
    assert [order.stage for order in leased(outbox)] == [0, 0]
    assert leased(outbox) == []
    later = leased(outbox, stages=(0, 1))
    assert [order.turn for order in later] == [5, 6, 7, 8]
    assert later[1] == Order(order_id=later[1].order_id, campaign_id="autumn", key="key6", act=Act.IMPOSE, of_key=None,
                             decision_id="decision5", account_id="account5", post_id=None, penalty="suspend",
                             stratum="p/suspend/en", stage=1, turn=6,
                             until=UNTIL, attempts=1, failures=0, unwanted=None)


def test_an_order_that_waits_for_its_day_is_not_leased_before(database: Database) -> None:
    outbox = OutboxTable(database)
    day = NOON + timedelta(days=184)
    waits = effects(["close"]).set_column(7, "due_at", pa.array([(day - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1)]))
    outbox.load("autumn", effects=waits, statements=statements(["close"]))
    assert leased(outbox, at=day - timedelta(seconds=1)) == []
    assert outbox.next_due("autumn", stages=(0,)) == day
    assert len(leased(outbox, at=day)) == 1


def test_no_order_is_leased_twice_by_concurrent_workers(place: str) -> None:
    many = ["label"] * 300
    with open_database(place) as database:
        OutboxTable(database).load("autumn", effects=effects(many), statements=statements(many))
    together = Barrier(4)

    def take(worker: int) -> list[str]:
        keys = []
        with open_database(place) as own:
            outbox = OutboxTable(own)
            together.wait()
            while batch := leased(outbox, owner=f"worker{worker}", limit=20):
                keys += [order.key for order in outbox_settled(outbox, batch, owner=f"worker{worker}")
                         if order.act is Act.IMPOSE]
        return keys

    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(take, range(4)) for key in keys]
    assert sorted(taken) == sorted(f"key{number}" for number in range(300))
    with open_database(place) as database:
        assert EventTable(database).counts("autumn") == {EventKind.EFFECT_IMPOSED: 300, EventKind.STATEMENT_DELIVERED: 300}


def outbox_settled(outbox: OutboxTable, batch: list[Order], *, owner: str) -> list[Order]:
    return [one.order for one in outbox.settle("autumn", [done(order) for order in batch], owner=owner, at=NOON)]


def test_a_lease_that_ran_out_passes_on_and_its_old_owner_settles_nothing(database: Database) -> None:
    outbox = filled(database)
    slow = leased(outbox, owner="slow")
    assert leased(outbox, owner="quick", at=NOON + MINUTE - timedelta(seconds=1)) == []
    quick = leased(outbox, owner="quick", at=NOON + MINUTE)
    assert [order.attempts for order in quick] == [2] * len(slow)
    assert outbox.settle("autumn", [done(order) for order in slow], owner="slow", at=NOON + MINUTE) == []
    assert EventTable(database).last("autumn") == 0
    assert len(outbox_settled(outbox, quick, owner="quick")) == len(slow)
    assert outbox_settled(outbox, quick, owner="quick") == []
    assert EventTable(database).last("autumn") == len(slow)


def test_a_worker_takes_back_only_what_its_own_name_left(database: Database) -> None:
    outbox = filled(database)
    leased(outbox, owner="one", limit=2)
    leased(outbox, owner="two", limit=3)
    assert outbox.take_back("autumn", owner="one") == 2
    assert [order.attempts for order in leased(outbox, owner="one", limit=2)] == [2, 2]


def test_with_an_effect_its_statement_and_the_end_of_a_suspension_are_queued(database: Database) -> None:
    outbox = filled(database)
    outbox_settled(outbox, leased(outbox), owner="one")
    waiting = {key: state for key, state in states(database).items() if state == "queued"}
    assert set(waiting) == {f"decision{number}:reasons" for number in range(len(PENALTIES))} | {"key6:lift"}
    assert "key6:lift" not in {order.key for order in leased(outbox)}
    lifted = leased(outbox, at=NOON + timedelta(days=30), owner="later")
    assert ("key6:lift", Act.LIFT, "key6") in {(order.key, order.act, order.of_key) for order in lifted}
    outbox_settled(outbox, lifted, owner="later")
    assert states(database)["key6"] == "lifted"


def test_the_database_refuses_an_effect_that_is_done_without_its_statement(database: Database) -> None:
    outbox = filled(database)
    with pytest.raises(DBAPIError, match=TOLD), database.write() as connection:
        connection.execute(update(OUTBOX).values(state="done"))
    with pytest.raises(DBAPIError, match=TOLD), database.write() as connection:
        connection.execute(text("insert into outbox (campaign_id, key, act, decision_id, account_id, penalty, stage, turn, "
                                "state, due_at, attempts, failures) values "
                                "('autumn', 'x', 'impose', 'd', 'a', 'close', 0, 0, 'done', 0, 0, 0)"))
    assert set(states(database).values()) == {"queued"}
    assert outbox.reckoning("autumn")[0].n == len(PENALTIES) + 1


def test_an_order_that_is_tried_again_waits_and_counts(database: Database) -> None:
    outbox = filled(database)
    order = leased(outbox, limit=1)[0]
    again = NOON + timedelta(seconds=5)
    outbox.settle("autumn", [Settlement(
        order=order, state=EffectState.QUEUED, due_at=(again - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1),
        failures=1, reference="", why="busy", read_back="")], owner="one", at=NOON)
    assert order.key not in {one.key for one in leased(outbox)}
    late = leased(outbox, at=again)
    assert [(one.key, one.attempts, one.failures) for one in late] == [(order.key, 2, 1)]


def reinstated(number: int) -> pa.Table:
    return statements(word="Back").slice(number, 1)


def undo(database: Database, number: int, *, at: datetime = NOON) -> tuple[int, int, tuple[str, ...]]:
    return UndoTable(database).order("autumn", reinstated(number), why="an appeal was won", actor="bea", at=at)


def test_what_has_not_begun_is_suppressed_when_it_is_reversed(database: Database) -> None:
    outbox = filled(database)
    assert undo(database, 4) == (0, 2, ())
    assert {key for key, state in states(database).items() if state == "suppressed"} == {"key4", "key5"}
    events = [one for _, one in EventTable(database).read("autumn")]
    assert [(one.kind, one.actor, one.body["key"], one.body["why"]) for one in events] == [
        (EventKind.EFFECT_SUPPRESSED, "bea", "key4", "an appeal was won"),
        (EventKind.EFFECT_SUPPRESSED, "bea", "key5", "an appeal was won")]
    assert undo(database, 4) == (0, 0, ())
    assert len(leased(outbox)) == len(PENALTIES) - 1


def test_what_is_done_is_undone_told_and_no_longer_lifted(database: Database) -> None:
    outbox = filled(database)
    outbox_settled(outbox, leased(outbox), owner="one")
    outbox_settled(outbox, leased(outbox), owner="one")
    assert undo(database, 5) == (1, 0, ())
    assert undo(database, 5) == (0, 0, ())
    back = leased(outbox)
    assert [(order.key, order.act, order.of_key, order.unwanted) for order in back] == [
        ("key6:undo", Act.UNDO, "key6", "an appeal was won")]
    outbox_settled(outbox, back, owner="one")
    now = states(database)
    assert (now["key6"], now["key6:undo"], now["key6:lift"]) == ("undone", "done", "suppressed")
    told = leased(outbox)
    assert [order.key for order in told] == ["decision5:reinstatement"]
    assert json.loads(outbox.statements(told)["decision5:reinstatement"])["subject"].startswith("Back")


def test_what_is_under_way_is_undone_only_when_it_is_settled(database: Database) -> None:
    outbox = filled(database)
    under_way = leased(outbox, limit=1)
    assert undo(database, 0) == (1, 0, ())
    assert "key0:undo" not in {order.key for order in leased(outbox, owner="two")}
    outbox_settled(outbox, under_way, owner="one")
    assert "key0:undo" in {order.key for order in leased(outbox, owner="two")}


def test_what_failed_while_it_was_reversed_needs_no_undoing(database: Database) -> None:
    outbox = filled(database)
    under_way = leased(outbox, limit=1)
    undo(database, 0)
    outbox.settle("autumn", [done(under_way[0])._replace(state=EffectState.FAILED)], owner="one", at=NOON)
    assert (states(database)["key0"], states(database)["key0:undo"]) == ("failed", "suppressed")


def test_what_can_no_longer_be_undone_is_named(database: Database) -> None:
    outbox = filled(database)
    last_day = NOON + timedelta(days=30)
    outbox.settle("autumn", [done(order)._replace(irreversible_at=UNTIL) for order in leased(outbox)], owner="one", at=NOON)
    assert undo(database, 6, at=last_day) == (0, 0, ("key7",))
    assert undo(database, 6, at=last_day - timedelta(seconds=1)) == (1, 0, ())


def test_evidence_is_sealed_opened_kept_from_the_first_look_and_erased(database: Database) -> None:
    outbox, seal = filled(database), Seal(b"k" * 32)
    evidence = EvidenceTable(database, seal)
    order = next(order for order in leased(outbox) if order.penalty == "delete_post")
    evidence.seal([order], [Saved(order.idempotency_key, False, {"text": "what it said"})], at=NOON)
    evidence.seal([order], [Saved(order.idempotency_key, False, {"text": "[deleted]"})], at=NOON)
    with database.read() as connection:
        sealed, digest = connection.execute(select(EVIDENCE.c.sealed, EVIDENCE.c.digest)).one()
    assert b"said" not in sealed
    assert len(digest) == 64
    assert evidence.opened("autumn", [order.key, "other"]) == {order.key: '{"text":"what it said"}'}
    assert evidence.erase("autumn", before=NOON) == 0
    assert evidence.erase("autumn", before=NOON + MINUTE) == 1
    assert evidence.opened("autumn", [order.key]) == {}


def test_strikes_count_until_their_day_and_a_withdrawn_one_never_did(database: Database) -> None:
    records = RecordTables(database)
    given = pa.Table.from_pylist([
        {"account_id": f"a{number}", "policy_id": "p", "points": 1, "given_at": NOON, "expires_at": NOON + MINUTE}
        for number in range(3)], schema=STRIKES).append_column("decision_id", pa.array(["d0", "d1", "d2"]))
    assert records.give("autumn", given) == 3
    assert records.give("autumn", given) == 0
    assert records.withdraw("autumn", ["d1", "other"], at=NOON) == 1
    assert records.strikes(at=NOON).equals(given.drop_columns(["decision_id"]).take([0, 2]))
    assert records.strikes(at=NOON + MINUTE).num_rows == 0


def test_rulings_are_remembered_and_the_latest_stands(database: Database) -> None:
    records = RecordTables(database)
    rows = [{"account_id": "a", "harm": "scam", "holder_id": holder, "outcome": "legitimate", "evidence_digest": "e",
             "decided_at": NOON} for holder in (None, "h")]
    records.rule(pa.Table.from_pylist(rows, schema=ADJUDICATIONS), decided_by="bea")
    newer = [rows[0] | {"evidence_digest": "f"}]
    records.rule(pa.Table.from_pylist(newer, schema=ADJUDICATIONS), decided_by="cyd")
    assert records.adjudications().to_pylist() == [newer[0], rows[1]]
