"""Open a campaign's state: its database with everything that lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from evenhand.errors import ConfigError, Problem

if TYPE_CHECKING:
    from evenhand.stores.announcing import AnnouncementTable
    from evenhand.stores.database import Database
    from evenhand.stores.decisions import DecisionTable
    from evenhand.stores.events import EventTable
    from evenhand.stores.evidence import EvidenceTable
    from evenhand.stores.outbox import OutboxTable
    from evenhand.stores.records import RecordTables
    from evenhand.stores.releasing import ReleaseTable
    from evenhand.stores.seal import Seal
    from evenhand.stores.undoing import UndoTable


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What lies in a campaign's database. Used as a context, or closed by hand."""

    database: Database
    events: EventTable
    outbox: OutboxTable
    release: ReleaseTable
    undo: UndoTable
    records: RecordTables
    decisions: DecisionTable
    announcements: AnnouncementTable
    seal: Seal | None

    def __enter__(self) -> Self:
        """The state itself."""
        return self

    @property
    def evidence(self) -> EvidenceTable:
        """The sealed evidence. Raises `ConfigError` when the state was opened without its key."""
        from evenhand.stores.evidence import EvidenceTable  # noqa: PLC0415

        if self.seal is None:
            raise ConfigError(Problem(
                what="the key of the evidence is not there",
                hint="put the campaign's key into `EVENHAND_EVIDENCE_KEY`; for a new campaign make one with `openssl rand "
                "-base64 32`, and keep a copy of it"))
        return EvidenceTable(self.database, self.seal)

    def __exit__(self, *exc: object) -> None:
        """Close the database."""
        self.database.close()


def open_state(place: str | Path, *, evidence_key: str | None = None, create: bool = True) -> State:
    """The state at `place`, a file or `postgresql:///NAME`; `evidence_key` is base64, from the environment.

    Without that key everything works but what needs the evidence. Raises `ConfigError` when the extra is not installed, the
    key is none or the schema is another, `Unreachable` when nothing answers.
    """
    try:
        from evenhand.stores.announcing import AnnouncementTable  # noqa: PLC0415
        from evenhand.stores.database import open_database  # noqa: PLC0415
        from evenhand.stores.decisions import DecisionTable  # noqa: PLC0415
        from evenhand.stores.events import EventTable  # noqa: PLC0415
        from evenhand.stores.outbox import OutboxTable  # noqa: PLC0415
        from evenhand.stores.records import RecordTables  # noqa: PLC0415
        from evenhand.stores.releasing import ReleaseTable  # noqa: PLC0415
        from evenhand.stores.seal import Seal  # noqa: PLC0415
        from evenhand.stores.undoing import UndoTable  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(Problem(what=f"campaigns need `{error.name}`, which is not installed",
                                  hint="install it with `pip install 'evenhand[campaign]'`")) from error
    seal = None if evidence_key is None else Seal.from_text(evidence_key)
    database = open_database(place, create=create)
    return State(database=database, events=EventTable(database), outbox=OutboxTable(database), release=ReleaseTable(database),
                 undo=UndoTable(database), records=RecordTables(database),
                 decisions=DecisionTable(database), announcements=AnnouncementTable(database), seal=seal)
