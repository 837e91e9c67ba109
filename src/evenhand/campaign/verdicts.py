"""Which policies apply to what was found: every condition of the pack, evaluated in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from evenhand.model.evidence import EvidenceFamily
from evenhand.model.policy import Policy
from evenhand.model.step import Query, Scope


def verdicts(policies: Sequence[Policy], *, cut_off: datetime) -> Query:
    """One row per account and harm found, its best holder first, with a column `applies_N` for the Nth policy.

    The row holds every column that a policy condition may name (`policy.vocabulary`). Age is counted at `cut_off`.
    """
    families = ",\n               ".join(
        f"max(case when family = '{family}' then 1 else 0 end) = 1 as has_{family}" for family in EvidenceFamily)
    applies = "".join(f",\n       harm = '{policy.harm}' and {policy.when.sql()} as applies_{n}"
                      for n, policy in enumerate(policies))
    return Query(
        name="verdicts", scope=Scope.PLATFORM, inputs=("found", "evidence", "profiles"),
        sentence="what was found, with the policies that apply",
        sql=f"""
    with summed as (
        select account_id, holder_id, harm, count(*) as n_reasons, count(distinct family) as n_families,
               count(distinct post_id) as n_posts,
               {families}
        from evidence group by account_id, holder_id, harm),
    ranked as (
        select *, row_number() over (partition by account_id, harm
                                     order by confidence desc, best_similarity desc, name_weight desc, holder_id) as place
        from found),
    facts as (
        select r.account_id, r.harm, r.detector, r.holder_id, r.holder_kind, r.holder_country, r.confidence,
               r.best_similarity, r.name_weight, s.n_reasons, s.n_families, s.n_posts,
               {", ".join(f"s.has_{family}" for family in EvidenceFamily)},
               p.platform, p.handle, p.display_name, p.bio, p.website, p.language, p.country, p.created_at,
               p.followers, p.following, p.verified, p.monetised,
               datediff('day', p.created_at, timestamp '{cut_off:%Y-%m-%d %H:%M:%S}') as age_days
        from ranked r
        join summed s on r.account_id = s.account_id and r.holder_id = s.holder_id and r.harm = s.harm
        join profiles p on r.account_id = p.account_id
        where r.place = 1)
    select *{applies}
    from facts""")
