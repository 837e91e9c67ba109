"""The evidence that an account is taken for somebody it is not: shared by the four impersonation detectors.

Families are kept independent. An account's own web address (its handle where that is one, its website) is a part of its
name, so it is evidence of identity, and posts that link to that same address count for nothing more: a paper whose name
is a letter away from another's links to its own site all day.
"""

from __future__ import annotations

from evenhand.detectors.avatars import AVATAR_EVIDENCE
from evenhand.model.registry import HolderKind
from evenhand.model.step import Query, Scope

MIN_NAME_STRENGTH = 0.30
"""Similarity × rarity below this is not worth a look: every second account is called something like somebody."""
MIN_SWARM = 3
"""Look-alike addresses of one holder, or of different holders under one ending, that count as a pattern."""
UNUSUAL_ENDING_SHARE = 0.0005
"""An ending that fewer than 1 in 2,000 registered addresses have is unusual for a genuine body. Only endings that belong to
no country can be unusual: the registers know some countries far better than others."""

ZERO, ONE = "cast(0 as double)", "cast(1 as double)"
"""Written so that no engine takes them for decimals, which would make sums of strengths exact here and rounded there."""
NAMED = "cast(0.5 as double)"
"""How far an official claim that names the holder takes the doubt away that a common name leaves."""
IMITATED = "cast(0.6 as double)"
"""What a name written with look-alike characters says at least: nobody is called that by chance."""
MIN_OWN_NAME, BESIDE = 3, 4
"""Characters in the shortest name that is looked for beside a self-reference, and between the two at most: a dash or a comma
with its spaces, but not " not "."""
EVIDENCE_COLUMNS = 'account_id, holder_id, family, signal, "where", post_id, shown, expected, source, strength'

SELF_NAMED = Query(
    name="self_named", inputs=("claims", "candidates"),
    sentence="words such as “we are” or “press office of” right beside the account's own name",
    sql=f"""
    select account_id, 'self_named' as claim, "where", shown
    from (select c.account_id, c."where", c.shown, lower(a.bio) as bio, lower(trim(a.display_name)) as own_name,
                 length(trim(a.display_name)) + {BESIDE} as width, length(c.shown) as length,
                 strpos(lower(a.bio), lower(c.shown)) as place
          from claims c join candidates a on c.account_id = a.account_id
          where c.claim = 'self_named' and c.stance = 'is' and c."where" = 'bio') n
    where width >= {MIN_OWN_NAME + BESIDE} and place > 0
      and (contains(substr(bio, place + length, width), own_name)
           or contains(substr(bio, greatest(place - width, 1), least(place - 1, width)), own_name))""")

BODIES = f"'{HolderKind.INSTITUTION}', '{HolderKind.MILITARY}'"
"""Holders that nobody is called like by chance: "we are the Town of Colchester" says who is meant, however often towns are
called so. An outlet's name may be an everyday word or a band's, so there the claim must write it as the register does."""

NAMING = "'same', 'skeleton', 'affix'"
"""How a name reads as a holder's when a claim to bear it names that holder. A letter away is no such way: the body next door
has such a name, and says of itself with right that it is the official one."""

NAMED_CLAIMS = Query(
    name="named_claims", inputs=("name_matches", "claims", "candidates", SELF_NAMED.name),
    sentence="a claim whose text names the holder that the account's name reads as, in the register's letters or its own",
    sql=f"""
    select distinct m.account_id, m.holder_id, m.holder_name, c.claim, c."where", c.shown
    from name_matches m
    join (select account_id, claim, "where", shown from claims
          where claim = 'official_account' and stance = 'is' and "where" = 'bio'
          union all select account_id, claim, "where", shown from {SELF_NAMED.name}) c on m.account_id = c.account_id
    join candidates a on m.account_id = a.account_id
    where (c.claim = 'official_account' and contains(lower(a.bio), lower(m.holder_name)))
       or (m.field = 'display_name' and m.holder_kind in ({BODIES}) and m.match in ({NAMING})
           and (c.claim = 'self_named' or contains(lower(a.bio), lower(trim(a.display_name)))))
       or (m.field = 'display_name' and m.match = 'skeleton' and c.claim = 'official_account'
           and contains(lower(a.bio), lower(trim(a.display_name))))""")

BORNE_EVIDENCE = Query(
    name="borne_evidence", inputs=("borne_names", "name_matches"),
    sentence="a profile that says whose official account it is, where no name of the account reads as that holder's",
    sql=f"""
    select b.account_id, b.holder_id, 'identity' as family, 'profile_bears_name' as signal, 'bio' as "where",
           cast(null as varchar) as post_id, b.shown, b.holder_name as expected, b.holder_id as source,
           b.similarity * b.weight as strength, b.holder_kind, b.similarity, b.weight
    from borne_names b
    left join (select distinct account_id, holder_id from name_matches) m
      on b.account_id = m.account_id and b.holder_id = m.holder_id
    where m.account_id is null and b.similarity * b.weight >= {MIN_NAME_STRENGTH}""")

IDENTITY_EVIDENCE = Query(
    name="identity_evidence",
    inputs=("name_matches", "address_matches", "host_names", BORNE_EVIDENCE.name, NAMED_CLAIMS.name, AVATAR_EVIDENCE.name),
    sentence="a name, handle, own address, profile or profile picture that says it is a registered holder",
    sql=f"""
    select account_id, holder_id, 'identity' as family,
           case when field = 'display_name' then
                     case match when 'skeleton' then 'name_lookalike_characters' when 'edit' then 'name_edited'
                                when 'affix' then 'name_with_added_word' else 'name_reads_as' end
                when match = 'handle' then 'handle_lookalike' else 'handle_reads_as' end as signal,
           field as "where", cast(null as varchar) as post_id, shown, holder_name as expected, holder_id as source,
           similarity * singled_out as strength, holder_kind, similarity, weight
    from (select m.*,
                 case when n.account_id is not null then m.weight + ({ONE} - m.weight) * {NAMED}
                      when m.match = 'skeleton' and m.field = 'display_name' then greatest(m.weight, {IMITATED})
                      else m.weight end as singled_out
          from name_matches m
          left join (select distinct account_id, holder_id from {NAMED_CLAIMS.name}) n
            on m.account_id = n.account_id and m.holder_id = n.holder_id) m
    where similarity * singled_out >= {MIN_NAME_STRENGTH}
    union all
    select m.account_id, m.holder_id, 'identity' as family,
           case m.match when 'other_suffix' then 'address_other_suffix' when 'embedded' then 'address_embeds'
                        when 'affix' then 'address_embeds' else 'address_lookalike' end as signal,
           m."where", cast(null as varchar) as post_id, m.host as shown, m.holder_domain as expected, m.holder_id as source,
           m.similarity * m.weight as strength, m.holder_kind, m.similarity, m.weight
    from address_matches m
    left join (select account_id, domain from address_matches where "where" = 'handle') h
      on m.account_id = h.account_id and m.domain = h.domain and m."where" = 'website'
    where m."where" in ('handle', 'website') and h.account_id is null
      and m.similarity * m.weight >= {MIN_NAME_STRENGTH}
    union all
    select h.account_id, h.holder_id, 'identity' as family, 'address_embeds' as signal, h."where",
           cast(null as varchar) as post_id, h.host as shown, h.holder_name as expected, h.holder_id as source,
           h.similarity * h.weight as strength, h.holder_kind, h.similarity, h.weight
    from host_names h
    left join (select account_id, host, holder_id from address_matches
               where similarity * weight >= {MIN_NAME_STRENGTH}) m
      on h.account_id = m.account_id and h.host = m.host and h.holder_id = m.holder_id
    where m.account_id is null and h.similarity * h.weight >= {MIN_NAME_STRENGTH}
    union all
    select {EVIDENCE_COLUMNS}, holder_kind, similarity, weight from {BORNE_EVIDENCE.name}
    union all
    select {EVIDENCE_COLUMNS}, holder_kind, similarity, weight from {AVATAR_EVIDENCE.name}""")

DISGUISES = Query(
    name="disguises", inputs=("disguised_names",),
    sentence="a name that mixes scripts within a word or holds characters that cannot be seen",
    sql="""
    select account_id, 'identity' as family, 'mixed_script' as signal, field as "where", shown,
           cast(0.3 as double) as strength
    from disguised_names where is_mixed_script
    union all
    select account_id, 'identity' as family, 'invisible_characters' as signal, field as "where", shown,
           cast(0.3 as double) as strength
    from disguised_names where n_invisible > 0""")

FITTING_CLAIMS = {
    HolderKind.INSTITUTION: ("official_account", "self_named", "government", "verified"),
    HolderKind.MEDIA: ("official_account", "self_named", "news_media", "verified"),
    HolderKind.MILITARY: ("official_account", "self_named", "military", "verified"),
    HolderKind.OFFICIAL: ("office",)}
"""The claims that fit each kind of holder. People share names: "official account" under one's own name is no claim to an
office; only the office itself is."""
_FITTING = ", ".join(f"('{kind}', '{claim}')" for kind, claims in FITTING_CLAIMS.items() for claim in claims)

CLAIM_EVIDENCE = Query(
    name="claim_evidence", inputs=("claims", SELF_NAMED.name),
    sentence="words by which an account claims to be a holder, once for each kind of holder that the claim fits",
    sql=f"""
    select c.account_id, f.holder_kind, 'claim' as family,
           case c.claim when 'official_account' then 'claims_official' when 'verified' then 'claims_verified'
                        when 'government' then 'claims_government' when 'office' then 'claims_office'
                        when 'military' then 'claims_military' when 'self_named' then 'claims_own_name'
                        else 'claims_news' end as signal,
           c."where", c.shown,
           cast(case c.claim when 'official_account' then 0.9 when 'office' then 0.8 when 'military' then 0.8
                             when 'self_named' then 0.8 when 'government' then 0.75 when 'verified' then 0.6
                             else 0.45 end as double) as strength
    from (select account_id, claim, "where", shown from claims
          where stance = 'is' and claim <> 'self_named' and ("where" = 'bio' or claim in ('official_account', 'verified'))
          union all
          select account_id, claim, "where", shown from {SELF_NAMED.name}) c
    join (values {_FITTING}) as f(holder_kind, claim) on c.claim = f.claim""")

CONTENT_EVIDENCE = Query(
    name="content_evidence", inputs=("address_matches", "addresses"),
    sentence="a post's link to an address that imitates a registered holder's and is not the account's own",
    sql=f"""
    select m.account_id, m.holder_id, 'content' as family, 'links_lookalike_address' as signal,
           m."where", m.post_id, m.host as shown, m.holder_domain as expected, m.holder_id as source,
           cast(0.9 as double) * m.similarity * m.weight as strength
    from address_matches m
    where m.post_id is not null and m.similarity * m.weight >= {MIN_NAME_STRENGTH}
      and not exists (select 1 from addresses o where o.account_id = m.account_id and o.domain = m.domain
                                                  and o."where" in ('handle', 'website'))""")

ADDRESS_IMITATIONS = Query(
    name="address_imitations", inputs=("address_matches", "proofs"),
    sentence="an account whose own web address imitates a registered holder's under a general ending, without proof",
    sql="""
    select m.account_id, m.holder_id, min(m."where") as "where", m.host, m.suffix, m.holder_domain
    from address_matches m left join proofs p on m.account_id = p.account_id and p.proof <> 'registered_domain'
    where m."where" in ('handle', 'website') and p.account_id is null and m.similarity * m.weight >= 0.5
      and m.suffix not like '%.%' and m.suffix not like 'xn--%' and length(m.suffix) > 2
    group by m.account_id, m.holder_id, m.host, m.suffix, m.holder_domain""")

ENDING_SHARES = Query(
    name="ending_shares", inputs=("holder_endings",), scope=Scope.PLATFORM,
    sentence="how common an address ending is among the registered holders' own addresses",
    sql="""select suffix, cast(count(*) as double) / cast(max(total) as double) as share
           from (select suffix, count(*) over () as total from holder_endings) group by suffix""")

NETWORK_EVIDENCE = Query(
    name="network_evidence", inputs=("address_imitations", "ending_shares"), scope=Scope.PLATFORM,
    sentence="look-alike addresses that come in numbers: of one holder, or of several holders under one unusual ending",
    sql=f"""
    with unusual as (
        select i.account_id, i.holder_id, i."where", i.host, i.suffix, i.holder_domain
        from address_imitations i left join ending_shares e on i.suffix = e.suffix
        where coalesce(e.share, {ZERO}) < {UNUSUAL_ENDING_SHARE}),
    swarms as (select holder_id, count(distinct account_id) as n from unusual group by holder_id),
    zones as (select suffix, count(distinct holder_domain) as n from unusual group by suffix)
    select distinct i.account_id, i.holder_id, 'network' as family, 'lookalike_swarm' as signal, i."where",
           cast(null as varchar) as post_id, i.host as shown, cast(s.n - 1 as varchar) as expected,
           i.holder_id as source, cast(0.85 as double) as strength
    from unusual i join swarms s on i.holder_id = s.holder_id where s.n >= {MIN_SWARM}
    union all
    select distinct i.account_id, i.holder_id, 'network' as family, 'lookalike_zone' as signal, i."where",
           cast(null as varchar) as post_id, i.host as shown, cast(z.n - 1 as varchar) as expected,
           i.suffix as source, cast(0.8 as double) as strength
    from unusual i join zones z on i.suffix = z.suffix where z.n >= {MIN_SWARM}""")
