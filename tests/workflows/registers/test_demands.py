"""Demands are recorded, answered and published; whom they name is not, and nothing follows from one by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grimp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.errors import ConfigError, DataError
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.model.registers.demand import Demand, DemandAnswer, DemandKind
from evenhand.model.registers.territory import codes, lies_within
from evenhand.model.registers.withholding import Withholding, WithholdingStatus
from evenhand.policy.language.vocabulary import COLUMNS as POLICY_COLUMNS
from evenhand.registers.demands.steps import DemandRefusal
from evenhand.registers.people import By
from evenhand.stores.ledger.folder import LedgerFolder
from evenhand.transparency.demands_page import register_csv
from evenhand.workflows.campaigns.publishing import LedgerPlace
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.ledger.keep import disclose, make_ledger_key
from evenhand.workflows.ledger.verify import verify_ledger
from evenhand.workflows.registers import demands
from evenhand.workflows.registers.carrying import Done, carry_out
from evenhand.workflows.registers.demands import Wanted, demands_in, import_demands
from evenhand.workflows.registers.publishing import publish_demands, published_demands, register_counts

Golden = Callable[[str, str], None]
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ANA, BEN = By(person="ana", at=AT), By(person="ben", at=AT)
NOTICES = (
    "path,country,date,agency,n_urls,urls,text\n"
    "a.md,Ruritania,2019-03-01,Ministry of Truth,2,https://example.org/jane|https://example.org/john,"
    '"Vilifies\nour president"\n'
    "b.md,Ruritania,2020-05-02,Ministry of Truth,0,,Удалите страницу\n"
    "c.md,Freedonia,2021-07-03,High Court,1,https://example.org/app,By order of the court\n")
COLUMNS = {"authority": "agency", "territory": "country", "received_on": "date", "order_id": "path", "targets": "urls",
           "n_targets": "n_urls"}
ORDERS = (
    "demand_id,authority,territory,received_on,kind,asks,legal_basis,order_id,targets\n"
    "d1,High Court,DE,2026-11-02,order,remove,Media Act 5,17/2026,https://example.org/app|https://example.org/b\n"
    "d2,Ministry,DE,2026-11-03,request,close,Media Act 5,,https://example.org/c\n"
    "d3,High Court,DE,2026-11-04,order,remove,,18/2026,https://example.org/d\n"
    "d4,Supreme Court,Freedonia,2026-11-05,order,remove,Media Act 5,19/2026,https://example.org/e\n")


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


@pytest.fixture
def place(tmp_path: Path) -> LedgerPlace:
    make_ledger_key("example.org/ledger", tmp_path / "key")
    return LedgerPlace(folder=tmp_path / "ledger", private=tmp_path / "private", key=tmp_path / "key")


@pytest.fixture
def orders(state: State, tmp_path: Path) -> State:
    """A register with an order, a request, an order without a ground and one from nobody knows where."""
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    import_demands(state, demands.read(tmp_path / "orders.csv", columns={}, constants={}), by=ANA)
    return state


def imported(text: str, state: State, folder: Path, **constants: str) -> demands.Imported:
    file = folder / "notices.csv"
    file.write_text(text, encoding="utf-8")
    return import_demands(state, demands.read(file, columns=COLUMNS, constants={"kind": "request"} | constants), by=ANA)


def wanted(demand_id: str = "d1", target: str = "https://example.org/app", **more: object) -> Wanted:
    return Wanted(demand_id=demand_id, target=target, account_id="a1", **more)


def code(outcome: object) -> str:
    assert isinstance(outcome, Refusal), outcome
    return str(outcome.code)


def test_a_list_with_its_own_columns_is_recorded_once_and_published(state: State, place: LedgerPlace, tmp_path: Path) -> None:
    assert imported(NOTICES, state, tmp_path).n_recorded == 3
    again = imported(NOTICES, state, tmp_path)
    assert (again.n_recorded, again.n_unchanged) == (0, 3)
    pages = publish_demands(state, place, tmp_path / "public")
    register = published_demands(place.folder)
    assert register.book.counts() == [
        ("Ruritania", "Ministry of Truth", "pending", 2), ("Freedonia", "High Court", "pending", 1)]
    assert register.rows()[0]["n_targets"] == 2
    assert register.rows()[0]["received_on"] == "2019-03-01"
    assert verify_ledger(place.folder).holds
    assert [file.name for file in pages.files] == ["demands.html", "demands.json", "demands.csv"]


def test_whom_it_names_and_who_recorded_it_is_not_published(state: State, place: LedgerPlace, tmp_path: Path) -> None:
    imported(NOTICES, state, tmp_path)
    pages = publish_demands(state, place, tmp_path / "public")
    published = b"".join(LedgerFolder(place.folder).all_entries(3)) + b"".join(file.read_bytes() for file in pages.files)
    assert not any(word in published for word in (b"jane", b"president", "Удалите".encode(), b'"ana"'))
    assert {one.place for one in disclose(0, private=place.private)} == {
        "actor", "body.targets", "body.said", "body.evidence"}


def test_an_answer_is_recorded_as_a_new_entry_and_a_file_without_answers_does_not_take_it_back(
        state: State, place: LedgerPlace, tmp_path: Path) -> None:
    imported(NOTICES, state, tmp_path)
    first = next(iter(demands_in(state).book().records))
    assert isinstance(demands.answer(state, first, DemandAnswer.REFUSED, person_told=True, by=ANA), tuple)
    assert imported(NOTICES, state, tmp_path).n_recorded == 0
    publish_demands(state, place, tmp_path / "public")
    row = published_demands(place.folder).rows()[0]
    assert (row["answer"], row["person_told"], row["answered_on"], row["entry"]) == ("refused", True, "2026-11-26", 3)


def test_a_file_cannot_say_that_something_is_withheld(state: State, tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text(
        "agency,country,date,n_urls,path,urls,answer,kind,asks,good_faith,legal_basis\n"
        "X,Ruritania,2019-03-01,0,a,,withheld_there,order,,,Article 1\n", encoding="utf-8")
    done = import_demands(state, demands.read(tmp_path / "said.csv", columns=COLUMNS, constants={}), by=ANA)
    (record,) = demands_in(state).book().records.values()
    assert (done.n_recorded, record.answer) == (1, DemandAnswer.PENDING)
    assert "nothing is withheld for it" in done.problems[0].what


def test_rows_that_are_no_demands_are_left_out_whole_with_their_lines(state: State, tmp_path: Path, golden: Golden) -> None:
    wrong = ("agency,country,date,n_urls,path,urls,answer,kind,asks,good_faith,legal_basis\n"
             ",Ruritania,2019-03-01,0,a,,,request,,,\nX,Y,soon,0,a,,,request,,,\nX,Y,2019-03-01,many,a,,,request,,,\n"
             "X,Y,2019-03-01,0,a,,removed_everywhere,request,,,\nX,Y,2019-03-01,0,a,,withheld_there,request,,,\n"
             "X,Y,2019-03-01,0,a,,,wish,,,\nX,Y,2019-03-01,0,a,,,order,burn,,\nX,Y,2019-03-01,0,a,,,order,,perhaps,\n"
             "X,Y,2019-03-01,0,a,,,order,,,\nX,Y,2019-03-01,0,a,,,order,,,\n")
    (tmp_path / "wrong.csv").write_text(wrong, encoding="utf-8")
    done = import_demands(state, demands.read(tmp_path / "wrong.csv", columns=COLUMNS, constants={}), by=ANA)
    assert (done.n_read, done.n_recorded, len(done.problems)) == (10, 1, 9)
    assert [problem.line for problem in done.problems] == [2, 3, 4, 5, 6, 7, 8, 9, 11]
    golden("registers/demand_rows.txt", "\n".join(one.render() for one in done.problems).replace(str(tmp_path), "") + "\n")


def test_columns_that_are_missing_are_told_and_nothing_is_recorded(state: State, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column `agency`"):
        imported("a,b\n1,2\n", state, tmp_path)
    assert state.events.last("demands") == 0


def test_something_is_withheld_in_its_territory_told_and_given_back(orders: State, tmp_path: Path) -> None:
    simulated = SimulatedPlatform(tmp_path / "platform")
    platform = FilesPlatform(tmp_path / "platform", answering=simulated.answer)
    now = [AT]
    register = demands_in(orders)
    proposed = demands.withhold(orders, wanted(language="pt", until=AT + timedelta(days=30)), by=ANA)
    assert not isinstance(proposed, Refusal)
    assert carry_out(register, platform, now=lambda: now[0]) == {}
    assert isinstance(demands.agree(orders, "w1", by=BEN), tuple)
    assert carry_out(register, platform, now=lambda: now[0]) == {Done.IN_FORCE: 1, Done.TOLD: 1}
    assert carry_out(register, platform, now=lambda: now[0]) == {}
    record = register.book().records["d1"]
    assert (record.answer, record.is_told, record.n_in_force) == (DemandAnswer.WITHHELD_THERE, True, 1)
    sent = [json.loads(line) for file in (tmp_path / "platform/effects").iterdir()
            for line in file.read_text(encoding="utf-8").splitlines()]
    [order] = [one for one in sent if one["act"] == "impose"]
    assert order["withholding"]["territories"] == ["DE"]
    assert order["withholding"]["notice"]["status"] == 451
    [told] = [one for one in sent if one["act"] == "tell"]
    assert told["statement"]["language"] == "pt"
    assert "17/2026" in told["statement"]["text"]
    now[0] += timedelta(days=30)
    assert carry_out(register, platform, now=lambda: now[0]) == {Done.LIFTED: 1}
    assert register.book().held["w1"].status is WithholdingStatus.LIFTED
    assert simulated.in_force() == {}
    simulated.close()


def test_one_person_ends_it_before_its_day_and_the_answer_stays_on_record(
        orders: State, tmp_path: Path, golden: Golden) -> None:
    simulated = SimulatedPlatform(tmp_path / "platform")
    platform = FilesPlatform(tmp_path / "platform", answering=simulated.answer)
    demands.withhold(orders, wanted(), by=ANA)
    demands.agree(orders, "w1", by=BEN)
    assert code(demands.answer(orders, "d1", DemandAnswer.REFUSED, person_told=False, by=ANA)) == DemandRefusal.STILL_WITHHELD
    carry_out(demands_in(orders), platform, now=lambda: AT)
    still = demands.answer(orders, "d1", DemandAnswer.REFUSED, person_told=False, by=ANA)
    assert code(still) == DemandRefusal.STILL_WITHHELD
    assert isinstance(demands.lift(orders, "w1", why="the order was set aside", by=ANA), tuple)
    assert carry_out(demands_in(orders), platform, now=lambda: AT) == {Done.LIFTED: 1}
    assert simulated.in_force() == {}
    record = demands_in(orders).book().records["d1"]
    assert (record.answer, record.n_in_force) == (DemandAnswer.WITHHELD_THERE, 0)
    small = FilesPlatform(tmp_path / "small", capabilities=Capabilities(platform="small", authority="owner", penalties={}))
    cannot = carry_out(demands_in(orders), small, now=lambda: AT)
    golden("registers/withholding_refusals.txt", "\n\n".join(
        f"[{one.code}]\n{one.render()}" for one in (still, cannot) if isinstance(one, Refusal)) + "\n")
    simulated.close()


def test_a_run_that_was_stopped_after_the_platform_did_it_is_repeated_under_the_same_key(
        orders: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = SimulatedPlatform(tmp_path / "platform")
    platform = FilesPlatform(tmp_path / "platform", answering=simulated.answer)
    demands.withhold(orders, wanted(), by=ANA)
    demands.agree(orders, "w1", by=BEN)
    with monkeypatch.context() as patch:
        patch.setattr(platform, "read_back", lambda _orders: pytest.fail("stopped here"))
        with pytest.raises(pytest.fail.Exception):
            carry_out(demands_in(orders), platform, now=lambda: AT)
    assert carry_out(demands_in(orders), platform, now=lambda: AT) == {Done.IN_FORCE: 1, Done.TOLD: 1}
    assert simulated.in_force() == {"withhold": 1}
    simulated.close()


def test_a_platform_that_cannot_withhold_in_one_territory_is_asked_for_nothing(orders: State, tmp_path: Path) -> None:
    platform = FilesPlatform(tmp_path / "platform", capabilities=Capabilities(
        platform="small", authority="owner", penalties={}))
    demands.withhold(orders, wanted(), by=ANA)
    demands.agree(orders, "w1", by=BEN)
    assert code(carry_out(demands_in(orders), platform, now=lambda: AT)) == "cannot_withhold"
    assert not any((tmp_path / "platform/effects").iterdir())


def refusals(state: State) -> list[Refusal]:
    """One refusal of every kind, in the order in which somebody could meet them."""
    found = [
        demands.answer(state, "d9", DemandAnswer.REFUSED, person_told=False, by=ANA),
        demands.answer(state, "d1", DemandAnswer.REFUSED, person_told=False, by=By(person="evenhand", at=AT)),
        demands.answer(state, "d1", DemandAnswer.PENDING, person_told=False, by=ANA),
        demands.answer(state, "d1", DemandAnswer.WITHHELD_THERE, person_told=False, by=ANA),
        demands.withhold(state, wanted("d2", "https://example.org/c"), by=ANA),
        demands.withhold(state, wanted("d3", "https://example.org/d"), by=ANA),
        demands.withhold(state, wanted("d4", "https://example.org/e"), by=ANA),
        demands.withhold(state, wanted(territories=("DE", "FR")), by=ANA),
        demands.withhold(state, wanted(target="https://example.org/other"), by=ANA),
        demands.withhold(state, wanted(until=AT + timedelta(days=367)), by=ANA),
        demands.agree(state, "w7", by=BEN)]
    demands.withhold(state, wanted(), by=ANA)
    found += [demands.withhold(state, wanted(territories=("DE",)), by=BEN), demands.agree(state, "w1", by=ANA),
              demands.lift(state, "w1", why="a mistake", by=ANA)]
    return [one for one in found if isinstance(one, Refusal)]


def test_every_refusal_says_why_and_what_to_do(orders: State, golden: Golden) -> None:
    found = refusals(orders)
    assert {one.code for one in found} == set(DemandRefusal) - {DemandRefusal.STILL_WITHHELD}
    golden("registers/demand_refusals.txt", "\n\n".join(f"[{one.code}]\n{one.render()}" for one in found) + "\n")


def test_nothing_was_recorded_by_what_was_refused(orders: State) -> None:
    before = orders.events.last("demands")
    refusals(orders)
    assert orders.events.last("demands") == before + 1  # the one proposal that was good


def test_who_runs_a_service_alone_may_and_the_page_says_so(orders: State, place: LedgerPlace, tmp_path: Path) -> None:
    platform = SimulatedPlatform(tmp_path / "platform")
    demands.withhold(orders, wanted(), by=ANA)
    assert isinstance(demands.agree(orders, "w1", by=ANA, alone=True), tuple)
    carry_out(demands_in(orders), FilesPlatform(tmp_path / "platform", answering=platform.answer), now=lambda: AT)
    platform.close()
    pages = publish_demands(orders, place, tmp_path / "public")
    assert "decided by one person" in pages.files[0].read_text(encoding="utf-8")
    assert json.loads(pages.files[1].read_text(encoding="utf-8"))["demands"][0]["decided_alone"] is True


def test_the_public_page_reads_well_and_runs_nothing(
        orders: State, place: LedgerPlace, tmp_path: Path, golden: Golden) -> None:
    (tmp_path / "hostile.csv").write_text(
        "authority,territory,received_on,kind,order_id\n<script>alert(1)</script>,XX,2026-11-06,request,=1+1\n",
        encoding="utf-8")
    import_demands(orders, demands.read(tmp_path / "hostile.csv", columns={}, constants={}), by=ANA)
    demands.answer(orders, "d2", DemandAnswer.REFUSED, person_told=True, by=ANA)
    pages = publish_demands(orders, place, tmp_path / "public")
    html = pages.files[0].read_text(encoding="utf-8")
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert ",'=1+1," in register_csv(pages.register)
    golden("registers/demands.html", html)


def test_counts_are_those_of_the_register_and_name_nobody(orders: State) -> None:
    demands.answer(orders, "d2", DemandAnswer.REFUSED, person_told=True, by=ANA)
    counts = register_counts(orders)
    assert counts.demands == {"pending": 3, "refused": 1, "withheld_there": 0, "own_rules": 0, "information_given": 0}
    assert counts.demands_by_territory == {"DE": {"pending": 2, "refused": 1}, "Freedonia": {"pending": 1}}
    assert sum(counts.demands.values()) == 4


def test_a_campaign_cannot_take_the_name_of_a_register(orders: State) -> None:
    with pytest.raises(ConfigError, match="is a register and no campaign"):
        desk_of(orders, "demands")


territory_codes = st.sampled_from(["DE", "DE-BY", "FR", "US", "US-CA", "EU", "GR", "", "*", "everywhere", "de"])


@settings(max_examples=150)
@given(own=st.sets(territory_codes, min_size=1, max_size=3), asked=st.sets(territory_codes, max_size=4))
def test_nothing_can_be_withheld_beyond_the_territory_of_the_authority(own: set[str], asked: set[str]) -> None:
    """The promise that a state cannot take something away everywhere: such a value cannot be made."""
    good = bool(asked) and all(codes(one) and any(lies_within(one, other) for other in own) for one in asked)

    def made() -> Withholding:
        return Withholding(withholding_id="w", demand_id="d", target="t", account_id="a", territories=tuple(asked),
                           authority_territories=tuple(own), until=AT, statement={"what": "x"})

    if good:
        assert set(made().territories) == asked
    else:
        with pytest.raises(ValueError, match=r"territor"):
            made()


def test_a_withholding_without_an_end_or_words_for_the_person_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="without a statement"):
        Withholding(withholding_id="w", demand_id="d", target="t", account_id="a", territories=("DE",),
                    authority_territories=("DE",), until=AT, statement={"what": " "})
    with pytest.raises(ValueError, match="needs a zone"):
        Withholding(withholding_id="w", demand_id="d", target="t", account_id="a", territories=("DE",),
                    authority_territories=("DE",), until=datetime(2027, 1, 1), statement={"what": "x"})  # noqa: DTZ001


def test_the_event_carries_the_whole_demand_but_its_words() -> None:
    demand = Demand(demand_id="d-1", authority="High Court", territory="Freedonia", received_on=date(2026, 11, 1),
                    kind=DemandKind.ORDER, legal_basis="Media Act 5", targets=("https://example.org/app",), n_targets=1,
                    text="Take it away!", evidence=("ruling.pdf",), answer=DemandAnswer.WITHHELD_THERE, person_told=True)
    body = json.loads(json.dumps(demand.event(at=AT, actor="ana").body))
    assert "Take it away!" not in json.dumps(body)
    assert len(body.pop("said")) == 64
    assert body == {
        "demand_id": "d-1", "authority": "High Court", "territory": "Freedonia", "received_on": "2026-11-01",
        "demand_kind": "order", "asks": "other", "order_id": None, "legal_basis": "Media Act 5", "good_faith": None,
        "evidence": ["ruling.pdf"], "n_evidence": 1, "targets": ["https://example.org/app"], "n_targets": 1,
        "answer": "withheld_there", "person_told": True}


def test_nothing_that_finds_or_judges_can_see_a_demand() -> None:
    """A demand never makes a finding: the rooms that find, spare and decide do not know the word."""
    graph = grimp.build_graph("evenhand", cache_dir=None)
    judging = ("detectors", "guards", "policy", "signals", "campaign", "world")
    seers = {module for seen in ("evenhand.model.registers.demand", "evenhand.model.registers.withholding",
                                 "evenhand.registers.demands.book", "evenhand.connectors.demand_files")
             for module in graph.find_downstream_modules(seen)}
    assert seers, "the graph knows the demand"
    assert [module for module in seers if module.split(".")[1] in judging] == []


def test_withholding_is_no_penalty_that_a_policy_could_name() -> None:
    assert "withhold" not in {str(penalty) for penalty in Penalty}
    assert not any("demand" in name or "report" in name for columns in POLICY_COLUMNS.values() for name in columns)
