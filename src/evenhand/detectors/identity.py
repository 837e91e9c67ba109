"""The evidence that an account is taken for somebody it is not: shared by the four impersonation detectors.

Families are kept independent: an account whose handle *is* a web address speaks about its identity with it, so a link
to that same address counts for nothing more.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope

MIN_NAME_STRENGTH = 0.30
"""Similarity × rarity below this is not worth a look: every second account is called something like somebody."""
MIN_SWARM = 3
"""Look-alike addresses of one holder, or of different holders under one ending, that count as a pattern."""
UNUSUAL_ENDING_SHARE = 0.001
"""An address ending that fewer than 1 in 1,000 registered holders use is unusual for a genuine body."""

ZERO, ONE = "cast(0 as double)", "cast(1 as double)"
"""Written so that no engine takes them for decimals, which would make sums of strengths exact here and rounded there."""
EVIDENCE_COLUMNS = 'account_id, holder_id, family, signal, "where", post_id, shown, expected, source, strength'

HANDLE_HOSTS = Query(
    name="handle_hosts", inputs=("addresses",), sentence="the web address that an account uses as its handle",
    sql="""select distinct account_id, host, domain from addresses where "where" = 'handle'""")

IDENTITY_EVIDENCE = Query(
    name="identity_evidence", inputs=("name_matches", "address_matches"),
    sentence="a name, handle or own address that reads as a registered holder's",
    sql=f"""
    select account_id, holder_id, 'identity' as family,
           case when field = 'display_name' then
                     case match when 'skeleton' then 'name_lookalike_characters' when 'edit' then 'name_one_edit'
                                when 'affix' then 'name_with_added_word' else 'name_reads_as' end
                when match = 'handle' then 'handle_lookalike' else 'handle_reads_as' end as signal,
           field as "where", cast(null as varchar) as post_id, shown, holder_name as expected, holder_id as source,
           similarity * weight as strength, holder_kind, similarity, weight
    from name_matches
    where similarity * weight >= {MIN_NAME_STRENGTH}
    union all
    select account_id, holder_id, 'identity' as family,
           case match when 'other_suffix' then 'address_other_suffix' when 'embedded' then 'address_embeds'
                      when 'affix' then 'address_embeds' else 'address_lookalike' end as signal,
           "where", cast(null as varchar) as post_id, host as shown, holder_domain as expected, holder_id as source,
           similarity * weight as strength, holder_kind, similarity, weight
    from address_matches
    where "where" = 'handle' and similarity * weight >= {MIN_NAME_STRENGTH}""")

CLAIM_EVIDENCE = Query(
    name="claim_evidence", inputs=("claims",),
    sentence="words by which an account claims to be an official account, an office, a military body or a news outlet",
    sql="""
    select account_id, 'claim' as family, claim,
           case claim when 'official_account' then 'claims_official' when 'verified' then 'claims_verified'
                      when 'government' then 'claims_government' when 'office' then 'claims_office'
                      when 'military' then 'claims_military' else 'claims_news' end as signal,
           "where", shown,
           cast(case claim when 'official_account' then 0.9 when 'office' then 0.8 when 'military' then 0.8
                           when 'government' then 0.75 else 0.6 end as double) as strength
    from claims
    where stance = 'is' and ("where" = 'bio' or claim in ('official_account', 'verified'))""")

CONTENT_EVIDENCE = Query(
    name="content_evidence", inputs=("address_matches", "handle_hosts"),
    sentence="a link, in a post or the profile, to an address that imitates a registered holder's",
    sql=f"""
    select m.account_id, m.holder_id, 'content' as family, 'links_lookalike_address' as signal,
           m."where", m.post_id, m.host as shown, m.holder_domain as expected, m.holder_id as source,
           cast(0.9 as double) * m.similarity * m.weight as strength
    from address_matches m left join handle_hosts h on m.account_id = h.account_id and m.domain = h.domain
    where m."where" <> 'handle' and h.account_id is null and m.similarity * m.weight >= {MIN_NAME_STRENGTH}""")

ADDRESS_IMITATIONS = Query(
    name="address_imitations", inputs=("address_matches", "proofs"),
    sentence="an account whose own web address imitates a registered holder's, without proof of control",
    sql="""
    select distinct m.account_id, m.holder_id, m.host, m.suffix, m.holder_domain
    from address_matches m left join proofs p on m.account_id = p.account_id and p.proof <> 'registered_domain'
    where m."where" = 'handle' and p.account_id is null and m.similarity * m.weight >= 0.5""")

ENDING_SHARES = Query(
    name="ending_shares", inputs=("holder_endings",), scope=Scope.PLATFORM,
    sentence="how common an address ending is among the registered holders' own addresses",
    sql="""select suffix, cast(count(*) as double) / cast(max(total) as double) as share
           from (select suffix, count(*) over () as total from holder_endings) group by suffix""")

NETWORK_EVIDENCE = Query(
    name="network_evidence", inputs=("address_imitations", "ending_shares"), scope=Scope.PLATFORM,
    sentence="look-alike addresses that come in numbers: of one holder, or of several holders under one unusual ending",
    sql=f"""
    with swarms as (
        select holder_id, count(distinct account_id) as n from address_imitations group by holder_id),
    zones as (
        select i.suffix, count(distinct i.holder_domain) as n
        from address_imitations i left join ending_shares e on i.suffix = e.suffix
        where coalesce(e.share, 0.0) < {UNUSUAL_ENDING_SHARE}
        group by i.suffix)
    select distinct i.account_id, i.holder_id, 'network' as family, 'lookalike_swarm' as signal, 'handle' as "where",
           cast(null as varchar) as post_id, i.host as shown, cast(s.n - 1 as varchar) as expected,
           i.holder_id as source, cast(0.85 as double) as strength
    from address_imitations i join swarms s on i.holder_id = s.holder_id where s.n >= {MIN_SWARM}
    union all
    select distinct i.account_id, i.holder_id, 'network' as family, 'lookalike_zone' as signal, 'handle' as "where",
           cast(null as varchar) as post_id, i.host as shown, cast(z.n - 1 as varchar) as expected,
           i.suffix as source, cast(0.8 as double) as strength
    from address_imitations i join zones z on i.suffix = z.suffix where z.n >= {MIN_SWARM}""")
