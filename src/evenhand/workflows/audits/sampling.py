"""Draw a plan's sample and hand it to its readers: what is read, by whom, and what that costs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.gates import Cost, cost, sizes
from evenhand.campaign.audit.readers import READER_COLUMNS, Assignment, assign, blind, least_people
from evenhand.campaign.audit.sample import audit_sample, audit_strata
from evenhand.campaign.lifecycle.preparing_refusals import no_sample
from evenhand.campaign.lifecycle.refusals import proposer_reads
from evenhand.connectors.golden_items import read_golden
from evenhand.connectors.plan_folder import read_plan_table, table_file
from evenhand.connectors.reading_files import free_ending, write_readings
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.model.campaigns.audit import item_prefix
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.campaigns.person import person_named
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.steps import Course, Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A plan's sample: its strata with their gates, its items (golden ones among them), and who reads what."""

    strata: pa.Table
    items: pa.Table
    """`item_id`, `decision_id`, `stratum`, `language`: the plan's own."""
    golden: pa.Table
    """`item_id`, `language`, `is_right` and what a reader sees."""
    assignment: Assignment
    n_readers: int
    cost: Cost

    @property
    def every_item(self) -> pa.Table:
        """`item_id` and `language` of all items, golden ones among them."""
        return pa.concat_tables([self.items.select(["item_id", "language"]), self.golden.select(["item_id", "language"])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads which languages, and the golden items, if there are any."""

    seed: str
    readers: Mapping[str, Sequence[str]]
    golden: Path | None = None
    is_unread_left: bool = False
    """Whether languages that too few people read are left unread on purpose: their strata are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A sample that was drawn, and the files for its readers."""

    sample: Sample
    files: tuple[Path, ...]


def preview(plan: Path, *, mode: Mode, irreversible: Sequence[str] = ()) -> tuple[pa.Table, Cost]:
    """What an audit of the plan would read and cost: its strata with `gate` and `n_items`."""
    sized = sizes(_strata(plan), irreversible=[Penalty(penalty) for penalty in irreversible])
    return sized, cost(sized, n_golden=0, n_readers=_n_readers(mode))


def draw(desk: Desk, plan: Path, reading: Reading, *, person: str, into: Path) -> Drawn | Refusal:
    """Draw the sample with a published seed and write each reader's items to `into`, blind.

    The same draw again writes the files again, wherever the first ones went. Raises `ConfigError` when too few people read a
    language of the plan, unless it is left unread on purpose: its strata are dropped then.
    """
    now, course = plan_now(plan), desk.course()
    if refusal := changed_since_bound(course, now) or _reads_own(course.campaign, reading):
        return refusal
    sample = sample_of(plan, course.campaign, reading)
    if sample.assignment.unread and not reading.is_unread_left:
        raise ConfigError([Problem(
            what=f"too few people read `{language}`: it takes {least_people(sample.n_readers)}",
            hint="name more readers with `--reader`, or drop its strata with `--leave-unread`")
            for language in sample.assignment.unread])
    body: dict[str, Json] = {
        "plan_digest": now.basis.digest, "seed": reading.seed, "n_items": sample.items.num_rows,
        "n_readings": sample.assignment.readings.num_rows, "n_golden": sample.golden.num_rows,
        "readers": {reader: list(languages) for reader, languages in reading.readers.items()},
        "golden_digest": None if reading.golden is None else digest_of_file(reading.golden)}
    drawn = course.last(EventKind.SAMPLE_DRAWN)
    is_again = course.campaign.sample_seed is not None and drawn is not None and dict(drawn.body) == body
    outcome = course.campaign if is_again else desk.take(desk.hand(person).event(EventKind.SAMPLE_DRAWN, body))
    if isinstance(outcome, Refusal):
        return outcome
    return Drawn(sample=sample, files=write_readings(into, sample.assignment.readings, seen=_seen(plan, sample)))


def _reads_own(campaign: Campaign, reading: Reading) -> Refusal | None:
    """Nobody marks their own work: said before anything is drawn, since a sample is drawn once."""
    own = sorted(set(reading.readers) & campaign.proposers) if campaign.mode is Mode.TEAM else []
    return proposer_reads(own[0]) if own else None


def sample_of(plan: Path, campaign: Campaign, reading: Reading) -> Sample:
    """The sample that the seed draws: the same for everybody who has the plan."""
    if campaign.basis is None:
        raise DataError(Problem(what=f"no plan is bound to `{campaign.campaign_id}`",
                                hint="bind one with `evenhand campaign bind`"))
    digest, n_readers = campaign.basis.digest, _n_readers(campaign.mode)
    strata = sizes(_strata(plan), irreversible=[Penalty(penalty) for penalty in campaign.irreversible])
    step = audit_sample(plan_digest=digest, seed=reading.seed)
    with DuckDBEngine(threads=1) as engine:
        items = engine.run([step], tables={"decisions": (str(table_file(plan, "decisions")),), "audit_sizes": strata},
                           keep=[step.name]).relations[step.name]
    golden = read_golden(reading.golden, prefix=item_prefix(plan_digest=digest, seed=reading.seed))
    readers = {person_named(one, among=reading.readers.keys() - {one}): spoken for one, spoken in reading.readers.items()}
    every = pa.concat_tables([items.select(["item_id", "language"]), golden.select(["item_id", "language"])])
    assignment = assign(every, readers, n_readers=n_readers)
    return Sample(strata=strata, items=items, golden=golden, assignment=assignment, n_readers=n_readers,
                  cost=cost(strata, n_golden=golden.num_rows, n_readers=n_readers))


def sample_drawn(course: Course, plan: Path, *, golden: Path | None) -> Sample | Refusal:
    """The sample as it was drawn for the campaign's plan. Raises `DataError` when the golden items are others."""
    drawn = course.last(EventKind.SAMPLE_DRAWN)
    if drawn is None or course.campaign.sample_seed is None:
        return no_sample()
    if drawn.body.get("golden_digest") != (None if golden is None else digest_of_file(golden)):
        raise DataError(Problem(what="these are not the golden items that the sample was drawn with",
                                file=None if golden is None else str(golden), hint="name the same file with `--golden`"))
    return sample_of(plan, course.campaign, Reading(seed=str(drawn.body["seed"]), readers=readers_of(course), golden=golden))


def readers_of(course: Course) -> dict[str, list[str]]:
    """Who reads which languages in this campaign, as the draw of its sample says."""
    drawn = course.last(EventKind.SAMPLE_DRAWN)
    readers = drawn.body.get("readers") if drawn is not None else None
    return {reader: [str(one) for one in spoken] for reader, spoken in readers.items()
            if isinstance(spoken, list)} if isinstance(readers, Mapping) else {}


def for_adjudication(plan: Path, sample: Sample, disputed: pa.Table, *, into: Path) -> tuple[Path, ...]:
    """The files for those who read what two people see differently, blind as the first ones."""
    third = sample.assignment.adjudicators
    asked = third.filter(pc.is_in(third["item_id"], value_set=disputed["item_id"].combine_chunks()))
    return write_readings(into, asked, seen=_seen(plan, sample),
                          ending=free_ending(into, "-adjudication"))


def _seen(plan: Path, sample: Sample) -> pa.Table:
    decisions = read_plan_table(plan, "decisions")
    own = blind(decisions, sample.items)
    return pa.concat_tables([own, sample.golden.select(["item_id", *READER_COLUMNS]).cast(own.schema)]).sort_by("item_id")


def _strata(plan: Path) -> pa.Table:
    step = audit_strata()
    with DuckDBEngine(threads=1) as engine:
        return engine.run([step], tables={"decisions": (str(table_file(plan, "decisions")),)},
                          keep=[step.name]).relations[step.name].sort_by("stratum")


def _n_readers(mode: Mode) -> int:
    return 1 if mode is Mode.SOLO else 2


def digest_of_file(file: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()

