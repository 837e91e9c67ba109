"""The sample: which decisions people read. Anybody with the plan and the published seed draws the same one."""

from __future__ import annotations

from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE, item_prefix
from evenhand.model.step import Query, Scope


def audit_strata() -> Query:
    """One row per stratum of the plan, with how many decisions it has."""
    return Query(
        name="audit_strata", scope=Scope.PLATFORM, inputs=("decisions",),
        sentence="decisions of one policy with one penalty in one language, counted",
        sql=f"""
    select policy_id, penalty, coalesce(language, '{UNKNOWN_LANGUAGE}') as language,
           concat(policy_id, '/', penalty, '/', coalesce(language, '{UNKNOWN_LANGUAGE}')) as stratum,
           count(*) as n_decisions
    from decisions
    group by policy_id, penalty, coalesce(language, '{UNKNOWN_LANGUAGE}')""")


def audit_sample(*, plan_digest: str, seed: str) -> Query:
    """One row per decision to be read: in each stratum the `n_items` of `audit_sizes` whose item id comes first.

    The item id is the SHA-256 of the plan's digest, the seed and the decision's id. The order of the decisions, the engine
    and the number of machines do not matter; who made the plan cannot know the sample before the seed is chosen, and who
    chooses the seed cannot change the plan. Of a stratum with fewer decisions than asked for, all are read.
    """
    return Query(
        name="audit_sample", scope=Scope.PLATFORM, inputs=("decisions", "audit_sizes"),
        sentence="a decision that two people read before anything happens",
        sql=f"""
    with hashed as (
        select decision_id, account_id,
               concat(policy_id, '/', penalty, '/', coalesce(language, '{UNKNOWN_LANGUAGE}')) as stratum,
               coalesce(language, '{UNKNOWN_LANGUAGE}') as language,
               sha256(concat({_quoted(item_prefix(plan_digest=plan_digest, seed=seed))}, decision_id)) as item_id
        from decisions),
    ranked as (
        select *, row_number() over (partition by stratum order by item_id) as place from hashed)
    select r.item_id, r.decision_id, r.account_id, r.stratum, r.language, r.place
    from ranked r
    join audit_sizes s on r.stratum = s.stratum
    where r.place <= s.n_items""")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
