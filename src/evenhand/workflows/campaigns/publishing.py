"""Publish a campaign's events: append to its ledger what is not there yet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from evenhand.ledger.entry_forms import entry_counts
from evenhand.model.campaigns.event import EventKind
from evenhand.stores.ledger.folder import CHECKPOINT, LedgerFolder, checkpoint_in
from evenhand.stores.ledger.keys import read_signer
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.campaigns.steps import no_campaign
from evenhand.workflows.effects.opening import State
from evenhand.workflows.ledger.preparing_entries import prepared_batches

BATCH_EVENTS = 16_384
"""Events published under one checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPlace:
    """A ledger's folder, what is kept apart, and the key."""

    folder: Path
    private: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published."""

    n_new: int
    n_events: int
    """The campaign's events, all of which stand in the ledger now."""
    size: int
    """Entries in the ledger."""


def publish(state: State, campaign_id: str, place: LedgerPlace, *,
            progress: Callable[[int, int], None] = lambda _done, _total: None) -> Published:
    """Append the campaign's events after the last published one. Whoever was stopped half-way repeats it.

    While a batch goes to the disk the next ones are read and prepared, of many events in other processes. A ledger may hold
    several campaigns and registers; only this campaign's entries are counted. Raises `DataError`.
    """
    if not state.events.last(campaign_id):
        raise no_campaign(campaign_id)
    with (LedgerWriter(place.folder, private=place.private, signers=[read_signer(place.key)]) as ledger,
          ThreadPoolExecutor(1) as disk):
        before = sum(published_counts(place.folder, campaign_id).values())
        n_events, written, writing = state.events.last(campaign_id), before, list[Future[range]]()

        def finish() -> None:
            nonlocal written
            if writing:
                written += len(writing.pop().result())
                progress(written - before, n_events - before)

        portions = [(after, min(BATCH_EVENTS, n_events - after)) for after in range(before, n_events, BATCH_EVENTS)]
        for prepared in prepared_batches(state, campaign_id, ledger, portions=portions):
            finish()
            writing.append(disk.submit(ledger.write, prepared))
        finish()
        return Published(n_new=written - before, n_events=written, size=ledger.size)


def published_counts(folder: Path, campaign_id: str) -> dict[EventKind, int]:
    """How many entries of each kind a ledger holds of one campaign."""
    if not (folder / CHECKPOINT).exists():
        return {}
    reader = LedgerFolder(folder)
    counts = entry_counts(reader.all_entries(checkpoint_in(reader.note(), folder / CHECKPOINT).size))
    return {kind: n for (of, kind), n in counts.items() if of == campaign_id}
