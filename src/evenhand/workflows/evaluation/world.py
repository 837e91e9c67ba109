"""Score a plan against the truth of a world. Without a plan, the plan is made first, in a folder that can be resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.connectors.world_folder import WorldFolder, is_world
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError, Problem, StalePlan
from evenhand.evaluation.outcomes import (
    ACCOUNT_OUTCOMES,
    OPERATOR_OUTCOMES,
    POST_OUTCOMES,
    TRUTH_ACCOUNTS,
    TRUTH_POSTS,
    WRONGLY_DECIDED,
    Kind,
)
from evenhand.evaluation.scorecard import JOINS, Scorecard, scorecard
from evenhand.model.harm import Harm
from evenhand.model.plan import Plan
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.report import Beside
from evenhand.workflows.scan import Progress
from evenhand.workflows.sweeps import plan_snapshot

__all__ = ["WorldScore", "WrongDecision", "evaluate_world", "is_world"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongDecision:
    """An account that should have been left alone, and what it was decided under."""

    account_id: str
    kind: Kind
    role: str
    language: str | None
    decided: Harm


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldScore:
    """A world, the plan that was scored, and the scorecard."""

    world: Path
    scale: float | None
    seed: int | None
    plan_folder: Path
    plan: Plan
    scorecard: Scorecard
    wrong: tuple[WrongDecision, ...] = ()
    """The first accounts by id that are decided and planted with no harm."""


def evaluate_world(folder: Path, settings: SweepSettings, *, plan: Path | None, work: Path,
                   on_progress: Callable[[Progress], None] | None = None) -> WorldScore:
    """The scorecard of the plan in the folder `plan`, or of one that is made in `work` with `settings`.

    A world's own registers are used besides the shipped ones and those of `settings`.

    Raises:
        DataError: the world's truth cannot be used, or does not cover its snapshot.
        StalePlan: the plan was made from another snapshot than the world's.
    """
    world = WorldFolder(folder, truth={"accounts": TRUTH_ACCOUNTS, "posts": TRUTH_POSTS})
    if plan is None:
        own = replace(settings, registries=(*settings.registries, *world.registries))
        plan_snapshot(world.snapshot.path, own, into=work, beside=Beside(), on_progress=on_progress)
    plan_folder = plan or work
    made = read_plan(plan_folder)
    if made.snapshot != world.snapshot.manifest.fingerprint:
        raise StalePlan(Problem(what=f"the plan `{made.digest[:12]}` was made from another snapshot than this world's",
                                file=str(plan_folder), hint=f"make it with `evenhand plan {world.snapshot.path}`"))
    decisions = (str(table_file(plan_folder, "decisions")),)
    effects = (str(table_file(plan_folder, "effects")),)
    tables = {"truth_accounts": world.truth("accounts"), "truth_posts": world.truth("posts"), "decisions": decisions,
              "effects": effects}
    with DuckDBEngine(threads=settings.threads, memory=settings.memory) as engine:
        accounts, operators, wrong, posts = (
            engine.run([step], keep=[step.name], tables={name: tables[name] for name in step.inputs}).relations[step.name]
            for step in (ACCOUNT_OUTCOMES, OPERATOR_OUTCOMES, WRONGLY_DECIDED, POST_OUTCOMES))
    _check(accounts, world, plan=made)
    score = scorecard(accounts, operators, posts, looked_for=made.harms, seed=settings.seed)
    said = world.said
    return WorldScore(world=folder, plan_folder=plan_folder, plan=made, scorecard=score, wrong=_wrong(wrong),
                      scale=float(said["scale"]) if isinstance(said.get("scale"), int | float) else None,
                      seed=said["seed"] if isinstance(said.get("seed"), int) else None)


def _wrong(rows: pa.Table) -> tuple[WrongDecision, ...]:
    return tuple(WrongDecision(account_id=row["account_id"], kind=Kind(row["kind"]), role=row["role"],
                               language=row["language"], decided=Harm(row["decided"]))
                 for row in rows.sort_by("account_id").to_pylist())


def _check(outcomes: pa.Table, world: WorldFolder, *, plan: Plan) -> None:
    """Raise `DataError` with everything that does not add up: the truth must cover the snapshot and every decision."""
    n_true = int(pc.sum(outcomes["n_accounts"]).as_py() or 0)
    n_accounts = world.snapshot.manifest.rows["accounts"]
    n_met = int(pc.sum(outcomes["n_accounts"].filter(pc.is_valid(outcomes["decided"]))).as_py() or 0)
    n_decided = sum(n for penalties in plan.counts.values() for n in penalties.values())
    file = str(world.path / "truth" / "accounts")
    problems = []
    others = {other for joined in pc.unique(outcomes["other_harms"]).drop_null().to_pylist() for other in joined.split(JOINS)}
    problems += [Problem(what=f"the truth has an unknown other harm `{value}`", file=file,
                         hint=f"harms, joined with `{JOINS}`: {', '.join(Harm)}") for value in sorted(others - set(Harm))]
    for what, has in (("kind", tuple(str(kind) for kind in Kind)), ("harm", tuple(str(harm) for harm in Harm))):
        unknown = sorted(set(pc.unique(outcomes[what]).drop_null().to_pylist()) - set(has))
        problems += [Problem(what=f"the truth has an unknown {what} `{value}`", file=file,
                             hint=f"{what}s: {', '.join(has)}") for value in unknown]
    if n_true != n_accounts:
        problems.append(Problem(what=f"the truth has {n_true:,} accounts, the snapshot {n_accounts:,}", file=file,
                                hint="make the world again: every account must stand in the truth once"))
    if n_met != n_decided:
        problems.append(Problem(what=f"the plan decides {n_decided:,} accounts, of which the truth knows {n_met:,}",
                                file=file, hint="make the plan again, or the world"))
    if problems:
        raise DataError(problems)
