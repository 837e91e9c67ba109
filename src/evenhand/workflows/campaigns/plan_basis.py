"""What a plan rests on as it lies there now, so that an approval never covers anything that was changed since."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from evenhand import __version__
from evenhand.campaign.lifecycle.refusals import other_digest, stale
from evenhand.campaign.plan import PlanDigest, left_out_header
from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.connectors.plan_sources import read_sources, snapshot_files
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import PlanError, Problem
from evenhand.model.campaigns.campaign import Basis, Campaign
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.penalty import Penalty
from evenhand.model.plan import Plan
from evenhand.model.refusal import Refusal
from evenhand.model.registers.left_out import OnLeftOut
from evenhand.workflows.campaigns.steps import Course

TABLES = ("decisions", "effects")
"""The tables that a campaign acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNow:
    """A plan's header, its basis as it is now, and the digests of its tables' files."""

    folder: Path
    plan: Plan
    basis: Basis
    files: dict[str, str]


def plan_now(folder: Path) -> PlanNow:
    """The plan in `folder` as it is now. The code version is the running one: another version might act otherwise."""
    plan = read_plan(folder)
    return PlanNow(folder=folder, plan=plan, basis=replace(Basis.of(plan), code_version=__version__),
                   files={name: _sha256(table_file(folder, name)) for name in TABLES})


def plan_as_made(folder: Path, *, on_left_out: OnLeftOut | None = None) -> PlanNow:
    """The same with snapshot, pack, registers and steps as they are now where the plan says that it was made from them.

    A plan that was put together without a sweep has only its own header to go by.
    """
    now, sources = plan_now(folder), read_sources(folder)
    if sources is None:
        return now
    from evenhand.workflows.materials import SweepSettings, load_materials  # noqa: PLC0415  (only where it is asked for)

    manifest = SnapshotFolder(sources.snapshot).manifest
    materials = load_materials(SweepSettings(pack=sources.pack, registries=sources.registries,
                                             sentence_model=sources.sentence_model, on_left_out=on_left_out))
    is_untouched = snapshot_files(sources.snapshot) == sources.files
    return replace(now, basis=replace(
        now.basis, cut_off=manifest.cut_off.isoformat(), pack_digest=materials.pack.digest,
        snapshot=manifest.fingerprint if is_untouched else f"{manifest.fingerprint}, changed since",
        registries_digest=materials.registries_digest, steps_digest=materials.pipeline.digest))


def refuse_broken(now: PlanNow) -> None:
    """Raise `PlanError` when the ordered effects are not those that the plan's digest stands for."""
    plan = now.plan
    digest = PlanDigest(made_from={
        "cut_off": plan.cut_off.isoformat(), "snapshot": plan.snapshot, "pack": plan.pack_digest,
        "registries": plan.registries_digest, "code": plan.code_version, "seed": str(plan.seed), "steps": plan.steps_digest,
        "supported": " ".join(sorted(map(Penalty, plan.supported)))} | left_out_header(plan.left_out))
    for batch in pq.ParquetFile(table_file(now.folder, "effects")).iter_batches(columns=["key", "penalty", "not_before"]):
        for key, penalty, not_before in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            digest.add(key, penalty=penalty, not_before=not_before)
    if digest.hexdigest() != plan.digest:
        raise PlanError(Problem(what="the plan's effects are not those that its digest stands for", file=str(now.folder),
                                hint="somebody changed the folder: make the plan again"))


def changed_since_bound(course: Course, now: PlanNow) -> Refusal | None:
    """The refusal when the plan is another than the campaign's, or was changed since it was bound."""
    campaign: Campaign = course.campaign
    bound = course.last(EventKind.PLANNED)
    if campaign.basis is None or bound is None:
        return None  # the lifecycle refuses a campaign without a plan in its own words
    is_made_alike = not campaign.basis.changed(replace(now.basis, digest=campaign.basis.digest))
    if campaign.basis.digest != now.basis.digest and is_made_alike:
        return other_digest(campaign, now.basis.digest)
    if changed := campaign.basis.changed(now.basis):
        return stale(changed)
    files: Json = bound.body.get("files")
    if files != now.files:
        return stale(["the plan's tables"])
    return None


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise PlanError(Problem(what=f"the plan's table `{file.stem}` cannot be read", file=str(file),
                                hint="make the plan again")) from error
