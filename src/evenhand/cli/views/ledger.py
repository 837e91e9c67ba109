"""What was done to a ledger, in a few lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import quiet
from evenhand.ledger.checkpoint import VerifierKey
from evenhand.ledger.entry import Disclosure
from evenhand.statements import visible
from evenhand.workflows.ledger.keep import Appended, Erasure

_MAX_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key that was made.

    JSON: `name`, `public_key` (the line to publish), `private` and `public` (the files).
    """

    name: ClassVar[str] = "ledger_key"
    key: VerifierKey
    private: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The public key, and what to do with both."""
        return Text(f"{self.key.text}\n\n"
                    f"This is the public key, written to {self.private}.pub: publish it where people know you, not only\n"
                    f"beside the ledger. The private key is in {self.private}; keep a copy in a safe place.")

    def record(self) -> dict[str, object]:
        """The key as values."""
        return {"name": self.key.name, "public_key": self.key.text, "private": str(self.private),
                "public": f"{self.private}.pub"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendedView:
    """Events that were appended.

    JSON: `first` (the number of the first new entry), `appended`, `size` (entries now), `folder`.
    """

    name: ClassVar[str] = "ledger_append"
    appended: Appended

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence and the next command."""
        done = self.appended
        return Group(Text(f"{done.n_events:,} events appended from entry {done.first:,} on; there are {done.size:,} now."),
                     quiet(f"anybody can check it: evenhand verify {done.folder}"))

    def record(self) -> dict[str, object]:
        """The counts."""
        done = self.appended
        return {"first": done.first, "appended": done.n_events, "size": done.size, "folder": str(done.folder)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureView:
    """What opens an entry.

    JSON: `entry`, `disclosures`, each with `place`, `value`, `text`; `written` (a file or null).
    """

    name: ClassVar[str] = "ledger_disclosures"
    entry: int
    disclosures: Sequence[Disclosure]
    written: Path | None

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Each place and its value."""
        parts: list[RenderableType] = [Text(f"Entry {self.entry:,}", style="bold")]
        parts += [Text(f"  {one.place} = {visible(json.dumps(one.value, ensure_ascii=False))}") for one in self.disclosures]
        parts.append(Text(f"written to {self.written}") if self.written else
                     quiet("--into FILE writes them for whom they concern; evenhand verify reads them with --disclosures"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The disclosures as values."""
        return {"entry": self.entry, "written": str(self.written) if self.written else None, "disclosures": [
            {"place": one.place, "value": one.value, "text": one.text} for one in self.disclosures]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """What is erased, or would be.

    JSON: `entries` (their numbers), `erased`.
    """

    name: ClassVar[str] = "ledger_erasure"
    erasure: Erasure

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The entries, and whether it is done."""
        entries, is_erased = self.erasure.entries, self.erasure.is_erased
        if not entries:
            return Text("Nothing is kept that opens such an entry.")
        shown = ", ".join(f"{one:,}" for one in entries[:_MAX_SHOWN])
        more = f" and {len(entries) - _MAX_SHOWN:,} more" if len(entries) > _MAX_SHOWN else ""
        what = f"{len(entries):,} entries: {shown}{more}"
        if is_erased:
            return Text(f"What opened {what} is erased. The ledger verifies as before. Erase it from your copies as well.")
        return Text(f"What opens {what}\nNothing was erased. The same command with --write erases it for good.")

    def record(self) -> dict[str, object]:
        """The entries."""
        return {"entries": list(self.erasure.entries), "erased": self.erasure.is_erased}
