"""The people of a campaign as a published report names them: numbered in the order in which they first acted, never by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evenhand.model.campaigns.event import NOBODY, Event

APPELLANT = "appellant"
"""The actor of a filed appeal: the record never names the account."""

UNSAID = "a reason is on record, and published as a commitment"


@dataclass(frozen=True, slots=True)
class People:
    """Who acted in a campaign."""

    names: tuple[str, ...]
    """In the order in which they first acted."""
    are_named: bool = False
    """For the team's own copy: their ids stay."""

    @classmethod
    def of(cls, steps: Iterable[Event], *, are_named: bool = False) -> People:
        """The people behind `steps`.

        >>> People(("ana", "ben")).called("ben"), People(("ana", "ben"), True).called("ben"), People(()).called("evenhand")
        ('person 2', 'ben', 'Evenhand')
        """
        return cls(tuple(dict.fromkeys(step.actor for step in steps if step.actor not in (NOBODY, APPELLANT))), are_named)

    def said(self, actor: str, text: str) -> str:
        """What `actor` wrote, in the team's own copy only: free text may name somebody, and the ledger commits to it.

        >>> People(("ana",)).said("evenhand", "too many"), People(("ana",), True).said("ana", "Bob called")
        ('too many', 'Bob called')
        >>> People(("ana",)).said("ana", "Bob called")
        'a reason is on record, and published as a commitment'
        """
        return text if self.are_named or actor == NOBODY or not text else UNSAID

    def called(self, actor: str) -> str:
        """What `actor` is called in the report."""
        if actor == NOBODY:
            return "Evenhand"
        if self.are_named or actor not in self.names:
            return actor
        return f"person {self.names.index(actor) + 1}"
