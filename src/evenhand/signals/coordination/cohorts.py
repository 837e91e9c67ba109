"""Accounts that were opened together: an hour or a day in which far more with handles of one make were opened than usual.

What is usual is taken from the same platform, make and hour of the day on the 90 days before and after, so that the rhythm
of the day, growth, and registers that know only the day do not look like a burst.
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

SLOTS = (1, 24)
"""Hours in a slot: what is done in one go, and what is done over a day."""

_USUAL = (f"(sum(n) over (partition by platform, shape, hours, hour_of_day order by day range between {NEAR_DAYS} preceding "
          f"and {NEAR_DAYS} following) - n + 1)")
_DAYS = f"(cast({2 * NEAR_DAYS} as double))"

REGISTRATION_SLOTS = Query(
    name="registration_slots", inputs=("registrations",), scope=Scope.PLATFORM,
    sentence="how many accounts with handles of one make were opened on a platform in one hour or one day",
    sql="\nunion all\n".join(f"""
    select platform, shape, {hours} as hours, cast(floor(created_hour / {hours}) as bigint) as slot,
           {"created_hour % 24" if hours == 1 else "cast(0 as bigint)"} as hour_of_day,
           cast(floor(created_hour / 24) as bigint) as day, cast(count(*) as double) as n
    from registrations where created_hour is not null
    group by platform, shape, cast(floor(created_hour / {hours}) as bigint), cast(floor(created_hour / 24) as bigint)
             {", created_hour % 24" if hours == 1 else ""}""" for hours in SLOTS))

REGISTRATION_BURSTS = Query(
    name="registration_bursts", inputs=(REGISTRATION_SLOTS.name,), scope=Scope.PLATFORM,
    sentence="an hour or a day in which far more accounts with handles of one make were opened on a platform than usual",
    sql=f"""
    select platform, shape, hours, slot, n, expected
    from (select platform, shape, hours, slot, n, {_USUAL} / {_DAYS} as expected, count(*) over () as n_slots
          from {REGISTRATION_SLOTS.name}) s
    where n >= {MIN_COHORT}
      and {is_surprising("n", "expected", least=f"{MIN_SURPRISE} + ln(n_slots)", purity=MIN_COHORT_PURITY)}""")

COHORTS = Query(
    name="cohorts", inputs=("registrations", REGISTRATION_SLOTS.name, REGISTRATION_BURSTS.name), scope=Scope.PLATFORM,
    sentence="an account opened in such a burst, and whether its make is that of most opened then, as it usually is not",
    sql=f"""
    with usual as (
        select s.platform, s.shape, s.hours, sum(s.n) as n
        from {REGISTRATION_SLOTS.name} s left join {REGISTRATION_BURSTS.name} b
          on s.platform = b.platform and s.shape = b.shape and s.hours = b.hours and s.slot = b.slot
        where b.platform is null group by s.platform, s.shape, s.hours),
    platforms as (select platform, hours, sum(n) as n from usual group by platform, hours),
    slots as (select platform, hours, slot, sum(n) as n from {REGISTRATION_SLOTS.name} group by platform, hours, slot),
    judged as (
        select b.platform, b.shape, b.hours, b.slot, b.n, b.expected, s.n as n_slot, coalesce(u.n, 0) as n_usual,
               coalesce(p.n, 0) as n_platform
        from {REGISTRATION_BURSTS.name} b
        join slots s on b.platform = s.platform and b.hours = s.hours and b.slot = s.slot
        left join usual u on b.platform = u.platform and b.shape = u.shape and b.hours = u.hours
        left join platforms p on b.platform = p.platform and b.hours = p.hours),
    opened as (
        select r.account_id, j.shape, j.hours, j.n, j.expected, j.n_slot,
               j.n_slot * (j.n_usual + {PRIOR_WEIGHT} * case when r.has_digits then {RARE_SHAPE} else {COMMON_SHAPE} end)
                   / (j.n_platform + {PRIOR_WEIGHT}) as by_chance
        from registrations r join judged j on r.platform = j.platform and r.shape = j.shape
         and cast(floor(r.created_hour / j.hours) as bigint) = j.slot)
    select account_id, shape, hours, n, expected, n_slot, by_chance,
           n * 2 >= n_slot and {is_surprising("n", "by_chance")} as is_template
    from opened""")

STEPS = (REGISTRATION_SLOTS, REGISTRATION_BURSTS, COHORTS)
