"""What the texts of a whole ledger have in common, so that millions are judged and counted while few are read whole."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from evenhand.ledger.entry import COMMITTED
from evenhand.ledger.published_entry import read_entry
from evenhand.model.campaigns.event import EventKind

_COMMITMENT = re.compile(rb'"%b":"[A-Za-z0-9_-]{43}"' % COMMITTED.encode())
_EMPTY = b'"%b":""' % COMMITTED.encode()
_CAMPAIGN = b',"campaign_id":'
_END = frozenset({"campaign_id", "kind", "version"})
"""The fields that stand last in an entry, in the order of canonical JSON."""
MOST_KEPT = 20_000
"""Forms that are remembered: some ten megabytes."""


class EntryForms:
    """Judges the form of entries. Texts that differ in nothing but the digests of their commitments are read once.

    A digest is 43 letters without a quotation mark or a backslash, and its name and value are set in bare quotation marks.
    Where one such text is canonical JSON of the right form, so is every other that has other letters in these places.
    """

    def __init__(self) -> None:
        self._good: set[bytes] = set()

    def refuse_other(self, text: bytes) -> None:
        """Raise `ValueError`, as `read_entry` does, when a text does not have the form of an entry."""
        form = _COMMITMENT.sub(_EMPTY, text)
        if form not in self._good:
            read_entry(text)
            if len(self._good) == MOST_KEPT:
                self._good.clear()
            self._good.add(form)


def entry_counts(texts: Iterable[bytes]) -> Counter[tuple[str, EventKind]]:
    """How many entries there are of each campaign and kind. Raises `ValueError` at one that is not JSON.

    In canonical JSON both stand at the end of an entry, and few ends are different.

    >>> entry_counts([b'{"actor":"a","body":{},"campaign_id":"autumn","kind":"halted","version":1}'])
    Counter({('autumn', <EventKind.HALTED: 'halted'>): 1})
    """
    counts, known = Counter[tuple[str, EventKind]](), dict[bytes, tuple[str, EventKind]]()
    for text in texts:
        end = text.rpartition(_CAMPAIGN)[2]
        of = known.get(end)
        if of is None:
            fields = _fields(end)
            if fields is not None:
                of = known[end] = str(fields["campaign_id"]), EventKind(str(fields["kind"]))
            else:  # no entry of ours is written so
                document = json.loads(text)
                of = str(document["campaign_id"]), EventKind(document["kind"])
        counts[of] += 1
    return counts


def _fields(end: bytes) -> dict[str, object] | None:
    """The last fields of an entry, if these are all that the end of its text holds."""
    try:
        fields = json.loads(b'{"campaign_id":' + end)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.keys() == _END else None
