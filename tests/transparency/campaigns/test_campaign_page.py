"""The page of a campaign's report: one safe file that says first what a reader wants first."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest
from campaign_histories import Decided, campaign_of_many, life, sources, write
from sample_campaign import HOLDERS, english

from evenhand.errors import DataError
from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import Database, open_database
from evenhand.transparency.campaigns import CampaignReport, campaign_page, campaign_report, document, tables
from evenhand.transparency.campaigns.entities import FEWEST

NAMES = {holder: name for holder, name, *_ in HOLDERS}
HISTORY = campaign_of_many(400)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("page") / "campaign.db") as opened:
        write(opened, "autumn", HISTORY, steps=life(len(HISTORY), is_full=True))
        yield opened


@pytest.fixture(scope="module")
def report(database: Database) -> CampaignReport:
    return campaign_report(sources(database, "autumn", HISTORY, steps=life(len(HISTORY), is_full=True), sources_known=True,
                                   holder_names=NAMES))


@pytest.fixture(scope="module")
def page(report: CampaignReport) -> str:
    return campaign_page(report, messages=english())


def test_the_page_of_a_campaign(page: str, golden: Callable[[str, str], None]) -> None:
    golden("report/campaign.html", page)


def test_it_holds_no_script_and_loads_nothing(page: str) -> None:
    assert "<script" not in page
    assert not any(f"<{tag}" in page for tag in ("img", "link", "iframe", "object", "embed", "form"))
    assert "default-src 'none'" in page


def test_nobody_is_named(page: str, report: CampaignReport) -> None:
    assert not any(f">{name}<" in page or f"by {name}" in page for name in ("ana", "ben", "cem", "eve"))
    assert "person 2 agreed to go on" in page
    assert "ben" not in str(document(report)["tables"]["conduct"])


def test_the_teams_own_copy_names_people_and_small_groups(database: Database) -> None:
    own = campaign_report(sources(database, "autumn", HISTORY, steps=life(len(HISTORY), is_full=True), are_named=True))
    assert "ben agreed to go on" in campaign_page(own, messages=english())
    assert all(line.n_names <= 1 for line in own.entities)


def test_small_names_are_never_alone(report: CampaignReport) -> None:
    for line in report.entities:
        assert line.holder_id in (None, "") or line.n_decided >= FEWEST
        assert line.holder_id != "" or line.n_names > 1
    assert sum(line.n_decided for line in report.entities) == len(HISTORY)


def test_the_tables_add_up_and_can_be_read_back(report: CampaignReport) -> None:
    for name, table in tables(report).items():
        text = io.BytesIO()
        pa_csv.write_csv(table, text)
        rows = list(csv.DictReader(io.StringIO(text.getvalue().decode())))
        assert len(rows) == table.num_rows, name
    cells = tables(report)["cells"].to_pylist()
    assert sum(row["decided"] for row in cells) == len(HISTORY)
    appeals = tables(report)["appeals"].to_pylist()
    assert sum(row["n_filed"] for row in appeals[:-1]) == appeals[-1]["n_filed"] == 15


def test_a_campaign_before_its_start_has_a_report(tmp_path: Path) -> None:
    history = [Decided(number=0, fates=("waiting",))]
    steps = life(1)[:-2]
    with open_database(tmp_path / "new.db") as database:
        write(database, "autumn", [], steps=steps)
        early = campaign_report(sources(database, "autumn", history, steps=steps))
    assert early.n("waiting") == 1
    assert "0 were carried out" in campaign_page(early, messages=english())


@pytest.mark.parametrize("case", ["other_count", "unknown_decision", "unpublished"])
def test_what_a_report_that_is_refused_says(case: str, database: Database, golden: Callable[[str, str], None]) -> None:
    steps = life(len(HISTORY) + (case == "other_count"), is_full=True)
    history = HISTORY[:-1] if case == "unknown_decision" else HISTORY
    published = {EventKind.DRAFTED: 1} if case == "unpublished" else None
    with pytest.raises(DataError) as refused:
        campaign_report(sources(database, "autumn", history, steps=steps, published=published))
    golden(f"report/mistakes/{case}.txt", refused.value.render() + "\n")
