"""The worker: every effect once and no more, whatever happens to it or to the platform, and never without a statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from effect_plans import NOON, PENALTIES, effects, statements
from fake_platform import Clock, FakePlatform
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from evenhand.campaign.effects.outcome import ERASED, GONE, NOT_DONE
from evenhand.campaign.effects.retry import Retry
from evenhand.errors import Problem, RateLimited, Unreachable
from evenhand.model.campaigns.capability import Capability, Reversible, Support
from evenhand.model.campaigns.effect_state import Act, Answer, EffectState, Order, ReadBack, Receipt, Settlement, Standing, Term
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.penalty import Penalty
from evenhand.stores.database import Database, open_database
from evenhand.stores.events import EventTable
from evenhand.stores.evidence import EvidenceTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.schema import EVENTS, EVIDENCE, OUTBOX, STATEMENTS
from evenhand.stores.seal import Seal
from evenhand.stores.undoing import UndoTable
from evenhand.workflows.effects.worker import Doors, Shift, Step, work

SEAL = Seal(b"k" * 32)
SHIFT = Shift(campaign_id="autumn", owner="one", batch=4, patience=timedelta(minutes=30))
N_EFFECTS = len(PENALTIES) + 1


class Killed(BaseException):
    """What stands for `kill -9` within one process: nobody catches it."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("worker") / "campaign.db") as database:
        yield database


@pytest.fixture
def database(opened: Database) -> Database:
    """The module's database, emptied: opening one costs more than a test."""
    return emptied(opened)


def emptied(database: Database) -> Database:
    with database.write() as connection:
        connection.exec_driver_sql("drop trigger events_not_deleted")
        for table in (EVENTS, OUTBOX, EVIDENCE, STATEMENTS):
            connection.execute(table.delete())
        connection.exec_driver_sql("delete from campaigns")
        connection.exec_driver_sql("create trigger events_not_deleted before delete on events begin select raise(abort, 'no'); "
                                   "end")
    OutboxTable(database).load("autumn", effects=effects(), statements=statements())
    return database


def doors(database: Database, platform: FakePlatform, clock: Clock | None = None) -> Doors:
    clock = clock or Clock()
    return Doors(outbox=OutboxTable(database), evidence=EvidenceTable(database, SEAL), platform=platform, now=clock.now,
                 sleep=clock.sleep)


def worked(database: Database, platform: FakePlatform, clock: Clock | None = None, shift: Shift = SHIFT) -> list[Settlement]:
    return [one for batch in work(shift, doors(database, platform, clock)) for one in batch]


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return dict(connection.execute(select(OUTBOX.c.key, OUTBOX.c.state)).all())


def kinds(database: Database) -> dict[EventKind, int]:
    return EventTable(database).counts("autumn")


def everything_happened_once(database: Database, platform: FakePlatform) -> None:
    assert {key: n for key, n in platform.changes.items() if n != 1} == {}
    assert set(platform.changes) == {f"key{n}" for n in range(N_EFFECTS)} | {
        f"decision{n}:reasons" for n in range(len(PENALTIES))}
    assert kinds(database) == {EventKind.EFFECT_IMPOSED: N_EFFECTS, EventKind.STATEMENT_DELIVERED: len(PENALTIES)}
    left = {key: state for key, state in states(database).items() if state != "done"}
    assert left == {"key6:lift": "queued"}


def test_every_effect_is_imposed_once_and_told(database: Database) -> None:
    platform = FakePlatform()
    worked(database, platform)
    everything_happened_once(database, platform)
    assert platform.told["decision0:reasons"] == statements()["body"][0].as_py()
    body = next(one.body for _, one in EventTable(database).read("autumn") if one.kind is EventKind.EFFECT_IMPOSED)
    assert body == {"key": "key0", "decision_id": "decision0", "account_id": "account0", "post_id": None, "penalty": "label",
                    "stratum": "p/label/en", "stage": 0, "reference": "f-key0" if body["reference"] else "",
                    "read_back": "in_force", "attempts": 1}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("nth", [1, 2, 4])
def test_a_kill_at_any_step_loses_and_doubles_nothing(database: Database, step: Step, nth: int) -> None:
    platform, seen = FakePlatform(), 0

    def reached(at: Step) -> None:
        nonlocal seen
        seen += at is step
        if at is step and seen == nth:
            raise Killed

    with pytest.raises(Killed):
        list(work(SHIFT, replace(doors(database, platform), reached=reached)))
    worked(database, platform)
    everything_happened_once(database, platform)


@given(at=st.integers(1, 60), n_kills=st.integers(1, 3), is_same_name=st.booleans())
@settings(max_examples=12)
def test_a_kill_within_any_call_of_the_platform_loses_and_doubles_nothing(opened: Database, at: int, n_kills: int,
                                                                         is_same_name: bool) -> None:
    database, platform, clock = emptied(opened), FakePlatform(), Clock()
    for kill in range(n_kills):
        left = at

        def trouble(_call: str, _orders: Sequence[Order]) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        platform.trouble = trouble
        with suppress(Killed):
            worked(database, platform, clock, replace(SHIFT, owner="one" if is_same_name else f"worker{kill}"))
        platform.trouble = lambda _call, _orders: None
    worked(database, platform, clock)
    everything_happened_once(database, platform)


def test_what_is_not_so_when_asked_again_is_not_done(database: Database) -> None:
    platform = FakePlatform(lies={"autumn/key1"})
    worked(database, platform, shift=replace(SHIFT, retry=Retry(max_failures=3)))
    assert states(database)["key1"] == "failed"
    assert "decision1:reasons" not in states(database)
    failed = next(one.body for _, one in EventTable(database).read("autumn") if one.kind is EventKind.EFFECT_FAILED)
    assert (failed["key"], failed["why"], failed["read_back"]) == ("key1", NOT_DONE, "absent")


def test_a_refusal_is_final_and_nobody_is_told_of_a_penalty_that_is_not(database: Database) -> None:
    platform = FakePlatform(answers={"close": Answer.REFUSED})
    worked(database, platform)
    assert states(database)["key7"] == "failed"
    assert [call for call in platform.calls if call[0] == "carry_out"].count(("carry_out", 8)) <= 1
    assert "decision6:reasons" not in platform.told


def test_a_busy_platform_is_tried_later_with_growing_pauses_and_then_given_up(database: Database) -> None:
    platform, clock = FakePlatform(answers={"label": Answer.LATER}), Clock()
    results = worked(database, platform, clock)
    tries = [one for one in results if one.order.key == "key0"]
    assert [one.state for one in tries] == [EffectState.QUEUED] * 7 + [EffectState.FAILED]
    retry = SHIFT.retry
    waits = [retry.delay("autumn/key0", failures=n) for n in range(1, 8)]
    assert sum(clock.slept) >= sum(wait.total_seconds() for wait in waits) - 0.1
    assert kinds(database)[EventKind.EFFECT_FAILED] == 1


def test_a_platform_that_asks_to_wait_is_left_alone_for_so_long(database: Database) -> None:
    platform, clock, asked_at = FakePlatform(), Clock(), []

    def trouble(call: str, _orders: Sequence[Order]) -> None:
        if call == "carry_out":
            asked_at.append(clock.at)
            if len(asked_at) == 1:
                raise RateLimited(Problem(what="too many orders"), retry_after=90)

    platform.trouble = trouble
    worked(database, platform, clock)
    assert asked_at[1] - asked_at[0] >= timedelta(seconds=90)
    everything_happened_once(database, platform)


def test_a_platform_that_is_away_for_a_while_costs_nothing_but_time(database: Database) -> None:
    platform, clock = FakePlatform(), Clock()

    def trouble(_call: str, _orders: Sequence[Order]) -> None:
        if clock.at < NOON + timedelta(seconds=40):
            raise Unreachable(Problem(what="nobody listens"))

    platform.trouble = trouble
    worked(database, platform, clock, replace(SHIFT, retry=Retry(max_failures=1000)))
    everything_happened_once(database, platform)


def test_what_is_accepted_is_asked_about_until_it_is_so_and_never_ordered_again(database: Database) -> None:
    class Slow(FakePlatform):
        def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
            return [one._replace(answer=Answer.ACCEPTED) for one in super().carry_out(orders, attached)]

        def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
            seen = super().read_back(orders)
            is_ready = clock.at >= NOON + timedelta(minutes=2)
            begun = [one._replace(standing=Standing.PENDING) if one.standing is Standing.IN_FORCE else one for one in seen]
            return seen if is_ready else begun

    clock = Clock()
    platform = Slow()
    worked(database, platform, clock)
    everything_happened_once(database, platform)
    assert clock.at >= NOON + timedelta(minutes=2)


def test_an_account_that_is_gone_is_suppressed_with_the_reason(database: Database) -> None:
    platform = FakePlatform(gone={"account4"})
    worked(database, platform)
    gone = [one.body for _, one in EventTable(database).read("autumn") if one.kind is EventKind.EFFECT_SUPPRESSED]
    assert [(one["key"], one["why"]) for one in gone] == [("key4", GONE), ("key5", GONE)]
    assert platform.changes["key4"] == 0


def test_a_deleted_post_is_sealed_first_and_restored_when_the_decision_is_reversed(database: Database) -> None:
    platform, clock = FakePlatform(posts={"post4.0": "first", "post4.1": "second"}), Clock()
    worked(database, platform, clock)
    assert platform.posts == {"post4.0": None, "post4.1": None}
    UndoTable(database).order("autumn", statements(word="Back").slice(4, 1), why="appeal", actor="bea", at=clock.at)
    worked(database, platform, clock)
    assert platform.posts == {"post4.0": "first", "post4.1": "second"}
    undone = [one.body for _, one in EventTable(database).read("autumn") if one.kind is EventKind.EFFECT_UNDONE]
    assert [(one["key"], one["why"]) for one in undone] == [("key4", "appeal"), ("key5", "appeal")]
    assert "Back" in platform.told["decision4:reinstatement"]


def test_what_was_erased_cannot_be_restored_and_a_person_is_told(database: Database) -> None:
    platform, clock = FakePlatform(), Clock()
    worked(database, platform, clock)
    EvidenceTable(database, SEAL).erase("autumn", before=NOON + timedelta(days=1))
    UndoTable(database).order("autumn", statements(word="Back").slice(4, 1), why="appeal", actor="bea", at=clock.at)
    worked(database, platform, clock)
    failed = [one.body for _, one in EventTable(database).read("autumn") if one.kind is EventKind.UNDO_FAILED]
    assert [(one["key"], one["why"]) for one in failed] == [("key4", ERASED), ("key5", ERASED)]
    assert states(database)["key4"] == "done"


def test_a_suspension_is_lifted_on_its_day_and_not_before(database: Database) -> None:
    platform, clock = FakePlatform(), Clock()
    worked(database, platform, clock)
    clock.at = NOON + timedelta(days=29, hours=23)
    worked(database, platform, clock, replace(SHIFT, patience=timedelta(0)))
    assert platform.standing["key6"]
    clock.at = NOON + timedelta(days=30)
    worked(database, platform, clock)
    assert not platform.standing["key6"]
    assert states(database)["key6"] == "lifted"
    assert kinds(database)[EventKind.EFFECT_LIFTED] == 1


def test_what_was_reversed_while_it_was_in_doubt_is_not_imposed_any_more(database: Database) -> None:
    platform, clock = FakePlatform(), Clock()
    outbox = OutboxTable(database)
    outbox.lease("autumn", owner="lost", stages=(0,), term=Term(clock.at, timedelta(minutes=1)), limit=1)
    UndoTable(database).order("autumn", statements(word="Back").slice(0, 1), why="appeal", actor="bea", at=clock.at)
    clock.at += timedelta(minutes=2)
    worked(database, platform, clock)
    assert platform.changes["key0"] == 0
    assert (states(database)["key0"], states(database)["key0:undo"]) == ("suppressed", "suppressed")


def test_the_last_day_on_which_it_can_be_undone_is_kept(database: Database) -> None:
    window = Capability(support=Support.NATIVE, reversible=Reversible.UNTIL, window=timedelta(days=30))
    never = Capability(support=Support.NATIVE, reversible=Reversible.NO)
    platform = FakePlatform()
    platform.capabilities = replace(platform.capabilities, penalties=dict(platform.capabilities.penalties) | {
        Penalty.CLOSE: window, Penalty.LIMIT_REACH: never})
    worked(database, platform)
    with database.read() as connection:
        days = dict(connection.execute(select(OUTBOX.c.penalty, OUTBOX.c.irreversible_at).where(
            OUTBOX.c.act == Act.IMPOSE.value)).all())
    assert (days["close"], days["limit_reach"], days["label"]) == (
        microseconds(NOON + timedelta(days=30)), microseconds(NOON), None)


def test_a_platform_is_given_no_more_than_it_allows(database: Database) -> None:
    platform, clock = FakePlatform(), Clock()
    platform.capabilities = replace(platform.capabilities, per_second=2.0)
    worked(database, platform, clock)
    n_orders = N_EFFECTS + len(PENALTIES)
    assert (clock.at - NOON).total_seconds() >= (n_orders - platform.capabilities.batch) / 2.0
    everything_happened_once(database, platform)


def test_who_reads_the_batches_may_stop_after_any_and_the_rest_stays_queued(database: Database) -> None:
    platform = FakePlatform()
    first = next(work(SHIFT, doors(database, platform)))
    assert [one.order.key for one in first] == ["key0", "key1", "key2", "key3"]
    assert sorted(key for key, state in states(database).items() if state == "in_flight") == []


