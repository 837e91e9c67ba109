"""Scam links: an address that published lists call a scam, and something else that agrees.

A listed link alone is one family of evidence and never a finding: it may be reported or hijacked. One that is written
only so that it cannot be clicked is a quotation and no evidence at all.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.step import Query, Scope

MIN_REPEATS = 3
"""Posts with the same listed link that make it the account's habit."""
MIN_PUSHERS = 3
"""Accounts that push the same listed link together."""

LISTED_CONTENT = Query(
    name="listed_content", inputs=("listed_links",),
    sentence="a link to an address that a published list calls a scam",
    sql="""
    with entries as (select distinct host, list_id, list_label from listed_links),
    named as (select host, list_id, list_label, count(*) over (partition by host) as n_lists,
                     row_number() over (partition by host order by list_id, list_label) as place
              from entries),
    places as (select distinct account_id, "where", post_id, host, is_led_to from listed_links)
    select p.account_id, 'content' as family, case when p.is_led_to then 'leads_to_listed' else 'links_listed' end as signal,
           p."where", p.post_id, p.host as shown,
           n.list_label as expected, n.list_id as source, p.host,
           cast(case when n.n_lists > 1 then 0.97 else 0.92 end as double) as strength
    from places p join named n on p.host = n.host where n.place = 1""")

REPEATED_LINKS = Query(
    name="repeated_links", inputs=(LISTED_CONTENT.name,), sentence="the same listed link in post after post",
    sql=f"""
    select account_id, 'behaviour' as family, 'repeated_link' as signal, 'posts' as "where",
           cast(null as varchar) as post_id, host as shown, cast(n as varchar) as expected,
           '' as source, cast(0.8 as double) as strength
    from (select account_id, host, count(*) as n
          from (select distinct account_id, host, post_id from {LISTED_CONTENT.name} where post_id is not null)
          group by account_id, host)
    where n >= {MIN_REPEATS}""")

SCAM_IDENTITY = Query(
    name="scam_identity", inputs=("address_matches", LISTED_CONTENT.name),
    sentence="an account with listed links whose own address imitates a registered one",
    sql=f"""
    select distinct m.account_id, 'identity' as family,
           case m.match when 'other_suffix' then 'address_other_suffix' when 'embedded' then 'address_embeds'
                        when 'affix' then 'address_embeds' else 'address_lookalike' end as signal,
           m."where", m.post_id, m.host as shown, m.holder_domain as expected, m.holder_id as source,
           round(m.similarity * m.weight, 6) as strength
    from address_matches m join (select distinct account_id from {LISTED_CONTENT.name}) l on m.account_id = l.account_id
    where m."where" = 'handle' and m.similarity * m.weight >= 0.3""")

MONEY_LURES = Query(
    name="money_lures", inputs=("lures", LISTED_CONTENT.name),
    sentence="words that ask for money, a wallet or a code, or promise a gift, beside a listed link and not inside it",
    sql=f"""
    select distinct r.account_id, 'money' as family, 'asks_for_money' as signal, r."where", r.post_id, r.shown,
           '' as expected, '' as source, cast(0.8 as double) as strength
    from lures r join {LISTED_CONTENT.name} l on r.account_id = l.account_id
                  and (r.post_id = l.post_id or l.post_id is null)
    where not contains(replace(l.host, '-', ''), replace(lower(r.shown), ' ', ''))""")

PUSHED_TOGETHER = Query(
    name="pushed_together", inputs=(LISTED_CONTENT.name, "suspect_posts"), scope=Scope.PLATFORM,
    sentence="a listed link that several accounts push within an hour, or hold in their profiles",
    sql=f"""
    with half_hours as (
        select distinct l.account_id, l.host,
               cast(floor(datediff('minute', timestamp '1970-01-01 00:00:00', p.posted_at) / 30) as bigint) as half_hour
        from {LISTED_CONTENT.name} l join suspect_posts p on l.account_id = p.account_id and l.post_id = p.post_id
        where p.posted_at is not null),
    pushes as (
        select account_id, host, half_hour as slot from half_hours
        union all select account_id, host, half_hour + 1 as slot from half_hours
        union all select distinct account_id, host, -1 as slot from {LISTED_CONTENT.name} where post_id is null),
    together as (
        select host, slot, count(distinct account_id) as n from pushes group by host, slot
        having count(distinct account_id) >= {MIN_PUSHERS})
    select p.account_id, 'network' as family, 'shared_listed_link' as signal, 'posts' as "where",
           cast(null as varchar) as post_id, p.host as shown, cast(max(t.n) - 1 as varchar) as expected, '' as source,
           cast(0.7 as double) as strength
    from pushes p join together t on p.host = t.host and p.slot = t.slot
    group by p.account_id, p.host""")
"""An hour from each half hour on: the co-sharing of links that Giglietto et al. 2020 ("It takes a village to manipulate the
media") and CooRTweet look for within a short time. Without a time this sign would only say how large a platform is: of 50
million accounts some always led to the same address, among them those who warn of it."""

_COLUMNS = EVIDENCE_COLUMNS.replace("holder_id, ", "")

EVIDENCE = Query(
    name="scam_evidence", scope=Scope.PLATFORM, sentence="all evidence for scam links",
    inputs=(LISTED_CONTENT.name, REPEATED_LINKS.name, SCAM_IDENTITY.name, MONEY_LURES.name, PUSHED_TOGETHER.name),
    sql="select account_id, '' as holder_id, " + _COLUMNS.removeprefix("account_id, ") + " from (\n"
        + "\nunion all\n".join(f"select {_COLUMNS} from {name}" for name in (
            LISTED_CONTENT.name, REPEATED_LINKS.name, SCAM_IDENTITY.name, MONEY_LURES.name, PUSHED_TOGETHER.name))
        + ") e")

FOUND = Query(
    name="scam_found", inputs=(EVIDENCE.name,), scope=Scope.PLATFORM,
    sentence="accounts that lead people to a listed scam, with a second kind of evidence",
    sql=f"""
    select account_id, holder_id, cast(null as varchar) as holder_kind, cast(null as varchar) as holder_country,
           round(content * ({ONE} - ({ONE} - behaviour)
* ({ONE} - identity) * ({ONE} - money) * ({ONE} - network)), 4) as confidence,
           identity as best_similarity, identity as name_weight
    from (select account_id, holder_id,
                 coalesce(max(case when family = 'content' then strength end), {ZERO}) as content,
                 coalesce(max(case when family = 'behaviour' then strength end), {ZERO}) as behaviour,
                 coalesce(max(case when family = 'identity' then strength end), {ZERO}) as identity,
                 coalesce(max(case when family = 'money' then strength end), {ZERO}) as money,
                 coalesce(max(case when family = 'network' then strength end), {ZERO}) as network,
                 count(distinct family) as n_families
          from {EVIDENCE.name} group by account_id, holder_id) f
    where n_families >= 2 and content > 0.0""")

DETECTOR = Detector(
    name="scam_links", harm=Harm.SCAM, version=2,
    steps=(LISTED_CONTENT, REPEATED_LINKS, SCAM_IDENTITY, MONEY_LURES, PUSHED_TOGETHER, EVIDENCE, FOUND),
    found=FOUND.name, evidence=EVIDENCE.name, suspects=(LISTED_CONTENT.name,),
    sentence="leads people to an address on a published scam list, and a second family of evidence agrees")
