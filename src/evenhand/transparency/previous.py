"""What changed since the previous plan: who is newly in, who is out, who would get something else."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty

_MAX_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One harm in both plans. An account that moved to another harm is gone there and new here."""

    harm: Harm | None
    """None for the line of totals, in which a move between harms is not counted as gone and new."""
    n_before: int
    n_now: int
    n_new: int
    n_gone: int
    n_heavier: int
    n_lighter: int
    n_same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The difference between two plans."""

    previous: str
    """What the previous plan is called, such as its digest."""
    rows: tuple[DifferenceRow, ...]
    """Only harms that occur in one of the plans."""
    total: DifferenceRow
    n_moved: int
    """Accounts decided in both plans, under another harm."""
    new_accounts: tuple[str, ...]
    gone_accounts: tuple[str, ...]
    """The first few accounts, by id."""


def difference(previous: pa.Table, current: pa.Table, *, name: str = "") -> Difference:
    """What the decisions `current` change over `previous` (both of schema `DECISIONS`); `name` is the older plan's."""
    both = _ranked(previous, "before").join(_ranked(current, "now"), "account_id", join_type="full outer")
    rows = tuple(row for harm in Harm if (row := _of_harm(both, harm)).n_before or row.n_now)
    before, now = pc.is_valid(both["harm_before"]), pc.is_valid(both["harm_now"])
    moved = both.filter(pc.fill_null(pc.not_equal(both["harm_before"], both["harm_now"]), False))
    return Difference(
        previous=name, rows=rows, total=_row(None, both), n_moved=moved.num_rows,
        new_accounts=_first(both.filter(pc.and_not(now, before))),
        gone_accounts=_first(both.filter(pc.and_not(before, now))))


def _ranked(decisions: pa.Table, suffix: str) -> pa.Table:
    ranks = pc.index_in(decisions["penalty"], pa.array([str(penalty) for penalty in Penalty]))
    return pa.table({"account_id": decisions["account_id"], f"harm_{suffix}": decisions["harm"],
                     f"rank_{suffix}": ranks})


def _of_harm(both: pa.Table, harm: Harm) -> DifferenceRow:
    """The accounts of one harm; where the other plan has another harm, it does not count as the same account."""
    before = pc.fill_null(pc.equal(both["harm_before"], str(harm)), False)
    now = pc.fill_null(pc.equal(both["harm_now"], str(harm)), False)
    nothing = pa.scalar(None, pa.int32())
    here = pa.table({
        "rank_before": pc.if_else(before, both["rank_before"], nothing),
        "rank_now": pc.if_else(now, both["rank_now"], nothing),
    }).filter(pc.or_(before, now))
    return _row(harm, here)


def _row(harm: Harm | None, both: pa.Table) -> DifferenceRow:
    before, now = pc.is_valid(both["rank_before"]), pc.is_valid(both["rank_now"])

    def n(mask: pa.ChunkedArray) -> int:
        return int(pc.sum(pc.fill_null(mask, False)).as_py() or 0)

    return DifferenceRow(
        harm=harm, n_before=n(before), n_now=n(now),
        n_new=n(pc.and_not(now, before)), n_gone=n(pc.and_not(before, now)),
        n_heavier=n(pc.greater(both["rank_now"], both["rank_before"])),
        n_lighter=n(pc.less(both["rank_now"], both["rank_before"])),
        n_same=n(pc.equal(both["rank_now"], both["rank_before"])))


def _first(rows: pa.Table) -> tuple[str, ...]:
    return tuple(rows.sort_by("account_id").slice(0, _MAX_NAMED)["account_id"].to_pylist())
