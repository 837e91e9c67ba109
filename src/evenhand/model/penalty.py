"""The ladder of penalties, lightest first, and what each one means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering


@total_ordering
class Penalty(StrEnum):
    """What can be imposed, in order from nothing to the gravest.

    >>> Penalty.WARN < Penalty.CLOSE
    True
    >>> max(Penalty.LABEL, Penalty.SUSPEND)
    <Penalty.SUSPEND: 'suspend'>
    """

    NONE = "none"
    WARN = "warn"
    LABEL = "label"
    LIMIT_REACH = "limit_reach"
    DEMONETISE = "demonetise"
    REMOVE_FOLLOWERS = "remove_followers"
    DELETE_POST = "delete_post"
    SUSPEND = "suspend"
    CLOSE = "close"

    @property
    def rank(self) -> int:
        """The place on the ladder, 0 for `none`."""
        return _RANKS[self]

    def __lt__(self, other: str) -> bool:
        """Lighter than `other`."""
        return self.rank < Penalty(other).rank

    def __le__(self, other: str) -> bool:
        """Not heavier than `other`."""
        return self.rank <= Penalty(other).rank

    def __gt__(self, other: str) -> bool:
        """Heavier than `other`."""
        return self.rank > Penalty(other).rank

    def __ge__(self, other: str) -> bool:
        """Not lighter than `other`."""
        return self.rank >= Penalty(other).rank


_RANKS: dict[Penalty, int] = {penalty: rank for rank, penalty in enumerate(Penalty)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a penalty does, how it is undone, and what the European statement form calls it."""

    title: str
    done: str
    """What happens, in words told to the person."""
    undone_by: str
    dsa_field: str | None
    dsa_value: str | None
    is_educational: bool = False
    """True for the rungs that inform and restrict nothing."""


MEANINGS: dict[Penalty, Meaning] = {
    Penalty.NONE: Meaning(title="none", done="nothing", undone_by="nothing to undo", dsa_field=None, dsa_value=None),
    Penalty.WARN: Meaning(title="warnings", done="you get this warning and nothing else changes",
                          undone_by="withdraw the warning", dsa_field=None, dsa_value=None, is_educational=True),
    Penalty.LABEL: Meaning(title="labels", done="a label with the reason is shown on the account",
                           undone_by="remove the label", dsa_field="decision_visibility",
                           dsa_value="DECISION_VISIBILITY_CONTENT_LABELLED", is_educational=True),
    Penalty.LIMIT_REACH: Meaning(title="reach limits", done="the account is not recommended to others",
                                 undone_by="restore the reach", dsa_field="decision_visibility",
                                 dsa_value="DECISION_VISIBILITY_CONTENT_DEMOTED"),
    Penalty.DEMONETISE: Meaning(title="monetisation off", done="the account cannot earn money here",
                                undone_by="restore the monetisation", dsa_field="decision_monetary",
                                dsa_value="DECISION_MONETARY_SUSPENSION"),
    Penalty.REMOVE_FOLLOWERS: Meaning(title="followers removed", done="the account stops counting as a follower",
                                      undone_by="restore the follows saved before",
                                      dsa_field="decision_visibility", dsa_value="DECISION_VISIBILITY_OTHER"),
    Penalty.DELETE_POST: Meaning(title="posts deleted", done="the posts listed here are removed",
                                 undone_by="restore the posts from the sealed copy", dsa_field="decision_visibility",
                                 dsa_value="DECISION_VISIBILITY_CONTENT_REMOVED"),
    Penalty.SUSPEND: Meaning(title="suspensions", done="the account is paused until the date given here",
                             undone_by="lift the suspension", dsa_field="decision_account",
                             dsa_value="DECISION_ACCOUNT_SUSPENDED"),
    Penalty.CLOSE: Meaning(title="accounts closed", done="the account is closed",
                           undone_by="reopen within the platform's window", dsa_field="decision_account",
                           dsa_value="DECISION_ACCOUNT_TERMINATED"),
}
