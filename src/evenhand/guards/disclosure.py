"""Spares accounts that say what they are: parody, satire, fan, commentary, not affiliated, or in quite another trade.

A hair salon that is called like a newspaper, and says that it is a hair salon, deceives nobody. Where the trade stands away
from the name, a person looks: "We also run a restaurant" may be said by anybody.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

BESIDE = 8
"""Characters between another trade and the account's own name or its claim, at most: "Compte officiel du salon de coiffure"."""
UNREGISTERED = ("unregistered:institution", "unregistered:military")
"""Stands where a holder's id would for bodies in no register: a "Ministry of Pizza" imitates nobody in particular."""

_SAID = Query(
    name="disclosed", inputs=("suspect_ids", "disclosures", "identity_evidence"),
    sentence="a disclosure in the name, the handle or the bio that is not a part of the imitated name itself",
    sql="""select distinct d.account_id, d."where", d.shown, d.kind, d.language
           from suspect_ids s join disclosures d on s.account_id = d.account_id
           left join (select account_id, expected from identity_evidence) i
             on d.account_id = i.account_id and d."where" <> 'bio' and contains(lower(i.expected), lower(d.shown))
           where i.account_id is null""")

_TRADES = Query(
    name="trades", inputs=(_SAID.name, "profiles", "claims"),
    sentence="another trade that the account names, and whether beside its own name or its claim",
    sql=f"""
    with places as (
        select d.account_id, d."where", d.shown, d.language, length(d.shown) as length, lower(p.bio) as bio,
               strpos(lower(p.bio), lower(d.shown)) as place, lower(trim(p.display_name)) as own_name
        from {_SAID.name} d join profiles p on d.account_id = p.account_id
        where d.kind = 'trade'),
    named as (
        select account_id, own_name as word from places where length(own_name) > 2
        union select account_id, lower(shown) as word from claims where claim = 'official_account' and "where" = 'bio')
    select t.account_id, t."where", t.shown, t.language,
           max(case when t."where" <> 'bio'
                      or contains(substr(t.bio, t.place + t.length, length(n.word) + {BESIDE}), n.word)
                      or contains(substr(t.bio, greatest(t.place - length(n.word) - {BESIDE}, 1),
                                         least(t.place - 1, length(n.word) + {BESIDE})), n.word)
                    then 1 else 0 end) as is_beside
    from places t left join named n on t.account_id = n.account_id
    group by t.account_id, t."where", t.shown, t.language""")

_OF_TRADES = " union all ".join(
    f"select cast('{harm}' as varchar) as harm, {holder} as holder_id, {least} as least"
    for harm in ("impersonation_media", "impersonation_institution", "impersonation_military")
    for holder, least in (("cast(null as varchar)", 0),
                          *((f"'{body}'", 1) for body in UNREGISTERED if body.endswith(harm.removeprefix("impersonation_")))))

_HITS = Query(
    name="disclosure_hits", inputs=(_SAID.name, _TRADES.name),
    sentence="the account says what it is; another trade away from its name spares only where nobody registered is meant",
    sql=f"""
    select account_id, cast(null as varchar) as harm, cast(null as varchar) as holder_id, 'spare' as strength, "where", shown,
           kind as expected, language as source
    from {_SAID.name} where kind in ('parody', 'satire', 'fan', 'commentary', 'unofficial')
    union all
    select t.account_id, o.harm, o.holder_id, case when t.is_beside + o.least > 0 then 'spare' else 'ask' end as strength,
           t."where", t.shown, 'trade' as expected, t.language as source
    from {_TRADES.name} t cross join ({_OF_TRADES}) o""")

GUARD = Guard(name="disclosure", version=2, steps=(_SAID, _TRADES, _HITS), hits=_HITS.name,
              sentence="the account discloses that it is a parody, satire, fan or commentary account, not affiliated, or "
                       "something else altogether")
