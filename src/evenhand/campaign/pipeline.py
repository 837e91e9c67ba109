"""Which steps a policy pack needs, and in which order they run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evenhand.model.detector import Detector, Guard
from evenhand.model.snapshot import TABLES
from evenhand.model.step import NOTED_POSTS, Query, Scope, Step

REGISTRY_RELATIONS = ("holders", "holder_names", "holder_handles", "holder_domains", "holder_endings", "link_lists",
                      "adjudications", "strikes", "credentials", "fact_checks", "topics", "long_link_lists")
"""Relations that come from registries; the same for every account. `long_link_lists` is there only where a list is long."""

FOUND_COLUMNS = ("account_id", "holder_id", "holder_kind", "holder_country", "confidence", "best_similarity",
                 "name_weight")
EVIDENCE = ("account_id", "holder_id", "family", "signal", '"where"', "post_id", "shown", "expected", "source",
            "strength")
HITS = ("account_id", "harm", "holder_id", "strength", '"where"', "shown", "expected", "source")

SUSPECT_HITS = "suspect_hits"
"""What the guards that look at an account alone have to say about suspects."""

_NO_HITS = (f"select cast(null as varchar) as guard, {', '.join(f'cast(null as varchar) as {c}' for c in HITS)} "
            "where false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The steps of one sweep, in order, and the relations that flow out of it.

    Account steps run bucket by bucket; `kept` names what they leave for the platform steps and for deciding. The
    platform steps then run once over all that was kept, and leave `found`, `evidence` and `guard_hits`.
    """

    account_steps: tuple[Step, ...]
    platform_steps: tuple[Step, ...]
    kept: tuple[str, ...]
    tables: tuple[str, ...]
    """The snapshot's tables that the steps read; no other is opened."""
    guards: tuple[Guard, ...]
    detectors: tuple[Detector, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over every step: changes whenever a step, or a word list or table that a kernel was made from, changes."""
        lines = [f"{s.name}\x1f{s.scope}\x1f{s.sql if isinstance(s, Query) else s.digest}\x1f{','.join(s.inputs)}"
                 for s in (*self.account_steps, *self.platform_steps)]
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def assemble(*, signals: Iterable[Step], detectors: Sequence[Detector], guards: Sequence[Guard]) -> Pipeline:
    """The pipeline that runs exactly what `detectors` and `guards` need of `signals`, which may hold more than is needed.

    Raises `ValueError` when a step reads a relation that nobody makes, when two steps share a name, or when an
    account step reads what only a platform step leaves.
    """
    steps: dict[str, Step] = {}
    for step in (*signals, *(s for d in detectors for s in d.steps), *(s for g in guards for s in g.steps),
                 *_gathering(detectors, guards)):
        if steps.setdefault(step.name, step) is not step and steps[step.name] != step:
            raise ValueError(f"two different steps are called `{step.name}`: rename one")
    wanted = ("profiles", "found", "evidence", "guard_hits")
    if NOTED_POSTS in (order := _ordered(steps | {NOTED_POSTS: _noted(())}, wanted)):
        steps[NOTED_POSTS] = _noted(sorted({step.posts_of for step in map(steps.get, order)
                                            if isinstance(step, Query) and step.posts_of is not None}))
        order = _ordered(steps, wanted)
    account = tuple(steps[name] for name in order if steps[name].scope is Scope.ACCOUNT)
    platform = tuple(steps[name] for name in order if steps[name].scope is Scope.PLATFORM)
    made_by_account = {step.name for step in account}
    kept = {"profiles"} | {name for step in platform for name in step.inputs if name in made_by_account}
    tables = {name for step in account for name in step.inputs if name in TABLES}
    late = sorted({name for step in account for name in step.inputs} & {step.name for step in platform})
    base = sorted({name for step in platform for name in step.inputs} & set(TABLES))
    if late or base:
        raise ValueError(f"these relations are read in the wrong scope: {', '.join(late + base)}")
    return Pipeline(account_steps=account, platform_steps=platform, kept=tuple(sorted(kept)),
                    tables=tuple(sorted(tables | {"accounts"})), guards=tuple(guards), detectors=tuple(detectors))


def _noted(asking: Sequence[str]) -> Query:
    """The posts of the accounts in the relations that steps ask by."""
    ids = " union all ".join(f"select account_id from {name}" for name in asking) or "select account_id from posts where false"
    return Query(name=NOTED_POSTS, inputs=("posts", *asking), sentence="a post of an account whose posts later steps read",
                 sql=f"""select account_id, post_id, text, created_at, sponsored from posts
                         where account_id in ({ids})""")


def _gathering(detectors: Sequence[Detector], guards: Sequence[Guard]) -> tuple[Step, ...]:
    """The steps that bring every detector's and guard's rows into one shape."""
    suspects = sorted({name for detector in detectors for name in detector.suspects})
    suspect_ids = Query(
        name="suspect_ids", inputs=tuple(suspects), sentence="accounts that may end up found",
        sql=f"select distinct account_id from ({' union all '.join(f'select account_id from {name}' for name in suspects)}) s")
    profiles = Query(
        name="profiles", inputs=("accounts", "suspect_ids"), sentence="what is known of each suspect",
        sql="""select a.account_id, a.platform, a.handle, a.display_name, a.bio, a.website, a.language, a.country,
                      a.created_at, a.followers, a.following, a.verified, a.monetised
               from accounts a join suspect_ids s on a.account_id = s.account_id""")
    dated = Query(
        name="dated_posts", inputs=("posts", "suspect_ids"),
        sentence="every post of a suspect, with when it was published and its language",
        sql="""select account_id, post_id, created_at, language from posts
               where account_id in (select account_id from suspect_ids)""")
    posts = Query(
        name="suspect_posts", inputs=(dated.name, *suspects),
        sentence="when and in which language the posts in the evidence were published",
        sql=f"""select p.account_id, p.post_id, p.created_at as posted_at, p.language as post_language from {dated.name} p
               join ({" union ".join(f"select account_id, post_id from {name}" for name in suspects)}) s
                 on p.account_id = s.account_id and p.post_id = s.post_id""")
    found = Query(
        name="found", scope=Scope.PLATFORM, inputs=tuple(d.found for d in detectors),
        sentence="everything found, one row per account, harm and holder",
        sql="\nunion all\n".join(f"select '{d.harm}' as harm, '{d.name}/{d.version}' as detector, "
                                 f"{', '.join(FOUND_COLUMNS)} from {d.found}" for d in detectors))
    evidence = Query(
        name="evidence", scope=Scope.PLATFORM, inputs=(*(d.evidence for d in detectors), "found", posts.name),
        sentence="the reasons behind everything found",
        sql=f"""select distinct e.harm, {_listed(EVIDENCE, 'e')}, p.posted_at, p.post_language
                from ({" union all ".join(f"select '{d.harm}' as harm, {', '.join(EVIDENCE)} from {d.evidence}"
                                          for d in detectors)}) e
                join found f on e.account_id = f.account_id and e.holder_id = f.holder_id and e.harm = f.harm
                left join {posts.name} p on e.account_id = p.account_id and e.post_id = p.post_id""")
    return (suspect_ids, profiles, dated, posts, found, evidence, *_hits(guards))


def _hits(guards: Sequence[Guard]) -> tuple[Query, ...]:
    """The guards' hits on suspects only, so that what is kept stays small: those of accounts, and with them all."""
    of_account = [guard for guard in guards if _scope(guard) is Scope.ACCOUNT]
    of_platform = [guard for guard in guards if _scope(guard) is Scope.PLATFORM]
    kept = [Query(name=SUSPECT_HITS, inputs=("suspect_ids", *(guard.hits for guard in of_account)),
                  sentence="every reason to spare a suspect that the account itself shows",
                  sql=_suspected(of_account, "suspect_ids"))] if of_account else []
    parts = [_NO_HITS, *(f"select guard, {', '.join(HITS)} from {step.name}" for step in kept),
             *([_suspected(of_platform, "profiles")] if of_platform else [])]
    every = Query(name="guard_hits", scope=Scope.PLATFORM, sentence="every reason to spare a suspect",
                  inputs=(*(step.name for step in kept), *(guard.hits for guard in of_platform),
                          *(("profiles",) if of_platform else ())),
                  sql="\nunion all\n".join(parts))
    return (*kept, every)


def _scope(guard: Guard) -> Scope:
    """How much the step that leaves the guard's hits sees at once."""
    return next(step.scope for step in guard.steps if step.name == guard.hits)


def _suspected(guards: Sequence[Guard], suspects: str) -> str:
    """The hits of `guards` on the accounts in the relation `suspects`, as SQL."""
    hits = " union all ".join(f"select '{guard.name}' as guard, {', '.join(HITS)} from {guard.hits}" for guard in guards)
    return f"select h.guard, {_listed(HITS, 'h')} from ({hits}) h join {suspects} s on h.account_id = s.account_id"


def _listed(columns: Sequence[str], alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)


def _ordered(steps: Mapping[str, Step], wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted steps and all they need, each after its inputs."""
    order: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in order or name in TABLES or name in REGISTRY_RELATIONS:
            return
        if name in path:
            raise ValueError(f"steps need one another in a circle: {' → '.join((*path, name))}")
        if name not in steps:
            raise ValueError(f"no step makes `{name}`, which `{path[-1] if path else 'the sweep'}` reads")
        for needed in steps[name].inputs:
            visit(needed, (*path, name))
        order[name] = None

    for name in wanted:
        visit(name, ())
    return tuple(order)
