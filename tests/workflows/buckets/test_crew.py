"""Buckets shared among processes: the same plan as one process makes, whatever happens to them on the way."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import DataError
from evenhand.model.snapshot import ACCOUNTS
from evenhand.workflows import scan, sweeps
from evenhand.workflows.buckets.crew import Crew
from evenhand.workflows.buckets.hands import BucketWork, hands_for, in_order
from evenhand.workflows.buckets.parts import open_parts
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.materials import SweepSettings, load_materials, open_engine
from evenhand.workflows.plan import Materials, plan
from evenhand.workflows.report import Beside
from evenhand.workflows.scan import Hands, sweep_key

N_BUCKETS = 8


@pytest.fixture(autouse=True)
def one_bucket_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The buckets here are small: each is a run of its own all the same."""
    monkeypatch.setattr(scan, "ACCOUNTS_AT_ONCE", 1)


@pytest.fixture(scope="module")
def materials() -> Materials:
    return load_materials(SweepSettings())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot in eight buckets, and the plan that one process makes of it."""
    folder = tmp_path_factory.mktemp("crew")
    (folder / "export").mkdir()
    rows = [{"account_id": f"a{n}", "handle": f"fbi_{n}", "display_name": "Federal Bureau of Investigation",
             "bio": "Official account of the Federal Bureau of Investigation", "platform": "twitter"} for n in range(240)]
    pq.write_table(pa.Table.from_pylist(rows, schema=ACCOUNTS.schema), folder / "export" / "accounts.parquet")
    ingest(str(folder / "export"), folder / "snapshot", cut_off=datetime(2026, 11, 1, tzinfo=UTC),
           settings=IngestSettings(n_buckets=N_BUCKETS))
    return folder


@pytest.fixture(scope="module")
def digest(made: Path, materials: Materials) -> str:
    with open_engine(SweepSettings()) as engine:
        return plan(SnapshotFolder(made / "snapshot"), materials, engine, into=made / "alone")[0].digest


@pytest.fixture
def snapshot(made: Path, tmp_path: Path) -> SnapshotFolder:
    """A copy that a test may damage."""
    shutil.copytree(made / "snapshot", tmp_path / "snapshot")
    return SnapshotFolder(tmp_path / "snapshot")


def work_for(snapshot: SnapshotFolder, materials: Materials, *, work: Path, key: str) -> BucketWork:
    return BucketWork(materials=materials, snapshot=snapshot.path, work=work, key=key, engine_bytes=500_000_000)


PLANNING = """
import sys
from pathlib import Path
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.workflows import scan, sweeps
scan.ACCOUNTS_AT_ONCE = 1
from evenhand.workflows.buckets import hands
from evenhand.campaign import cases
cases.CHUNK = hands.WORTH_DECIDING_TOGETHER = 1
sweeps.hands_for = lambda *given, on_progress: hands.hands_for(*given, on_progress=on_progress, worth=1)
from evenhand.cli.main import main
main(["plan", sys.argv[1], "--into", sys.argv[2], "--threads", "2", "--json", *sys.argv[3:]])
"""


def planning(snapshot: Path, into: Path, *more: str, before: str = "") -> list[str]:
    """A command that plans with two processes, however small the snapshot is."""
    return [sys.executable, "-c", before + PLANNING, str(snapshot), str(into), *more]


def gone_on(snapshot: Path, into: Path, materials: Materials) -> tuple[str, int]:
    """The digest of the plan that one process makes of what was left, and how many buckets it found done."""
    with open_engine(SweepSettings()) as engine:
        made, swept = plan(SnapshotFolder(snapshot), materials, engine, into=into)
    return made.digest, swept.n_resumed


def started(into: Path, process: subprocess.Popen[str], *, n_done: int) -> None:
    """Wait until the sweep has done so many buckets, or is over."""
    while process.poll() is None and len(list(into.glob("scan/parts/bucket=*"))) < n_done:
        time.sleep(0.005)


def test_a_sweep_killed_again_and_again_makes_the_same_plan(made: Path, materials: Materials, digest: str,
                                                            tmp_path: Path) -> None:
    chance = random.Random(7)
    into = tmp_path / "plan"
    for n_done in (1, 4):
        with subprocess.Popen(planning(made / "snapshot", into), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True) as process:
            started(into, process, n_done=n_done)
            time.sleep(chance.random() * 0.1)
            process.kill()
    assert not (into / "plan.json").exists()
    again, n_resumed = gone_on(made / "snapshot", into, materials)
    assert again == digest
    assert n_resumed >= 4


def test_a_process_that_is_killed_is_told_and_the_sweep_goes_on(snapshot: SnapshotFolder, materials: Materials, digest: str,
                                                                tmp_path: Path) -> None:
    key = sweep_key(snapshot, materials.pipeline, registries_digest=materials.registries_digest)
    work = work_for(snapshot, materials, work=tmp_path / "plan" / "scan", key=key)

    def killed(crew: Crew) -> Iterator[range]:
        for _, bucket in crew.do([range(n, n + 1) for n in range(N_BUCKETS)]):
            next(iter(crew._members.values())).send_signal(signal.SIGKILL)
            yield bucket

    (tmp_path / "plan").mkdir()
    with open_parts(work.work, key=f"{key} by 1"), Crew(work, n_processes=1) as crew, pytest.raises(DataError) as told:
        list(killed(crew))
    assert "a process of the sweep was ended by signal 9" in str(told.value)
    assert "it goes on where it stopped" in str(told.value)
    assert gone_on(snapshot.path, tmp_path / "plan", materials)[0] == digest


def test_a_process_does_not_join_in_when_the_snapshot_is_another(snapshot: SnapshotFolder, materials: Materials,
                                                                 tmp_path: Path) -> None:
    work = work_for(snapshot, materials, work=tmp_path, key="another")
    with Crew(work, n_processes=1) as crew, pytest.raises(DataError, match="changed while the sweep began"):
        list(crew.do([range(1)]))


def test_a_file_that_vanishes_is_named_and_comes_back(snapshot: SnapshotFolder, materials: Materials, digest: str,
                                                      tmp_path: Path) -> None:
    gone = Path(snapshot.files("accounts", 5)[0])
    kept = gone.rename(tmp_path / "aside.parquet")
    done = subprocess.run(planning(snapshot.path, tmp_path / "plan"), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert str(gone) in done.stderr
    kept.rename(gone)
    assert gone_on(snapshot.path, tmp_path / "plan", materials)[0] == digest


FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
"""


def test_a_full_disk_is_told_and_the_sweep_goes_on_when_there_is_room(made: Path, materials: Materials, digest: str,
                                                                      tmp_path: Path) -> None:
    command = planning(made / "snapshot", tmp_path / "plan", "--memory", "700MB", before=FULL_DISK)
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2, done.stderr
    assert "the disk is full" in done.stderr
    assert "it goes on where it stopped" in done.stderr
    assert gone_on(made / "snapshot", tmp_path / "plan", materials)[0] == digest


def test_two_sweeps_side_by_side_do_not_disturb_one_another(made: Path, digest: str, tmp_path: Path) -> None:
    memory = {"one": "700MB", "two": "4GB"}  # with so little, one process does it all, and more slowly
    both = [subprocess.Popen(planning(made / "snapshot", tmp_path / name, "--memory", memory[name]),
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for name in memory]
    told = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert {json.loads((tmp_path / name / "plan.json").read_text())["digest"] for name in ("one", "two")} == {digest}


def test_two_sweeps_in_one_folder_are_refused(snapshot: SnapshotFolder, materials: Materials, tmp_path: Path) -> None:
    with (open_parts(tmp_path / "plan" / "scan", key="mine"), open_engine(SweepSettings()) as engine,
          pytest.raises(DataError, match="another sweep is at work")):
        plan(snapshot, materials, engine, into=tmp_path / "plan")


def test_a_plan_has_its_folder_alone_until_its_report_is_written(made: Path, tmp_path: Path,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    into, heard = tmp_path / "plan", []
    into.mkdir()
    (into / ".decisions.4711.parquet").write_text("of a plan that was killed")

    def meanwhile(view: object, file: Path) -> Path:
        with pytest.raises(DataError, match="another sweep is at work") as told:
            sweeps.plan_snapshot(made / "snapshot", SweepSettings(seed=1), into=into, beside=Beside())
        heard.append(told.value)
        return file

    monkeypatch.setattr(sweeps, "write_report", meanwhile)
    sweeps.plan_snapshot(made / "snapshot", SweepSettings(), into=into, beside=Beside())
    assert len(heard) == 1
    assert {path.name for path in into.iterdir()} == {
        ".lock", "scan", "plan.json", "decisions.parquet", "spared.parquet", "effects.parquet", "sources.json"}


def test_a_small_snapshot_is_not_worth_a_process(snapshot: SnapshotFolder, materials: Materials) -> None:
    two = SweepSettings(threads=2)
    alone = hands_for(snapshot, materials, two)
    assert (alone.work_on, alone.decide) == (None, None)
    together = hands_for(snapshot, materials, two, worth=1)
    assert together.work_on is not None
    assert together.decide is not None
    alone = hands_for(snapshot, materials, replace(two, threads=1), worth=1)
    assert (alone.work_on, alone.decide) == (None, None)
    assert hands_for(snapshot, materials, replace(two, engine="sc://localhost"), worth=1).work_on is None


@given(st.permutations(range(8)))
def test_answers_that_come_in_any_order_are_taken_in_theirs(order: list[int]) -> None:
    assert list(in_order((nth, nth) for nth in order)) == list(range(8))


def test_nothing_of_a_killed_sweep_stays_behind(made: Path, materials: Materials, tmp_path: Path) -> None:
    parts = tmp_path / "plan" / "scan" / "parts"
    with open_parts(parts.parent, key="before"):
        (parts / ".bucket=00003.4711").mkdir()
        (parts.parent / "spill" / "4711").mkdir()
    with open_engine(SweepSettings()) as engine:
        plan(SnapshotFolder(made / "snapshot"), materials, engine, into=tmp_path / "plan", hands=Hands())
    assert [path.name for path in parts.iterdir() if path.name.startswith(".")] == []
    assert list((parts.parent / "spill").iterdir()) == []
