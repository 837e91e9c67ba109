"""Fake followers: accounts that follow others in lockstep and look made by one hand.

Found is the follower, never the account that it follows: who is followed has not asked for it, or nobody can show it. Two
families are needed: following in lockstep (behaviour), and handles of one make (identity) or being opened together (network).
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.step import Query, Scope

LOCKSTEP, OPENED, TEMPLATE = 0.8, 0.8, 0.8
"""Strengths: how far each measurement may be trusted when chance explains none of it."""

_DOUBLE = "cast({} as double)".format

SUSPECTS = Query(
    name="follow_suspects", inputs=("followed",), sentence="an account that may turn out to follow in lockstep with others",
    sql="select distinct account_id, cast(null as varchar) as post_id from followed")

EVIDENCE = Query(
    name="fake_followers_evidence", scope=Scope.PLATFORM, sentence="all evidence for fake followers",
    inputs=("followers", "lockstep_follows", "followers_templates", "followers_openings"),
    sql=f"""
    select {EVIDENCE_COLUMNS} from (
    select account_id, 'behaviour' as family, 'follows_in_lockstep' as signal, 'follows' as "where",
           cast(n_followed as varchar) as shown, cast(cast(n_members as bigint) as varchar) as expected, '' as source,
           {_DOUBLE(LOCKSTEP)} as strength
    from followers
    union all
    select l.account_id, 'behaviour' as family, 'followed_in_one_hour' as signal, 'follows' as "where", l.followed_id as shown,
           cast(l.n - 1 as varchar) as expected, '' as source, {_DOUBLE(LOCKSTEP)} as strength
    from lockstep_follows l join followers f on l.account_id = f.account_id and l.group_id = f.group_id
    union all
    select account_id, 'identity' as family, 'handles_one_' || kind as signal, 'handle' as "where", alike as shown,
           cast(cast(n_alike as bigint) as varchar) as expected, '' as source,
           {_DOUBLE(TEMPLATE)} * ({ONE} - by_chance / n_alike) as strength
    from followers_templates
    union all
    select account_id, 'network' as family, 'opened_together' as signal, 'created_at' as "where",
           cast(cast(near_hours / 24 as bigint) as varchar) as shown, cast(cast(n_near as bigint) as varchar) as expected,
           '' as source, {_DOUBLE(OPENED)} * ({ONE} - by_chance / n_near) as strength
    from followers_openings) e
    cross join (select '' as holder_id, cast(null as varchar) as post_id) n""")

FOUND = Query(
    name="fake_followers_found", inputs=(EVIDENCE.name,), scope=Scope.PLATFORM,
    sentence="accounts that follow in lockstep with others, with a second kind of evidence",
    sql=f"""
    select account_id, holder_id, cast(null as varchar) as holder_kind, cast(null as varchar) as holder_country,
           round({ONE} - ({ONE} - behaviour) * ({ONE} - identity) * ({ONE} - network), 4) as confidence,
           {ZERO} as best_similarity, {ZERO} as name_weight
    from (select account_id, holder_id,
                 coalesce(max(case when family = 'behaviour' then strength end), {ZERO}) as behaviour,
                 coalesce(max(case when family = 'identity' then strength end), {ZERO}) as identity,
                 coalesce(max(case when family = 'network' then strength end), {ZERO}) as network,
                 count(distinct family) as n_families
          from {EVIDENCE.name} group by account_id, holder_id) f
    where n_families >= 2 and behaviour > 0.0""")

DETECTOR = Detector(
    name="fake_followers", harm=Harm.FAKE_FOLLOWERS, version=1, steps=(SUSPECTS, EVIDENCE, FOUND), found=FOUND.name,
    evidence=EVIDENCE.name, suspects=(SUSPECTS.name,),
    sentence="follows others in lockstep with many accounts, and a second family of evidence agrees")
