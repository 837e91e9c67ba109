"""What holds of a published ledger, and what does not."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.layout import QUIET, heading, quiet
from evenhand.ledger.entry import COMMITTED
from evenhand.model.campaigns.event import Json
from evenhand.statements import visible
from evenhand.workflows.ledger.verify import Check, Verification
from evenhand.workflows.ledger.verify_entry import EntryVerification

HOLDS, FAILS = ("holds", "green"), ("FAILS", "bold red")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """A ledger that was verified.

    JSON: `holds`, `origin`, `size`, `root` (Base 64), `key`, `key_from_folder`, `other_signatures` (a count), and
    `checks`, each with `name`, `holds`, `said`, `wrong` (the first places), `n_wrong`.
    """

    name: ClassVar[str] = "verify"
    verification: Verification

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The checkpoint, each check with its outcome, and what follows."""
        return Group(*_head(self.verification), _checks(self.verification.checks), *_remarks(self.verification))

    def record(self) -> dict[str, object]:
        """The result as values."""
        return _record(self.verification)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVerificationView:
    """One entry that was verified.

    JSON: the fields of the view `verify`, and `entry` (its number), `document` (the entry, opened as far as the
    disclosures go, or null), `committed` (the places that stay closed), `proof` (Base 64), `written` (a file or null).
    """

    name: ClassVar[str] = "verify_entry"
    one: EntryVerification
    written: Path | None

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The entry's fields, then the checks."""
        one = self.one
        parts: list[RenderableType] = [*_head(one.verification)]
        if one.entry is not None:
            parts += [heading(f"Entry {one.index:,}"), _fields(one.entry.document)]
            if one.entry.commitments():
                parts.append(quiet("  commitments stand for what is not published; its person opens them with --disclosures"))
        parts += [_checks(one.verification.checks), *_remarks(one.verification)]
        if one.verification.holds:
            parts.append(quiet(f"hashes in the proof: {len(one.proof)}; tiles read for it: {one.n_tiles}"))
        if self.written is not None:
            parts.append(Text(f"written to {self.written}"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The result as values."""
        one = self.one
        return {**_record(one.verification), "entry": one.index, "document": dict(one.entry.document) if one.entry else None,
                "committed": list(one.entry.commitments()) if one.entry else [],
                "proof": [base64.b64encode(step).decode() for step in one.proof],
                "written": str(self.written) if self.written else None}


def _head(verification: Verification) -> list[RenderableType]:
    checkpoint = verification.checkpoint
    return [Text(f"{visible(checkpoint.origin)}: {checkpoint.size:,} entries", style="bold"),
            quiet(f"root {base64.b64encode(checkpoint.root).decode()}")]


def _checks(checks: Sequence[Check]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for check in checks:
        word, style = HOLDS if check.holds else FAILS
        grid.add_row(Text(word, style=style), Text(visible(check.said)))
        for wrong in check.wrong:
            grid.add_row("", Text(visible(wrong), style=QUIET))
        if check.n_wrong > len(check.wrong) > 0:
            grid.add_row("", quiet(f"and {check.n_wrong - len(check.wrong):,} more"))
    return Padding(grid, (1, 0, 0, 0))


def _remarks(verification: Verification) -> list[RenderableType]:
    said: list[RenderableType] = []
    if verification.n_other_signatures:
        said.append(quiet(f"signatures of keys that were not given: {verification.n_other_signatures}"))
    if verification.key_is_theirs:
        said.append(Text("The key was read from the folder itself: this shows that the folder is whole, not who published it. "
                         "Give the key that you have from elsewhere with --key."))
    elif verification.holds and not any(check.name in {"since", "inclusion"} for check in verification.checks):
        said.append(quiet("Keep the file `checkpoint`: with --since it shows next time that nothing was rewritten."))
    return [Text(""), *said] if said else []


def _fields(document: Mapping[str, Json]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style=QUIET)
    grid.add_column(overflow="fold")
    for name in ("kind", "at", "campaign_id", "actor"):
        grid.add_row(name, _value(document[name]))
    body = document["body"]
    for name, value in body.items() if isinstance(body, Mapping) else ():
        grid.add_row(visible(name), _value(value))
    return Padding(grid, (0, 0, 0, 2))


def _value(value: Json) -> Text:
    if isinstance(value, Mapping) and value.keys() == {COMMITTED}:
        return quiet(f"committed {value[COMMITTED]}")
    return Text(visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))


def _record(verification: Verification) -> dict[str, object]:
    checkpoint = verification.checkpoint
    return {"holds": verification.holds, "origin": checkpoint.origin, "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(), "key": verification.key.text,
            "key_from_folder": verification.key_is_theirs, "other_signatures": verification.n_other_signatures,
            "checks": [{"name": check.name, "holds": check.holds, "said": check.said, "wrong": list(check.wrong),
                        "n_wrong": check.n_wrong} for check in verification.checks]}
