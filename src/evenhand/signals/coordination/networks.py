"""Networks of accounts that act together, and what else their members have in common: each measured against chance."""

from __future__ import annotations

from evenhand.model.step import Query, Scope, Step
from evenhand.signals.coordination.common_traits import alike_shares, group_openings, group_templates
from evenhand.signals.coordination.components import connected
from evenhand.signals.web.shared_hosts import shared_hosts

MIN_NETWORK = 4
"""Accounts in the smallest network: fewer may be one person's, or friends'."""
OUTSIDERS = 4
"""An address is a network's own when it has at least so many members that lead there for each account outside."""

_COMPONENTS: tuple[Step, ...] = connected(
    "tied_accounts", ties="ties", sentence="an account tied, at first or second hand, to others that post what it posts")

NETWORK_MEMBERS = Query(
    name="networks", inputs=("tied_accounts",), scope=Scope.PLATFORM,
    sentence="an account in a network of accounts that post the same things at the same times",
    sql=f"""select t.group_id, t.account_id, z.n_members
            from tied_accounts t
            join (select group_id, cast(count(*) as double) as n_members from tied_accounts group by group_id
                  having count(*) >= {MIN_NETWORK}) z on t.group_id = z.group_id""")

TOGETHER = Query(
    name="together", inputs=(NETWORK_MEMBERS.name, "ties", "co_shares", "shared_objects", "slotted_shares"),
    scope=Scope.PLATFORM,
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
        from mirrored group by account_id, post_id, at_second),
    inside as (
        select s.object, count(distinct s.account_id) as n_inside
        from slotted_shares s join {NETWORK_MEMBERS.name} m on s.account_id = m.account_id group by s.object)
    select m.group_id, p.account_id, p.post_id, p.kind, p.at_second, p.n_others, o.n_accounts,
           i.n_inside,
           row_number() over (partition by p.account_id order by p.at_second desc, p.post_id) as nth,
           count(*) over (partition by p.account_id) as n_together
    from posts p join {NETWORK_MEMBERS.name} m on p.account_id = m.account_id
    join shared_objects o on p.object = o.object join inside i on p.object = i.object""")

NETWORK_DOMAINS = Query(
    name="network_domains", inputs=(NETWORK_MEMBERS.name, "posted_domains"), scope=Scope.PLATFORM,
    sentence="a member that leads to an address to which several of its network lead and hardly anybody else",
    sql=f"""
    with inside as (
        select m.group_id, d.domain, count(*) as n_alike
        from {NETWORK_MEMBERS.name} m join posted_domains d on m.account_id = d.account_id
        where d.domain not in ({shared_hosts()})
        group by m.group_id, d.domain having count(*) >= {MIN_NETWORK}),
    known as (select d.domain, count(*) as n from posted_domains d join (select distinct domain from inside) i
              on d.domain = i.domain group by d.domain)
    select m.account_id, m.group_id, i.domain, i.n_alike, k.n - i.n_alike as n_others
    from inside i join known k on i.domain = k.domain
    join {NETWORK_MEMBERS.name} m on i.group_id = m.group_id
    join posted_domains d on m.account_id = d.account_id and d.domain = i.domain
    where i.n_alike * 2 >= m.n_members and (k.n - i.n_alike) * {OUTSIDERS} <= i.n_alike""")

STEPS: tuple[Step, ...] = (*_COMPONENTS, NETWORK_MEMBERS, TOGETHER, alike_shares(), group_templates("networks"),
                           group_openings("networks"), NETWORK_DOMAINS)
