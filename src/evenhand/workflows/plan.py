"""Make a plan: sweep the snapshot, decide each case, write everything that would be done under one digest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand import __version__
from evenhand.campaign.cases import Sweep, case_rows
from evenhand.campaign.pipeline import Pipeline
from evenhand.campaign.plan import PlanDigest, Terms, left_out_header
from evenhand.campaign.verdicts import verdicts
from evenhand.connectors.plan_folder import PlanWriter, refuse_foreign
from evenhand.connectors.registries.long_lists import LongList, refuse_changed
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.penalty import Penalty
from evenhand.model.plan import EFFECTS, Plan
from evenhand.model.policy import PolicyPack
from evenhand.model.registers.left_out import LeftOut, counted, why_a_person
from evenhand.policy.decide import EVERY_PENALTY
from evenhand.ports import Engine, Source
from evenhand.signals.web.listed_links import LONG_LISTS
from evenhand.statements.languages import Languages
from evenhand.statements.messages import Messages
from evenhand.workflows.deciding import Decided, decide_each
from evenhand.workflows.scan import Hands, Progress, Scan, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The file in which a pipeline and registries are kept."""

    file: Path
    pipeline: Pipeline
    registries: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What a plan is made from besides the snapshot."""

    pack: PolicyPack
    pipeline: Pipeline
    registries: Mapping[str, pa.Table]
    """The registry relations, as the steps read them; without the lists in `long_lists`."""
    registries_digest: str
    messages: Messages
    """The words of the plan's own tables."""
    languages: Languages | None = None
    """The words of statements, in each person's language; None: in the plan's own words."""
    seed: int = 0
    supported: frozenset[Penalty] = EVERY_PENALTY
    kept: Kept | None = None
    long_lists: tuple[LongList, ...] = ()
    """The link lists that stay in their files."""
    left_out: tuple[LeftOut, ...] = ()
    """The records of registers that could not be used."""

    @property
    def bound(self) -> dict[str, Source]:
        """What an engine binds for the steps: the registry relations, and the files of long lists."""
        return {**self.registries, **({LONG_LISTS: tuple(one.file for one in self.long_lists)} if self.long_lists else {})}

    @property
    def kept_in(self) -> Path | None:
        """The file that other processes can read this very pipeline and these registries from; None where there is none."""
        is_same = (self.kept is not None and self.kept.pipeline is self.pipeline
                   and self.kept.registries is self.registries)
        return self.kept.file if self.kept is not None and is_same else None


def plan(snapshot: SnapshotFolder, materials: Materials, engine: Engine, *, into: Path,
         hands: Hands | None = None) -> tuple[Plan, Scan]:
    """The plan for `snapshot`, written to the folder `into`, and the sweep it came from.

    The same snapshot, pack, registries, code version and seed give the same digest on every machine, whatever the number
    of threads, the number of buckets and the order of the input.
    """
    refuse_foreign(into)
    engine.bind(materials.bound)
    swept = scan(snapshot, materials.pipeline, engine, work=into / "scan", hands=hands,
                 registries_digest=materials.registries_digest)
    refuse_changed(materials.long_lists)
    terms = terms_of(snapshot, materials)
    sweep = judged_relations(swept, terms=terms, engine=engine, strikes=materials.registries["strikes"])
    header = {
        "cut_off": snapshot.manifest.cut_off.isoformat(), "snapshot": snapshot.manifest.fingerprint,
        "pack": materials.pack.digest, "registries": materials.registries_digest, "code": __version__,
        "seed": str(materials.seed), "steps": materials.pipeline.digest,
        "supported": " ".join(sorted(materials.supported))} | left_out_header(counted(materials.left_out))
    digest = PlanDigest(made_from=header)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    n_effects = 0
    with PlanWriter(into) as writer:
        for done in _decided(sweep, terms, hands or Hands(), seed=materials.seed):
            for harm, penalty in zip(*(done.decisions[name].to_pylist() for name in ("harm", "penalty")), strict=True):
                counts[harm][penalty] += 1
            for key, penalty, not_before in zip(*(done.effects[name].to_pylist() for name in ("key", "penalty", "not_before")),
                                                strict=True):
                digest.add(key, penalty=penalty, not_before=not_before)
            writer.add("decisions", done.decisions)
            writer.add("spared", done.spared)
            writer.add("effects", done.effects.set_column(
                0, EFFECTS.field("position"), pc.add(done.effects["position"], pa.scalar(n_effects, pa.int64()))))
            n_effects += done.effects.num_rows
        made = Plan(
            digest=digest.hexdigest(), cut_off=snapshot.manifest.cut_off, snapshot=snapshot.manifest.fingerprint,
            pack=f"{materials.pack.name} {materials.pack.version}", pack_digest=materials.pack.digest,
            registries_digest=materials.registries_digest, code_version=__version__, seed=materials.seed,
            steps_digest=materials.pipeline.digest, supported=tuple(sorted(str(p) for p in materials.supported)),
            n_accounts=snapshot.manifest.rows["accounts"], n_posts=snapshot.manifest.rows.get("posts", 0),
            counts={str(harm): {str(p): n for p, n in sorted(c.items())} for harm, c in sorted(counts.items())},
            guards=tuple(f"{guard.name}/{guard.version}" for guard in materials.pipeline.guards),
            harms=tuple(sorted({detector.harm for detector in materials.pipeline.detectors})),
            left_out=counted(materials.left_out))
        writer.finish(made)
    return made, swept


def _decided(sweep: Sweep, terms: Terms, hands: Hands, *, seed: int) -> Iterator[Decided]:
    """What is decided about the sweep's cases, in the plan's order, telling how far it is."""
    n_done, n_total = 0, pc.count_distinct(sweep.verdicts["account_id"]).as_py()

    def say() -> None:
        if hands.on_progress is not None:
            hands.on_progress(Progress(n_done=n_done, n_total=n_total, what="deciding"))

    say()
    for done in (hands.decide or decide_each)(terms, case_rows(sweep, seed=seed)):
        yield done
        n_done += done.n_accounts
        say()


def terms_of(snapshot: SnapshotFolder, materials: Materials) -> Terms:
    """The terms a plan for `snapshot` is made under: the policies in force on the day of its cut-off."""
    cut_off = snapshot.manifest.cut_off
    return Terms(pack=materials.pack, policies=materials.pack.in_force(cut_off.date()), cut_off=cut_off,
                 messages=materials.messages, languages=materials.languages, supported=materials.supported,
                 incomplete=why_a_person(counted(materials.left_out)))


def judged_relations(swept: Scan, *, terms: Terms, engine: Engine, strikes: pa.Table) -> Sweep:
    """The sweep's relations with every policy's condition evaluated."""
    step = verdicts(terms.policies, cut_off=terms.cut_off)
    outcome = engine.run([step], tables={name: swept.relations[name] for name in step.inputs}, keep=[step.name])
    return Sweep(verdicts=outcome.relations[step.name], evidence=swept.relations["evidence"],
                 guard_hits=swept.relations["guard_hits"], strikes=strikes)
