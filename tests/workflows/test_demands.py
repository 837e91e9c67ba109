"""Demands of authorities are recorded and published, whom they name is not, and nothing follows from them by itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import grimp
import pytest

from evenhand.errors import DataError
from evenhand.model.campaigns.demand import Demand, DemandAnswer, DemandKind
from evenhand.stores.ledger_folder import LedgerFolder
from evenhand.workflows.ledger.demands import RegisterPlace, demand_register, record_demands
from evenhand.workflows.ledger.keep import disclose, make_ledger_key
from evenhand.workflows.ledger.verify import verify_ledger

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
NOTICES = (
    "path,country,date,agency,n_urls,urls,text\n"
    "a.md,Ruritania,2019-03-01,Ministry of Truth,2,https://example.org/jane|https://example.org/john,"
    '"Vilifies\nour president"\n'
    "b.md,Ruritania,2020-05-02,Ministry of Truth,0,,Удалите страницу\n"
    "c.md,Freedonia,2021-07-03,High Court,1,https://example.org/app,By order of the court\n")
COLUMNS = {"authority": "agency", "territory": "country", "received_on": "date", "order_id": "path", "targets": "urls",
           "n_targets": "n_urls"}


@pytest.fixture
def place(tmp_path: Path) -> RegisterPlace:
    make_ledger_key("example.org/ledger", tmp_path / "key")
    return RegisterPlace(folder=tmp_path / "ledger", private=tmp_path / "private", key=tmp_path / "key")


def recorded(text: str, place: RegisterPlace, **constants: str) -> int:
    file = place.key.with_name("notices.csv")
    file.write_text(text, encoding="utf-8")
    return record_demands(file, place, columns=COLUMNS, constants={"kind": "request"} | constants, at=AT,
                          actor="ana").n_recorded


def test_a_list_with_its_own_columns_is_recorded_once_and_published(place: RegisterPlace) -> None:
    assert recorded(NOTICES, place) == 3
    assert recorded(NOTICES, place) == 0
    register = demand_register(place.folder)
    assert register.counts() == [("Ruritania", "Ministry of Truth", "pending", 2), ("Freedonia", "High Court", "pending", 1)]
    assert register.demands[0]["n_targets"] == 2
    assert register.demands[0]["received_on"] == "2019-03-01"
    assert verify_ledger(place.folder).holds


def test_whom_it_names_and_who_recorded_it_is_not_published(place: RegisterPlace) -> None:
    recorded(NOTICES, place)
    published = b"".join(LedgerFolder(place.folder).all_entries(3))
    assert not any(word in published for word in (b"jane", b"president", "Удалите".encode(), b'"ana"'))
    assert {one.place for one in disclose(0, private=place.private)} == {"actor", "body.targets", "body.text"}


def test_an_answer_is_recorded_as_a_new_entry_and_the_register_shows_the_last(place: RegisterPlace) -> None:
    recorded(NOTICES, place)
    assert recorded(NOTICES, place, answer="refused", person_told="yes") == 3
    register = demand_register(place.folder)
    assert [(one["answer"], one["person_told"], one["entry"]) for one in register.demands] == [
        ("refused", True, 3), ("refused", True, 4), ("refused", True, 5)]


def test_all_mistakes_of_a_list_are_told_at_once_and_nothing_is_recorded(place: RegisterPlace) -> None:
    wrong = ("agency,country,date,n_urls,path,urls,answer\n"
             ",Ruritania,2019-03-01,0,a,,\nX,Y,soon,0,a,,\nX,Y,2019-03-01,many,a,,\n"
             "X,Y,2019-03-01,0,a,,removed_everywhere\nX,Y,2019-03-01,0,a,,withheld_there\n")
    with pytest.raises(DataError) as raised:
        recorded(wrong, place)
    assert [problem.line for problem in raised.value.problems] == [2, 3, 4, 5, 6]
    assert "not one of `pending`, `refused`, `withheld_there`, `own_rules`" in str(raised.value)
    assert "without a legal basis" in str(raised.value)
    assert not place.folder.exists()


def test_columns_that_are_missing_or_doubled_demands_are_told(place: RegisterPlace) -> None:
    with pytest.raises(DataError, match="no column `agency`"):
        recorded("a,b\n1,2\n", place)
    with pytest.raises(DataError, match="more than once"):
        recorded(NOTICES + NOTICES.partition("\n")[2], place)


def test_the_event_carries_the_whole_demand() -> None:
    demand = Demand(demand_id="d-1", authority="High Court", territory="Freedonia", received_on=date(2026, 11, 1),
                    kind=DemandKind.ORDER, legal_basis="Media Act 5", targets=("https://example.org/app",), n_targets=1,
                    answer=DemandAnswer.WITHHELD_THERE, person_told=True)
    body = demand.event(campaign_id="demands", at=AT, actor="ana").body
    assert json.loads(json.dumps(body)) == {
        "demand_id": "d-1", "authority": "High Court", "territory": "Freedonia", "received_on": "2026-11-01",
        "demand_kind": "order", "order_id": None, "legal_basis": "Media Act 5", "text": "",
        "targets": ["https://example.org/app"], "n_targets": 1, "answer": "withheld_there", "person_told": True}


def test_nothing_that_finds_or_judges_can_see_a_demand() -> None:
    """A demand never makes a finding: the rooms that find, spare and decide do not know the word."""
    graph = grimp.build_graph("evenhand", cache_dir=None)
    judging = ("detectors", "guards", "policy", "signals", "statements", "campaign", "world")
    seers = {module for seen in ("evenhand.model.campaigns.demand", "evenhand.connectors.demand_files")
             for module in graph.find_downstream_modules(seen)}
    assert seers, "the graph knows the demand"
    assert [module for module in seers if module.split(".")[1] in judging] == []
