"""Prepare a campaign's entries batch by batch, in other processes while this one writes what they have prepared."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evenhand.errors import DataError
from evenhand.ledger.entries import Entries, entries_of
from evenhand.model.campaigns.event import NOBODY
from evenhand.workflows.buckets.crew import Crew
from evenhand.workflows.effects.opening import State, open_state

if TYPE_CHECKING:
    from evenhand.stores.ledger.writer import LedgerWriter, Prepared

WORTH_A_CREW = 100_000
"""Events. Starting processes takes as long as preparing some fifty thousand in this one."""
MOST_PROCESSES = 2
"""What they prepare is written by one, which takes a third of the time that preparing it takes."""
Portion = tuple[int, int]
"""After which event a batch begins, and how many it has."""


def prepared_batches(state: State, campaign_id: str, ledger: LedgerWriter, *, portions: list[Portion]) -> Iterator[Prepared]:
    """What is to be written of each portion of the campaign's events, in their order.

    A batch in which persons act is prepared here, since their salts are this ledger's own; so is one that cannot be written,
    which raises `DataError`, and everything when the other processes are lost.
    """
    n_events, n_done = sum(n for _, n in portions), 0
    n_processes = min(MOST_PROCESSES, len(os.sched_getaffinity(0)))
    if n_events >= WORTH_A_CREW and n_processes > 1:
        place = state.database.engine.url.render_as_string(hide_password=False)
        found: dict[int, Entries | None] = {}
        try:
            with Crew(_Preparing(place=place, campaign_id=campaign_id), n_processes=n_processes) as crew:
                for nth, entries in crew.do(portions):
                    found[nth] = entries
                    while n_done in found:
                        ahead = found.pop(n_done)
                        yield _here(state, campaign_id, ledger, portions[n_done]) if ahead is None else ledger.taken(ahead)
                        n_done += 1
        except DataError:  # what is left is prepared here, where it is told what is wrong
            pass
    for portion in portions[n_done:]:
        yield _here(state, campaign_id, ledger, portion)


def _here(state: State, campaign_id: str, ledger: LedgerWriter, portion: Portion) -> Prepared:
    after, n = portion
    return ledger.prepared(state.events.rows(campaign_id, after=after, limit=n))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Preparing:
    """What another process does: it reads the database at `place`."""

    place: str
    campaign_id: str

    @contextmanager
    def begun(self) -> Iterator[Callable[[Portion, Portion | None], Entries | None]]:
        """What prepares one portion; None where it is not its to prepare."""
        from evenhand.stores.ledger.private import DrawnSalts  # noqa: PLC0415  (needs an extra, as all of the stores do)

        with open_state(self.place, create=False) as state:
            salts = DrawnSalts()

            def prepared(portion: Portion, _following: Portion | None) -> Entries | None:
                after, n = portion
                rows = state.events.rows(self.campaign_id, after=after, limit=n)
                if {*rows.actors} - {NOBODY}:
                    return None
                try:
                    return entries_of(rows, salts)
                except ValueError:
                    return None

            yield prepared
