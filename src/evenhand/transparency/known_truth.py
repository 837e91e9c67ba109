"""What was found and what was spared, with the known truth beside it. Only for snapshots whose truth is known.

The truth table has one row per account: `account_id`, `is_violator`, `harm` (null for genuine accounts) and `group`
(where the account comes from). It is read after the plan is made; no step of the sweep sees it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import DataError
from evenhand.model.harm import Harm
from evenhand.model.interval import Interval, clopper_pearson

TRUTH = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("is_violator", pa.bool_(), nullable=False),
    pa.field("harm", pa.string()),
    pa.field("group", pa.string(), nullable=False),
])
"""The columns a truth table must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """Accounts of one origin and one known harm; n_accounts = found_right + missed + wrongly_found + rightly_left."""

    group: str
    harm: str | None
    """The known harm; None for genuine accounts, and for violators whose harm is not known."""
    is_looked_for: bool
    """False when the sweep has no detector for the known harm: then missing them says nothing about it."""
    n_accounts: int
    n_violators: int
    n_found_right: int
    n_missed: int
    n_wrongly_found: int
    n_rightly_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One account on which the sweep and the known truth disagree."""

    account_id: str
    handle: str
    group: str
    harm: str
    """The harm decided for a wrong find; the known harm for a miss."""
    facts: tuple[str, ...]
    """What spoke against it (wrong find), or why it was left alone (miss)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTable:
    """Precision of the accounts found, and found and missed per group."""

    precision: Interval
    """Found accounts that are violators, of the found accounts whose truth is known; two-sided 95 %."""
    recall: Interval
    """Violators found, of those whose harm is looked for; two-sided 95 %."""
    genuine_found: Interval
    """Genuine accounts found, of all genuine accounts; two-sided 95 %."""
    n_same_harm: int
    """Of the accounts rightly found, those decided under the harm that is known for them."""
    n_unknown: int
    """Found accounts whose truth is not known; they count nowhere above."""
    n_not_looked_for: int
    """Violators whose harm no detector of this sweep looks for; they do not count in `recall` and are no misses."""
    groups: tuple[GroupRow, ...]
    wrong: tuple[Mistake, ...]
    missed: tuple[Mistake, ...]
    """The first of each, by account id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthCounts:
    """Found and missed, right and wrong, over all accounts and for each group."""

    precision: Interval
    """Found accounts that are violators, of the found accounts whose truth is known; two-sided 95 %."""
    recall: Interval
    """Violators found, of those whose harm is looked for; two-sided 95 %."""
    genuine_found: Interval
    """Genuine accounts found, of all genuine accounts; two-sided 95 %."""
    n_same_harm: int
    """Of the accounts rightly found, those decided under the harm that is known for them."""
    n_not_looked_for: int
    """Violators whose harm no detector of the sweep looks for."""
    groups: tuple[GroupRow, ...]


OUTCOMES = pa.schema([("group", pa.string()), ("is_violator", pa.bool_()), ("harm", pa.string()), ("decided", pa.string()),
                      ("n_accounts", pa.int64())])
"""The truth and the decisions, counted: how many accounts of a group, with a known harm, were decided under which harm
(null: left alone). Further columns may split the counts more finely."""


def truth_counts(outcomes: pa.Table, *, looked_for: Collection[Harm] | None = None) -> TruthCounts:
    """The counts in `outcomes` (columns of `OUTCOMES`) added up. `looked_for`: harms that the sweep has detectors for."""
    is_found, bad, n = pc.is_valid(outcomes["decided"]), outcomes["is_violator"], outcomes["n_accounts"]
    right, wrong = pc.and_(is_found, bad), pc.and_not(is_found, bad)
    missed, left = pc.and_not(bad, is_found), pc.invert(pc.or_(is_found, bad))
    marked = outcomes
    for name, mask in (("right", right), ("wrong", wrong), ("missed", missed), ("left", left)):
        marked = marked.append_column(name, pc.if_else(mask, n, 0))
    sought = pc.and_(bad, is_sought(outcomes["harm"], looked_for))
    n_right, n_wrong, n_left = (_sum(n, mask) for mask in (right, wrong, left))
    same = pc.fill_null(pc.equal(outcomes["decided"], outcomes["harm"]), False)
    return TruthCounts(
        precision=clopper_pearson(n_right, n=n_right + n_wrong),
        recall=clopper_pearson(_sum(n, pc.and_(right, sought)), n=_sum(n, sought)),
        genuine_found=clopper_pearson(n_wrong, n=n_wrong + n_left),
        n_same_harm=_sum(n, pc.and_(right, same)), n_not_looked_for=_sum(n, pc.and_not(bad, sought)),
        groups=_groups(marked, looked_for))


def truth_table(decisions: pa.Table, truth: pa.Table, *, spared: pa.Table | None = None,
                looked_for: Collection[Harm] | None = None, max_named: int = 25) -> TruthTable:
    """`decisions` compared with `truth` (schema `TRUTH`). With `spared`, misses say why the account was left alone.

    `looked_for` are the harms that the sweep has detectors for; None means all.
    Raises `DataError` when `truth` lacks a column or names an account twice.
    """
    _check(truth)
    found = decisions.select(["account_id", "harm"]).rename_columns(["account_id", "decided"])
    known = truth.select(TRUTH.names).join(found, "account_id", join_type="left outer")
    outcomes = known.group_by(["group", "is_violator", "harm", "decided"]).aggregate([([], "count_all")])
    counts = truth_counts(outcomes.rename_columns({"count_all": "n_accounts"}), looked_for=looked_for)
    is_found, bad = pc.is_valid(known["decided"]), known["is_violator"]
    missed = pc.and_(pc.and_not(bad, is_found), is_sought(known["harm"], looked_for))
    n_known = counts.precision.n
    return TruthTable(
        precision=counts.precision, recall=counts.recall, genuine_found=counts.genuine_found,
        n_same_harm=counts.n_same_harm, n_unknown=decisions.num_rows - n_known,
        n_not_looked_for=counts.n_not_looked_for, groups=counts.groups,
        wrong=_wrong(known.filter(pc.and_not(is_found, bad)), decisions, max_named),
        missed=_missed(known.filter(missed), spared, max_named))


def is_sought(harms: pa.ChunkedArray, looked_for: Collection[Harm] | None) -> pa.ChunkedArray:
    """Which violators a sweep should find: those whose harm it looks for, and those whose harm is not known."""
    wanted = pa.array([str(harm) for harm in (Harm if looked_for is None else looked_for)], pa.string())
    return pc.or_(pc.is_in(harms, value_set=wanted), pc.is_null(harms))


def _sum(n: pa.ChunkedArray, mask: pa.ChunkedArray) -> int:
    return int(pc.sum(n.filter(mask)).as_py() or 0)


def _groups(marked: pa.Table, looked_for: Collection[Harm] | None) -> tuple[GroupRow, ...]:
    sums = [(name, "sum") for name in ("n_accounts", "right", "wrong", "missed", "left")]
    order = [("group", "ascending"), ("harm", "ascending")]
    grouped = marked.group_by(["group", "harm"]).aggregate(sums).sort_by(order)
    return tuple(GroupRow(
        group=row["group"], harm=row["harm"],
        is_looked_for=looked_for is None or row["harm"] is None or row["harm"] in looked_for,
        n_accounts=row["n_accounts_sum"], n_violators=row["right_sum"] + row["missed_sum"],
        n_found_right=row["right_sum"], n_missed=row["missed_sum"], n_wrongly_found=row["wrong_sum"],
        n_rightly_left=row["left_sum"]) for row in grouped.to_pylist())


def _wrong(wrong: pa.Table, decisions: pa.Table, max_named: int) -> tuple[Mistake, ...]:
    first = wrong.sort_by("account_id").slice(0, max_named)
    rows = decisions.filter(pc.is_in(decisions["account_id"], first["account_id"].combine_chunks()))
    groups = dict(zip(first["account_id"].to_pylist(), first["group"].to_pylist(), strict=True))
    return tuple(Mistake(account_id=row["account_id"], handle=row["handle"] or "", group=groups[row["account_id"]],
                         harm=row["harm"], facts=tuple(reason["fact"] for reason in row["reasons"]))
                 for row in rows.sort_by("account_id").to_pylist())


def _missed(missed: pa.Table, spared: pa.Table | None, max_named: int) -> tuple[Mistake, ...]:
    first = missed.sort_by("account_id").slice(0, max_named).to_pylist()
    why: dict[str, dict[str, object]] = {}
    if spared is not None:
        wanted = pa.array([row["account_id"] for row in first], pa.string())
        why = {row["account_id"]: row for row in spared.filter(pc.is_in(spared["account_id"], wanted)).to_pylist()}
    return tuple(Mistake(account_id=row["account_id"], handle=str(why.get(row["account_id"], {}).get("handle") or ""),
                         group=row["group"], harm=row["harm"] or "",
                         facts=(str(why[row["account_id"]]["why"]),) if row["account_id"] in why
                         else ("no detector found anything",)) for row in first)


def _check(truth: pa.Table) -> None:
    lacking = [name for name in TRUTH.names if name not in truth.column_names]
    if lacking:
        raise DataError(f"the truth table lacks the column `{lacking[0]}`", hint=f"columns: {', '.join(TRUTH.names)}")
    if pc.count_distinct(truth["account_id"]).as_py() != truth.num_rows:
        raise DataError("the truth table names an account twice", hint="give every account one row")
