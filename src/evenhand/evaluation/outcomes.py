"""The truth of a world beside a plan, counted: the steps that bring 50 million accounts down to a table of counts.

Everything a scorecard shows is added up from these counts, so the accounts are read once and memory stays bounded by the
decisions, of which there are few.
"""

from __future__ import annotations

from enum import StrEnum

import pyarrow as pa

from evenhand.model.step import Query, Scope


class Kind(StrEnum):
    """What an account of a world is, by its truth."""

    VIOLATOR = "violator"
    HARD_NEGATIVE = "hard_negative"
    """Looks like a violator and is none: parody, fans, critics, namesakes, hijacked victims, second accounts …"""
    ORDINARY = "ordinary"
    HOLDER = "holder"
    """A genuine holder of a registered name."""


TRUTH_ACCOUNTS = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("harm", pa.string()),
    pa.field("role", pa.string(), nullable=False),
    pa.field("operator", pa.string()),
    pa.field("holder_id", pa.string()),
    pa.field("language", pa.string()),
    pa.field("script", pa.string()),
    pa.field("other_harms", pa.string()),
])
"""What is true about each account of a world. `harm` of a violator is the planted one; null where no category was
published. `other_harms` are those whose published definition it meets too, joined with `+`. `operator` is how its name was
made from the holder's."""

TRUTH_POSTS = pa.schema([
    pa.field("post_id", pa.string(), nullable=False),
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("is_violating", pa.bool_(), nullable=False),
])
"""What is true about posts; one that is not in it is ordinary."""

_IS_TRUE = """coalesce(d.harm = t.harm, false)
           or coalesce(contains('+' || t.other_harms || '+', '+' || d.harm || '+'), false) as is_true"""
"""Whether the decided harm is the planted one, or another one that is true of the account as well."""

SPLIT_BY = ("kind", "role", "language")
"""What the counts of accounts are split by, besides the known and the decided harm. Operators are counted apart: with
thousands of them in every language, one table of both would have a row for nearly every violator."""

ACCOUNT_OUTCOMES = Query(
    name="account_outcomes", inputs=("truth_accounts", "decisions"), scope=Scope.PLATFORM,
    sentence="how many accounts of each kind, role, language and known harm were decided under which harm",
    sql=f"""
    select {", ".join(f"t.{column}" for column in SPLIT_BY)}, t.role as "group", t.kind = '{Kind.VIOLATOR}' as is_violator,
           t.harm, t.other_harms, d.harm as decided, {_IS_TRUE}, count(*) as n_accounts
    from truth_accounts t left join decisions d on t.account_id = d.account_id
    group by {", ".join(f"t.{column}" for column in SPLIT_BY)}, t.harm, t.other_harms, d.harm""")
"""A finer `transparency.known_truth.OUTCOMES`."""

OPERATOR_OUTCOMES = Query(
    name="operator_outcomes", inputs=("truth_accounts", "decisions"), scope=Scope.PLATFORM,
    sentence="how many violators whose name each operator made were decided under which harm",
    sql=f"""
    select t.operator, t.harm, d.harm as decided, {_IS_TRUE}, count(*) as n_accounts
    from truth_accounts t left join decisions d on t.account_id = d.account_id
    where t.kind = '{Kind.VIOLATOR}' and t.operator is not null
    group by t.operator, t.harm, t.other_harms, d.harm""")

MOST_NAMED = 25
WRONGLY_DECIDED = Query(
    name="wrongly_decided", inputs=("truth_accounts", "decisions"), scope=Scope.PLATFORM,
    sentence="the first accounts by id that are decided and planted with no harm",
    sql=f"""
    select t.account_id, t.kind, t.role, t.language, d.harm as decided
    from truth_accounts t join decisions d on t.account_id = d.account_id
    where t.kind <> '{Kind.VIOLATOR}' order by t.account_id limit {MOST_NAMED}""")

POST_OUTCOMES = Query(
    name="post_outcomes", inputs=("truth_posts", "decisions", "effects"), scope=Scope.PLATFORM,
    sentence="how many posts are violating, named in a decision, and to be deleted",
    sql="""
    with every as (
        select unnest(post_ids) as post_id, 0 as is_deleted from decisions
        union all
        select post_id, 1 as is_deleted from effects where post_id is not null and penalty = 'delete_post'),
    named as (select post_id, max(is_deleted) as is_deleted from every group by post_id),
    judged as (
        select coalesce(p.is_violating, false) as is_violating, n.post_id is not null as is_named,
               coalesce(n.is_deleted, 0) = 1 as is_deleted
        from truth_posts p full outer join named n on p.post_id = n.post_id)
    select is_violating, is_named, is_deleted, count(*) as n_posts from judged
    group by is_violating, is_named, is_deleted""")
