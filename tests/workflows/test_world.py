"""A world is exact, the same however it is made, goes on after a kill, and is what an ingest of its rows would give."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from evenhand.connectors.files.embedded import connect
from evenhand.connectors.registries import load_registries
from evenhand.connectors.snapshot import load_manifest
from evenhand.errors import ConfigError, DataError
from evenhand.model.harm import Harm
from evenhand.model.media import SOURCE_TYPE_ADDRESSES, SOURCE_TYPES, AiMark, Provenance
from evenhand.model.snapshot import TABLES
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.worlds import buckets as world_buckets
from evenhand.workflows.worlds import write
from evenhand.workflows.worlds.stage import load_stage
from evenhand.workflows.worlds.write import WorldProgress, WorldSettings, WorldSummary, world
from evenhand.world.times import CUT_OFF

SCALE = Fraction("0.0002")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("world") / "made"
    world(into, settings=WorldSettings(scale=SCALE, n_buckets=3, processes=1))
    return into


@pytest.fixture(scope="module")
def tables(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as database:
        for name in ("accounts", "posts", "media", "follows"):
            database.execute(f"create view {name} as from '{folder}/snapshot/{name}/*.parquet'")
        for name in ("accounts", "posts"):
            database.execute(f"create view true_{name} as from '{folder}/truth/{name}/*.parquet'")
        yield database


def one(database: duckdb.DuckDBPyConnection, sql: str) -> object:
    return database.execute(sql).fetchall()[0][0]


def made(into: Path, **settings: Any) -> WorldSummary:
    return world(into, settings=replace(WorldSettings(scale=SCALE, processes=1), **settings))


def test_every_account_and_post_is_there_and_has_its_truth(tables: duckdb.DuckDBPyConnection) -> None:
    assert one(tables, "select count(*) from accounts") == 10_000
    assert one(tables, "select count(distinct account_id) from accounts join true_accounts using (account_id)") == 10_000
    assert one(tables, "select count(distinct post_id) from posts") == 30_000
    assert one(tables, "select count(*) from true_posts where is_violating") == 280
    assert one(tables, "select count(*) from true_accounts where kind = 'violator'") == 219
    assert one(tables, "select count(*) from true_accounts where (kind = 'violator') <> (harm is not null)") == 0
    assert one(tables, """select count(*) from true_posts p left join posts using (post_id, account_id)
                          where posts.post_id is null""") == 0
    harms = {row[0] for row in tables.execute("select distinct harm from true_accounts where harm is not null").fetchall()}
    assert harms == set(Harm) - {Harm.IMPERSONATION_OFFICIAL}


def test_every_reference_leads_to_something(tables: duckdb.DuckDBPyConnection) -> None:
    for name in ("posts", "media", "follows"):
        assert one(tables, f"select count(*) from {name} anti join accounts using (account_id)") == 0
    assert one(tables, "select count(*) from follows anti join accounts on followed_id = accounts.account_id") == 0
    assert one(tables, "select count(*) from media anti join posts using (post_id, account_id)") == 0
    assert one(tables, """select count(*) from (select unnest(media_ids) as media_id from posts)
                          anti join media using (media_id)""") == 0
    assert one(tables, """select count(*) from posts join accounts using (account_id)
                          where posts.created_at < accounts.created_at""") == 0


def test_links_are_well_formed_and_stand_in_the_text(tables: duckdb.DuckDBPyConnection) -> None:
    found = tables.execute("select text, links[1] from posts where links is not null").fetchall()
    assert len(found) > 1_000
    url = re.compile(r"(https?://)?[a-z0-9_.-]+\.[a-z0-9-]+([/?]\S*)?", re.IGNORECASE)
    assert [link for _, link in found if not url.fullmatch(link)] == []
    assert [text for text, link in found if f"{link} " not in f"{text} "] == []


def test_there_are_many_languages_and_none_of_them_only_ordinary(tables: duckdb.DuckDBPyConnection) -> None:
    assert int(str(one(tables, "select count(distinct language) from true_accounts"))) >= 14
    assert int(str(one(tables, "select count(distinct script) from true_accounts"))) >= 8
    assert int(str(one(tables, "select count(distinct language) from true_accounts where kind = 'violator'"))) >= 12


def test_handles_are_handles_and_only_holders_have_registered_ones(tables: duckdb.DuckDBPyConnection) -> None:
    assert one(tables, "select count(*) from accounts where not regexp_full_match(handle, '[A-Za-z0-9_.-]{1,60}')") == 0
    stage, _ = load_stage(SCALE, 0)
    registered = set(stage.targets.handles.to_pylist())
    taken = tables.execute("""select lower(handle), kind from accounts join true_accounts using (account_id)
                              where role in ('impersonator', 'holder')""").fetchall()
    assert {kind for handle, kind in taken if handle in registered} == {"holder"}
    assert {kind for handle, kind in taken if handle not in registered} == {"violator"}


def test_media_say_of_themselves_what_a_reading_of_such_files_would(tables: duckdb.DuckDBPyConnection) -> None:
    made = {term for kind in SOURCE_TYPES for term in (kind, *(f"{address}{kind}" for address in SOURCE_TYPE_ADDRESSES))}
    said = tables.execute("""select role, kind = 'violator', digital_source_type, provenance, ai_mark, media.kind
                             from media join true_accounts t using (account_id)""".replace("kind =", "t.kind =")).fetchall()
    for role, is_violator, source_type, provenance, mark, _ in said:
        generated = mark is not None or (source_type in made and provenance != Provenance.INVALID)
        assert generated is (role != "journalist"), (role, source_type, provenance, mark)
        assert generated or not is_violator
    assert {mark for *_, mark, _ in said} == {None, AiMark.C2PA, AiMark.XMP, AiMark.AIGC_LABEL}
    assert {(role, kind) for role, *_, kind in said} >= {("synthetic_anchor", "video"), ("ordinary", "image")}
    labelled = tables.execute("""select distinct role from media join true_accounts using (account_id)
                                 where ai_label""").fetchall()
    assert labelled == [("disclosed_ai",)]


def test_other_harms_are_those_that_a_role_truly_meets(tables: duckdb.DuckDBPyConnection) -> None:
    others = dict(tables.execute("""select distinct role, other_harms from true_accounts
                                    where other_harms is not null""").fetchall())
    assert others == {"synthetic_outlet": Harm.IMPERSONATION_MEDIA, "deceptive_bait": Harm.SCAM,
                      "scammer": Harm.INAUTHENTIC_NETWORK}
    targets = load_stage(SCALE, 0)[0].targets
    outlets = {row["holder_id"] for row in targets.names.select(["holder_id", "kind"]).to_pylist() if row["kind"] == "media"}
    posed = tables.execute("select holder_id, bio from true_accounts join accounts using (account_id) "
                           "where role = 'synthetic_outlet'").fetchall()
    assert posed
    assert all(holder in outlets and bio for holder, bio in posed), "each bears a registered outlet's name and claims to be it"
    baits = tables.execute("""select links[1] from posts join true_posts p using (post_id) join true_accounts t
                              on t.account_id = p.account_id where role = 'deceptive_bait' and is_violating""").fetchall()
    listed = {host.removeprefix("www.") for host in targets.hosts.to_pylist()}
    assert baits
    assert all(re.sub(r"^(https?://)?(www[.])?|[/?].*$", "", link) in listed
               for (link,) in baits), "each violating post leads to a listed host"


def test_an_impersonator_says_how_it_bends_its_name(tables: duckdb.DuckDBPyConnection) -> None:
    known = "select count(*) from true_accounts where role = '{}' and {} is {} null"
    for column in ("operator", "holder_id"):
        assert one(tables, known.format("impersonator", column, "")) == 0
        assert one(tables, known.format("ordinary", column, "not")) == 0


def test_a_ring_says_the_same_thing_at_the_same_time(tables: duckdb.DuckDBPyConnection) -> None:
    shared = tables.execute("""
        select count(distinct account_id), max(created_at) - min(created_at) < interval 5 minutes
        from posts join true_accounts using (account_id) where harm = 'inauthentic_network' and links is not null
        group by links""").fetchall()
    assert max(n for n, _ in shared) >= 5
    assert all(is_close for n, is_close in shared if n > 1)


def test_a_hijacked_account_is_old_and_its_burst_recent(tables: duckdb.DuckDBPyConnection) -> None:
    bursts = tables.execute("""
        select min(posts.created_at) >= timestamptz '2026-10-30 00:00:00Z',
               max(a.created_at) < timestamptz '2022-01-01 00:00:00Z'
        from true_posts join posts using (post_id) join accounts a on a.account_id = posts.account_id
        join true_accounts t on t.account_id = a.account_id where role = 'hijacked' and is_violating""").fetchall()
    assert bursts == [(True, True)]


def test_the_fingerprint_is_that_of_an_ingest_of_the_same_rows(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "export"
    for name in ("accounts", "posts", "media", "follows"):
        (source / name).mkdir(parents=True)
        for file in sorted((folder / "snapshot" / name).iterdir()):
            pq.write_table(pq.read_table(file), source / name / file.name)
    summary = ingest(source, tmp_path / "ingested", cut_off=CUT_OFF, settings=IngestSettings(n_buckets=2, threads=1))
    ours = load_manifest(folder / "snapshot")
    assert set(summary.manifest.rejected.values()) == {0}
    assert summary.manifest.rows == ours.rows
    assert summary.manifest.fingerprint == ours.fingerprint


def test_rows_are_sorted_as_an_ingest_sorts_them(folder: Path) -> None:
    for name in ("accounts", "posts", "media", "follows"):
        for file in (folder / "snapshot" / name).iterdir():
            keys = [tuple(row.values()) for row in pq.read_table(
                file, columns=list(dict.fromkeys((TABLES[name].account, *TABLES[name].key)))).to_pylist()]
            assert keys == sorted(keys)


def test_the_same_seed_gives_the_same_world_however_it_is_made(folder: Path, tmp_path: Path) -> None:
    ours = load_manifest(folder / "snapshot").fingerprint
    assert made(tmp_path / "one", n_buckets=1).manifest.fingerprint == ours
    assert made(tmp_path / "two", n_buckets=7, processes=2).manifest.fingerprint == ours
    assert made(tmp_path / "other", n_buckets=1, seed=1).manifest.fingerprint != ours
    truths = [connect().execute(f"select sum(hash(t)) from '{place}/truth/{name}/*.parquet' t").fetchall()
              for place in (folder, tmp_path / "two") for name in ("accounts", "posts")]
    assert truths[:2] == truths[2:]


def test_the_registers_load_beside_the_shipped_ones(folder: Path) -> None:
    registers = load_registries(folder / "registries")
    assert registers["credentials"].num_rows == 38
    assert registers["fact_checks"].num_rows > 100


def test_a_finished_world_is_not_made_again(folder: Path) -> None:
    stamps = {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}
    summary = made(folder, n_buckets=3)
    assert summary.manifest.fingerprint == load_manifest(folder / "snapshot").fingerprint
    assert stamps == {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


def test_what_was_written_before_a_stop_is_kept_and_the_rest_is_the_same(
        folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(progress: WorldProgress) -> None:
        if progress.done > 3_000:
            raise KeyboardInterrupt

    settings = WorldSettings(scale=SCALE, n_buckets=5, processes=1)
    with pytest.raises(KeyboardInterrupt):
        world(tmp_path / "w", settings=settings, progress=stop)
    done = sorted((tmp_path / "w/work").glob("bucket-*.json"))
    assert 0 < len(done) < 5
    stamps = [file.stat().st_mtime_ns for file in done]
    remade: list[int] = []
    original = world_buckets._write
    monkeypatch.setattr(world_buckets, "_write", lambda making, bucket, *rest: (remade.append(bucket), original(
        making, bucket, *rest))[1])
    before = []
    summary = world(tmp_path / "w", settings=settings, progress=lambda told: before.append((told.before, told.done)))
    assert len(remade) == 5 - len(stamps)
    n_before = before[-1][0]
    assert 3_000 < n_before < before[-1][1] == 10_000, "the pace of this run says how much time is left"
    assert summary.manifest.fingerprint == load_manifest(folder / "snapshot").fingerprint
    assert not (tmp_path / "w/work").exists()


def test_a_run_that_is_killed_while_it_tidies_up_has_made_its_world(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "w")
    work = tmp_path / "w" / "work"
    work.mkdir()
    np.save(work / world_buckets.ORDER, np.arange(10_000, dtype=np.uint32))  # the others were removed before it
    stamps = {file: file.stat().st_mtime_ns for file in (tmp_path / "w/snapshot").rglob("*.parquet")}
    assert made(tmp_path / "w", n_buckets=3).manifest.fingerprint == load_manifest(folder / "snapshot").fingerprint
    assert {file: file.stat().st_mtime_ns for file in stamps} == stamps
    assert not work.exists()


def test_a_world_of_other_phrases_or_registers_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(progress: WorldProgress) -> None:
        if progress.done:
            raise KeyboardInterrupt

    settings = WorldSettings(scale=SCALE, n_buckets=5, processes=1)
    with pytest.raises(KeyboardInterrupt):
        world(tmp_path / "w", settings=settings, progress=stop)
    with monkeypatch.context() as later:
        later.setattr(write, "made_from", lambda: "a later version's")
        with pytest.raises(DataError, match="phrases and registers"):
            world(tmp_path / "w", settings=settings)


def test_a_killed_run_goes_on_and_gives_the_same_world(folder: Path, tmp_path: Path) -> None:
    code = (f"from fractions import Fraction\nfrom pathlib import Path\n"
            f"from evenhand.workflows.worlds.write import WorldSettings, world\n"
            f"if __name__ == '__main__':\n"
            f"    world(Path('w'), settings=WorldSettings(scale=Fraction('{SCALE}'), n_buckets=30, processes=2))\n")
    (tmp_path / "make.py").write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "make.py"], cwd=tmp_path, env=environment) as run:
        until = time.monotonic() + 120
        while not list((tmp_path / "w/work").glob("bucket-*.json")) and time.monotonic() < until:
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    assert not (tmp_path / "w/snapshot/snapshot.json").exists()
    (tmp_path / "w/snapshot/posts").mkdir(parents=True, exist_ok=True)
    (tmp_path / "w/snapshot/posts/bucket=029.parquet.4711.part").write_text("half", encoding="utf-8")
    summary = made(tmp_path / "w", n_buckets=30)
    assert list((tmp_path / "w").rglob("*.part")) == []
    assert summary.manifest.fingerprint == load_manifest(folder / "snapshot").fingerprint


@pytest.mark.parametrize("settings", [
    {"scale": Fraction(0)}, {"scale": Fraction(5)}, {"n_buckets": 0}, {"seed": -1}, {"processes": -1}], ids=str)
def test_settings_out_of_range_are_refused(settings: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        made(tmp_path / "w", **settings)
    assert not (tmp_path / "w").exists()


def test_a_folder_with_something_else_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match=r"is no world: `notes.txt`"):
        made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(DataError, match="holds a world with layout 2, scale 1/5000, seed 0, 3 buckets"):
        made(folder, seed=5)
    with pytest.raises(DataError, match="is a file"):
        made(tmp_path / "notes.txt")
