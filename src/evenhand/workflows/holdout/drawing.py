"""Draw accounts that the plan does not concern and hand them to readers, who see an account and no finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.gates import SECONDS_AN_ITEM
from evenhand.campaign.audit.holdout import HOLDOUT_ITEMS, holdout_sample, unplanned_accounts
from evenhand.campaign.audit.readers import Assignment, assign, least_people
from evenhand.campaign.lifecycle.advance import SINCE_THE_AUDIT
from evenhand.campaign.lifecycle.preparing_refusals import no_holdout
from evenhand.campaign.lifecycle.refusals import wrong_state
from evenhand.connectors.golden_accounts import GOLDEN_ACCOUNTS, read_golden_accounts
from evenhand.connectors.plan_folder import table_file
from evenhand.connectors.plan_sources import read_sources
from evenhand.connectors.reading_files import write_readings
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError, PlanError, Problem
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.campaigns.person import person_named
from evenhand.model.refusal import Refusal
from evenhand.ports import Source
from evenhand.workflows.audits.sampling import digest_of_file
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.holdout.profiles import golden_among, profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutWish:
    """What is drawn, and who reads it."""

    seed: str
    readers: Mapping[str, Sequence[str]]
    """Who reads which languages."""
    n_items: int = HOLDOUT_ITEMS
    golden: Path | None = None
    """Accounts of the snapshot whose truth is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutSample:
    """The accounts that are read, and out of how many they were drawn."""

    items: pa.Table
    """`item_id`, `account_id`, `language`: the holdout's own."""
    golden: pa.Table
    """The same with `is_right`."""
    assignment: Assignment
    n_readers: int
    n_unplanned: int
    """Accounts of the snapshot without a decision in the plan."""
    n_accounts: int
    """Those of them whose language enough people read: what the holdout speaks about."""
    languages: tuple[str, ...]
    """Those languages."""

    @property
    def every_item(self) -> pa.Table:
        """`item_id`, `account_id` and `language` of all accounts that are read, golden ones among them."""
        return pa.concat_tables([self.items, self.golden.select(self.items.column_names)])

    @property
    def hours(self) -> float:
        """The first and second readings, in hours of all readers together."""
        return float(self.assignment.readings.num_rows * SECONDS_AN_ITEM / 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutDrawn:
    """A holdout that was drawn, and the files for its readers."""

    sample: HoldoutSample
    files: tuple[Path, ...]


def draw_holdout(desk: Desk, plan: Path, wish: HoldoutWish, *, person: str, snapshot: Path | None,
                 into: Path) -> HoldoutDrawn | Refusal:
    """Draw the holdout of the campaign's plan, once, with a published seed, and write each reader's accounts to `into`.

    `snapshot` is the plan's own; None: where the plan says that it stands. Raises `PlanError` for another snapshot.
    """
    now, course = plan_now(plan), desk.course()
    if refusal := changed_since_bound(course, now):
        return refusal
    if course.campaign.state not in SINCE_THE_AUDIT:
        return wrong_state(course.campaign, EventKind.HOLDOUT_DRAWN, SINCE_THE_AUDIT)
    folder = snapshot_of(plan, snapshot)
    sample = holdout_of(plan, folder, course.campaign, wish)
    body: dict[str, Json] = {
        "plan_digest": now.basis.digest, "seed": wish.seed, "n_items": sample.items.num_rows,
        "n_readings": sample.assignment.readings.num_rows, "n_golden": sample.golden.num_rows,
        "n_unplanned": sample.n_unplanned, "n_accounts": sample.n_accounts, "n_wanted": wish.n_items,
        "readers": {reader: list(spoken) for reader, spoken in wish.readers.items()},
        "golden_digest": None if wish.golden is None else digest_of_file(wish.golden)}
    outcome = desk.take(desk.hand(person).event(EventKind.HOLDOUT_DRAWN, body))
    if isinstance(outcome, Refusal):
        return outcome
    seen = profiles(folder, sample.every_item)
    return HoldoutDrawn(sample=sample, files=write_readings(into, sample.assignment.readings, seen=seen))


def holdout_drawn(course: Course, plan: Path, *, snapshot: Path | None, golden: Path | None) -> HoldoutSample | Refusal:
    """The holdout as it was drawn for the campaign's plan. Raises `DataError` when the golden accounts are others."""
    drawn = course.last(EventKind.HOLDOUT_DRAWN)
    if drawn is None or course.campaign.holdout is None:
        return no_holdout()
    if drawn.body.get("golden_digest") != (None if golden is None else digest_of_file(golden)):
        raise DataError(Problem(what="these are not the golden accounts that the holdout was drawn with",
                                file=None if golden is None else str(golden), hint="name the same file with `--golden`"))
    readers = drawn.body.get("readers")
    named = {reader: [str(one) for one in spoken] for reader, spoken in readers.items()
             if isinstance(spoken, (list, tuple))} if isinstance(readers, Mapping) else {}
    wish = HoldoutWish(seed=str(drawn.body["seed"]), readers=named, n_items=int(str(drawn.body["n_wanted"])), golden=golden)
    return holdout_of(plan, snapshot_of(plan, snapshot), course.campaign, wish)


def holdout_of(plan: Path, folder: SnapshotFolder, campaign: Campaign, wish: HoldoutWish) -> HoldoutSample:
    """The holdout that the seed draws: the same for everybody who has the plan and its snapshot.

    Raises `DataError` when nobody reads a language of the accounts outside of the plan.
    """
    n_readers = 1 if campaign.mode is Mode.SOLO else 2
    digest = campaign.basis.digest if campaign.basis is not None else ""
    files: dict[str, Source] = {"accounts": folder.source("accounts", range(folder.manifest.n_buckets)),
                                "decisions": (str(table_file(plan, "decisions")),)}
    readers = {person_named(one, among=wish.readers.keys() - {one}): spoken for one, spoken in wish.readers.items()}
    languages = _read_languages(readers, n_readers=n_readers)
    counted, sample = unplanned_accounts(), holdout_sample(plan_digest=digest, seed=wish.seed, n_items=wish.n_items)
    with DuckDBEngine() as engine:
        found = engine.run([counted, sample], tables={**files, "read_languages": languages}, keep=[counted.name, sample.name])
    by_language, items = found.relations[counted.name], found.relations[sample.name].sort_by("item_id")
    is_read = pc.is_in(by_language["language"], value_set=languages["language"].combine_chunks())
    if not items.num_rows:
        there = ", ".join(f"`{one}`" for one in sorted(by_language["language"].to_pylist())[:8]) or "none"
        people = "one reader" if n_readers == 1 else "three readers"
        raise DataError(Problem(what="nobody reads a language of the accounts outside of the plan",
                                hint=f"name {people} for a language that they have: {there}"))
    golden = (GOLDEN_ACCOUNTS.empty_table() if wish.golden is None else golden_among(
        folder, read_golden_accounts(wish.golden, plan_digest=digest, seed=wish.seed), but=items))
    every = pa.concat_tables([items.select(["item_id", "language"]), golden.select(["item_id", "language"])])
    return HoldoutSample(
        items=items, golden=golden, assignment=assign(every, readers, n_readers=n_readers), n_readers=n_readers,
        n_unplanned=int(pc.sum(by_language["n_accounts"]).as_py() or 0), languages=tuple(languages["language"].to_pylist()),
        n_accounts=int(pc.sum(by_language["n_accounts"].filter(is_read)).as_py() or 0))


def snapshot_of(plan: Path, named: Path | None) -> SnapshotFolder:
    """The plan's snapshot: the one that is named, or where the plan notes that it stands. Raises `PlanError` for another."""
    header, sources = plan_now(plan).plan, read_sources(plan)
    place = named or (sources.snapshot if sources is not None else None)
    if place is None:
        raise PlanError(Problem(what="the plan does not say where its snapshot stands", file=str(plan),
                                hint="name its folder with `--snapshot`"))
    folder = SnapshotFolder(place)
    if folder.manifest.fingerprint != header.snapshot:
        raise PlanError(Problem(what="this is not the snapshot that the plan was made from", file=str(folder.path),
                                hint="name the plan's snapshot with `--snapshot`"))
    return folder


def _read_languages(readers: Mapping[str, Sequence[str]], *, n_readers: int) -> pa.Table:
    spoken = [language for languages in readers.values() for language in set(languages)]
    read = sorted({one for one in spoken if spoken.count(one) >= least_people(n_readers)})
    return pa.table({"language": pa.array(read, pa.string())})

