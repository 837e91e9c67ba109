"""Listed links: addresses in posts and profiles that a published link list names, unless an allow entry covers them."""

from __future__ import annotations

from evenhand.model.step import Query
from evenhand.signals.web.host_chain import host_chain

ALLOW = "allow"
"""The label of an entry that says a host is known to be harmless; it beats every other entry, at any level."""


def listed_links() -> Query:
    """The step `listed_links`: one row per account, post, host and list; an address written only defanged is a quotation.

    An entry covers its host and everything below it. An entry that is itself a public suffix covers nothing below it:
    the climb from a host stops at its registrable domain (`host_chain`), so such entries are never reached.
    """
    return Query(name="listed_links", inputs=("links", "addresses", "link_lists"),
                 sentence="an address that a published link list names", sql=f"""
    with places as (
        select account_id, post_id, "where", host, domain from links where not is_defanged
        union all
        select account_id, cast(null as varchar) as post_id, "where", host, domain from addresses where not is_defanged),
    {host_chain("places")},
    listed as (
        select c.host, l.list_id, l.label, l.source
        from host_chain c join link_lists l on c.covering = l.host),
    allowed as (select distinct host from listed where label = '{ALLOW}'),
    named as (select host, list_id, label, min(source) as source from listed where label <> '{ALLOW}'
              group by host, list_id, label)
    select distinct p.account_id, p.post_id, p."where", p.host, n.list_id, n.label as list_label, n.source
    from places p join named n on p.host = n.host left join allowed a on p.host = a.host
    where a.host is null""")
