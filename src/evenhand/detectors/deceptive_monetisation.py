"""Deceptive monetisation: promotion that hides that it is paid, bait that leads to a trap, and trends ridden to sell.

What a post is about is never evidence: a hashtag counts only in a post that also sells, and a topic that many have just taken
up only where the same paid link or shop stands beside another such topic as well, in another post.
Neither is one post, one link, or that an account earns money. A post that says that it is paid, that the platform marks as
paid, that warns, or that leads to the account's own site is left out before anything is found.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.step import Query

MIN_REPEATS = 2
"""Posts of the same kind that make it the account's habit."""
MANY_REPEATS = 3
"""From so many posts on it weighs more."""

LOUD_POSTS = Query(
    name="loud_posts", inputs=("promotions", "leading_posts"),
    sentence="a post that promotes, rides a trend or baits, and neither says that it is paid nor warns",
    sql="""
    with quiet as (
        select account_id, post_id from promotions where kind in ('disclosed', 'warning')
        union
        select account_id, post_id from leading_posts where is_sponsored)
    select p.account_id, p.post_id, p.kind, p.shown
    from promotions p left join quiet q on p.account_id = q.account_id and p.post_id = q.post_id
    where q.post_id is null""")

FOREIGN_LINKS = Query(
    name="foreign_links", inputs=("links", "hops", "addresses", LOUD_POSTS.name),
    sentence="a link or a code in such a post that leads elsewhere than to the account's own site in the end",
    sql=f"""
    with ends as (select account_id, post_id, coalesce(start_host, host) as start_host, domain from hops where is_last),
    open as (select distinct e.account_id, e.post_id, e.start_host
             from ends e join addresses a on e.account_id = a.account_id and e.domain = a.domain),
    led as (select account_id, post_id, host, domain from links where not is_defanged
            union all select account_id, post_id, start_host as host, domain from ends)
    select l.account_id, l.post_id, min(l.domain) as domain
    from led l
    join (select distinct account_id, post_id from {LOUD_POSTS.name}) p
      on l.account_id = p.account_id and l.post_id = p.post_id
    left join addresses a on l.account_id = a.account_id and l.domain = a.domain
    left join open o on l.account_id = o.account_id and l.post_id = o.post_id and l.host = o.start_host
    where a.account_id is null and o.account_id is null
    group by l.account_id, l.post_id""")

PROMOTED = Query(
    name="promoted", inputs=(LOUD_POSTS.name, FOREIGN_LINKS.name),
    sentence="a post that recommends or sells what it links to and does not say that it is paid",
    sql=f"""
    select p.account_id, p.post_id, p.kind, p.shown, l.domain
    from {LOUD_POSTS.name} p join {FOREIGN_LINKS.name} l on p.account_id = l.account_id and p.post_id = l.post_id
    where p.kind in ('recommends', 'sells', 'own_code', 'code', 'discount')""")

TREND_RIDES = Query(
    name="trend_rides", inputs=(LOUD_POSTS.name, PROMOTED.name),
    sentence="a post that names what everybody talks about and sells something in the same breath",
    sql=f"""
    select t.account_id, t.post_id, min(t.shown) as shown, min(s.shown) as sold, min(s.domain) as domain
    from {LOUD_POSTS.name} t
    join {PROMOTED.name} s on t.account_id = s.account_id and t.post_id = s.post_id
    where t.kind in ('trend', 'reach_tag') and s.kind in ('sells', 'discount', 'own_code')
    group by t.account_id, t.post_id""")

BURST_RIDES = Query(
    name="burst_rides", inputs=(PROMOTED.name, "burst_posts", "paid_links", "promotions", "leading_posts", "addresses"),
    sentence="the same paid link or shop beside two unrelated topics, each while many took it up",
    sql=f"""
    with quiet as (
        select account_id, post_id from promotions where kind in ('disclosed', 'warning')
        union
        select account_id, post_id from leading_posts where is_sponsored),
    sold as (
        select account_id, post_id, domain, shown, 'sells_beside_trend' as earns
        from {PROMOTED.name} where kind in ('sells', 'discount', 'own_code', 'code')
        union all
        select l.account_id, l.post_id, l.domain, l.shown, 'referral_link' as earns
        from paid_links l
        left join quiet q on l.account_id = q.account_id and l.post_id = q.post_id
        left join addresses a on l.account_id = a.account_id and l.domain = a.domain
        where l.kind = 'referral' and q.post_id is null and a.account_id is null),
    beside as (
        select s.account_id, s.post_id, s.domain, b.topic, min(s.shown) as sold, min(s.earns) as earns
        from sold s join burst_posts b on s.account_id = b.account_id and s.post_id = b.post_id
        where not contains(replace(s.domain, '-', ''), b.topic)
        group by s.account_id, s.post_id, s.domain, b.topic),
    unrelated as (
        select distinct r.account_id, r.domain
        from beside r join beside o on r.account_id = o.account_id and r.domain = o.domain
             and r.post_id < o.post_id and r.topic <> o.topic
        where not contains(r.topic, o.topic) and not contains(o.topic, r.topic))
    select b.account_id, b.post_id, b.domain, min(b.topic) as topic, min(b.sold) as sold, min(b.earns) as earns
    from beside b join unrelated u on b.account_id = u.account_id and b.domain = u.domain
    group by b.account_id, b.post_id, b.domain""")

BAITS = Query(
    name="baits", inputs=(LOUD_POSTS.name, "listed_links", "funnels", "paid_links"),
    sentence="a post that promises something and leads to a listed address, a messenger or a wallet",
    sql=f"""
    with promised as (
        select account_id, post_id, min(case when kind = 'bait' then shown end) as bait,
               min(case when kind in ('gift', 'profit') then shown end) as promise
        from {LOUD_POSTS.name} where kind in ('bait', 'gift', 'profit') group by account_id, post_id)
    select p.account_id, p.post_id, 'listed' as trap, coalesce(p.bait, p.promise) as shown, l.host as led_to,
           min(l.list_id) as source
    from promised p join listed_links l on p.account_id = l.account_id and p.post_id = l.post_id
    group by p.account_id, p.post_id, coalesce(p.bait, p.promise), l.host
    union all
    select p.account_id, p.post_id, 'contact' as trap, p.promise as shown, f.shown as led_to, f.kind as source
    from promised p
    join (select account_id, post_id, kind, shown from funnels
          union all select account_id, post_id, kind, shown from paid_links where kind = 'messenger') f
      on p.account_id = f.account_id and p.post_id = f.post_id
    where p.promise is not null""")

CONTENT = Query(
    name="monetisation_content", inputs=(PROMOTED.name, TREND_RIDES.name, BURST_RIDES.name, BAITS.name),
    sentence="what posts say: promotion without disclosure, trends beside wares, bait beside a trap",
    sql=f"""
    select account_id, 'promotion' as ploy, 'content' as family, 'undisclosed_promotion' as signal, post_id as "where",
           post_id, min(shown) as shown, min(domain) as expected, '' as source,
           max(cast(case kind when 'recommends' then 0.75 when 'own_code' then 0.7 when 'code' then 0.7 when 'sells' then 0.5
                    else 0.5 end as double)) as strength
    from {PROMOTED.name} group by account_id, post_id
    union all
    select account_id, 'trend' as ploy, 'content' as family, 'rides_trend' as signal, post_id as "where", post_id,
           shown, domain as expected, '' as source, cast(0.75 as double) as strength
    from {TREND_RIDES.name}
    union all
    select account_id, 'trend' as ploy, 'content' as family, 'rides_burst' as signal, post_id as "where", post_id,
           topic as shown, domain as expected, '' as source, cast(0.75 as double) as strength
    from {BURST_RIDES.name}
    union all
    select account_id, 'bait' as ploy, 'content' as family,
           case trap when 'listed' then 'bait_to_listed' else 'promise_to_contact' end as signal, post_id as "where", post_id,
           shown, led_to as expected, source, cast(case trap when 'listed' then 0.92 else 0.75 end as double) as strength
    from {BAITS.name}""")

MONEY = Query(
    name="monetisation_money",
    inputs=(PROMOTED.name, TREND_RIDES.name, BURST_RIDES.name, BAITS.name, "paid_links", "accounts", CONTENT.name),
    sentence="how the account earns by it: a code or a link that pays it, wares, a contact to pay to, or the platform's money",
    sql=f"""
    select account_id, 'promotion' as ploy, 'money' as family, 'own_code' as signal, post_id as "where", post_id,
           min(shown) as shown, '' as expected, '' as source, cast(0.8 as double) as strength
    from {PROMOTED.name} where kind in ('own_code', 'code') group by account_id, post_id
    union all
    select p.account_id, 'promotion' as ploy, 'money' as family, 'referral_link' as signal, p.post_id as "where", p.post_id,
           min(l.shown) as shown, '' as expected, '' as source, cast(0.85 as double) as strength
    from {PROMOTED.name} p join paid_links l on p.account_id = l.account_id and p.post_id = l.post_id and l.kind = 'referral'
    group by p.account_id, p.post_id
    union all
    select account_id, 'trend' as ploy, 'money' as family, 'sells_beside_trend' as signal, post_id as "where", post_id,
           sold as shown, domain as expected, '' as source, cast(0.75 as double) as strength
    from {TREND_RIDES.name}
    union all
    select account_id, 'trend' as ploy, 'money' as family, earns as signal, post_id as "where", post_id,
           sold as shown, domain as expected, '' as source, cast(0.75 as double) as strength
    from {BURST_RIDES.name}
    union all
    select account_id, 'bait' as ploy, 'money' as family, 'contact_to_pay' as signal, post_id as "where", post_id,
           led_to as shown, source as expected, '' as source,
           cast(case source when 'wallet' then 0.85 else 0.7 end as double) as strength
    from {BAITS.name} where trap = 'contact'
    union all
    select c.account_id, c.ploy, 'money' as family, 'earns_here' as signal, 'account_id' as "where",
           cast(null as varchar) as post_id, 'monetised' as shown, '' as expected, '' as source, cast(0.6 as double) as strength
    from (select distinct account_id, ploy from {CONTENT.name}) c
    join accounts a on c.account_id = a.account_id where a.monetised""")

HABIT = Query(
    name="monetisation_habit", inputs=(CONTENT.name,), sentence="the same in post after post",
    sql=f"""
    select account_id, ploy, 'behaviour' as family, 'repeated_' || ploy as signal, 'posts' as "where",
           cast(null as varchar) as post_id, shown, cast(n as varchar) as expected, '' as source,
           cast(case when n >= {MANY_REPEATS} then 0.8 else 0.65 end as double) as strength
    from (select account_id, ploy, count(distinct post_id) as n, min(shown) as shown from {CONTENT.name}
          group by account_id, ploy)
    where n >= {MIN_REPEATS}""")

_PARTS = (CONTENT.name, MONEY.name, HABIT.name)
_COLUMNS = EVIDENCE_COLUMNS.replace("holder_id, ", "ploy, ")

KINDS = Query(
    name="monetisation_kinds", inputs=_PARTS,
    sentence="promotion, trend or bait: each must stand on evidence of its own kind, and a promotion on money as well",
    sql=f"""
    select account_id, ploy, content, behaviour, money
    from (select account_id, ploy,
                 coalesce(max(case when family = 'content' then strength end), {ZERO}) as content,
                 coalesce(max(case when family = 'behaviour' then strength end), {ZERO}) as behaviour,
                 coalesce(max(case when family = 'money' then strength end), {ZERO}) as money
          from ({" union all ".join(f"select account_id, ploy, family, strength from {name}" for name in _PARTS)}) e
          group by account_id, ploy) k
    where content > 0.0 and behaviour > 0.0 and (money > 0.0 or ploy = 'bait')""")

EVIDENCE = Query(
    name="monetisation_evidence", inputs=(*_PARTS, KINDS.name), sentence="all evidence for deceptive monetisation",
    sql=f"""
    select e.account_id, '' as holder_id, e.family, e.signal, e."where", e.post_id, e.shown, e.expected, e.source, e.strength
    from ({" union all ".join(f"select {_COLUMNS} from {name}" for name in _PARTS)}) e
    join {KINDS.name} k on e.account_id = k.account_id and e.ploy = k.ploy""")

FOUND = Query(
    name="monetisation_found", inputs=(KINDS.name,),
    sentence="accounts that hide that they are paid, bait people into a trap, or ride trends to sell, again and again",
    sql=f"""
    select account_id, '' as holder_id, cast(null as varchar) as holder_kind, cast(null as varchar) as holder_country,
           round(max(content * ({ONE} - ({ONE} - behaviour) * ({ONE} - money))), 4) as confidence,
           max(content) as best_similarity, {ZERO} as name_weight
    from {KINDS.name} group by account_id""")

DETECTOR = Detector(
    name="deceptive_monetisation", harm=Harm.DECEPTIVE_MONETISATION, version=1,
    steps=(LOUD_POSTS, FOREIGN_LINKS, PROMOTED, TREND_RIDES, BURST_RIDES, BAITS, CONTENT, MONEY, HABIT, KINDS, EVIDENCE, FOUND),
    found=FOUND.name, evidence=EVIDENCE.name, suspects=(EVIDENCE.name,),
    sentence="promotes without saying that it is paid, baits people into a trap, or rides trends to sell, again and again")
