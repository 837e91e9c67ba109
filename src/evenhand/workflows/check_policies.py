"""Check a policy pack: schema, neutrality lint, its cases, and the swap test. Every case runs through the real steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.pipeline import SUSPECT_HITS, Pipeline, assemble
from evenhand.campaign.plan import Spared, Terms, judge
from evenhand.errors import PolicyError, Problem
from evenhand.model.evidence import Strength
from evenhand.model.policy import Policy, PolicyPack
from evenhand.model.policy_case import CaseOutcome
from evenhand.model.registry import REGISTERS
from evenhand.model.snapshot import TABLES
from evenhand.model.step import Step
from evenhand.policy.cases.runs import (
    CaseRun,
    case_accounts,
    case_credentials,
    case_failures,
    case_follows,
    case_media,
    case_redirects,
    case_runs,
    case_tables,
    case_topics,
    swap_failures,
)
from evenhand.policy.lint import lint_pack
from evenhand.policy.protected_names import fold, protected_names, read_bodies
from evenhand.policy.swap import read_sides
from evenhand.policy.territories import disclosing_territories
from evenhand.ports import Engine, Source
from evenhand.workflows.case_fact_checks import with_case_fact_checks
from evenhand.workflows.deciding import cases
from evenhand.workflows.materials import SweepSettings, load_materials, open_engine
from evenhand.workflows.plan import Materials, judged_relations
from evenhand.workflows.scan import RESULTS, Scan
from evenhand.workflows.signals import disclosure_rules, lexicon

MIN_CRITIC_WORD = 4
"""Letters in the shortest word of criticism that a condition may not look for; shorter ones stand inside too many others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCheck:
    """What a check found."""

    problems: tuple[Problem, ...]
    n_policies: int
    n_cases: int
    n_swapped: int
    """Cases that were run again with their sides exchanged."""
    disclosure_rules: tuple[str, ...] = ()
    """Whose published rules say what discloses a paid promotion, by territory; empty: every clear wording counts."""


def check_pack(materials: Materials, engine: Engine, *, at: datetime | None = None) -> PackCheck:
    """Everything wrong with the pack of `materials` beyond its schema, which was checked when it was read.

    Each case is a platform of its own, with its account and those it puts around it: cases cannot influence one another.
    """
    pack = materials.pack
    sides = read_sides(_lexicon("sides.toml"))
    names = protected_names(_named(materials.registries), bodies=_forbidden_words())
    runs = case_runs(pack, sides)
    materials = with_case_fact_checks(materials, sides)
    outcomes = run_cases(runs, materials, engine, at=at or datetime(2026, 1, 1, tzinfo=UTC))
    problems = (*lint_pack(pack, names=names, sides=sides), *case_failures(runs, outcomes), *swap_failures(runs, outcomes))
    return PackCheck(problems=problems, n_policies=len(pack.policies),
                     n_cases=sum(run.original is None for run in runs),
                     n_swapped=sum(run.original is not None for run in runs), disclosure_rules=tuple(_disclosed_by(pack)))


def refuse_unchecked(materials: Materials, engine: Engine, *, is_shipped: bool) -> None:
    """Raise `PolicyError` with everything a check finds. The shipped pack is checked by its tests, any other before it runs."""
    if not is_shipped and (found := check_pack(materials, engine).problems):
        raise PolicyError(found)


def run_cases(runs: tuple[CaseRun, ...], materials: Materials, engine: Engine, *,
              at: datetime) -> Mapping[str, CaseOutcome]:
    """What the real steps and the real judgement make of each case under its own policy, by the case's account id."""
    pipeline = materials.pipeline
    accounts, posts = case_tables(runs)
    tables: dict[str, Source] = {name: TABLES[name].schema.empty_table() for name in pipeline.tables}
    tables |= {name: table for name, table in (("accounts", accounts), ("posts", posts), ("media", case_media(runs)),
                                               ("follows", case_follows(runs)), ("redirects", case_redirects(runs)))
               if name in tables}
    engine.bind({**materials.bound, "credentials": _register("credentials", case_credentials(runs)),
                 "topics": _register("topics", case_topics(runs))})
    near = engine.run(pipeline.account_steps, tables=tables, keep=pipeline.kept).relations
    suspects = set(near["profiles"]["account_id"].to_pylist())
    return {run.account_id: outcome for run in runs if run.account_id in suspects
            for outcome in _outcome(run, near, materials, engine, at=at)}


def _register(name: str, rows: Iterable[dict[str, object]]) -> pa.Table:
    """A register of the cases, and of nobody else."""
    rows = [row | {"source": "the pack's cases", "as_of": date(2026, 1, 1)} for row in rows]
    return pa.Table.from_pylist(rows, schema=REGISTERS[name].schema)


def _outcome(run: CaseRun, near: Mapping[str, pa.Table], materials: Materials, engine: Engine, *,
             at: datetime) -> Iterator[CaseOutcome]:
    everybody = pa.array(case_accounts(run))
    own: dict[str, Source] = {name: table.filter(pc.is_in(table["account_id"], value_set=everybody))
                              for name, table in near.items()}
    policy = materials.pack.policy(run.policy_id)
    wide = engine.run(_platform_steps(materials.pipeline, policy), tables=own,
                      keep=[name for name in RESULTS if name != "profiles"])
    if not wide.relations["found"].num_rows:
        return
    terms = _terms(materials, policy, at=at)
    swept = Scan(relations={**wide.relations, "profiles": near["profiles"]}, counts=(), key="", n_resumed=0)
    sweep = judged_relations(swept, terms=terms, engine=engine, strikes=materials.registries["strikes"])
    outcomes = [o for o in judge(cases(sweep, terms=terms, seed=0), terms=terms) if o.profile.account_id == run.account_id]
    of_harm = [o for o in outcomes if (o.finding.harm if isinstance(o, Spared) else o.harm) is policy.harm]
    if any(not isinstance(o, Spared) for o in of_harm):
        yield CaseOutcome(is_finding=True)
    elif of_harm:
        heard = {hit.guard for o in of_harm if isinstance(o, Spared) for hit in o.guard_hits
                 if hit.strength is Strength.SPARE and hit.guard in policy.guards}
        yield CaseOutcome(is_finding=False, guards=tuple(sorted(heard)))


def _platform_steps(pipeline: Pipeline, policy: Policy) -> tuple[Step, ...]:
    """The platform steps that the policy's own harm and guards need: a case is about no other."""
    steps = (*pipeline.account_steps, *pipeline.platform_steps)
    gathered = {"suspect_ids", "profiles", "suspect_posts", "found", "evidence", SUSPECT_HITS, "guard_hits"}
    return assemble(signals=[step for step in steps if step.name not in gathered],
                    detectors=[detector for detector in pipeline.detectors if detector.harm is policy.harm],
                    guards=[guard for guard in pipeline.guards if guard.name in policy.guards]).platform_steps


def _forbidden_words() -> dict[str, str]:
    """Words that no condition may look for: states, parties, bodies, offices, and the words of critics and reporters."""
    critics = {fold(entry.text.strip("*")): "criticism or journalism" for entry in lexicon("criticism").entries}
    return {word: what for word, what in critics.items() if len(word) >= MIN_CRITIC_WORD} | read_bodies(_lexicon("bodies.toml"))


def _named(registries: Mapping[str, pa.Table]) -> Iterator[tuple[str, str]]:
    """Every name of every holder, with the holder's kind."""
    named = registries["holder_names"].join(registries["holders"].select(["holder_id", "kind"]), "holder_id",
                                            right_suffix="_of_holder")
    yield from zip(named["name"].to_pylist(), named["kind_of_holder"].to_pylist(), strict=True)


def _terms(materials: Materials, policy: Policy, *, at: datetime) -> Terms:
    """Terms under which `policy` alone is in force."""
    alone = replace(policy, since=min(policy.since, at.date()), until=None)
    return Terms(pack=materials.pack, policies=(alone,), cut_off=at, messages=materials.messages,
                 supported=materials.supported)


def _disclosed_by(pack: PolicyPack) -> Iterator[str]:
    """Each territory of the pack's policies on paid promotion, with the rule that its posts are read by."""
    for territory in disclosing_territories(pack):
        rules = disclosure_rules().of([territory])
        yield f"{territory}: {rules[0].name if rules else 'no rule is known here, so every clear wording counts'}"


def _lexicon(name: str) -> str:
    return (resources.files("evenhand") / "data" / "lexicons" / name).read_text(encoding="utf-8")


def check_pack_folder(settings: SweepSettings) -> PackCheck:
    """The check of the pack that `settings` names. Raises `PolicyError` when it cannot even be read."""
    with open_engine(settings) as engine:
        return check_pack(load_materials(settings), engine)
