"""What a person reads when a plan's folder, or a file of accounts, cases, demands, reports or readings cannot be used."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from error_texts import error_texts
from small_snapshot import written_snapshot

from evenhand.connectors.account_lists import read_accounts
from evenhand.connectors.case_files import read_words, write_cases
from evenhand.connectors.demand_files import read_demands
from evenhand.connectors.golden_accounts import read_golden_accounts
from evenhand.connectors.golden_items import SEEN, read_golden
from evenhand.connectors.labelled_files import Wanted, read_labelled
from evenhand.connectors.plan_decisions import find_decisions
from evenhand.connectors.plan_effects import statement_portions
from evenhand.connectors.plan_folder import PlanWriter, read_plan, read_plan_table
from evenhand.connectors.plan_sources import read_sources
from evenhand.connectors.plan_strata import decisions_of_strata
from evenhand.connectors.reading_files import write_readings
from evenhand.connectors.referral_files import read_referral
from evenhand.connectors.report_files import read_reports
from evenhand.connectors.verdict_files import read_verdicts
from evenhand.connectors.world_folder import WorldFolder
from evenhand.errors import DataError, Problem

Golden = Callable[[str, str], None]
File = Callable[[str, str | bytes], Path]
CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)


def told(problems: Iterable[Problem]) -> NoReturn:
    """What was left out, as one error."""
    raise DataError(list(problems))


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> File:
    """A function that writes a file and returns its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_folders_of_plans_that_cannot_be_used(golden: Golden, file: File, tmp_path: Path) -> None:
    thesis, half = file("thesis/chapter.odt", "x").parent, file("half/plan.json", '{"digest": 1}').parent
    file("half/decisions.parquet", "x")
    file("half/sources.json", "[]")
    (tmp_path / "none").mkdir()
    golden("errors/connectors/plans.txt", error_texts({
        "somebody's thesis": lambda: PlanWriter(thesis),
        "a file": lambda: PlanWriter(thesis / "chapter.odt"),
        "no plan": lambda: read_plan(tmp_path / "none"),
        "a file in its place": lambda: read_plan(thesis / "chapter.odt"),
        "half a header": lambda: read_plan(half),
        "a table that is not there": lambda: read_plan_table(half, "spared"),
        "a damaged table, looked up": lambda: find_decisions(half, "d1"),
        "a damaged table, by stratum": lambda: list(decisions_of_strata(half, ["p/label/en"])),
        "a damaged table, for the outbox": lambda: list(statement_portions(half)),
        "no word on what it was made from": lambda: read_sources(half),
    }, hide={str(tmp_path): "/plans"}))


def test_golden_items_and_accounts_that_are_none(golden: Golden, file: File, tmp_path: Path) -> None:
    accounts = pa.table({"account_id": ["a"], "is_right": [{"yes": 1}]})
    items = pa.table({name: [None] for name in SEEN} | {"decision_id": ["d"], "is_right": [{"yes": 1}]})
    bare = pa.table({"account_id": ["a"]})

    def items_in(content: str | bytes) -> object:
        return read_golden(file("items.parquet", content), prefix="p")

    def accounts_in(content: str | bytes) -> object:
        return read_golden_accounts(file("accounts.parquet", content), plan_digest="p", seed="s")

    golden("errors/connectors/golden.txt", error_texts({
        "items that are no Parquet": lambda: items_in("decision_id\n"),
        "items without their columns": lambda: items_in(parquet(bare)),
        "items of other types": lambda: items_in(parquet(items)),
        "accounts that are no Parquet": lambda: accounts_in("account_id\n"),
        "accounts without their columns": lambda: accounts_in(parquet(pa.table({"id": ["a"]}))),
        "accounts of other types": lambda: accounts_in(parquet(accounts)),
    }, hide={str(tmp_path): "/audit"}))


def test_lists_and_words_that_cannot_be_read(golden: Golden, file: File, tmp_path: Path) -> None:
    labels = pa.schema([pa.field("name", pa.string(), nullable=False), pa.field("followers", pa.int64())])
    wanted = Wanted(schema=labels, columns={"name": "Title", "followers": "Fans"}, constants={})
    cases = pa.table({"decision_id": ["d1"], "handle": ["=a"]})
    readings = pa.table({"item_id": ["i"], "slot": ["first"], "reader": ["ana"]})
    nobody = pa.table({"account_id": pa.array([], pa.string())})
    readings_of_ana = file("readings/ana.csv", "").parent
    golden("errors/connectors/lists.txt", error_texts({
        "accounts without their column": lambda: read_accounts(file("list.csv", "account\na\n")),
        "an account that is missing": lambda: read_accounts(file("list.csv", "account_id,why\na,\n,x\n")),
        "nobody": lambda: read_accounts(file("list.csv", "account_id,why\n")),
        "nobody in Parquet": lambda: read_accounts(file("list.parquet", parquet(nobody))),
        "labels in other columns": lambda: read_labelled(file("labels.csv", "Titel,Fans_\na,1\n"), wanted),
        "labels of other types": lambda: told(read_labelled(file("labels.csv", "Title,Fans\na,many\n,1\n"), wanted).problems),
        "words that are none": lambda: read_words(file("cases.csv", "decision_id,confirmed\nd1,perhaps\nd2,yes\nd2,no\n")),
        "cases that are there": lambda: write_cases(file("cases.csv", ""), cases),
        "a file of a reader that is there": lambda: write_readings(readings_of_ana, readings, seen=readings),
        "verdicts without their columns": lambda: read_verdicts(file("verdicts.csv", "item,reader\ni,ana\n")),
        "verdicts of other words": lambda: read_verdicts(file(
            "verdicts.csv", "item_id,reader,slot,verdict\ni,ana,first,rigth\ni,,last,right\n")),
        "no Parquet": lambda: read_verdicts(file("verdicts.parquet", "item_id\n")),
    }, hide={str(tmp_path): "/audit"}))


DEMANDS = """\
authority,territory,received_on,kind,asks,answer,good_faith,n_targets,targets,legal_basis,demand_id
Court,DE,soon,order,,,,,,,
Court,DE,2026-11-01,wish,,,,,,,
Court,DE,2026-11-01,order,burn,,,,,,
Court,DE,2026-11-01,order,,never,,,,,
Court,DE,2026-11-01,order,,,perhaps,,,,
Court,DE,2026-11-01,order,,,,many,,,
,DE,2026-11-01,order,,,,,,,
Court,DE,2026-11-01,order,,,,1,a,,d1
Court,DE,2026-11-01,order,,,,1,a,,d1
"""


def test_demands_reports_and_referrals_that_cannot_be_read(golden: Golden, file: File, tmp_path: Path) -> None:
    def reports(text: str, **columns: str) -> object:
        return read_reports([file("flags.csv", text)], columns=columns, cut_off=CUT_OFF)

    golden("errors/connectors/registers.txt", error_texts({
        "columns of demands": lambda: read_demands(
            file("demands.csv", "from,land\nCourt,DE\n"), columns={"authority": "form", "colour": "land"}, constants={}),
        "rows of demands": lambda: told(read_demands(file("demands.csv", DEMANDS), columns={}, constants={}).problems),
        "a column of reports that there is not": lambda: reports("report_id\n", reporter="by"),
        "a column of reports that is missing": lambda: reports("report_id,target\n1,a\n"),
        "reports that are not there": lambda: read_reports([tmp_path / "nowhere.csv"], columns={}, cut_off=CUT_OFF),
        "a referral that is no JSON": lambda: read_referral(file("referral.json", '{"ground": ')),
        "a referral that is a list": lambda: read_referral(file("referral.json", "[]")),
        "a referral of which everything is wrong": lambda: read_referral(file("referral.json", json.dumps(
            {"ground": "criticism", "channel": "ministry", "why": 1, "shared": [], "phone": "1"}))),
    }, hide={str(tmp_path): "/desk"}))


def test_worlds_that_cannot_be_compared_with(golden: Golden, file: File, tmp_path: Path) -> None:
    truth = {"accounts": pa.schema([("account_id", pa.string()), ("is_violator", pa.bool_())]),
             "posts": pa.schema([("post_id", pa.string())])}

    def world(name: str, said: str, **tables: Any) -> object:
        written_snapshot(tmp_path / name / "snapshot", n_planned=1, n_others=1)
        file(f"{name}/world.toml", said)
        for table, content in tables.items():
            file(f"{name}/truth/{table}/bucket=000.parquet", content)
        return WorldFolder(tmp_path / name, truth=truth)

    golden("errors/connectors/worlds.txt", error_texts({
        "no snapshot": lambda: WorldFolder(tmp_path / "nowhere", truth=truth),
        "everything wrong": lambda: world("wrong", "fingerprint = snap\n", accounts="x"),
        "another snapshot and other columns": lambda: world(
            "other", 'fingerprint = "sha256:0"\n', accounts=parquet(pa.table({"account_id": [1]})),
            posts=parquet(pa.table({"id": ["p"]}))),
    }, hide={str(tmp_path): "/worlds"}))
