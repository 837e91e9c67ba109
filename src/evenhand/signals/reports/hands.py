"""How many hands are behind the reports about one account, and whether it is being brigaded.

Reports are not counted like votes. Reporters who act together, who send near copies of the same words, or who are new accounts
that came in one burst, are one hand: their weight falls to that of one reporter. None of it says that they are wrong, so
nothing is thrown away: the account stays in the queue.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope
from evenhand.signals.coordination.surprise import MIN_SURPRISE, is_surprising
from evenhand.signals.reports.linked import WINDOW_SECONDS

MIN_COHORT = 5
"""Reporters behind one hand from which on it is told as brigading."""
MIN_NEW_PURITY = 0.5
"""At most half of the new accounts of a burst may be there by chance."""
MIN_NEW_SHARE = 0.001
"""New accounts are never taken to be rarer among reporters than this, so that the first of them is no surprise."""

COPIES = Query(
    name="report_copies", inputs=("report_texts",), scope=Scope.PLATFORM,
    sentence="a reporter whose words about an account are a near copy of another reporter's",
    sql="""
    select account_id, reporter_id, min(first) as hand
    from (select account_id, post_id as reporter_id, min(post_id) over (partition by account_id, object) as first,
                 max(post_id) over (partition by account_id, object) as last
          from report_texts) t
    where first <> last group by account_id, reporter_id""")

NEW_BURSTS = Query(
    name="new_bursts", inputs=("open_reports",), scope=Scope.PLATFORM,
    sentence="a day in which far more new accounts reported one account than new accounts are among reporters",
    sql=f"""
    with usual as (
        select greatest(avg(case when is_new then 1.0 else 0.0 end), {MIN_NEW_SHARE}) as share from open_reports
        where reporter_id <> ''),
    slots as (
        select account_id, cast(floor(at_second / {WINDOW_SECONDS}) as bigint) as slot, cast(count(*) as double) as n,
               cast(sum(case when is_new then 1 else 0 end) as double) as n_new
        from open_reports where reporter_id <> '' and at_second is not null
        group by account_id, cast(floor(at_second / {WINDOW_SECONDS}) as bigint))
    select account_id, slot from (
        select s.account_id, s.slot, s.n_new, s.n * u.share as expected, count(*) over () as n_slots
        from slots s cross join usual u) b
    where n_new >= {MIN_COHORT}
      and {is_surprising("n_new", "expected", least=f"{MIN_SURPRISE} + ln(n_slots)", purity=MIN_NEW_PURITY)}""")

HANDS = Query(
    name="hands", inputs=("open_reports", "report_groups", "report_copies", "new_bursts"), scope=Scope.PLATFORM,
    sentence="a reporter of an account and the hand behind it: a group, a copied text, new accounts, or the reporter",
    sql=f"""
    with companions as (
        select o.account_id, g.group_id, count(*) as n
        from open_reports o join report_groups g on o.reporter_id = g.account_id group by o.account_id, g.group_id)
    select o.account_id, o.reporter_id, o.n_reports, o.at_second, o.last_second, o.is_trusted,
           case when o.reporter_id = '' then 'nameless' when c.n >= 2 then 'linked' when r.hand is not null then 'copied'
                when b.slot is not null and o.is_new then 'new' else 'own' end as kind,
           case when o.reporter_id = '' then '' when c.n >= 2 then c.group_id when r.hand is not null then r.hand
                when b.slot is not null and o.is_new then cast(b.slot as varchar) else o.reporter_id end as hand
    from open_reports o
    left join report_groups g on o.reporter_id = g.account_id
    left join companions c on o.account_id = c.account_id and g.group_id = c.group_id
    left join report_copies r on o.account_id = r.account_id and o.reporter_id = r.reporter_id
    left join new_bursts b on o.account_id = b.account_id
         and cast(floor(o.at_second / {WINDOW_SECONDS}) as bigint) = b.slot""")

STEPS = (COPIES, NEW_BURSTS, HANDS)
