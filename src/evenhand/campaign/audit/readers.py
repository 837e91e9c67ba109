"""Who reads what: two people for each item, neither seeing the other's word, golden items among them unmarked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.campaigns.audit import Slot

READER_COLUMNS = ("account_id", "handle", "display_name", "platform", "language", "followers", "harm", "policy_id",
                  "reasons", "post_ids", "guards_considered")
"""What a reader sees of a decision. Not the penalty, the confidence, another reader's word, or whether it is golden."""
ASSIGNMENTS = pa.schema([
    pa.field("item_id", pa.string(), nullable=False),
    pa.field("slot", pa.string(), nullable=False),
    pa.field("reader", pa.string(), nullable=False),
])
"""One row per reading that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The readings that are asked for, and the languages that too few people read."""

    readings: pa.Table
    adjudicators: pa.Table
    """Per item the third person who is asked if the two disagree."""
    unread: tuple[str, ...]
    """Languages without enough readers: their strata cannot pass."""


def assign(items: pa.Table, languages: Mapping[str, Sequence[str]], *, n_readers: int = 2) -> Assignment:
    """Who reads which of `items` (columns `item_id`, `language`), evenly, every pair of readers in turn.

    `languages` says for each reader what they read. Items are taken in the order of their ids, which the seed of the sample
    shuffled, so that golden items stand anywhere. A language is read if it has one reader more than readings: the third
    person for disagreements. In solo mode one reader is enough.
    """
    ordered = items.sort_by("item_id")
    of_language = pc.dictionary_encode(ordered["language"]).combine_chunks()
    readings, adjudicators, unread = [], [], []
    for code, language in enumerate(of_language.dictionary.to_pylist()):
        people = pa.array(sorted(reader for reader, read in languages.items() if language in read), pa.string())
        ids = ordered["item_id"].filter(pc.equal(of_language.indices, code)).combine_chunks()
        if len(people) < least_people(n_readers):
            unread.append(language)
            continue
        first, second, third = _turns(len(ids), len(people))
        readings.append(_asked(ids, Slot.FIRST, people.take(pa.array(first))))
        if n_readers > 1:
            readings.append(_asked(ids, Slot.SECOND, people.take(pa.array(second))))
            adjudicators.append(_asked(ids, Slot.ADJUDICATION, people.take(pa.array(third))))
    empty = ASSIGNMENTS.empty_table()
    return Assignment(readings=pa.concat_tables([empty, *readings]), adjudicators=pa.concat_tables([empty, *adjudicators]),
                      unread=tuple(sorted(unread)))


def least_people(n_readers: int) -> int:
    """How many people have to read a language: with two readings a third person, where they disagree.

    >>> least_people(2), least_people(1)
    (3, 1)
    """
    return n_readers + 1 if n_readers > 1 else 1


def blind(decisions: pa.Table, items: pa.Table) -> pa.Table:
    """What readers see of the `items`: `item_id` and `READER_COLUMNS`, in the order of the ids."""
    places = pc.index_in(items["decision_id"], value_set=decisions["decision_id"].combine_chunks())
    seen = decisions.select(list(READER_COLUMNS)).take(places)
    return seen.add_column(0, "item_id", items["item_id"]).sort_by("item_id")


def _turns(n_items: int, n_people: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each item three different places among the people, every ordered pair equally often."""
    number = np.arange(n_items, dtype=np.int64)
    others = max(1, n_people - 1)
    step = (number // n_people) % others
    first = number % n_people
    return first, (first + 1 + step) % n_people, (first + 1 + (step + 1) % others) % n_people


def _asked(ids: pa.Array, slot: Slot, people: pa.Array) -> pa.Table:
    return pa.table({"item_id": ids, "slot": pa.repeat(pa.scalar(str(slot)), len(ids)), "reader": people},
                    schema=ASSIGNMENTS)
