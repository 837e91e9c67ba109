"""The register of demands: recorded in the ledger as they come in and are answered, and read from it by anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evenhand.connectors.demand_files import read_demands
from evenhand.errors import DataError, Problem
from evenhand.ledger.published_entry import PublishedEntry, read_entry
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.stores.ledger_folder import CHECKPOINT, LedgerFolder, checkpoint_in
from evenhand.stores.ledger_keys import read_signer
from evenhand.stores.ledger_writer import LedgerWriter

REGISTER = "demands"
"""The name under which demands are recorded that belong to no campaign."""
PUBLISHED = ("demand_id", "authority", "territory", "received_on", "demand_kind", "order_id", "legal_basis", "n_targets",
             "answer", "person_told")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was recorded."""

    n_read: int
    n_recorded: int
    """The others stand in the ledger already, with the same answer."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRegister:
    """The published register: of each demand what was recorded last."""

    demands: tuple[Mapping[str, Json], ...]
    """In the order in which they were first recorded; the facts of `PUBLISHED`, and `entry`, where to find it."""

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many there are, by territory, authority and answer, the most first."""
        found = Counter((str(one["territory"]), str(one["authority"]), str(one["answer"])) for one in self.demands)
        return [(*key, n) for key, n in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPlace:
    """Where the register is kept: the ledger's folder, its private folder, its key."""

    folder: Path
    private: Path
    key: Path


def record_demands(file: Path, place: RegisterPlace, *, columns: Mapping[str, str], constants: Mapping[str, str],
                   at: datetime, actor: str) -> Recorded:
    """Record the demands of a file, as of `at`. One that stands in the ledger with the same answer is not recorded again.

    Raises:
        DataError: rows that are no demands, all of them at once; a ledger or key that does not fit.
    """
    demands = read_demands(file, columns=columns, constants=constants)
    if double := [name for name, n in Counter(one.demand_id for one in demands).items() if n > 1]:
        raise DataError([Problem(what=f"the demand `{name}` stands in the file more than once", file=str(file),
                                 hint="leave out the second, or give each its own `demand_id`") for name in double[:20]])
    with LedgerWriter(place.folder, private=place.private, signers=[read_signer(place.key)]) as ledger:
        known = {one["demand_id"]: (one["answer"], one["person_told"]) for one in demand_register(place.folder).demands}
        new = [one for one in demands if known.get(one.demand_id) != (str(one.answer), one.person_told)]
        ledger.append([one.event(campaign_id=REGISTER, at=at, actor=actor) for one in new])
        return Recorded(n_read=len(demands), n_recorded=len(new), size=ledger.size)


def demand_register(folder: Path) -> DemandRegister:
    """The register as the published ledger in `folder` gives it; `verify` tells whether the ledger holds.

    Raises:
        DataError: there is no ledger, or an entry of it cannot be read.
    """
    ledger = LedgerFolder(folder)
    size = checkpoint_in(ledger.note(), folder / CHECKPOINT).size
    wanted, found = f'"kind":"{EventKind.DEMAND_RECORDED}"'.encode(), dict[str, Mapping[str, Json]]()
    for number, text in enumerate(ledger.all_entries(size)):
        if wanted in text and (entry := _read(text, number, folder)).kind is EventKind.DEMAND_RECORDED:
            found[str(entry.body["demand_id"])] = {name: entry.body.get(name) for name in PUBLISHED} | {"entry": number}
    return DemandRegister(demands=tuple(found.values()))


def _read(text: bytes, number: int, folder: Path) -> PublishedEntry:
    try:
        return read_entry(text)
    except ValueError as error:
        raise DataError(Problem(what=f"entry {number:,}: {error}", file=str(folder),
                                hint="see what else is wrong with `evenhand verify`")) from error
