"""Ingest from end to end: what is kept, what is rejected, and that nothing about the run shows in the result."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from evenhand.connectors.files import text, typed
from evenhand.connectors.ingested import finish, reading, spill
from evenhand.connectors.snapshot import bucket_of, load_manifest
from evenhand.errors import ConfigError, DataError
from evenhand.model.snapshot import TABLES
from evenhand.workflows.ingest import IngestProgress, IngestSettings, earlier_cut_off, ingest, load_summary

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
LENIENT = IngestSettings(max_reject_share=1.0, threads=1)
Row = dict[str, Any]


def write_jsonl(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def account(i: object, **more: object) -> Row:
    return {"account_id": f"a{i}", "handle": f"user{i}", **more}


def post(i: object, of: object, **more: object) -> Row:
    return {"post_id": f"p{i}", "account_id": f"a{of}", **more}


def kept(into: Path, table: str) -> list[Row]:
    return [{key: value for key, value in row.items() if value is not None}
            for path in sorted((into / table).iterdir()) for row in pq.read_table(path).to_pylist()]


def rejects(into: Path, table: str) -> list[tuple[str, int, str, str | None]]:
    return [(row["file"], row["row"], row["reason"], row["column"])
            for row in pq.read_table(into / "rejects" / f"{table}.parquet").to_pylist()]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small export of two tables in three files, with a few bad rows."""
    folder = tmp_path / "source"
    write_jsonl(folder / "accounts.jsonl", [account(i, bio="x" * (i % 7), created_at="2020-01-01") for i in range(60)]
                + [account(3, bio="again"), {"handle": "nobody"}])
    write_jsonl(folder / "posts-1.jsonl", [post(i, i % 70, text=f"text {i}", links=["http://example.org"]) for i in range(300)])
    write_jsonl(folder / "posts-2.jsonl", [post(i, i % 70, text=f"other {i}") for i in range(290, 600)])
    return folder


def test_first_come_first_kept_and_no_orphans(tmp_path: Path) -> None:
    folder, into = tmp_path / "source", tmp_path / "into"
    write_jsonl(folder / "accounts-1.jsonl", [account(1), account(2, bio="first"), account(2, bio="second")])
    write_jsonl(folder / "accounts-2.jsonl", [account(2, bio="third"), account(3)])
    write_jsonl(folder / "posts-1.jsonl", [post(1, 1, text="here"), post(2, 9), post(3, 3)])
    write_jsonl(folder / "posts-2.jsonl", [post(1, 2, text="there"), post(1, 9), post(2, 1)])
    write_jsonl(folder / "media.jsonl", [{"media_id": "m1", "account_id": "a1"}, {"media_id": "m1", "account_id": "a3"},
                                         {"media_id": "m2", "account_id": "a9"}])
    write_jsonl(folder / "follows.jsonl", [{"account_id": "a1", "followed_id": "a9"}, {"account_id": "a1", "followed_id": "a9"},
                                           {"account_id": "a2", "followed_id": "a9"},
                                           {"account_id": "a9", "followed_id": "a1"}])
    write_jsonl(folder / "reports.jsonl", [{"report_id": "r1", "account_id": "a1"}, {"report_id": "r2", "account_id": "a7"}])
    summary = ingest(folder, into, cut_off=CUT_OFF, settings=IngestSettings(max_reject_share=1.0, n_buckets=5))
    assert sorted(row["account_id"] for row in kept(into, "accounts")) == ["a1", "a2", "a3"]
    assert [row["bio"] for row in kept(into, "accounts") if "bio" in row] == ["first"]
    assert sorted((row["post_id"], row["account_id"]) for row in kept(into, "posts")) == [("p1", "a1"), ("p3", "a3")]
    assert rejects(into, "accounts") == [("accounts-1.jsonl", 3, "duplicate_id", "account_id"),
                                         ("accounts-2.jsonl", 1, "duplicate_id", "account_id")]
    assert rejects(into, "posts") == [
        ("posts-1.jsonl", 2, "orphan", "account_id"), ("posts-2.jsonl", 1, "duplicate_id", "post_id"),
        ("posts-2.jsonl", 2, "duplicate_id", "post_id"), ("posts-2.jsonl", 3, "duplicate_id", "post_id")]
    assert rejects(into, "media") == [("media.jsonl", 2, "duplicate_id", "media_id"),
                                      ("media.jsonl", 3, "orphan", "account_id")]
    assert rejects(into, "follows") == [("follows.jsonl", 2, "duplicate_id", "account_id"),
                                        ("follows.jsonl", 4, "orphan", "account_id")]
    assert rejects(into, "reports") == [("reports.jsonl", 2, "orphan", "account_id")]
    assert summary.manifest.rows == {"accounts": 3, "posts": 2, "media": 1, "follows": 2, "reports": 1, "redirects": 0}
    assert summary.manifest.rejected == {
        "accounts": 2, "posts": 4, "media": 2, "follows": 2, "reports": 1, "redirects": 0}
    assert [(one.file, one.read, one.kept, one.rejected) for one in summary.files][:3] == [
        ("accounts-1.jsonl", 3, 2, 1), ("accounts-2.jsonl", 2, 1, 1), ("posts-1.jsonl", 3, 2, 1)]


def test_the_snapshot_has_the_contract_sorted_within_buckets(source: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    summary = ingest(source, into, cut_off=CUT_OFF, settings=IngestSettings(max_reject_share=1.0, n_buckets=4))
    assert load_manifest(into) == summary.manifest
    assert load_summary(into) == summary
    assert sorted(path.name for path in into.iterdir()) == sorted(
        ["ingest.json", "snapshot.json", "rejects", "rejects.csv", *TABLES])
    for name, table in TABLES.items():
        for bucket in range(4):
            read = pq.read_table(into / name / f"bucket={bucket:03d}.parquet")
            assert read.schema.equals(table.schema)
            rows = [tuple(row[column] for column in dict.fromkeys((table.account, *table.key))) for row in read.to_pylist()]
            assert rows == sorted(rows)
            assert {bucket_of(row[0], n_buckets=4) for row in rows} <= {bucket}


def test_rejects_can_be_opened_as_one_table_of_text(source: Path, tmp_path: Path) -> None:
    write_jsonl(source / "posts-3.jsonl", [post("=cmd", 1, shares="=HYPERLINK(1)"), post("new\nline", 99)])
    ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
    rows = pacsv.read_csv(tmp_path / "into" / "rejects.csv").to_pylist()
    assert len(rows) == len((tmp_path / "into" / "rejects.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert rows[0] == {"table": "accounts", "file": "accounts.jsonl", "row": 61, "line": 61, "reason": "duplicate_id",
                       "column": "account_id", "value": '"a3"', "excerpt": '{"account_id":"a3","handle":"user3"}'}
    assert not [value for row in rows for value in row.values() if str(value).startswith(("=", "+", "-", "@"))]


SHAPES: list[dict[str, Any]] = [
    {}, {"threads": 4}, {"n_buckets": 7}, {"block": 4000}, {"unit": 1, "piece": 3}, {"reverse": True},
    {"format": "parquet", "piece": 10}, {"format": "csv", "n_buckets": 3, "threads": 2, "unit": 1},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_fingerprint_tells_the_rows_and_nothing_else(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: dict[str, Any]) -> None:
    accounts = [account(i, bio="é" * (i % 5) or None, verified=i % 2 == 0, followers=i, created_at="2020-01-01T00:00:00Z",
                        previous_names=["x", "y z"] if i % 3 else None) for i in range(50)]
    posts = [post(i, i % 50, text=f"text\n{i}", shares=i) for i in range(200)]
    monkeypatch.setattr(text, "BLOCK", shape.get("block", text.BLOCK))
    monkeypatch.setattr(spill, "UNIT_BYTES", shape.get("unit", spill.UNIT_BYTES))
    monkeypatch.setattr(typed, "PIECE_ROWS", shape.get("piece", typed.PIECE_ROWS))
    order = -1 if shape.get("reverse") else 1
    for name, rows in (("accounts", accounts[::order]), ("posts", posts[::order])):
        folder = tmp_path / "source"
        if shape.get("format") == "parquet":
            folder.mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
        elif shape.get("format") == "csv":
            folder.mkdir(exist_ok=True)
            flat = [{key: "|".join(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows]
            pacsv.write_csv(pa.Table.from_pylist(flat), folder / f"{name}.csv")
        else:
            write_jsonl(folder / f"{name}.jsonl", rows)
    summary = ingest(tmp_path / "source", tmp_path / "into", cut_off=CUT_OFF, settings=IngestSettings(
        n_buckets=shape.get("n_buckets"), threads=shape.get("threads", 1)))
    assert summary.manifest.fingerprint == "sha256:aa08ee2f726cc38db144343c5b25aa239db5bcbc31bc447bb8388a4d41719330"


def test_a_bucket_that_is_too_large_comes_out_the_same(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(source, tmp_path / "usual", cut_off=CUT_OFF, settings=LENIENT)
    monkeypatch.setattr(finish, "WIDE_BYTES", 0)
    ingest(source, tmp_path / "wide", cut_off=CUT_OFF, settings=LENIENT)
    assert contents(tmp_path / "wide") == contents(tmp_path / "usual")


class Stopped(BaseException):
    """Stands for a kill at this instant."""


def stop_at(n: int) -> Callable[[IngestProgress], None]:
    left = iter(range(n))

    def report(_: IngestProgress) -> None:
        if next(left, None) is None:
            raise Stopped

    return report


def test_stopped_anywhere_the_same_call_goes_on_and_gives_the_same_files(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "UNIT_BYTES", 1)
    monkeypatch.setattr(text, "BLOCK", 3000)
    few = IngestSettings(max_reject_share=1.0, threads=1, n_buckets=3)
    whole = ingest(source, tmp_path / "whole", cut_off=CUT_OFF, settings=few)
    for n in range(100):
        try:
            parts = ingest(source, tmp_path / "parts", cut_off=CUT_OFF, settings=few, progress=stop_at(1 + n % 3))
        except Stopped:
            continue
        break
    assert n > 5
    assert parts == whole
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
    assert ingest(source, tmp_path / "parts", cut_off=CUT_OFF, settings=few) == whole


def test_the_cut_off_of_an_earlier_run_is_known_whether_it_ended_or_not(source: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    assert earlier_cut_off(into) is None
    with pytest.raises(Stopped):
        ingest(source, into, cut_off=CUT_OFF, settings=LENIENT, progress=stop_at(1))
    assert earlier_cut_off(into) == CUT_OFF
    ingest(source, into, cut_off=CUT_OFF, settings=LENIENT)
    assert earlier_cut_off(into) == CUT_OFF
    (into / "snapshot.json").write_text("{", encoding="utf-8")
    assert earlier_cut_off(into) is None


def test_a_writer_that_dies_in_the_middle_leaves_nothing_that_counts(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ingest(source, tmp_path / "whole", cut_off=CUT_OFF, settings=LENIENT)
    for target, name in ((spill.Spill, "_write_rows"), (spill, "write_whole")):
        with monkeypatch.context() as patched:
            def die(*_: object, **__: object) -> None:
                raise Stopped
            patched.setattr(target, name, die)
            with pytest.raises(Stopped):
                ingest(source, tmp_path / "parts", cut_off=CUT_OFF, settings=LENIENT)
    assert ingest(source, tmp_path / "parts", cut_off=CUT_OFF, settings=LENIENT) == whole
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from evenhand.connectors.files import text
from evenhand.connectors.ingested import spill
from evenhand.workflows.ingest import IngestSettings, ingest
spill.UNIT_BYTES, text.BLOCK = 1, 1000
left = int(sys.argv[3])
def report(step):
    global left
    left -= 1
    if not left:
        print("here", flush=True)
        sys.stdin.read()
ingest(sys.argv[1], Path(sys.argv[2]), cut_off=datetime(2026, 11, 1, tzinfo=UTC),
       settings=IngestSettings(max_reject_share=1.0, n_buckets=3, threads=2), progress=report)
"""


def test_killed_without_warning_it_goes_on(source: Path, tmp_path: Path) -> None:
    few = IngestSettings(max_reject_share=1.0, n_buckets=3, threads=2)
    whole = ingest(source, tmp_path / "whole", cut_off=CUT_OFF, settings=few)
    for steps in (3, 20):
        command = [sys.executable, "-c", SCRIPT, str(source), str(tmp_path / "parts"), str(steps)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "here\n"
            child.send_signal(signal.SIGKILL)
    assert len(list((tmp_path / "parts/work").glob("*/*/unit.json"))) > 10
    assert not (tmp_path / "parts/snapshot.json").exists()
    assert ingest(source, tmp_path / "parts", cut_off=CUT_OFF, settings=few) == whole
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


def test_too_many_rejects_stop_after_everything_is_counted_and_more_may_be_allowed_later(source: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    with pytest.raises(DataError) as refused:
        ingest(source, into, cut_off=CUT_OFF)
    assert [problem.file for problem in refused.value.problems] == [str(into / "rejects.csv")] * 2
    assert "2 of 62 rows of `accounts` were rejected, more than 0.01 of them" in str(refused.value)
    assert not (into / "snapshot.json").exists()
    assert len(rejects(into, "accounts")) == 2
    steps: list[IngestProgress] = []
    ingest(source, into, cut_off=CUT_OFF, settings=IngestSettings(max_reject_share=0.2), progress=steps.append)
    assert {step.stage for step in steps} == {"writing"}
    assert (into / "snapshot.json").exists()


@pytest.mark.parametrize(("n_bad", "share", "is_refused"), [(1, 0.01, False), (2, 0.01, True), (0, 0.0, False), (1, 0.0, True)])
def test_the_share_of_rejects_may_be_reached_and_not_passed(tmp_path: Path, n_bad: int, share: float, is_refused: bool) -> None:
    rows = [account(i) for i in range(100 - n_bad)] + [{"handle": "x"}] * n_bad
    write_jsonl(tmp_path / "source/accounts.jsonl", rows)
    try:
        ingest(tmp_path / "source", tmp_path / "into", cut_off=CUT_OFF, settings=IngestSettings(max_reject_share=share))
        assert not is_refused
    except DataError:
        assert is_refused


@pytest.mark.parametrize(("bad", "words"), [
    ({"created_at": 1577836800}, 'unit = "s"'), ({"created_at": 1577836800000}, 'unit = "ms"'),
    ({"created_at": "2030-01-01"}, "choose a later cut-off"), ({"followers": "many"}, "--max-reject-share")])
def test_the_advice_fits_the_most_frequent_reason(tmp_path: Path, bad: Row, words: str) -> None:
    write_jsonl(tmp_path / "source/accounts.jsonl", [account(i, **bad) for i in range(10)])
    with pytest.raises(DataError) as refused:
        ingest(tmp_path / "source", tmp_path / "into", cut_off=CUT_OFF)
    assert words in str(refused.value)


def test_an_export_without_accounts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id,handle\n", encoding="utf-8")
    with pytest.raises(DataError, match="no row stands in"):
        ingest(tmp_path / "accounts.csv", tmp_path / "into", cut_off=CUT_OFF)


def test_what_is_wrong_with_several_files_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id,handle\n", encoding="utf-8")
    (tmp_path / "posts.parquet").write_bytes(b"")
    (tmp_path / "media.csv").write_text("account_id\n1\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        ingest(tmp_path, tmp_path / "into", cut_off=CUT_OFF)
    assert [problem.file for problem in refused.value.problems] == ["accounts.csv", "posts.parquet", "media.csv"]


@pytest.mark.parametrize("there", ["notes.txt", "snapshot.json", "work/notes.txt"])
def test_a_folder_that_holds_something_else_is_left_alone(source: Path, tmp_path: Path, there: str) -> None:
    path = tmp_path / "into" / there
    path.parent.mkdir(parents=True)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(DataError):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
    assert contents(tmp_path / "into") == {there: b"mine"}


def test_a_snapshot_is_not_written_over_with_other_settings_or_input(source: Path, tmp_path: Path) -> None:
    first = ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
    with pytest.raises(DataError, match="made from other input"):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF + timedelta(days=1), settings=LENIENT)
    assert ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT) == first
    write_jsonl(source / "posts-3.jsonl", [post(1000, 1)])
    with pytest.raises(DataError, match="made from other input"):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)


def test_unfinished_work_on_other_input_is_used_as_far_as_it_fits(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="were rejected"):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF)
    write_jsonl(source / "posts-2.jsonl", [post(i, i % 60) for i in range(1000, 1010)])
    steps: list[IngestProgress] = []
    summary = ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT, progress=steps.append)
    assert {step.what for step in steps if step.stage == "reading"} == {"posts-2.jsonl"}
    assert summary == ingest(source, tmp_path / "fresh", cut_off=CUT_OFF, settings=LENIENT)
    assert contents(tmp_path / "into") == contents(tmp_path / "fresh")


def test_two_runs_do_not_write_into_one_folder(source: Path, tmp_path: Path) -> None:
    def second(_: IngestProgress) -> None:
        with pytest.raises(DataError, match="another ingest is writing"):
            ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)

    ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT, progress=second)


def test_a_file_where_the_folder_should_be_is_left_alone(source: Path, tmp_path: Path) -> None:
    (tmp_path / "into").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="is a file"):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF)
    with pytest.raises(DataError, match="cannot be written"):
        ingest(source, tmp_path / "into" / "below", cut_off=CUT_OFF)


@pytest.mark.parametrize(("error", "words"), [
    (FileNotFoundError(errno.ENOENT, "gone"), "is not there"), (PermissionError(errno.EACCES, "no"), "may not be read"),
    (OSError(errno.EIO, "input/output error"), "is damaged"), (MemoryError("too much"), "is damaged")])
def test_a_file_that_stops_being_readable_is_told(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str) -> None:
    def fail(_: object) -> Iterator[object]:
        raise error
        yield

    monkeypatch.setattr(reading, "units_of", fail)
    with pytest.raises(DataError, match=words):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF)


def test_a_full_disk_is_told_and_the_work_goes_on_later(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(spill.Spill, "_write_rows", fail)
        with pytest.raises(DataError, match="the disk is full"):
            ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
    ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)


@pytest.mark.parametrize(("wrong", "words"), [
    ({"n_buckets": 0}, "`n_buckets` is 0"), ({"n_buckets": 1001}, "`n_buckets` is 1001"),
    ({"max_reject_share": 1.5}, "`max_reject_share` is 1.5"), ({"threads": -1}, "`threads` is -1"),
    ({"memory_bytes": 5}, "`memory_bytes` is 5")])
def test_settings_out_of_range_are_refused(source: Path, tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=IngestSettings(**wrong))


@pytest.mark.parametrize("cut_off", [CUT_OFF.replace(tzinfo=None), datetime(1980, 1, 1, tzinfo=UTC)])
def test_a_cut_off_needs_a_zone_and_a_sensible_year(source: Path, tmp_path: Path, cut_off: datetime) -> None:
    with pytest.raises(ConfigError, match="cut-off"):
        ingest(source, tmp_path / "into", cut_off=cut_off)


def test_a_row_at_the_cut_off_is_kept_and_one_after_it_is_not(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "source/accounts.jsonl", [
        account(1, created_at="2026-11-01T00:00:00Z"), account(2, created_at="2026-11-01T00:00:00.000001Z"),
        account(3, created_at="1990-01-01"), account(4, created_at="1989-12-31T23:59:59.999999Z")])
    ingest(tmp_path / "source", tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
    assert [row["account_id"] for row in kept(tmp_path / "into", "accounts")] == ["a1", "a3"]


def test_a_time_format_that_is_none_is_told(source: Path, tmp_path: Path) -> None:
    (source / "snapshot.toml").write_text('[posts.columns]\ncreated_at = { format = "%Q" }\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"`%Q` of `posts\.created_at` is no time format"):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF)


def test_progress_comes_to_its_end_and_never_goes_back(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "UNIT_BYTES", 1)
    monkeypatch.setattr(text, "BLOCK", 2000)
    steps: list[IngestProgress] = []
    ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=IngestSettings(max_reject_share=1, n_buckets=3),
           progress=steps.append)
    assert list(dict.fromkeys(step.stage for step in steps)) == ["reading", "comparing", "writing"]
    read = [step for step in steps if step.stage == "reading"]
    assert [step.done for step in read] == sorted(step.done for step in read)
    assert read[-1].done == read[-1].total == sum(path.stat().st_size for path in source.iterdir())
    assert read[-1].rows == 62 + 300 + 310
    assert [(step.done, step.total) for step in steps if step.stage == "writing"] == [(1, 3), (2, 3), (3, 3)]


def test_the_summary_names_what_was_not_used(source: Path, tmp_path: Path) -> None:
    (source / "notes.md").write_text("hello", encoding="utf-8")
    write_jsonl(source / "posts-1.jsonl", [{**post(1, 1), "colour": "red"}])
    summary = ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
    assert summary.ignored_files == ("notes.md",)
    assert {one.file: one.ignored_columns for one in summary.files if one.ignored_columns} == {"posts-1.jsonl": ("colour",)}


def test_an_ingested_snapshot_can_be_ingested_again(source: Path, tmp_path: Path) -> None:
    first = ingest(source, tmp_path / "first", cut_off=CUT_OFF, settings=LENIENT)
    second = ingest(tmp_path / "first", tmp_path / "second", cut_off=CUT_OFF, settings=IngestSettings(n_buckets=3))
    assert second.manifest.fingerprint == first.manifest.fingerprint
    assert set(second.manifest.rejected.values()) == {0}


def test_nothing_of_the_work_is_left_open(source: Path, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        ingest(source, tmp_path / "into", cut_off=CUT_OFF, settings=LENIENT)
        shutil.rmtree(tmp_path / "into")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2



@pytest.mark.parametrize("text", ["", "account_id,handle\n", "\ufeff\n"])
def test_a_file_without_rows_is_said_to_be_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "accounts.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"empty|no row|has none|header"):
        ingest(str(tmp_path), tmp_path.parent / f"{tmp_path.name}-out", cut_off=datetime(2026, 11, 1, tzinfo=UTC))


def test_a_path_is_no_column_of_a_table_without_depth(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id,handle\n1,a\n", encoding="utf-8")
    (tmp_path / "snapshot.toml").write_text('[accounts.columns]\naccount_id = "$.a.b"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"the column `\$\.a\.b` of `accounts` is missing"):
        ingest(str(tmp_path), tmp_path.parent / f"{tmp_path.name}-out", cut_off=datetime(2026, 11, 1, tzinfo=UTC))
