"""Spares accounts that speak about a false claim instead of spreading it, and asks about those that do both.

An account that refutes a claim as often as it repeats it quotes it in order to refute it. A post that says no denies the claim
only where it says the claim plainly: in other words, a "no" may be the claim's own. One that refutes it somewhere,
gives a fact-checker's site as its own, or says that it criticises, reports or documents may do the same in a way that no word
list knows, so a person looks. Such words alone do not spare: "the truth about …" is also what those who mislead call it.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query
from evenhand.signals.fact_checks.likeness import MIN_LIKENESS

_HITS = Query(
    name="refutes_claim_hits",
    inputs=("claim_matches", "claim_answers", "claim_repeats", "addresses", "fact_checks", "criticisms"),
    sentence="posts that refute, report or ask about the claim that other posts of the account repeat",
    sql=f"""
    with refuted as (
        select account_id, claim_id, count(distinct post_id) as n, min(shown) as shown
        from (select account_id, claim_id, post_id, shown from claim_matches
              where stance = 'refutes' or (stance = 'negates' and likeness >= {MIN_LIKENESS})
              union all select account_id, claim_id, post_id, shown from claim_answers where stance = 'refutes') d
        group by account_id, claim_id),
    repeated as (
        select account_id, claim_id, count(distinct post_id) as n from claim_repeats group by account_id, claim_id),
    told as (
        select r.account_id, r.shown, case when r.n >= p.n then 1 else 0 end as is_even
        from refuted r join repeated p on r.account_id = p.account_id and r.claim_id = p.claim_id)
    select account_id, 'false_claim' as harm, cast(null as varchar) as holder_id,
           case when min(is_even) = 1 then 'spare' else 'ask' end as strength, 'posts' as "where", min(shown) as shown,
           'refutes' as expected, '' as source
    from told group by account_id
    union all
    select distinct a.account_id, 'false_claim' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
           a."where", a.host as shown, 'publisher' as expected, '' as source
    from addresses a join (select distinct publisher_site from fact_checks) f on a.domain = f.publisher_site
    where a."where" in ('handle', 'website')
    union all
    select distinct c.account_id, 'false_claim' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
           c."where", c.shown, 'speaks' as expected, c.language as source
    from criticisms c join (select distinct account_id from claim_repeats) r on c.account_id = r.account_id""")

GUARD = Guard(name="refutes_claim", version=3, steps=(_HITS,), hits=_HITS.name,
              sentence="the account refutes the claim in other posts, is a fact-checker's, or speaks about what others say")
