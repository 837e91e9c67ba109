"""The campaign table: accounts per harm and penalty, reconciled to the last account.

An account stands in exactly one row, that of the harm its decision rests on, and in exactly one penalty column. What
else was found in it is counted apart, so that "other or multiple" is never a remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import PlanError
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty

IMPOSED = tuple(penalty for penalty in Penalty if penalty is not Penalty.NONE)
"""Every penalty that a decision can carry, lightest first."""
LESSER = (Penalty.WARN, Penalty.LABEL, Penalty.LIMIT_REACH, Penalty.DEMONETISE, Penalty.REMOVE_FOLLOWERS)
"""What the published figures of such campaigns call lesser penalties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """One line of the campaign table. `n_accounts` is always the sum of `by_penalty`."""

    harm: Harm | None
    """None for the line of totals."""
    n_accounts: int
    """Accounts decided under this harm."""
    by_penalty: Mapping[Penalty, int]
    """Accounts per penalty; every imposed penalty is a key."""
    n_posts_deleted: int
    """Posts, not accounts."""
    n_also_other_harms: int
    """Accounts in this line in which further harms were found."""
    n_found_elsewhere: int
    """Accounts decided under another harm in which this one was found too."""

    @property
    def title(self) -> str:
        """The heading of the line."""
        return self.harm.heading if self.harm else "All accounts"

    @property
    def n_lesser(self) -> int:
        """Accounts with a lesser penalty: neither closed nor suspended, and no post deleted."""
        return sum(self.by_penalty[penalty] for penalty in LESSER)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTable:
    """A line for every harm, in the order of `Harm`, and the line of totals."""

    rows: tuple[CampaignRow, ...]
    total: CampaignRow

    def counts(self) -> dict[str, dict[str, int]]:
        """Accounts per harm and penalty without the zeros, in the form of `Plan.counts`."""
        return {str(row.harm): {str(penalty): n for penalty, n in row.by_penalty.items() if n}
                for row in self.rows if row.n_accounts}

    def to_arrow(self) -> pa.Table:
        """The lines and the total (harm `total`) as a table with one column per penalty."""
        lines = [{"harm": str(row.harm or "total"), "accounts": row.n_accounts}
                 | {str(penalty): n for penalty, n in row.by_penalty.items()}
                 | {"posts_deleted": row.n_posts_deleted, "also_other_harms": row.n_also_other_harms,
                    "found_elsewhere": row.n_found_elsewhere} for row in (*self.rows, self.total)]
        return pa.Table.from_pylist(lines)


def campaign_table(decisions: pa.Table, *, effects: pa.Table | None = None) -> CampaignTable:
    """The campaign table of `decisions` (schema `DECISIONS`).

    Deleted posts are the distinct posts of `effects`; without effects, those that the decisions name.
    Raises `PlanError` when an account is decided twice, or when a harm or penalty does not exist: then nothing
    could reconcile.
    """
    _check(decisions)
    accounts = _counts(decisions.select(["harm", "penalty"]))
    others = decisions.filter(pc.greater(pc.fill_null(pc.list_value_length(decisions["other_harms"]), 0), 0))
    also = _counts(others.select(["harm"]))
    elsewhere = _counts(pa.table({"harm": pc.list_flatten(others["other_harms"])}))
    posts = _counts(_deleted_posts(decisions, effects))
    rows = tuple(CampaignRow(
        harm=harm, n_accounts=sum(accounts.get((harm, penalty), 0) for penalty in IMPOSED),
        by_penalty={penalty: accounts.get((harm, penalty), 0) for penalty in IMPOSED},
        n_posts_deleted=posts.get((harm,), 0), n_also_other_harms=also.get((harm,), 0),
        n_found_elsewhere=elsewhere.get((harm,), 0)) for harm in Harm)
    return CampaignTable(rows=rows, total=CampaignRow(
        harm=None, n_accounts=decisions.num_rows,
        by_penalty={penalty: sum(row.by_penalty[penalty] for row in rows) for penalty in IMPOSED},
        n_posts_deleted=sum(row.n_posts_deleted for row in rows),
        n_also_other_harms=others.num_rows, n_found_elsewhere=sum(row.n_found_elsewhere for row in rows)))


def _counts(table: pa.Table) -> dict[tuple[str, ...], int]:
    """Rows per combination of all columns."""
    names = table.column_names
    grouped = table.group_by(names).aggregate([([], "count_all")])
    keys = zip(*(grouped[name].to_pylist() for name in names), strict=True)
    return dict(zip(keys, grouped["count_all"].to_pylist(), strict=True))


def _deleted_posts(decisions: pa.Table, effects: pa.Table | None) -> pa.Table:
    """One row per deleted post, with the harm it was deleted for."""
    if effects is not None:
        deleted = effects.filter(pc.and_(pc.equal(effects["penalty"], str(Penalty.DELETE_POST)),
                                         pc.is_valid(effects["post_id"])))
        posts = deleted.select(["decision_id", "post_id"]).group_by(["decision_id", "post_id"]).aggregate([])
        return posts.join(decisions.select(["decision_id", "harm"]), "decision_id", join_type="inner").select(["harm"])
    deciding = decisions.filter(pc.equal(decisions["penalty"], str(Penalty.DELETE_POST)))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(deciding["post_ids"]), 0))
    return pa.table({"harm": deciding["harm"].take(pa.array(np.repeat(np.arange(deciding.num_rows), lengths)))})


def _check(decisions: pa.Table) -> None:
    n_accounts = pc.count_distinct(decisions["account_id"]).as_py()
    if n_accounts != decisions.num_rows:
        raise PlanError(f"{decisions.num_rows:,} decisions for {n_accounts:,} accounts",
                        hint="an account is decided once: keep one decision and name the rest in `other_harms`")
    for column, known in (("harm", {str(harm) for harm in Harm}), ("penalty", {str(penalty) for penalty in IMPOSED})):
        unknown = sorted(set(pc.unique(decisions[column]).to_pylist()) - known)
        if unknown:
            raise PlanError(f"unknown {column} `{unknown[0]}` in the decisions",
                            hint=f"known: {', '.join(sorted(known))}")
