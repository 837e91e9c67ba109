"""Publish a campaign's events: append to its ledger what is not there yet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evenhand.model.campaigns.event import Event, EventKind
from evenhand.stores.ledger.folder import CHECKPOINT, LedgerFolder, checkpoint_in
from evenhand.stores.ledger.keys import read_signer
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.campaigns.steps import no_campaign
from evenhand.workflows.effects.opening import State

BATCH_EVENTS = 8192
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

    A ledger may hold several campaigns and registers; only this campaign's entries are counted. Raises `DataError`.
    """
    n_events = state.events.last(campaign_id)
    if not n_events:
        raise no_campaign(campaign_id)
    with LedgerWriter(place.folder, private=place.private, signers=[read_signer(place.key)]) as ledger:
        published = sum(published_counts(place.folder, campaign_id).values())
        before, batch = published, list[Event]()
        for _, event in state.events.read(campaign_id, after=published):
            batch.append(event)
            if len(batch) == BATCH_EVENTS:
                ledger.append(batch, after=ledger.size)
                published, batch = published + len(batch), []
                progress(published - before, n_events - before)
        if batch:
            ledger.append(batch, after=ledger.size)
        return Published(n_new=published + len(batch) - before, n_events=published + len(batch), size=ledger.size)


def published_counts(folder: Path, campaign_id: str) -> dict[EventKind, int]:
    """How many entries of each kind a ledger holds of one campaign."""
    if not (folder / CHECKPOINT).exists():
        return {}
    reader = LedgerFolder(folder)
    size = checkpoint_in(reader.note(), folder / CHECKPOINT).size
    counts: Counter[EventKind] = Counter()
    for entry in reader.all_entries(size):
        document = json.loads(entry)
        if document["campaign_id"] == campaign_id:
            counts[EventKind(document["kind"])] += 1
    return dict(counts)
