"""The promise: every total of a campaign's report equals the ledger and the outbox, or there is no report."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest
from campaign_histories import EFFECT_FATES, TOLD, Decided, events_of, life, sources, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.errors import DataError
from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import Database, open_database
from evenhand.stores.events import EventTable
from evenhand.stores.schema import OUTBOX
from evenhand.transparency.campaigns import Fate, campaign_report, document, tables

_NAMES = itertools.count()
EXAMPLES = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("report") / "campaign.db") as opened:
        yield opened


def histories() -> st.SearchStrategy[list[Decided]]:
    one = st.builds(
        dict, policy_id=st.sampled_from(("scam-links", "media/de")), penalty=st.sampled_from(("label", "suspend", "close")),
        language=st.sampled_from(("en", None)), holder_id=st.sampled_from((None, "media:a", "media:b", "media:c")),
        source=st.sampled_from(("sweep", "report", "demand")), told=st.sampled_from(TOLD),
        fates=st.lists(st.sampled_from(EFFECT_FATES), min_size=1, max_size=3).map(tuple), hours=st.floats(0, 100))
    return st.lists(one, max_size=12).map(lambda rows: [Decided(number=place, **row) for place, row in enumerate(rows)])


@EXAMPLES
@given(history=histories())
def test_every_total_equals_the_events_and_the_outbox(history: list[Decided], database: Database) -> None:
    name = f"c{next(_NAMES)}"
    steps = life(len(history))
    write(database, name, history)
    report = campaign_report(sources(database, name, history, steps=steps))
    effects = Counter(fate for one in history for fate in one.fates)
    imposed = effects["imposed"] + effects["undone"] + effects["lifted"] + effects["not_undone"]
    assert report.n("decided") == len(history) == sum(report.n(str(fate)) for fate in Fate)
    assert report.n("effects_ordered") == sum(effects.values())
    assert (report.n("effects_imposed"), report.n("effects_failed"), report.n("effects_suppressed"), report.n("effects_undone"),
            report.n("effects_lifted"), report.n("effects_waiting"), report.n("effects_not_undone")) == (
        imposed, effects["failed"], effects["suppressed"], effects["undone"], effects["lifted"], effects["waiting"],
        effects["not_undone"])
    told = Counter(one.told for one in history if one.is_imposed)
    assert (report.n("statements_delivered"), report.n("statements_failed"), report.n("statements_to_gone")) == (
        told["told"], told["not_told"], told["gone"])
    assert sum(line.n_decided for line in report.entities) == len(history)
    assert sum(span.n_imposed for span in report.spans) == imposed
    assert sum(why.n for why in report.whys) == (effects["failed"] + effects["suppressed"] + effects["not_undone"]
                                                 + told["not_told"] + told["gone"])
    assert sum(row["decided"] for row in tables(report)["cells"].to_pylist()) == document(report)["sums"]["decided"]


@EXAMPLES
@given(history=histories().filter(bool), data=st.data())
def test_an_outbox_that_says_something_else_stops_the_report(history: list[Decided], data: st.DataObject,
                                                            database: Database) -> None:
    name = f"c{next(_NAMES)}"
    write(database, name, history)
    with database.write() as connection:
        rows = connection.execute(OUTBOX.select().where(
            OUTBOX.c.campaign_id == name, OUTBOX.c.act.in_(("impose", "tell")))).all()
        row = data.draw(st.sampled_from(rows))
        # "done" only for statements: the database itself refuses an effect that is done without its statement
        states = {"impose": ("lifted", "failed", "suppressed", "queued"), "tell": ("done", "failed", "suppressed", "queued")}
        other = data.draw(st.sampled_from([state for state in states[row.act] if state != row.state]))
        connection.execute(OUTBOX.update().where(OUTBOX.c.order_id == row.order_id).values(state=other))
    with pytest.raises(DataError) as refused:
        campaign_report(sources(database, name, history, steps=life(len(history))))
    assert all("in the outbox" in problem.what for problem in refused.value.problems)


@EXAMPLES
@given(history=histories().filter(lambda some: any(one.is_imposed for one in some)), data=st.data())
def test_an_event_too_many_stops_the_report(history: list[Decided], data: st.DataObject, database: Database) -> None:
    name = f"c{next(_NAMES)}"
    write(database, name, history)
    events = [one for decided in history for one in events_of(decided, name)]
    EventTable(database).append([data.draw(st.sampled_from(events))])
    with pytest.raises(DataError, match=r"in the ledger's events|in the outbox"):
        campaign_report(sources(database, name, history, steps=life(len(history))))


def test_two_numbers_that_differ_are_both_named(database: Database) -> None:
    history = [Decided(number=number) for number in range(3)]
    write(database, "named", history)
    made_from = sources(database, "named", history, steps=life(4))
    with pytest.raises(DataError) as refused:
        campaign_report(made_from)
    assert refused.value.problems[0].what == "decisions: 3 in the report's table, 4 in the ledger's events"
    assert EventKind.EFFECT_IMPOSED in made_from.record.kinds
