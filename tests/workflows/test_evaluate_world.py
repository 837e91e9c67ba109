"""A plan is scored against the truth of its own world and of no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand import __version__
from evenhand.cli.main import main
from evenhand.connectors.plan_folder import PlanWriter
from evenhand.connectors.snapshot import load_manifest
from evenhand.errors import DataError, ExitCode, StalePlan
from evenhand.evaluation.outcomes import TRUTH_ACCOUNTS, TRUTH_POSTS
from evenhand.model.harm import Harm
from evenhand.model.plan import Plan
from evenhand.model.snapshot import ACCOUNTS, POSTS
from evenhand.workflows.evaluation.world import WorldScore, evaluate_world
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.materials import SweepSettings

FBI = "Federal Bureau of Investigation"
PEOPLE = [
    *((f"bureau{n}", FBI, f"Official account of the {FBI}", "violator", "impersonation_institution") for n in range(3)),
    ("hushed", FBI, "I say nothing", "violator", "impersonation_institution"),
    ("parody", f"{FBI} (parody)", f"Official account of the {FBI}. Parody.", "hard_negative", None),
    ("ann", "Ann", "I like trains", "ordinary", None),
    ("fbi", FBI, None, "holder", None)]
SETTINGS = SweepSettings(threads=1)


def make_world(folder: Path, people: Sequence[tuple[str, str, str | None, str, str | None]] = PEOPLE) -> Path:
    export = folder / "export"
    export.mkdir(parents=True)
    rows = [{"account_id": name, "handle": name, "display_name": shown, "bio": bio, "platform": "twitter", "language": "en"}
            for name, shown, bio, *_ in people]
    posts = [{"post_id": f"{name}-1", "account_id": name, "text": "hello"} for name, *_ in people]
    pq.write_table(pa.Table.from_pylist(rows, schema=ACCOUNTS.schema), export / "accounts.parquet")
    pq.write_table(pa.Table.from_pylist(posts, schema=POSTS.schema), export / "posts.parquet")
    ingest(str(export), folder / "world/snapshot", cut_off=datetime(2026, 11, 1, tzinfo=UTC),
           settings=IngestSettings(n_buckets=2))
    write_truth(folder / "world", [{
        "account_id": name, "kind": kind, "harm": harm, "role": "parody" if kind == "hard_negative" else "someone",
        "operator": "same_name" if harm else None, "holder_id": None, "language": "en", "script": "Latn"}
        for name, _, _, kind, harm in people])
    return folder / "world"


def write_truth(world: Path, accounts: list[dict[str, Any]]) -> None:
    for name, rows, schema in (("accounts", accounts, TRUTH_ACCOUNTS), ("posts", [], TRUTH_POSTS)):
        (world / "truth" / name).mkdir(parents=True, exist_ok=True)
        half = len(rows) // 2
        for bucket, part in enumerate((rows[:half], rows[half:])):
            pq.write_table(pa.Table.from_pylist(part, schema=schema), world / f"truth/{name}/bucket={bucket:03d}.parquet")


def truth_of(world: Path) -> list[dict[str, Any]]:
    return [row for file in sorted((world / "truth/accounts").glob("*.parquet")) for row in pq.read_table(file).to_pylist()]


def write_empty_plan(folder: Path, *, snapshot: str) -> Path:
    with PlanWriter(folder) as writer:
        writer.finish(Plan(
            digest="0" * 64, cut_off=datetime(2026, 11, 1, tzinfo=UTC), snapshot=snapshot, pack="none 0", pack_digest="",
            registries_digest="", code_version=__version__, steps_digest="", supported=(), seed=0, n_accounts=7, n_posts=7,
            counts={}, guards=()))
    return folder


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> WorldScore:
    folder = tmp_path_factory.mktemp("scored")
    return evaluate_world(make_world(folder), SETTINGS, plan=None, work=folder / "plan")


def test_a_world_is_planned_and_scored(scored: WorldScore) -> None:
    [bucket] = scored.scorecard.buckets
    assert bucket.harm is Harm.IMPERSONATION_INSTITUTION
    assert (bucket.n_planted, bucket.n_decided, bucket.n_right, bucket.n_missed) == (4, 3, 3, 1)
    assert [(group.role, group.penalised.hits, group.penalised.n) for group in scored.scorecard.spared] == [
        (None, 0, 1), (None, 0, 1), (None, 0, 1), ("parody", 0, 1)]
    assert scored.scorecard.n_accounts == len(PEOPLE)


def test_the_same_plan_scores_the_same_when_it_is_named(scored: WorldScore, tmp_path: Path) -> None:
    again = evaluate_world(scored.world, SETTINGS, plan=scored.plan_folder, work=tmp_path / "unused")
    assert again.scorecard == scored.scorecard
    assert not (tmp_path / "unused").exists()


def test_an_empty_plan_finds_nobody_and_wrongs_nobody(scored: WorldScore, tmp_path: Path) -> None:
    plan = write_empty_plan(tmp_path / "plan", snapshot=load_manifest(scored.world / "snapshot").fingerprint)
    card = evaluate_world(scored.world, SETTINGS, plan=plan, work=tmp_path).scorecard
    assert (card.buckets[0].recall.value, card.buckets[0].precision.value) == (0.0, None)
    assert all(group.penalised.hits == 0 for group in card.spared)


def test_accounts_wrongly_penalised_are_named(scored: WorldScore, tmp_path: Path) -> None:
    world = make_world(tmp_path, [(*person[:3], "hard_negative", None) if person[0] == "bureau1" else person
                                  for person in PEOPLE])
    score = evaluate_world(world, SETTINGS, plan=scored.plan_folder, work=tmp_path)
    assert [(one.account_id, one.role, one.decided) for one in score.wrong] == [
        ("bureau1", "parody", Harm.IMPERSONATION_INSTITUTION)]
    assert scored.wrong == ()


def test_a_plan_of_another_snapshot_is_refused(scored: WorldScore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_world(tmp_path, PEOPLE[:5])
    with pytest.raises(StalePlan, match="made from another snapshot"):
        evaluate_world(other, SETTINGS, plan=scored.plan_folder, work=tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", str(other), "--plan", str(scored.plan_folder)])
    assert ended.value.code == ExitCode.REFUSED
    assert "made from another snapshot" in capsys.readouterr().err


def test_a_truth_that_does_not_fit_its_snapshot_is_refused_with_everything_wrong(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    rows = truth_of(world)
    write_truth(world, [{**rows[0], "kind": "villain"}, {**rows[1], "harm": "rudeness", "other_harms": "scam+envy"},
                        *rows[2:-1]])
    plan = write_empty_plan(tmp_path / "plan", snapshot=load_manifest(world / "snapshot").fingerprint)
    with pytest.raises(DataError) as caught:
        evaluate_world(world, SETTINGS, plan=plan, work=tmp_path)
    assert [problem.what for problem in caught.value.problems] == [
        "the truth has an unknown other harm `envy`",
        "the truth has an unknown kind `villain`", "the truth has an unknown harm `rudeness`",
        "the truth has 6 accounts, the snapshot 7"]


def test_a_plan_that_decides_strangers_is_refused(scored: WorldScore, tmp_path: Path) -> None:
    world = make_world(tmp_path)
    write_truth(world, [{**row, "account_id": f"x{row['account_id']}"} for row in truth_of(world)])
    with pytest.raises(DataError, match="the plan decides 3 accounts, of which the truth knows 0"):
        evaluate_world(world, SETTINGS, plan=scored.plan_folder, work=tmp_path)


def test_a_damaged_world_is_told_with_everything_wrong(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    (world / "world.toml").write_text("scale = one\n")
    table = pq.read_table(world / "truth/accounts/bucket=000.parquet")
    pq.write_table(table.drop_columns("role"), world / "truth/accounts/bucket=000.parquet")
    for file in (world / "truth/posts").iterdir():
        file.unlink()
    with pytest.raises(DataError) as caught:
        evaluate_world(world, SETTINGS, plan=tmp_path, work=tmp_path)
    whats = [problem.what for problem in caught.value.problems]
    assert len(whats) == 3
    assert whats[0].startswith("`world.toml` cannot be read")
    assert whats[1] == "the truth lacks the column `role`, or has another type there"
    assert whats[2] == "the world has no truth to compare with"


def test_a_world_whose_snapshot_was_exchanged_is_refused(scored: WorldScore, tmp_path: Path) -> None:
    world = make_world(tmp_path)
    (world / "world.toml").write_text('scale = 0.5\nseed = 3\nfingerprint = "sha256:00"\n')
    with pytest.raises(DataError, match="not the one that this world was made with"):
        evaluate_world(world, SETTINGS, plan=scored.plan_folder, work=tmp_path)


@pytest.mark.parametrize(("arguments", "what"), [
    (["--plan", "."], "`--plan` does not belong here"), (["--into", "x"], "`--into` does not belong here"),
    (["no-such-card"], "there is no card `no-such-card`"), (["--data", "no-such-folder"], "there is no data folder")])
def test_what_does_not_fit_together_is_refused(arguments: list[str], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *arguments])
    assert ended.value.code == ExitCode.YOUR_INPUT
    assert what in capsys.readouterr().err
