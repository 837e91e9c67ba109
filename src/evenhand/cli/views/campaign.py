"""The campaign table in the terminal: like the published figures of such campaigns, and reconciled below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.layout import QUIET, bar, number, quiet, table
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.statements import Messages
from evenhand.transparency import CampaignRow, CampaignTable

_LESSER = (Penalty.REMOVE_FOLLOWERS, Penalty.DEMONETISE, Penalty.LIMIT_REACH, Penalty.LABEL, Penalty.WARN)
_SMALLEST_BAR, _LARGEST_BAR = 6, 24
_GAP = 2
"""Columns between two columns of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    heading: str
    value: Callable[[CampaignRow], int]

    def width(self, total: CampaignRow) -> int:
        return max(*(len(line) for line in self.heading.split("\n")), len(f"{self.value(total):,}"))


def _penalty(heading: str, penalty: Penalty) -> _Column:
    return _Column(heading=heading, value=lambda row: row.by_penalty[penalty])


_FOUND = (_Column(heading="accounts\nfound", value=lambda row: row.n_accounts), _penalty("\nclosed", Penalty.CLOSE),
          _penalty("\nsuspended", Penalty.SUSPEND), _penalty("posts\ndeleted", Penalty.DELETE_POST))
_EACH_LESSER = (_penalty("followers\nremoved", Penalty.REMOVE_FOLLOWERS), _penalty("earning\noff", Penalty.DEMONETISE),
                _penalty("reach\nlimited", Penalty.LIMIT_REACH), _penalty("\nlabelled", Penalty.LABEL),
                _penalty("\nwarned", Penalty.WARN))
_ALL_LESSER = (_Column(heading="lesser\npenalties", value=lambda row: row.n_lesser),)
_BESIDE = (_Column(heading="number\nof posts", value=lambda row: row.n_posts_deleted),
           _Column(heading="other\nharms", value=lambda row: row.n_also_other_harms))
_LAYOUTS = ((*_FOUND, *_EACH_LESSER, *_BESIDE), (*_FOUND, *_ALL_LESSER, *_BESIDE), (*_FOUND, *_ALL_LESSER))
"""From the widest to the narrowest; the widest that fits is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """Accounts per harm and penalty.

    JSON: `rows`, one per harm, and `total`; each with `harm`, `accounts`, `by_penalty` (accounts per penalty, which add
    up to `accounts`), `posts_deleted` (posts), `also_other_harms`, `found_elsewhere` (accounts).
    """

    name: ClassVar[str] = "campaign"
    campaign: CampaignTable
    messages: Messages

    def human(self, width: int) -> RenderableType:
        """The table, and under it how it adds up."""
        total, columns = self.campaign.total, self._layout(width)
        parts: list[RenderableType] = [self._table(columns, width=width), Text()]
        if columns is not _LAYOUTS[0] and total.n_lesser:
            kinds = " · ".join(f"{total.by_penalty[penalty]:,} {MEANINGS[penalty].title}" for penalty in _LESSER
                               if total.by_penalty[penalty])
            parts.append(quiet(f"lesser: {kinds}"))
        parts.append(quiet(
            f"{total.by_penalty[Penalty.CLOSE]:,} closed + {total.by_penalty[Penalty.SUSPEND]:,} suspended + "
            f"{total.by_penalty[Penalty.DELETE_POST]:,} with posts deleted + {total.n_lesser:,} lesser = "
            f"{total.n_accounts:,} accounts = {total.n_accounts:,} decisions"))
        if total.n_also_other_harms:
            parts.append(quiet(f"{total.n_also_other_harms:,} showed other harms as well; each is counted once, "
                               "under its deciding harm"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """Rows and total."""
        return {"rows": [_record(row) for row in self.campaign.rows], "total": _record(self.campaign.total)}

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.messages.say(f"harm.{row.harm}.short") for row in self.campaign.rows)

    def _layout(self, width: int) -> tuple[_Column, ...]:
        return next((columns for columns in _LAYOUTS if self._left_for_bar(columns, width=width) >= 0), _LAYOUTS[-1])

    def _left_for_bar(self, columns: tuple[_Column, ...], *, width: int) -> int:
        names = max(len(name) for name in self._names)
        return width - names - _GAP - sum(_GAP + column.width(self.campaign.total) for column in columns)

    def _table(self, columns: tuple[_Column, ...], *, width: int) -> Table:
        grid, total = table(show_footer=True), self.campaign.total
        bar_width = min(_LARGEST_BAR, self._left_for_bar(columns, width=width))
        has_bars = bar_width >= _SMALLEST_BAR
        grid.add_column("\nharm", footer="all accounts", no_wrap=True)
        if has_bars:
            grid.add_column("", width=bar_width, no_wrap=True)
        for column in columns:
            grid.add_column(column.heading, footer=number(column.value(total), zero="0"), justify="right", no_wrap=True)
        largest = max(row.n_accounts for row in self.campaign.rows)
        for name, row in zip(self._names, self.campaign.rows, strict=True):
            bars = [bar(row.n_accounts, largest=largest, width=bar_width)] if has_bars else []
            first, *rest = columns
            grid.add_row(Text(name), *bars, number(first.value(row), style="bold"),
                         *(number(column.value(row)) for column in rest), style="" if row.n_accounts else QUIET)
        return grid


def _record(row: CampaignRow) -> dict[str, object]:
    return {"harm": str(row.harm) if row.harm else None, "accounts": row.n_accounts,
            "by_penalty": {str(penalty): n for penalty, n in row.by_penalty.items()},
            "posts_deleted": row.n_posts_deleted, "also_other_harms": row.n_also_other_harms,
            "found_elsewhere": row.n_found_elsewhere}
