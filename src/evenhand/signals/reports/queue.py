"""The queue: which accounts a person should look at first because of reports, and nothing more than that.

The priority is the chance that at least one hand is right, 1 − Π (1 − reliability), where a hand is as reliable as its
reporters are on average. It cannot pass 1 however many report, and a crowd behind one hand adds what one reporter adds.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope
from evenhand.signals.reports.hands import MIN_COHORT

MOST_RELIABLE = 0.999
"""No history makes a report a certainty."""

HAND_WEIGHTS = Query(
    name="hand_weights", inputs=("hands", "reliability"), scope=Scope.PLATFORM,
    sentence="a hand behind reports about an account, how many reporters it has and how reliable they are on average",
    sql="""
    select h.account_id, h.kind, h.hand, count(*) as n_reporters, sum(h.n_reports) as n_reports, min(h.at_second) as at_second,
           max(h.last_second) as last_second, sum(case when h.is_trusted then 1 else 0 end) as n_trusted,
           avg(r.reliability) as reliability
    from hands h join reliability r on h.reporter_id = r.reporter_id group by h.account_id, h.kind, h.hand""")

REPORT_QUEUE = Query(
    name="report_queue", inputs=("hand_weights",), scope=Scope.PLATFORM,
    sentence="a reported account: how many reports, reporters and hands, and how urgent a look at it is",
    sql=f"""
    select account_id, cast(sum(n_reports) as bigint) as n_reports, cast(sum(n_reporters) as bigint) as n_reporters,
           cast(count(*) as bigint) as n_hands, cast(sum(n_trusted) as bigint) as n_trusted,
           round(1 - exp(sum(ln(1 - least(reliability, {MOST_RELIABLE})))), 4) as priority,
           bool_or(kind = 'linked' and n_reporters >= {MIN_COHORT}) as by_linked,
           bool_or(kind = 'copied' and n_reporters >= {MIN_COHORT}) as by_copies,
           bool_or(kind = 'new' and n_reporters >= {MIN_COHORT}) as by_new_accounts,
           min(at_second) as first_second, max(last_second) as last_second
    from hand_weights group by account_id""")

STEPS = (HAND_WEIGHTS, REPORT_QUEUE)
