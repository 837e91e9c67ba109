"""Reports, one for each reporter and target: what is sent again says nothing new."""

from __future__ import annotations

from dataclasses import replace

from evenhand.model.step import Query, Scope, Step
from evenhand.signals.coordination.text_objects import text_objects

NEW_DAYS = 7
"""An account that is younger than this when it reports is new."""

REPORT_ROWS = Query(
    name="report_rows", inputs=("intake",), scope=Scope.PLATFORM,
    sentence="a report, with its time in seconds since 1970; one that was handed over twice counts once",
    sql=f"""
    select report_id, account_id, post_id, reporter_id, text, is_trusted, upheld, at_second,
           at_second - born_second < {NEW_DAYS * 86_400} as is_new
    from (select report_id, account_id, post_id, text, upheld, coalesce(is_trusted, false) as is_trusted,
                 coalesce(reporter_id, '') as reporter_id, cast(floor(epoch(created_at)) as bigint) as at_second,
                 cast(floor(epoch(reporter_created_at)) as bigint) as born_second,
                 row_number() over (partition by report_id order by created_at, upheld desc, account_id) as nth
          from intake) i
    where nth = 1""")

OPEN_REPORTS = Query(
    name="open_reports", inputs=("report_rows",), scope=Scope.PLATFORM,
    sentence="what one reporter reported of one account and nobody has decided; all who gave no name count as one",
    sql="""
    select account_id, reporter_id, count(*) as n_reports, min(at_second) as at_second, max(at_second) as last_second,
           bool_or(is_trusted) as is_trusted, bool_or(coalesce(is_new, false)) as is_new
    from report_rows where upheld is null group by account_id, reporter_id""")

REPORT_WORDS = Query(
    name="report_words", inputs=("report_rows",), scope=Scope.PLATFORM,
    sentence="the words of a report that nobody has decided",
    sql="""
    select account_id, reporter_id as post_id, text from report_rows
    where upheld is null and reporter_id <> '' and text is not null""")


def steps() -> tuple[Step, ...]:
    """The steps that leave `report_rows`, `open_reports` and `report_texts` (near copies share an `object`)."""
    return (REPORT_ROWS, OPEN_REPORTS, REPORT_WORDS, replace(
        text_objects(), name="report_texts", source=REPORT_WORDS.name, scope=Scope.PLATFORM,
        sentence="a key that near copies of a report's words share; `post_id` is the reporter"))
