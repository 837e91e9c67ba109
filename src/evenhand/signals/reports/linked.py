"""Reporters who act together: they report the same accounts at the same times again and again.

The definition is that of coordinated sharing (CooRTweet: Righetti and Balluff, Computational Communication Research 7, 2025)
with reported accounts in the place of shared posts: two reporters are tied when they reported at least three of the same
accounts, each within a day of each other, and these are a good part of all that the less active of them reported. A
reported account is a good object for it: nobody meets three of the same by chance and reports them on the same days.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope, Step
from evenhand.signals.coordination.components import connected

WINDOW_SECONDS = 86_400
MIN_TOGETHER = 3
"""Accounts that two reporters must both have reported, each within a day."""
MIN_SHARE = 0.3
"""The same as a share of what the less active of the two has reported (as for shared posts)."""
CROWD, HUBS = 64, 16
"""In a day in which more than `CROWD` reported one account, reporters are compared with `HUBS` of them and not all with all:
a crowd that comes again and again still meets, and the work grows with the reports and not with their square."""

REPORT_SLOTS = Query(
    name="report_slots", inputs=("open_reports",), scope=Scope.PLATFORM,
    sentence="a reporter of an account in a slot of time; slots overlap by half, so that none is missed at a border",
    sql=f"""
    with slotted as (
        select account_id, reporter_id, 2 * cast(floor(at_second / {WINDOW_SECONDS}) as bigint) as slot from open_reports
        where reporter_id <> '' and at_second is not null
        union all
        select account_id, reporter_id, 2 * cast(floor((at_second + {WINDOW_SECONDS // 2}) / {WINDOW_SECONDS}) as bigint) - 1
        from open_reports where reporter_id <> '' and at_second is not null),
    active as (select reporter_id, count(distinct account_id) as n_accounts from slotted group by reporter_id)
    select s.account_id, s.reporter_id, s.slot, a.n_accounts,
           row_number() over (partition by s.account_id, s.slot order by s.reporter_id) as nth,
           count(*) over (partition by s.account_id, s.slot) as n_slot
    from slotted s join active a on s.reporter_id = a.reporter_id where a.n_accounts >= {MIN_TOGETHER}""")

REPORT_TIES = Query(
    name="report_ties", inputs=("report_slots",), scope=Scope.PLATFORM,
    sentence="two reporters who reported the same accounts on the same days",
    sql=f"""
    select account_id, other_id from (
        select a.reporter_id as account_id, b.reporter_id as other_id, count(distinct a.account_id) as n_together,
               least(max(a.n_accounts), max(b.n_accounts)) as n_accounts
        from report_slots a join report_slots b on a.account_id = b.account_id and a.slot = b.slot
        where a.reporter_id < b.reporter_id and (a.n_slot <= {CROWD} or a.nth <= {HUBS})
        group by a.reporter_id, b.reporter_id) pairs
    where n_together >= {MIN_TOGETHER} and n_together >= {MIN_SHARE} * n_accounts""")


def steps() -> tuple[Step, ...]:
    """The steps that leave `report_groups`: for each tied reporter (`account_id`) the group."""
    return (REPORT_SLOTS, REPORT_TIES, *connected("report_groups", ties=REPORT_TIES.name,
                                                  sentence="a reporter and the group that reports together"))
