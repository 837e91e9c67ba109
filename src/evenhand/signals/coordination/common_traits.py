"""What the members of a group have in common beyond what brought them together, each measured against chance.

A group is any relation with group_id, account_id and n_members (a double): accounts that post together, or follow together.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope
from evenhand.signals.coordination.cohorts import COMMON_SHAPE, PRIOR_WEIGHT, RARE_SHAPE
from evenhand.signals.coordination.surprise import is_surprising

RARE_STEM = 0.01
"""What is assumed of a handle's beginning before anything is counted; the commonest among genuine handles is 0.15 %."""
RARE_TAIL = 0.05
"""The same for handles that end in one number of digits."""
NEAR_HOURS = (3 * 24, 180 * 24)
"""Accounts opened within three days, or within half a year, of one another were opened together, if few others were: where
half a platform is new, being new says nothing."""
RARE_TIME = 0.01
"""What is assumed of the share opened in such a time before anything is counted."""

ALIKE_KINDS = ("stem", "shape", "tail")


def alike_shares() -> Query:
    """The step `alike_shares`: how many accounts of the platform have a handle with one beginning, make or end."""
    return Query(
        name="alike_shares", inputs=("registrations",), scope=Scope.PLATFORM,
        sentence="how many accounts have a handle with one beginning, one make or one end",
        sql="\nunion all\n".join(
            f"select '{kind}' as kind, {kind} as alike, count(*) as n, "
            f"max(case when has_digits then 1 else 0 end) as has_digits from registrations "
            f"where {kind} is not null group by {kind}" for kind in ALIKE_KINDS))


def group_templates(groups: str) -> Query:
    """The step `GROUPS_templates`: a member whose handle is built like those of most of its group, as few others are."""
    members = "\n        union all\n        ".join(
        f"select g.group_id, g.account_id, g.n_members, '{kind}' as kind, r.{kind} as alike "
        f"from {groups} g join registrations r on g.account_id = r.account_id where r.{kind} is not null"
        for kind in ALIKE_KINDS)
    assumed = (f"case when i.kind = 'stem' then {RARE_STEM} when i.kind = 'tail' then {RARE_TAIL} "
               f"when s.has_digits = 1 then {RARE_SHAPE} else {COMMON_SHAPE} end")
    return Query(
        name=f"{groups}_templates", inputs=(groups, "registrations", "alike_shares"), scope=Scope.PLATFORM,
        sentence="a member whose handle is built like those of most of its group, as few others are",
        sql=f"""
    with members as (
        {members}),
    inside as (
        select group_id, kind, alike, n_members, cast(count(*) as double) as n_alike
        from members group by group_id, kind, alike, n_members),
    total as (select count(*) as n_accounts from registrations),
    judged as (
        select i.group_id, i.kind, i.alike, i.n_members, i.n_alike,
               i.n_members * (s.n - i.n_alike + {PRIOR_WEIGHT} * ({assumed}))
                   / (t.n_accounts - i.n_members + {PRIOR_WEIGHT}) as by_chance
        from inside i join alike_shares s on i.kind = s.kind and i.alike = s.alike cross join total t)
    select m.account_id, m.group_id, m.kind, m.alike, j.n_alike, j.by_chance
    from judged j join members m on j.group_id = m.group_id and j.kind = m.kind and j.alike = m.alike
    where j.n_alike * 2 >= j.n_members and {is_surprising("j.n_alike", "j.by_chance")}""")


def group_openings(groups: str) -> Query:
    """The step `GROUPS_openings`: a member that was opened close to most of its group, as few others were."""
    scales = "\n        union all\n        ".join(f"select {hours} as near_hours" for hours in NEAR_HOURS)
    return Query(
        name=f"{groups}_openings", inputs=(groups, "registrations"), scope=Scope.PLATFORM,
        sentence="a member that was opened within days or weeks of most of its group, as few others were",
        sql=f"""
    with scales as (
        {scales}),
    members as (
        select g.group_id, g.account_id, g.n_members, r.created_hour
        from {groups} g join registrations r on g.account_id = r.account_id where r.created_hour is not null),
    openings as (
        select group_id, created_hour, n_members, cast(count(*) as double) as n
        from members group by group_id, created_hour, n_members),
    points as (
        select o.group_id, o.created_hour, o.n_members, s.near_hours, o.created_hour + s.near_hours as until,
               o.created_hour - s.near_hours - 1 as before
        from openings o cross join scales s),
    ours as (
        select distinct group_id, created_hour, sum(n) over (partition by group_id order by created_hour) as n_until
        from (select group_id, created_hour, n from openings
              union all select group_id, until as created_hour, cast(0 as double) as n from points
              union all select group_id, before as created_hour, cast(0 as double) as n from points) o),
    hours as (
        select created_hour, cast(count(*) as double) as n
        from registrations where created_hour is not null group by created_hour),
    everybody as (
        select distinct created_hour, sum(n) over (order by created_hour) as n_until
        from (select created_hour, n from hours
              union all select distinct until as created_hour, cast(0 as double) as n from points
              union all select distinct before as created_hour, cast(0 as double) as n from points) o),
    total as (select coalesce(sum(n), 0) as n_accounts from hours),
    near as (
        select p.group_id, p.created_hour, p.near_hours, p.n_members, b.n_until - a.n_until as n_near,
               d.n_until - c.n_until as n_all
        from points p
        join ours a on p.group_id = a.group_id and p.before = a.created_hour
        join ours b on p.group_id = b.group_id and p.until = b.created_hour
        join everybody c on p.before = c.created_hour
        join everybody d on p.until = d.created_hour),
    judged as (
        select n.group_id, n.created_hour, n.near_hours, n.n_members, n.n_near,
               n.n_members * (n.n_all - n.n_near + {PRIOR_WEIGHT * RARE_TIME})
                   / (t.n_accounts - n.n_members + {PRIOR_WEIGHT}) as by_chance
        from near n cross join total t)
    select m.account_id, m.group_id, m.created_hour, j.near_hours, j.n_near, j.by_chance
    from judged j join members m on j.group_id = m.group_id and j.created_hour = m.created_hour
    where j.n_near * 2 >= j.n_members and {is_surprising("j.n_near", "j.by_chance")}""")
