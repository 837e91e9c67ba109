"""The holdout: accounts that the plan does not concern, drawn at random and read, to learn what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.outcomes import golden_of
from evenhand.campaign.audit.precision import Golden, Reading, precision
from evenhand.campaign.audit.resolve import Resolved
from evenhand.campaign.lifecycle.preparing_refusals import holdout_open
from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE, Verdict
from evenhand.model.refusal import Refusal
from evenhand.model.step import Query, Scope

HOLDOUT_ITEMS = 300
"""Accounts that are read where nobody says otherwise: when nothing is missed in any of them, 1.2 % is the upper bound."""
POSTS_SHOWN = 10
"""Posts of an account that its reader sees, the latest ones."""
ONE_SIDED = 0.975
"""Of each end of an interval of 95 %."""


def holdout_prefix(*, plan_digest: str, seed: str) -> str:
    """What is hashed before an account's id.

    >>> holdout_prefix(plan_digest="abc", seed="2026-11-26")
    'holdout:abc:2026-11-26:'
    """
    return f"holdout:{plan_digest}:{seed}:"


def unplanned_accounts() -> Query:
    """One row per language: how many accounts the snapshot has, without those that the plan has a decision about."""
    return Query(
        name="unplanned_accounts", scope=Scope.PLATFORM, inputs=("accounts", "decisions"),
        sentence="accounts that the plan does not concern, counted by language",
        sql=f"""
    select coalesce(a.language, '{UNKNOWN_LANGUAGE}') as language, count(*) as n_accounts
    from accounts a
    left join decisions d on a.account_id = d.account_id
    where d.account_id is null
    group by coalesce(a.language, '{UNKNOWN_LANGUAGE}')""")


def holdout_sample(*, plan_digest: str, seed: str, n_items: int) -> Query:
    """The `n_items` accounts outside of the plan, in a language of `read_languages`, whose item id comes first.

    The item id is the SHA-256 of the plan's digest, the seed and the account's id, so that anybody who has the snapshot and
    the plan draws the same ones, whatever the engine and the order of the rows.
    """
    prefix = holdout_prefix(plan_digest=plan_digest, seed=seed).replace("'", "''")
    return Query(
        name="holdout_sample", scope=Scope.PLATFORM, inputs=("accounts", "decisions", "read_languages"),
        sentence="an account outside of the plan that two people read",
        sql=f"""
    select sha256(concat('{prefix}', a.account_id)) as item_id, a.account_id,
           coalesce(a.language, '{UNKNOWN_LANGUAGE}') as language
    from accounts a
    join read_languages l on coalesce(a.language, '{UNKNOWN_LANGUAGE}') = l.language
    left join decisions d on a.account_id = d.account_id
    where d.account_id is null
    order by item_id
    limit {n_items:d}""")


def holdout_posts() -> Query:
    """The latest posts of the accounts in `read_accounts`, the latest first: `account_id`, `text`, `place`."""
    return Query(
        name="holdout_posts", scope=Scope.PLATFORM, inputs=("posts", "read_accounts"),
        sentence="what an account published last",
        sql=f"""
    with placed as (
        select p.account_id, p.text, row_number() over (
            partition by p.account_id order by p.created_at desc, p.post_id) as place
        from posts p
        join read_accounts r on p.account_id = r.account_id
        where p.text is not null)
    select account_id, text, place from placed where place <= {POSTS_SHOWN:d}""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevalence:
    """How many of the accounts outside of the plan break a rule: a share (0–1) with its 95 % interval."""

    estimate: float | None
    """Corrected for the readers' errors; None where they cannot tell the one from the other."""
    low: float
    high: float
    n_read: int
    n_missed: int
    """Read as breaking a rule."""
    n_undecided: int
    """The readers could not decide: they count as missed for the upper end, and as nothing for the lower one."""
    n_accounts: int
    """Accounts that it speaks about."""
    golden: Golden | None
    """How the readers did on accounts whose truth is known; None where they were taken to be perfect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How many of the accounts that break a rule the plan found: a share (0–1) between two bounds."""

    estimate: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStratum:
    """What an audit said of one stratum of the plan."""

    n_decisions: int
    share_right: float
    """The estimate of its precision."""
    bound: float
    """What the precision is at least."""


def prevalence(resolved: Resolved, *, items: pa.Table, truths: pa.Table | None, n_accounts: int,
               seed: str) -> Prevalence | Refusal:
    """What the readers' words on `items` (`item_id`) say of the `n_accounts` that they were drawn from, or why nothing yet.

    A verdict is about leaving the account alone: `right`, or `wrong` because it breaks a rule. `truths` (`item_id`,
    `is_right`) are accounts whose truth is known; None takes the readers to be perfect, which needs a waiver. With perfect
    readers the interval is Clopper and Pearson's; otherwise both ends are melded like the bound of a precision.
    """
    said = _final(resolved, items)
    if said.null_count:
        mine = Resolved(table=resolved.table.take(_places(resolved, items)), n_readers=resolved.n_readers)
        return holdout_open(mine.n_missing, mine.n_disputed)
    n_read, n_missed, n_undecided = len(said), _count(said, Verdict.WRONG), _count(said, Verdict.CANNOT_DECIDE)
    kind, strict = (_counting(resolved, undecided=undecided) for undecided in (Verdict.RIGHT, Verdict.WRONG))
    at_least, at_most = (precision(
        Reading(n_right=n_read - n, n_read=n_read, n_decisions=n_accounts), seed=seed, confidence=ONE_SIDED,
        golden=None if truths is None else golden_of(how, truths))
        for how, n in ((kind, n_missed), (strict, n_missed + n_undecided)))
    return Prevalence(
        estimate=None if at_least.estimate is None else 1.0 - at_least.estimate, low=1.0 - at_least.high,
        high=1.0 - at_most.low, n_read=n_read, n_missed=n_missed, n_undecided=n_undecided, n_accounts=n_accounts,
        golden=None if truths is None else golden_of(kind, truths))


def recall(found: Iterable[FoundStratum], missed: Prevalence) -> Recall:
    """How many of the accounts that break a rule are among the plan's decisions.

    The bounds put those of the precision and of the prevalence together, each at its own end: the range is wide on purpose.

    >>> none = Prevalence(estimate=0.0, low=0.0, high=0.01, n_read=300, n_missed=0, n_undecided=0, n_accounts=1000, golden=None)
    >>> recall([FoundStratum(n_decisions=100, share_right=1.0, bound=0.9)], none)
    Recall(estimate=1.0, low=0.9, high=1.0)
    """
    strata = tuple(found)
    right = sum(one.n_decisions * one.share_right for one in strata)
    least, most = sum(one.n_decisions * one.bound for one in strata), float(sum(one.n_decisions for one in strata))
    missed_least, missed_most = missed.low * missed.n_accounts, missed.high * missed.n_accounts
    estimate = None if missed.estimate is None else _share(right, missed.estimate * missed.n_accounts)
    return Recall(estimate=estimate, low=_share(least, missed_most) or 0.0, high=_share(most, missed_least) or 0.0)


def _share(found: float, missed: float) -> float | None:
    return found / (found + missed) if found + missed > 0 else None


def _places(resolved: Resolved, items: pa.Table) -> pa.Array:
    places = pc.index_in(items["item_id"], value_set=resolved.table["item_id"].combine_chunks())
    return places.combine_chunks() if isinstance(places, pa.ChunkedArray) else places


def _final(resolved: Resolved, items: pa.Table) -> pa.Array:
    return resolved.table["final"].combine_chunks().take(_places(resolved, items))


def _count(said: pa.Array, verdict: Verdict) -> int:
    return int(pc.sum(pc.equal(said, str(verdict))).as_py() or 0)


def _counting(resolved: Resolved, *, undecided: Verdict) -> Resolved:
    """The same words with another one in the place of `cannot_decide`."""
    final = resolved.table["final"].combine_chunks()
    is_undecided = pc.fill_null(pc.equal(final, str(Verdict.CANNOT_DECIDE)), False)
    table = resolved.table.set_column(resolved.table.column_names.index("final"), "final",
                                      pc.if_else(is_undecided, str(undecided), final))
    return Resolved(table=table, n_readers=resolved.n_readers)
