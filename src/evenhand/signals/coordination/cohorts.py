"""Accounts that were opened together: an hour in which far more were opened than usual, most of them with handles of one make.

What is usual is taken from the same platform and the same hour of the day on the 90 days before and after, so that the
rhythm of the day, growth, and registers that know only the day do not look like a burst.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope
from evenhand.signals.coordination.surprise import MIN_SURPRISE, is_surprising

NEAR_DAYS = 90
MIN_COHORT = 5
"""Accounts opened in one hour that are worth a look."""
MIN_COHORT_PURITY = 0.9
"""At most one in ten of an hour's accounts may be there by chance: an hour is nothing that an account has chosen."""
RARE_SHAPE, COMMON_SHAPE, PRIOR_WEIGHT = 0.05, 0.4, 20
"""What is assumed of a handle's shape before anything is counted: the share of handles that have the commonest shape with
three digits or more (3.6 %), and the commonest of all (38 %), among 11,751 genuine handles of officials, institutions and
media in the demo, rounded up; and how many counted handles outweigh the assumption."""

_USUAL = (f"(sum(n) over (partition by platform, hour_of_day order by day range between {NEAR_DAYS} preceding "
          f"and {NEAR_DAYS} following) - n + 1)")
_DAYS = f"(cast({2 * NEAR_DAYS} as double))"

REGISTRATION_BURSTS = Query(
    name="registration_bursts", inputs=("registrations",), scope=Scope.PLATFORM,
    sentence="an hour in which far more accounts were opened on a platform than usual",
    sql=f"""
    with hours as (
        select platform, created_hour, created_hour % 24 as hour_of_day,
               cast(floor(created_hour / 24) as bigint) as day, cast(count(*) as double) as n
        from registrations where created_hour is not null group by platform, created_hour),
    usual as (select platform, created_hour, n, {_USUAL} / {_DAYS} as expected, count(*) over () as n_hours from hours)
    select platform, created_hour, n, expected from usual
    where n >= {MIN_COHORT}
      and {is_surprising("n", "expected", least=f"{MIN_SURPRISE} + ln(n_hours)", purity=MIN_COHORT_PURITY)}""")

USUAL_SHAPES = Query(
    name="usual_shapes", inputs=("registrations", "registration_bursts"), scope=Scope.PLATFORM,
    sentence="how many accounts of a platform that were opened outside such hours have a handle of one make",
    sql="""
    select r.platform, r.shape, count(*) as n from registrations r
    left join registration_bursts b on r.platform = b.platform and r.created_hour = b.created_hour
    where b.platform is null group by r.platform, r.shape""")

COHORTS = Query(
    name="cohorts", inputs=("registrations", "registration_bursts", USUAL_SHAPES.name), scope=Scope.PLATFORM,
    sentence="an account that was opened in such an hour, and how many of the hour have a handle of the same make",
    sql=f"""
    with opened as (
        select r.account_id, r.platform, r.created_hour, r.shape, r.has_digits, b.n, b.expected
        from registrations r join registration_bursts b on r.platform = b.platform and r.created_hour = b.created_hour),
    alike as (
        select platform, created_hour, shape, n, max(case when has_digits then {RARE_SHAPE} else {COMMON_SHAPE} end) as assumed,
               cast(count(*) as double) as n_alike
        from opened group by platform, created_hour, shape, n),
    usual as (select platform, sum(n) as n_platform from {USUAL_SHAPES.name} group by platform),
    judged as (
        select a.platform, a.created_hour, a.shape, a.n_alike, a.n_alike * 2 >= a.n as is_most,
               a.n * (coalesce(s.n, 0) + {PRIOR_WEIGHT} * a.assumed) / (coalesce(u.n_platform, 0) + {PRIOR_WEIGHT}) as by_chance
        from alike a left join {USUAL_SHAPES.name} s on a.platform = s.platform and a.shape = s.shape
        left join usual u on a.platform = u.platform)
    select o.account_id, o.created_hour, o.n, o.expected, j.n_alike, j.by_chance,
           j.is_most and {is_surprising("j.n_alike", "j.by_chance")} as is_template, o.shape
    from opened o join judged j on o.platform = j.platform and o.created_hour = j.created_hour and o.shape = j.shape""")

STEPS = (REGISTRATION_BURSTS, USUAL_SHAPES, COHORTS)
