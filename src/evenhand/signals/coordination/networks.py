"""Networks of accounts that act together, and what else their members have in common: each measured against chance."""

from __future__ import annotations

from evenhand.model.step import Query, Scope, Step
from evenhand.signals.coordination.cohorts import PRIOR_WEIGHT, expected_alike
from evenhand.signals.coordination.components import connected
from evenhand.signals.coordination.surprise import is_surprising

MIN_NETWORK = 4
"""Accounts in the smallest network: fewer may be one person's, or friends'."""
NEAR_HOURS = 72
"""Accounts opened within three days of one another were opened together."""
RARE_STEM = 0.01
"""What is assumed of a handle's stem before anything is counted; the commonest among genuine handles is 0.15 %."""
RARE_TIME = 0.01
"""The same for being opened within three days of a given instant: 6 days in ten years are 0.16 %."""
OUTSIDERS = 4
"""An address is a network's own when it has at least so many members that lead there for each account outside."""

_COMPONENTS: tuple[Step, ...] = connected(
    "tied_accounts", ties="ties", sentence="an account tied, at first or second hand, to others that post what it posts")

NETWORK_MEMBERS = Query(
    name="network_members", inputs=("tied_accounts",), scope=Scope.PLATFORM,
    sentence="an account in a network of accounts that post the same things at the same times",
    sql=f"""select t.network_id, t.account_id, z.n_members
            from tied_accounts t
            join (select network_id, cast(count(*) as double) as n_members from tied_accounts group by network_id
                  having count(*) >= {MIN_NETWORK}) z on t.network_id = z.network_id""")

TOGETHER = Query(
    name="together", inputs=(NETWORK_MEMBERS.name, "ties", "co_shares", "shared_objects"), scope=Scope.PLATFORM,
    sentence="a post of a network's member that others of the network posted as well within its window",
    sql=f"""
    with mirrored as (
        select c.account_id, c.other_id, c.post_id, c.at_second, c.object, c.kind
        from co_shares c join ties t on c.account_id = t.account_id and c.other_id = t.other_id
        union all
        select c.other_id as account_id, c.account_id as other_id, c.other_post_id as post_id,
               c.other_at_second as at_second, c.object, c.kind
        from co_shares c join ties t on c.account_id = t.account_id and c.other_id = t.other_id),
    posts as (
        select account_id, post_id, at_second, max(kind) as kind, count(distinct other_id) as n_others,
               max(object) as object
        from mirrored group by account_id, post_id, at_second)
    select m.network_id, p.account_id, p.post_id, p.kind, p.at_second, p.n_others, o.n_accounts,
           count(*) over (partition by m.network_id, p.object) as n_inside,
           row_number() over (partition by p.account_id order by p.at_second desc, p.post_id) as nth,
           count(*) over (partition by p.account_id) as n_together
    from posts p join {NETWORK_MEMBERS.name} m on p.account_id = m.account_id
    join shared_objects o on p.object = o.object""")

NETWORK_TRAITS = Query(
    name="network_traits", inputs=(NETWORK_MEMBERS.name, "registrations"), scope=Scope.PLATFORM,
    sentence="how the handle of a network's member is built and when it was opened",
    sql=f"""select m.network_id, m.account_id, m.n_members, r.platform, r.stem, r.shape, r.created_hour
            from {NETWORK_MEMBERS.name} m join registrations r on m.account_id = r.account_id""")

NETWORK_TEMPLATES = Query(
    name="network_templates", inputs=(NETWORK_TRAITS.name, "shape_shares", "registrations"), scope=Scope.PLATFORM,
    sentence="a member whose handle is built like those of most of its network, as few others are",
    sql=f"""
    with shapes as (
        select network_id, platform, shape, n_members, cast(count(*) as double) as n_alike
        from {NETWORK_TRAITS.name} group by network_id, platform, shape, n_members),
    stems as (
        select network_id, stem, n_members, cast(count(*) as double) as n_alike
        from {NETWORK_TRAITS.name} where stem is not null group by network_id, stem, n_members),
    known as (
        select r.stem, count(*) as n from registrations r join (select distinct stem from stems) s on r.stem = s.stem
        group by r.stem),
    total as (select count(*) as n_accounts from registrations),
    judged as (
        select a.network_id, 'shape' as kind, a.shape as alike, a.n_alike, {expected_alike("a.n_alike", "a.n_members")}
                   as by_chance, a.n_members
        from shapes a join shape_shares s on a.platform = s.platform and a.shape = s.shape
        union all
        select a.network_id, 'stem' as kind, a.stem as alike, a.n_alike,
               a.n_members * (k.n - a.n_alike + {PRIOR_WEIGHT * RARE_STEM})
                   / (t.n_accounts - a.n_members + {PRIOR_WEIGHT}) as by_chance, a.n_members
        from stems a join known k on a.stem = k.stem cross join total t)
    select t.account_id, t.network_id, j.kind, j.alike, j.n_alike, j.by_chance
    from judged j join {NETWORK_TRAITS.name} t on j.network_id = t.network_id
     and j.alike = case when j.kind = 'stem' then t.stem else t.shape end
    where j.n_alike * 2 >= j.n_members and {is_surprising("j.n_alike", "j.by_chance")}""")

NETWORK_OPENINGS = Query(
    name="network_openings", inputs=(NETWORK_TRAITS.name, "registrations"), scope=Scope.PLATFORM,
    sentence="a member that was opened within three days of most of its network, as few others were",
    sql=f"""
    with openings as (
        select network_id, created_hour, n_members, cast(count(*) as double) as n
        from {NETWORK_TRAITS.name} where created_hour is not null group by network_id, created_hour, n_members),
    near as (
        select a.network_id, a.created_hour, a.n_members, sum(b.n) as n_near
        from openings a join openings b on a.network_id = b.network_id
         and b.created_hour between a.created_hour - {NEAR_HOURS} and a.created_hour + {NEAR_HOURS}
        group by a.network_id, a.created_hour, a.n_members),
    hours as (select created_hour, count(*) as n from registrations where created_hour is not null group by created_hour),
    total as (select coalesce(sum(n), 0) as n_accounts from hours),
    others as (
        select c.created_hour, sum(h.n) as n_all
        from (select distinct created_hour from near) c
        join hours h on h.created_hour between c.created_hour - {NEAR_HOURS} and c.created_hour + {NEAR_HOURS}
        group by c.created_hour),
    judged as (
        select n.network_id, n.created_hour, n.n_members, n.n_near,
               n.n_members * (o.n_all - n.n_near + {PRIOR_WEIGHT * RARE_TIME})
                   / (t.n_accounts - n.n_members + {PRIOR_WEIGHT}) as by_chance
        from near n join others o on n.created_hour = o.created_hour cross join total t)
    select t.account_id, t.network_id, t.created_hour, j.n_near, j.by_chance
    from judged j join {NETWORK_TRAITS.name} t on j.network_id = t.network_id and j.created_hour = t.created_hour
    where j.n_near * 2 >= j.n_members and {is_surprising("j.n_near", "j.by_chance")}""")

NETWORK_DOMAINS = Query(
    name="network_domains", inputs=(NETWORK_MEMBERS.name, "posted_domains"), scope=Scope.PLATFORM,
    sentence="a member that leads to an address to which several of its network lead and hardly anybody else",
    sql=f"""
    with inside as (
        select m.network_id, d.domain, count(*) as n_alike
        from {NETWORK_MEMBERS.name} m join posted_domains d on m.account_id = d.account_id
        group by m.network_id, d.domain having count(*) >= {MIN_NETWORK}),
    known as (select d.domain, count(*) as n from posted_domains d join (select distinct domain from inside) i
              on d.domain = i.domain group by d.domain)
    select m.account_id, m.network_id, i.domain, i.n_alike, k.n - i.n_alike as n_others
    from inside i join known k on i.domain = k.domain
    join {NETWORK_MEMBERS.name} m on i.network_id = m.network_id
    join posted_domains d on m.account_id = d.account_id and d.domain = i.domain
    where i.n_alike * 2 >= m.n_members and (k.n - i.n_alike) * {OUTSIDERS} <= i.n_alike""")

STEPS: tuple[Step, ...] = (*_COMPONENTS, NETWORK_MEMBERS, TOGETHER, NETWORK_TRAITS, NETWORK_TEMPLATES, NETWORK_OPENINGS,
                           NETWORK_DOMAINS)
