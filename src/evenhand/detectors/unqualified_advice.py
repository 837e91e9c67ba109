"""Unqualified advice: somebody tells single people what to do in a regulated field, and takes money for it.

Talk on a topic is free, and so is advice without money: neither is ever found. It takes a post that tells somebody what to do,
in words, and a fee; then either a profession that the account claims (the guard `verified_credential` spares whoever has
it), or the fee and the advice in one place, by an account that offers it, asks to be written to, or whose profile is about
that field: who criticises what others take for their advice sells nothing. Who claims a profession and takes a fee in a post
sells what he claims to be, and need not give the advice there. A claim that the register says was revoked needs no fee. Who
is no doctor and says so, a post that sends people to a professional, and criticism of a profession are no evidence.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.registry import CredentialStatus
from evenhand.model.step import Query
from evenhand.signals.advice.professions import PLACED_CREDENTIALS

_VOID = f"'{CredentialStatus.REVOKED}', '{CredentialStatus.SUSPENDED}'"

ADVISING = Query(
    name="advising", inputs=("advice_posts", "practice_words"),
    sentence="a post that tells somebody what to do in a regulated field, with its account's claim and fee",
    sql="""
    with claims as (select distinct account_id, field from practice_words where kind = 'claims'),
    own as (select account_id, coalesce(min(case when kind = 'claims' then field end), min(field)) as field
            from practice_words where kind in ('claims', 'field') group by account_id),
    told as (select p.account_id, p.post_id, case when p.field = '' then w.field else p.field end as field,
                    p.kind, p.shown, p.about
             from advice_posts p left join own w on p.account_id = w.account_id where p.kind in ('advises', 'addresses')
             union all
             select p.account_id, p.post_id, c.field, 'sells' as kind, p.shown, '' as about
             from advice_posts p join claims c on p.account_id = c.account_id where p.kind = 'fee'),
    offers as (
        select f.account_id, c.field
        from (select distinct account_id from practice_words where kind in ('fee', 'offers')) f
        join (select distinct account_id, field from practice_words where kind in ('field', 'claims')) c
          on f.account_id = c.account_id),
    themes as (select distinct account_id, field from practice_words where kind = 'field'),
    charged as (select distinct account_id, post_id from advice_posts where kind = 'fee'),
    asking as (select distinct account_id, post_id from advice_posts where kind = 'contact'),
    selling as (select distinct account_id from practice_words where kind in ('fee', 'offers')),
    fees as (select distinct account_id from advice_posts where kind = 'fee'
             union select distinct account_id from practice_words where kind = 'fee')
    select p.account_id, p.post_id, p.field, p.kind, p.shown, p.about,
           case when c.account_id is not null then 1 else 0 end as is_claimed,
           case when m.account_id is not null then 1 else 0 end as takes_money,
           case when o.account_id is not null or (h.post_id is not null and (
                    k.post_id is not null or s.account_id is not null or t.account_id is not null))
                then 1 else 0 end as is_sold,
           case when h.post_id is not null then 1 else 0 end as is_charged
    from told p
    left join claims c on p.account_id = c.account_id and p.field = c.field
    left join fees m on p.account_id = m.account_id
    left join charged h on p.account_id = h.account_id and p.post_id = h.post_id
    left join asking k on p.account_id = k.account_id and p.post_id = k.post_id
    left join selling s on p.account_id = s.account_id
    left join themes t on p.account_id = t.account_id and p.field = t.field
    left join offers o on p.account_id = o.account_id and p.field = o.field
    where p.field is not null""")

VOID_CLAIMS = Query(
    name="void_claims", inputs=("practice_words", PLACED_CREDENTIALS.name),
    sentence="a claimed profession of which the register says that the credential was revoked or suspended",
    sql=f"""
    select w.account_id, w.field, min(w."where") as "where", min(w.shown) as shown, min(c.profession) as profession,
           min(c.status) as status, min(c.issuer) as issuer
    from practice_words w
    join {PLACED_CREDENTIALS.name} c on w.account_id = c.account_id and w.field = c.field
    where w.kind = 'claims' and c.status in ({_VOID})
    group by w.account_id, w.field""")

SOLD_ADVICE = Query(
    name="sold_advice", inputs=(ADVISING.name, VOID_CLAIMS.name),
    sentence="a post that advises for money or under a revoked qualification, or by which a claimed professional sells",
    sql=f"""
    with judged as (
        select a.*, case when v.account_id is not null then 1 else 0 end as is_void,
               row_number() over (partition by a.account_id, a.post_id, a.field
                                  order by case a.kind when 'advises' then 1 when 'addresses' then 2 else 3 end) as place
        from {ADVISING.name} a left join {VOID_CLAIMS.name} v on a.account_id = v.account_id and a.field = v.field
        where (a.kind = 'advises' and ((a.takes_money = 1 and (a.is_claimed = 1 or a.is_sold = 1)) or v.account_id is not null))
           or (a.kind in ('addresses', 'sells') and a.is_claimed = 1 and a.is_charged = 1))
    select account_id, post_id, field, kind, shown, about, is_claimed, is_sold, is_void from judged where place = 1""")

EVIDENCE = Query(
    name="unqualified_advice_evidence", sentence="all evidence for unqualified advice",
    inputs=(SOLD_ADVICE.name, VOID_CLAIMS.name, "practice_words", "advice_posts"),
    sql=f"""
    with subjects as (select distinct account_id from {SOLD_ADVICE.name}),
    fields as (select distinct account_id, field from {SOLD_ADVICE.name}),
    gathered as (
        select account_id, 'content' as family,
               case when kind <> 'advises' then 'sells_advice' when field = 'medical' then 'advises_medical'
                    when field = 'legal' then 'advises_legal' when field = 'financial' then 'advises_financial'
                    else 'advises_education' end as signal,
               post_id as "where", post_id, shown, about as expected, '' as source,
               cast(case when kind = 'advises' then 0.8 else 0.65 end as double) as strength
        from {SOLD_ADVICE.name}
        union all
        select w.account_id, 'claim' as family, 'claims_profession' as signal, w."where", cast(null as varchar) as post_id,
               w.shown, w.field as expected, '' as source, cast(0.85 as double) as strength
        from practice_words w join fields f on w.account_id = f.account_id and w.field = f.field
        where w.kind = 'claims'
        union all
        select w.account_id, 'claim' as family, 'offers_advice' as signal, w."where", cast(null as varchar) as post_id,
               w.shown, '' as expected, '' as source, cast(0.5 as double) as strength
        from practice_words w join subjects s on w.account_id = s.account_id where w.kind = 'offers'
        union all
        select v.account_id, 'claim' as family, 'profession_revoked' as signal, v."where", cast(null as varchar) as post_id,
               v.shown, v.profession || ': ' || v.status as expected, v.issuer as source, cast(0.97 as double) as strength
        from {VOID_CLAIMS.name} v join fields f on v.account_id = f.account_id and v.field = f.field
        union all
        select w.account_id, 'money' as family, 'asks_fee' as signal, w."where", cast(null as varchar) as post_id,
               w.shown, '' as expected, '' as source, cast(0.8 as double) as strength
        from practice_words w join subjects s on w.account_id = s.account_id where w.kind = 'fee'
        union all
        select p.account_id, 'money' as family, 'asks_fee' as signal, p.post_id as "where", p.post_id, p.shown,
               '' as expected, '' as source, cast(0.8 as double) as strength
        from advice_posts p join subjects s on p.account_id = s.account_id where p.kind = 'fee')
    select distinct account_id, '' as holder_id, {EVIDENCE_COLUMNS.removeprefix("account_id, ").replace("holder_id, ", "")}
    from gathered""")

FOUND = Query(
    name="unqualified_advice_found", inputs=(EVIDENCE.name,),
    sentence="accounts that sell advice in a regulated field, or give it under a qualification that was revoked",
    sql=f"""
    select account_id, holder_id, cast(null as varchar) as holder_kind, cast(null as varchar) as holder_country,
           round(content * ({ONE} - ({ONE} - money) * ({ONE} - claim)), 4) as confidence,
           {ZERO} as best_similarity, {ZERO} as name_weight
    from (select account_id, holder_id,
                 coalesce(max(case when family = 'content' then strength end), {ZERO}) as content,
                 coalesce(max(case when family = 'claim' then strength end), {ZERO}) as claim,
                 coalesce(max(case when family = 'money' then strength end), {ZERO}) as money,
                 count(distinct family) as n_families
          from {EVIDENCE.name} group by account_id, holder_id) f
    where n_families >= 2 and content > 0.0""")

DETECTOR = Detector(
    name="unqualified_advice", harm=Harm.UNQUALIFIED_ADVICE, version=2,
    steps=(ADVISING, VOID_CLAIMS, SOLD_ADVICE, EVIDENCE, FOUND), found=FOUND.name, evidence=EVIDENCE.name,
    suspects=(EVIDENCE.name,),
    sentence="tells single people what to do in a regulated field for money, and no qualification for it is confirmed")
