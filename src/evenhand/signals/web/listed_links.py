"""Listed links: addresses in posts and profiles that a published link list names, unless an allow entry covers them."""

from __future__ import annotations

from evenhand.model.step import Query
from evenhand.signals.web.host_chain import below_domain
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY

ALLOW = "allow"
"""The label of an entry that says a host is known to be harmless; it beats every other entry, at any level."""


LONG_LISTS = "long_link_lists"
"""The relation of the entries of lists that are too long to be held in memory: its columns are those of `link_lists`."""


def listed_links(*, has_long_lists: bool = False) -> Query:
    """The step `listed_links`: one row per account, post, host and list; an address written only defanged is a quotation.

    `is_led_to` marks an address that the post does not write but leads to, by a redirect or a code in its picture.

    An entry covers its host and everything below it. An entry that is itself a public suffix covers nothing below it:
    the climb from a host stops at its registrable domain (`below_domain`), so such entries are never reached. Nor does an
    entry count that names a host which many share as a whole (the step `HOSTS_OF_MANY`), unless it allows.
    With `has_long_lists` the entries of the relation `LONG_LISTS` count too.
    """
    lists = ("link_lists", LONG_LISTS) if has_long_lists else ("link_lists",)
    columns = "select host, list_id, label, source from"
    entries = f"({' union all '.join(f'{columns} {name}' for name in lists)})" if has_long_lists else "link_lists"
    return Query(name="listed_links", inputs=("links", "addresses", "hops", *lists, HOSTS_OF_MANY.name),
                 sentence="an address that a published link list names", sql=f"""
    with hosts as (
        select host, domain from links where not is_defanged
        union
        select host, domain from addresses where not is_defanged
        union
        select host, domain from hops),
    {below_domain("hosts")},
    reached as (
        select host, domain as covering from hosts union all select host, covering from below_domain),
    listed as (
        select r.host, e.list_id, e.label, e.source from reached r join {entries} e on r.covering = e.host
        left join {HOSTS_OF_MANY.name} s on r.covering = s.host
        where e.label = '{ALLOW}' or s.host is null),
    allowed as (select host from listed where label = '{ALLOW}'),
    named as (select host, list_id, label as list_label, min(source) as source
              from listed where label <> '{ALLOW}' and host not in (select host from allowed)
              group by host, list_id, label)
    select distinct l.account_id, l.post_id, l."where", n.host, n.list_id, n.list_label, n.source, false as is_led_to
    from links l join named n on l.host = n.host where not l.is_defanged
    union all
    select distinct a.account_id, cast(null as varchar) as post_id, a."where", n.host, n.list_id, n.list_label, n.source,
           false as is_led_to
    from addresses a join named n on a.host = n.host where not a.is_defanged
    union all
    select distinct h.account_id, h.post_id, h.post_id as "where", n.host, n.list_id, n.list_label, n.source,
           true as is_led_to
    from hops h join named n on h.host = n.host
    where not exists (select 1 from links l where l.post_id = h.post_id and l.account_id = h.account_id and l.host = h.host)""")
