"""Who posts the same thing at the same time: pairs of accounts within a time window, never all pairs.

The definition is that of CooRTweet (Righetti and Balluff, *CooRTweet: A Generalized R Software for Coordinated Network
Detection*, Computational Communication Research 7, 2025): two accounts act together when they post the same object (a link,
a text) within a window of seconds, and they are tied when they do so again and again. What is added here bounds the work:
posts meet only in slots of the window's length, and where a slot of one object is crowded, as when something goes round
the world, its posts are compared with a few of them and not all with all.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope

LINK_WINDOW_SECONDS = 60
"""The same link within a minute (CooRTweet's own examples use 10 to 60 seconds)."""
TEXT_WINDOW_SECONDS = 600
"""The same words within ten minutes: far rarer by chance than the same link."""
MIN_TEXTS, MIN_TOGETHER = 2, 3
"""Posts that two accounts must have published together before they are tied: two (as in CooRTweet) when they are long texts
in nearly the same words, three when links are among them, which many find in the same place at the same time."""
MIN_SHARE = 0.3
"""The same as a share of what the less active of the two has posted: coordination is what they do, not what befalls them."""
CROWD = 64
"""Posts of one object in one slot up to which all are compared with all."""
HUBS = 16
"""In a crowded slot, the accounts (first by id) with which all others are compared. The same accounts crowd the same
slots again and again, so a network's members still meet, and the work grows with the posts and not with their square."""

SHARES = Query(
    name="shares", inputs=("text_objects", "link_objects", "post_times"),
    sentence="a text or link that an account posted, as a key, for accounts that posted several",
    sql=f"""
    with objects as (
        select account_id, post_id, object, 'text' as kind from text_objects
        union all select account_id, post_id, object, 'link' as kind from link_objects),
    timed as (
        select distinct o.account_id, o.post_id, o.object, o.kind, t.at_second
        from objects o join post_times t on o.account_id = t.account_id and o.post_id = t.post_id),
    busy as (
        select account_id, count(distinct post_id) as n_posts from timed group by account_id
        having count(distinct post_id) >= {MIN_TOGETHER}
            or count(distinct case when kind = 'text' then post_id end) >= {MIN_TEXTS})
    select t.account_id, t.post_id, t.object, t.kind, t.at_second, b.n_posts,
           row_number() over (partition by t.account_id, t.object order by t.at_second, t.post_id) as place
    from timed t join busy b on t.account_id = b.account_id""")

SHARED_OBJECTS = Query(
    name="shared_objects", inputs=("shares",), scope=Scope.PLATFORM,
    sentence="a text or link that several accounts posted, with how many",
    sql="""select object, count(*) as n_accounts from shares where place = 1 group by object having count(*) >= 2""")

SLOTTED_SHARES = Query(
    name="slotted_shares", inputs=("shares", "shared_objects"), scope=Scope.PLATFORM,
    sentence="a post of a shared text or link, in its slot of time",
    sql=f"""
    select account_id, post_id, object, kind, at_second, n_posts, seconds,
           cast(floor(at_second / seconds) as bigint) as slot
    from (select s.account_id, s.post_id, s.object, s.kind, s.at_second, s.n_posts,
                 case when s.kind = 'text' then {TEXT_WINDOW_SECONDS} else {LINK_WINDOW_SECONDS} end as seconds
          from shares s join shared_objects o on s.object = o.object) s""")

CROWDED_SLOTS = Query(
    name="crowded_slots", inputs=("slotted_shares",), scope=Scope.PLATFORM,
    sentence="a slot in which so many posted one text or link that they are compared with a few and not all with all",
    sql=f"""
    select object, slot, count(*) as n_slot from slotted_shares group by object, slot having count(*) > {CROWD}""")

CO_SHARES = Query(
    name="co_shares", inputs=("slotted_shares", "crowded_slots"), scope=Scope.PLATFORM,
    sentence="two accounts that posted the same text or link within its window",
    sql=f"""
    with quiet as (
        select s.* from slotted_shares s left join crowded_slots c on s.object = c.object and s.slot = c.slot
        where c.object is null),
    seekers as (select *, slot as met from quiet union all select *, slot + 1 as met from quiet),
    placed as (
        select s.*, row_number() over (partition by s.object, s.slot order by s.account_id, s.post_id) as nth
        from slotted_shares s join crowded_slots c on s.object = c.object and s.slot = c.slot),
    hubs as (
        select *, slot - 1 as met from placed where nth <= {HUBS}
        union all select *, slot as met from placed where nth <= {HUBS}
        union all select *, slot + 1 as met from placed where nth <= {HUBS}),
    met as (
        select a.account_id as one, b.account_id as other, a.post_id as one_post, b.post_id as other_post,
               a.n_posts as one_n, b.n_posts as other_n, a.at_second as one_at, b.at_second as other_at, a.object, a.kind
        from seekers a join quiet b on a.object = b.object and a.met = b.slot
        where a.account_id <> b.account_id and b.at_second - a.at_second between 0 and a.seconds
          and (a.slot <> b.slot or a.at_second < b.at_second or a.account_id < b.account_id)
        union all
        select distinct case when h.account_id < b.account_id then h.account_id else b.account_id end as one,
               case when h.account_id < b.account_id then b.account_id else h.account_id end as other,
               case when h.account_id < b.account_id then h.post_id else b.post_id end as one_post,
               case when h.account_id < b.account_id then b.post_id else h.post_id end as other_post,
               case when h.account_id < b.account_id then h.n_posts else b.n_posts end as one_n,
               case when h.account_id < b.account_id then b.n_posts else h.n_posts end as other_n,
               case when h.account_id < b.account_id then h.at_second else b.at_second end as one_at,
               case when h.account_id < b.account_id then b.at_second else h.at_second end as other_at, h.object, h.kind
        from hubs h join slotted_shares b on h.object = b.object and h.met = b.slot
        where h.account_id <> b.account_id and abs(b.at_second - h.at_second) <= h.seconds)
    select case when one < other then one else other end as account_id,
           case when one < other then other else one end as other_id,
           case when one < other then one_post else other_post end as post_id,
           case when one < other then other_post else one_post end as other_post_id,
           case when one < other then one_n else other_n end as n_posts,
           case when one < other then other_n else one_n end as n_other_posts,
           case when one < other then one_at else other_at end as at_second,
           case when one < other then other_at else one_at end as other_at_second, object, kind
    from met""")

TIES = Query(
    name="ties", inputs=("co_shares",), scope=Scope.PLATFORM,
    sentence="two accounts that posted the same things at the same times again and again",
    sql=f"""
    with pairs as (
        select account_id, other_id, least(count(distinct post_id), count(distinct other_post_id)) as n_together,
               least(count(distinct case when kind = 'text' then post_id end),
                     count(distinct case when kind = 'text' then other_post_id end)) as n_texts,
               least(count(distinct case when kind = 'link' then post_id end),
                     count(distinct case when kind = 'link' then other_post_id end)) as n_links,
               least(max(n_posts), max(n_other_posts)) as n_posts
        from co_shares group by account_id, other_id)
    select account_id, other_id, n_together, n_texts, n_links
    from pairs where (n_together >= {MIN_TOGETHER} or n_texts >= {MIN_TEXTS}) and n_together >= {MIN_SHARE} * n_posts""")

STEPS = (SHARES, SHARED_OBJECTS, SLOTTED_SHARES, CROWDED_SLOTS, CO_SHARES, TIES)
