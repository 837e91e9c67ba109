"""Make a plan: sweep the snapshot, decide each case, write everything that would be done under one digest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand import __version__
from evenhand.campaign.cases import SuspectCase, Sweep, gather
from evenhand.campaign.pipeline import Pipeline
from evenhand.campaign.plan import PlanDigest, Spared, Terms, effects, judge
from evenhand.campaign.verdicts import verdicts
from evenhand.connectors.plan_folder import PlanWriter, refuse_foreign
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.decision import Decision, Profile
from evenhand.model.evidence import GuardHit, Reason
from evenhand.model.penalty import Penalty
from evenhand.model.plan import Plan
from evenhand.model.policy import PolicyPack
from evenhand.policy.decide import EVERY_PENALTY
from evenhand.ports import Engine
from evenhand.statements.compose import fact, guard_fact
from evenhand.statements.messages import Messages
from evenhand.workflows.scan import Hands, Scan, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What a plan is made from besides the snapshot."""

    pack: PolicyPack
    pipeline: Pipeline
    registries: Mapping[str, pa.Table]
    """The registry relations, as the steps read them."""
    registries_digest: str
    messages: Messages
    seed: int = 0
    supported: frozenset[Penalty] = EVERY_PENALTY


def plan(snapshot: SnapshotFolder, materials: Materials, engine: Engine, *, into: Path,
         hands: Hands | None = None) -> tuple[Plan, Scan]:
    """The plan for `snapshot`, written to the folder `into`, and the sweep it came from.

    The same snapshot, pack, registries, code version and seed give the same digest on every machine, whatever the number
    of threads, the number of buckets and the order of the input.
    """
    refuse_foreign(into)
    engine.bind(materials.registries)
    swept = scan(snapshot, materials.pipeline, engine, work=into / "scan", hands=hands,
                 registries_digest=materials.registries_digest)
    terms = terms_of(snapshot, materials)
    sweep = judged_relations(swept, terms=terms, engine=engine, strikes=materials.registries["strikes"])
    header = {
        "cut_off": snapshot.manifest.cut_off.isoformat(), "snapshot": snapshot.manifest.fingerprint,
        "pack": materials.pack.digest, "registries": materials.registries_digest, "code": __version__,
        "seed": str(materials.seed), "steps": materials.pipeline.digest,
        "supported": " ".join(sorted(materials.supported))}
    digest = PlanDigest(made_from=header)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    position = 0
    with PlanWriter(into) as writer:
        for outcome in judge(cases(sweep, terms=terms, seed=materials.seed), terms=terms):
            if isinstance(outcome, Spared):
                writer.add("spared", spared_row(outcome))
                continue
            counts[outcome.harm][outcome.penalty] += 1
            writer.add("decisions", decision_row(outcome))
            for effect in effects(outcome, appeal_window_ends=terms.cut_off + terms.pack.appeal_window,
                                  at_once=terms.pack.policy(outcome.policy_id).at_once):
                digest.add(effect)
                writer.add("effects", {
                    "position": position, "key": effect.key, "decision_id": effect.decision_id,
                    "account_id": effect.account_id, "post_id": effect.post_id, "penalty": effect.penalty,
                    "undo": effect.undo, "not_before": effect.not_before})
                position += 1
        made = Plan(
            digest=digest.hexdigest(), cut_off=snapshot.manifest.cut_off, snapshot=snapshot.manifest.fingerprint,
            pack=f"{materials.pack.name} {materials.pack.version}", pack_digest=materials.pack.digest,
            registries_digest=materials.registries_digest, code_version=__version__, seed=materials.seed,
            steps_digest=materials.pipeline.digest, supported=tuple(sorted(str(p) for p in materials.supported)),
            n_accounts=snapshot.manifest.rows["accounts"], n_posts=snapshot.manifest.rows.get("posts", 0),
            counts={str(harm): {str(p): n for p, n in sorted(c.items())} for harm, c in sorted(counts.items())},
            guards=tuple(f"{guard.name}/{guard.version}" for guard in materials.pipeline.guards),
            harms=tuple(sorted({detector.harm for detector in materials.pipeline.detectors})))
        writer.finish(made)
    return made, swept


def terms_of(snapshot: SnapshotFolder, materials: Materials) -> Terms:
    """The terms a plan for `snapshot` is made under: the policies in force on the day of its cut-off."""
    cut_off = snapshot.manifest.cut_off
    return Terms(pack=materials.pack, policies=materials.pack.in_force(cut_off.date()), cut_off=cut_off,
                 messages=materials.messages, supported=materials.supported)


def judged_relations(swept: Scan, *, terms: Terms, engine: Engine, strikes: pa.Table) -> Sweep:
    """The sweep's relations with every policy's condition evaluated."""
    step = verdicts(terms.policies, cut_off=terms.cut_off)
    outcome = engine.run([step], tables={name: swept.relations[name] for name in step.inputs}, keep=[step.name])
    return Sweep(verdicts=outcome.relations[step.name], evidence=swept.relations["evidence"],
                 guard_hits=swept.relations["guard_hits"], strikes=strikes)


def cases(sweep: Sweep, *, terms: Terms, seed: int) -> Iterator[SuspectCase]:
    """The sweep's cases in the plan's order, their facts worded."""
    words = terms.messages
    return gather(
        sweep, n_policies=len(terms.policies), seed=seed,
        word_fact=lambda signal, where, shown, expected, source: fact(
            words, signal, where=where, shown=shown, expected=expected, source=source),
        word_guard=lambda guard, where, shown, expected, source: guard_fact(
            words, guard, where=where, shown=shown, expected=expected, source=source))


def decision_row(decision: Decision) -> dict[str, Any]:
    """A decision as a row of `model.plan.DECISIONS`."""
    finding, statement = decision.finding, decision.statement
    return _profile(decision.profile) | {
        "decision_id": decision.decision_id, "followers": decision.profile.followers, "harm": decision.harm,
        "policy_id": decision.policy_id, "penalty": decision.penalty, "until": decision.until,
        "detector": finding.detector, "confidence": finding.confidence, "holder_id": finding.holder_id,
        "reasons": [_reason(reason) for reason in finding.reasons], "post_ids": list(finding.post_ids),
        "guards_considered": [_guard(hit) for hit in decision.guards_considered], "automation": decision.automation,
        "steps": list(decision.steps), "would_change": list(decision.would_change),
        "other_harms": [str(harm) for harm in decision.other_harms],
        "statement": {
            "language": statement.language, "subject": statement.subject, "what": statement.what, "rule": statement.rule,
            "ground_url": statement.ground_url, "facts": list(statement.facts), "automation": statement.automation,
            "territory": statement.territory, "duration": statement.duration, "appeal": statement.appeal}}


def spared_row(spared: Spared) -> dict[str, Any]:
    """A spared suspicion as a row of `model.plan.SPARED`."""
    return _profile(spared.profile) | {
        "harm": spared.finding.harm, "holder_id": spared.finding.holder_id,
        "reasons": [_reason(reason) for reason in spared.finding.reasons],
        "guards": [_guard(hit) for hit in spared.guard_hits], "why": spared.why}


def _profile(profile: Profile) -> dict[str, Any]:
    return {"account_id": profile.account_id, "handle": profile.handle, "display_name": profile.display_name,
            "platform": profile.platform, "language": profile.language}


def _reason(reason: Reason) -> dict[str, str]:
    return {"signal": reason.signal, "family": reason.family, "fact": reason.fact, "where": reason.where,
            "shown": reason.shown, "expected": reason.expected, "source": reason.source}


def _guard(hit: GuardHit) -> dict[str, str]:
    return {"guard": hit.guard, "strength": hit.strength, "fact": hit.fact, "where": hit.where, "shown": hit.shown}
