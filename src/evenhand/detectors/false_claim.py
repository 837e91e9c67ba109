"""False claims: posts that repeat a claim which at least two independent publishers rate false, and something else.

There is no list of topics and no judge of truth here: without a published claim and its published ratings nothing is
found. A publisher that belongs to a state is no independent one and never counts towards the two, whichever state it is. A
post that refutes, quotes, reports, denies or asks about a claim is no evidence; neither is a single post. Whoever says a claim
plainly in one post may say it in other words in the next: such a post counts beside the plain one and never without it. All
texts of a post speak together: a picture that says the claim, under words that refute it, is no repetition; nor is a post that
leads to the fact-check.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.step import NOTED_POSTS, Query, Scope
from evenhand.signals.fact_checks.likeness import MIN_LIKENESS

MIN_PUBLISHERS = 2
"""Independent publishers that must rate a claim false."""
MIN_REPEATS = 3
"""Posts with such claims that make it the account's habit; the same as for listed links."""
GRACE_DAYS = 2
"""Days after the second publisher's fact-check from which on a repetition counts as one after it was published."""

RATED_CLAIMS = Query(
    name="rated_claims", inputs=("fact_checks", "checked_claims"),
    sentence="a fact-checked claim with how many independent publishers rate it false, true, or in words that nobody has read",
    sql="""
    with named as (
        select fact_check_id, verdict, publisher, url, published_at, lower(trim(publisher)) as name,
               coalesce(publisher_site, lower(trim(publisher))) as site,
               case when state_affiliated then 1 else 0 end as is_state
        from fact_checks),
    by_name as (
        select *, min(site) over (partition by name) as own, max(is_state) over (partition by name) as states from named),
    one_each as (
        select fact_check_id, verdict, publisher, url, published_at, min(own) over (partition by site) as site,
               max(states) over (partition by site) as is_state
        from by_name),
    independent as (
        select c.claim_id, f.site,
               max(case when f.verdict = 'false' then 1 else 0 end) as says_false,
               max(case when f.verdict = 'true' then 1 else 0 end) as says_true,
               max(case when f.verdict = 'unknown' then 1 else 0 end) as says_unknown,
               min(case when f.verdict = 'false' then f.published_at end) as said_at,
               min(case when f.verdict = 'false' then f.publisher || coalesce(' (' || f.url || ')', '') end) as named
        from one_each f join checked_claims c on f.fact_check_id = c.fact_check_id
        where f.is_state = 0 group by c.claim_id, f.site),
    numbered as (
        select i.*, row_number() over (partition by claim_id order by says_false desc, said_at nulls last, site) as place
        from independent i)
    select claim_id, cast(sum(says_false) as bigint) as n_false, cast(sum(says_true) as bigint) as n_true,
           cast(sum(says_unknown) as bigint) as n_unknown,
           max(case when place = 2 then said_at end) as settled_at,
           max(case when place = 1 then named end) as first_named, max(case when place = 2 then named end) as second_named
    from numbered group by claim_id""")
"""Publishers with one name or one site are one publisher, and a state's wherever one of its fact-checks says so."""

REPEATING_TEXTS = Query(
    name="repeating_texts", inputs=("claim_matches", RATED_CLAIMS.name, "fact_checks"),
    sentence="a text of a post that repeats a claim which publishers rate false, with the fact-check that it is likest to",
    sql=f"""
    with matched as (
        select m.account_id, m.post_id, m."where", m.claim_id, m.fact_check_id, m.likeness, m.shown,
               row_number() over (partition by m.account_id, m.post_id, m.claim_id
                                  order by m.likeness desc, m."where" desc, m.fact_check_id) as place,
               max(m.likeness) over (partition by m.account_id, m.claim_id) as plainest
        from claim_matches m where m.stance = 'repeats')
    select m.account_id, m.post_id, m."where", m.claim_id, m.fact_check_id, m.likeness, m.shown, f.claim,
           r.n_false, r.n_true, r.n_unknown, r.settled_at, r.first_named, r.second_named
    from matched m
    join {RATED_CLAIMS.name} r on m.claim_id = r.claim_id
    join fact_checks f on m.fact_check_id = f.fact_check_id
    where m.place = 1 and m.plainest >= {MIN_LIKENESS} and r.n_false >= 1 and r.n_false + r.n_unknown >= {MIN_PUBLISHERS}""")

FACT_CHECK_LINKS = Query(
    name="fact_check_links", inputs=(REPEATING_TEXTS.name, "links", "fact_checks", "checked_claims"),
    sentence="a post with a claim that leads to a publisher which rates that claim false",
    sql=f"""
    select distinct r.account_id, r.post_id, r.claim_id
    from {REPEATING_TEXTS.name} r
    join links l on r.account_id = l.account_id and r.post_id = l.post_id
    join (select distinct c.claim_id, f.publisher_site
          from fact_checks f join checked_claims c on f.fact_check_id = c.fact_check_id
          where f.verdict = 'false') f on r.claim_id = f.claim_id and l.domain = f.publisher_site""")
"""Whoever shares a fact-check often writes its headline, which is the claim."""

CLAIM_REPEATS = Query(
    name="claim_repeats", inputs=(REPEATING_TEXTS.name, "claim_answers", FACT_CHECK_LINKS.name),
    sentence="a post that repeats a claim which publishers rate false, with nothing beside it that answers the claim",
    sql=f"""
    select r.account_id, r.post_id, r."where", r.claim_id, r.likeness, r.shown, r.claim, r.n_false, r.n_true, r.n_unknown,
           r.settled_at, r.first_named, r.second_named
    from {REPEATING_TEXTS.name} r
    left join (select account_id, post_id, claim_id from claim_answers
               union select account_id, post_id, claim_id from {FACT_CHECK_LINKS.name}) a
      on r.account_id = a.account_id and r.post_id = a.post_id and r.claim_id = a.claim_id
    where a.account_id is null""")

FALSE_CONTENT = Query(
    name="false_claim_content", inputs=(CLAIM_REPEATS.name,), sentence="a post that repeats a claim rated false",
    sql="""
    select account_id, 'content' as family,
           case when "where" = 'text' then 'repeats_false_claim' else 'picture_repeats_false_claim' end as signal,
           post_id as "where", post_id, shown, claim as expected,
           coalesce(first_named, '') || coalesce('; ' || second_named, '') as source, likeness as strength
    from claim_repeats""")

REPEATED_CLAIMS = Query(
    name="repeated_false_claims", inputs=(CLAIM_REPEATS.name,), sentence="claims rated false in post after post",
    sql=f"""
    select account_id, 'behaviour' as family, 'repeated_false_claim' as signal, 'posts' as "where",
           cast(null as varchar) as post_id, claim as shown, cast(n as varchar) as expected, '' as source,
           cast(0.75 as double) as strength
    from (select account_id, count(distinct post_id) as n, min(claim) as claim from {CLAIM_REPEATS.name} group by account_id)
    where n >= {MIN_REPEATS}""")

REPEATED_AFTER = Query(
    name="repeated_after_fact_check", inputs=(CLAIM_REPEATS.name, NOTED_POSTS), posts_of=REPEATING_TEXTS.name,
    sentence="a claim repeated in several posts after the second fact-check was published",
    sql=f"""
    select account_id, 'behaviour' as family, 'repeats_after_fact_check' as signal, 'posts' as "where",
           cast(null as varchar) as post_id, claim as shown, cast(n as varchar) as expected,
           cast(settled_on as varchar) as source, cast(0.85 as double) as strength
    from (select c.account_id, c.claim_id, min(c.claim) as claim, count(distinct c.post_id) as n,
                 min(cast(c.settled_at as date)) as settled_on
          from {CLAIM_REPEATS.name} c join {NOTED_POSTS} p on c.account_id = p.account_id and c.post_id = p.post_id
          where p.created_at > c.settled_at + interval '{GRACE_DAYS}' day
          group by c.account_id, c.claim_id)
    where n >= {MIN_REPEATS}""")

FALSE_MONEY = Query(
    name="false_claim_money", inputs=("claim_lures",),
    sentence="words that ask for money, a wallet or a code in a post that repeats a claim rated false",
    sql="""
    select distinct account_id, 'money' as family, 'asks_for_money' as signal, "where", post_id, shown,
           '' as expected, '' as source, cast(0.7 as double) as strength
    from claim_lures""")

_COLUMNS = EVIDENCE_COLUMNS.replace("holder_id, ", "")
_PARTS = (FALSE_CONTENT.name, REPEATED_CLAIMS.name, REPEATED_AFTER.name, FALSE_MONEY.name)

NEAR = Query(
    name="false_claim_near", inputs=_PARTS, sentence="all evidence for false claims in an account's own rows",
    sql="select account_id, '' as holder_id, " + _COLUMNS.removeprefix("account_id, ") + " from (\n"
        + "\nunion all\n".join(f"select {_COLUMNS} from {name}" for name in _PARTS) + ") e")

EVIDENCE = Query(
    name="false_claim_evidence", inputs=(NEAR.name,), scope=Scope.PLATFORM, sentence="all evidence for false claims",
    sql=f"select {EVIDENCE_COLUMNS} from {NEAR.name}")

FOUND = Query(
    name="false_claim_found", inputs=(EVIDENCE.name,), scope=Scope.PLATFORM,
    sentence="accounts that repeat claims rated false, with a second kind of evidence",
    sql=f"""
    select account_id, holder_id, cast(null as varchar) as holder_kind, cast(null as varchar) as holder_country,
           round(content * ({ONE} - ({ONE} - behaviour) * ({ONE} - money)), 4) as confidence,
           content as best_similarity, {ZERO} as name_weight
    from (select account_id, holder_id,
                 coalesce(max(case when family = 'content' then strength end), {ZERO}) as content,
                 coalesce(max(case when family = 'behaviour' then strength end), {ZERO}) as behaviour,
                 coalesce(max(case when family = 'money' then strength end), {ZERO}) as money,
                 count(distinct family) as n_families
          from {EVIDENCE.name} group by account_id, holder_id) f
    where n_families >= 2 and content > 0.0""")

DETECTOR = Detector(
    name="false_claim", harm=Harm.FALSE_CLAIM, version=3,
    steps=(RATED_CLAIMS, REPEATING_TEXTS, FACT_CHECK_LINKS, CLAIM_REPEATS, FALSE_CONTENT, REPEATED_CLAIMS, REPEATED_AFTER,
           FALSE_MONEY, NEAR, EVIDENCE, FOUND),
    found=FOUND.name, evidence=EVIDENCE.name, suspects=(FALSE_CONTENT.name,),
    sentence="repeats claims that at least two independent publishers rate false, and a second family of evidence agrees")
