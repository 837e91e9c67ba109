"""Spares people who act together in the open: campaigns, petitions, breaking news, staff of one body.

Acting together is no deception. What tells organic mobilisation from a network that hides itself: the same thing comes
from many who have nothing to do with one another; the accounts existed long before the occasion; they say whom they belong
to. Where most of a group existed long before, and neither handle nor opening of a member is like the others', all that the
group has in common is what it posts and where that leads, as with a petition and its page. Where the accounts are young, the
same looks like a network that was made for its page: there a person decides.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query, Scope

OUTSIDERS_PER_MEMBER = 1
"""As many accounts outside every network as inside that post the same: then it goes round on its own."""
LONG_STANDING_HOURS = 365 * 24
"""An account that was opened a year before it acted together with others was not opened for the occasion."""
MIN_AFFILIATED = 3
"""Members that give the same address as their own: readers can see that they belong together."""

_AFFILIATIONS = Query(
    name="open_affiliations", inputs=("networks", "own_domains"), scope=Scope.PLATFORM,
    sentence="a network's member that gives the same address as its own as several others of the network do",
    sql=f"""
    with given as (select m.group_id, d.domain, count(*) as n
                   from networks m join own_domains d on m.account_id = d.account_id
                   group by m.group_id, d.domain having count(*) >= {MIN_AFFILIATED})
    select m.account_id, m.group_id, min(g.domain) as domain, max(g.n) as n
    from networks m join own_domains d on m.account_id = d.account_id
    join given g on m.group_id = g.group_id and d.domain = g.domain
    group by m.account_id, m.group_id""")

_SINCE = Query(
    name="together_since", inputs=("together", "registrations", "networks"), scope=Scope.PLATFORM,
    sentence="how long a member had existed when it first acted together with others, and how far its posts went round",
    sql=f"""
    select t.account_id, m.group_id, m.n_members,
           cast(min(floor(t.at_second / 3600)) as bigint) - max(r.created_hour) as hours_before,
           count(*) as n_posts,
           count(case when t.n_accounts - t.n_inside >= {OUTSIDERS_PER_MEMBER} * t.n_inside then t.post_id end) as n_around,
           max(t.n_accounts) as n_accounts
    from together t join networks m on t.account_id = m.account_id
    join registrations r on t.account_id = r.account_id
    group by t.account_id, m.group_id, m.n_members""")

_GROWN = Query(
    name="grown_networks", inputs=(_SINCE.name, "networks_templates", "networks_openings"), scope=Scope.PLATFORM,
    sentence="a member of a network most of which existed long before, with no trait in common but what it posts",
    sql=f"""
    with grown as (
        select group_id from {_SINCE.name} group by group_id
        having count(case when hours_before >= {LONG_STANDING_HOURS} then account_id end) * 2 > count(account_id)),
    alike as (
        select account_id, group_id from networks_templates union select account_id, group_id from networks_openings)
    select s.account_id, s.group_id, s.hours_before
    from {_SINCE.name} s join grown g on s.group_id = g.group_id
    left join alike a on s.account_id = a.account_id and s.group_id = a.group_id
    where a.account_id is null""")

_ADDRESS_ALONE = Query(
    name="address_alone", inputs=("network_domains", "networks_templates", "networks_openings", "cohorts"),
    scope=Scope.PLATFORM, sentence="a member with nothing in common with its network but what it posts and where that leads",
    sql="""
    select d.account_id, d.group_id, min(d.domain) as domain
    from network_domains d
    left join (select account_id, group_id from networks_templates
               union select account_id, group_id from networks_openings) a
      on d.account_id = a.account_id and d.group_id = a.group_id
    left join cohorts c on d.account_id = c.account_id
    where a.account_id is null and c.account_id is null
    group by d.account_id, d.group_id""")

_HITS = Query(
    name="organic_mobilisation_hits", scope=Scope.PLATFORM,
    inputs=(_SINCE.name, _AFFILIATIONS.name, _GROWN.name, _ADDRESS_ALONE.name, "networks", "cohorts", "followers",
            "registrations"),
    sentence="an account whose common action is in the open, widespread or long-standing, or whose opening alone counts",
    sql=f"""
    select account_id, 'inauthentic_network' as harm, cast(null as varchar) as holder_id, strength, "where", shown,
           expected, '' as source
    from (
    select account_id, 'spare' as strength, 'posts' as "where", cast(n_accounts as varchar) as shown,
           'widespread' as expected
    from {_SINCE.name} where n_around * 2 >= n_posts
    union all
    select s.account_id, case when s.hours_before >= {LONG_STANDING_HOURS} then 'spare' else 'ask' end as strength,
           'website' as "where", a.domain as shown, 'affiliated' as expected
    from {_AFFILIATIONS.name} a join {_SINCE.name} s on a.account_id = s.account_id
    union all
    select account_id, 'spare' as strength, 'created_at' as "where",
           cast(cast(floor(hours_before / 24) as bigint) as varchar) as shown, 'long_standing' as expected
    from {_GROWN.name}
    union all
    select account_id, 'ask' as strength, 'created_at' as "where",
           cast(cast(floor(hours_before / 24) as bigint) as varchar) as shown, 'long_standing' as expected
    from {_SINCE.name} where hours_before >= {LONG_STANDING_HOURS}
    union all
    select distinct account_id, 'ask' as strength, 'posts' as "where", domain as shown, 'address_alone' as expected
    from {_ADDRESS_ALONE.name}
    union all
    select distinct c.account_id, 'ask' as strength, 'created_at' as "where", '' as shown, 'opening_alone' as expected
    from cohorts c left join networks m on c.account_id = m.account_id where m.account_id is null) h
    union all
    select f.account_id, 'fake_followers' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
           'created_at' as "where", cast(cast(floor((f.first_second / 3600 - r.created_hour) / 24) as bigint) as varchar)
               as shown, 'followed_late' as expected, '' as source
    from followers f join registrations r on f.account_id = r.account_id
    where f.first_second / 3600 - r.created_hour >= {LONG_STANDING_HOURS}""")

GUARD = Guard(name="organic_mobilisation", version=3, steps=(_AFFILIATIONS, _SINCE, _GROWN, _ADDRESS_ALONE, _HITS),
              hits=_HITS.name,
              sentence="the account acts together with others in the open: widespread, long-standing or affiliated openly")
