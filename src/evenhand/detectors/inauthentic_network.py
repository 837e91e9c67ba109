"""Inauthentic networks: accounts that act as one and hide it. Behaviour only; what they say is never looked at.

Two ways lead here, and each needs two independent families. Accounts that post the same things at the same times
(behaviour) and that besides have handles of one make (identity), were opened together or lead to an address of their own
(network). Or accounts that were opened in a burst (behaviour) with handles of one make (identity). What is not claimed: who
is behind them, whether they are machines, or what they think.
"""

from __future__ import annotations

from evenhand.detectors.identity import EVIDENCE_COLUMNS, ONE, ZERO
from evenhand.model.detector import Detector
from evenhand.model.harm import Harm
from evenhand.model.step import Query, Scope
from evenhand.signals.coordination.co_shares import MIN_TOGETHER

TOGETHER, OPENED, TEMPLATE, OWN_ADDRESS = 0.8, 0.8, 0.8, 0.7
"""Strengths: how far each measurement may be trusted when chance explains none of it."""

_DOUBLE = "cast({} as double)".format

SUSPECTS = Query(
    name="network_suspects", inputs=("shares", "registrations"),
    sentence="an account, and each of its posts, that may turn out to act with others once all are compared",
    sql="""
    select distinct account_id, post_id from shares
    union all
    select account_id, cast(null as varchar) as post_id from registrations where created_hour is not null""")

ACTS_TOGETHER = Query(
    name="acts_together", inputs=("networks", "ties"), scope=Scope.PLATFORM,
    sentence="a member of a network, with how many others it is tied to, and how often they post together",
    sql="""
    with mirrored as (
        select account_id, other_id, n_together, n_texts, n_links from ties
        union all select other_id as account_id, account_id as other_id, n_together, n_texts, n_links from ties)
    select m.group_id, m.account_id, cast(m.n_members as bigint) as n_members, count(*) as n_others,
           max(b.n_together) as n_together, max(b.n_texts) as n_texts, max(b.n_links) as n_links
    from networks m join mirrored b on m.account_id = b.account_id
    group by m.group_id, m.account_id, m.n_members""")

EVIDENCE = Query(
    name="inauthentic_network_evidence", scope=Scope.PLATFORM, sentence="all evidence for inauthentic networks",
    inputs=(ACTS_TOGETHER.name, "together", "networks_templates", "networks_openings", "network_domains", "cohorts"),
    sql=f"""
    select {EVIDENCE_COLUMNS} from (
    select account_id, cast(null as varchar) as post_id, 'behaviour' as family, 'acts_together' as signal, 'posts' as "where",
           cast(n_together as varchar) as shown, cast(n_others as varchar) as expected,
           cast(n_members as varchar) as source, {_DOUBLE(TOGETHER)} as strength
    from {ACTS_TOGETHER.name}
    union all
    select account_id, post_id, 'behaviour' as family,
           case kind when 'text' then 'posts_same_text' else 'posts_same_link' end as signal, post_id as "where",
           '' as shown, cast(n_others as varchar) as expected, '' as source, {_DOUBLE(TOGETHER)} as strength
    from together where nth <= {MIN_TOGETHER}
    union all
    select account_id, cast(null as varchar) as post_id, 'identity' as family, 'handles_one_' || kind as signal,
           'handle' as "where", alike as shown, cast(cast(n_alike as bigint) as varchar) as expected, '' as source,
           {_DOUBLE(TEMPLATE)} * ({ONE} - by_chance / n_alike) as strength
    from networks_templates
    union all
    select account_id, cast(null as varchar) as post_id, 'network' as family, 'opened_together' as signal,
           'created_at' as "where", cast(cast(near_hours / 24 as bigint) as varchar) as shown,
           cast(cast(n_near as bigint) as varchar) as expected, '' as source,
           {_DOUBLE(OPENED)} * ({ONE} - by_chance / n_near) as strength
    from networks_openings
    union all
    select d.account_id, cast(null as varchar) as post_id, 'network' as family, 'leads_to_own_address' as signal,
           'posts' as "where", d.domain as shown, cast(d.n_alike as varchar) as expected, cast(d.n_others as varchar) as source,
           {_DOUBLE(OWN_ADDRESS)} as strength
    from network_domains d join {ACTS_TOGETHER.name} a on d.account_id = a.account_id and d.group_id = a.group_id
    where a.n_texts >= a.n_links
    union all
    select account_id, cast(null as varchar) as post_id, 'behaviour' as family,
           case when hours = 1 then 'opened_in_one_hour' else 'opened_in_one_day' end as signal,
           'created_at' as "where", cast(cast(n as bigint) as varchar) as shown,
           cast(cast(ceil(expected) as bigint) as varchar) as expected,
           '' as source, {_DOUBLE(OPENED)} * ({ONE} - expected / n) as strength
    from cohorts
    union all
    select account_id, cast(null as varchar) as post_id, 'identity' as family, 'handles_one_shape' as signal,
           'handle' as "where", shape as shown, cast(cast(n as bigint) as varchar) as expected, '' as source,
           {_DOUBLE(TEMPLATE)} * ({ONE} - by_chance / n) as strength
    from cohorts where is_template) e
    cross join (select '' as holder_id) n""")

FOUND = Query(
    name="inauthentic_network_found", inputs=(EVIDENCE.name,), scope=Scope.PLATFORM,
    sentence="accounts that act as one with others, with a second kind of evidence",
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
    name="inauthentic_network", harm=Harm.INAUTHENTIC_NETWORK, version=1,
    steps=(SUSPECTS, ACTS_TOGETHER, EVIDENCE, FOUND), found=FOUND.name, evidence=EVIDENCE.name, suspects=(SUSPECTS.name,),
    sentence="acts as one with other accounts, again and again, and a second family of evidence agrees")
