"""The audit of a rollback: what was drawn and read of each stage, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.campaigns.steps import campaign_record, kind_of
from evenhand.cli.views.layout import number, percent, quiet, table
from evenhand.model.campaigns.undone import UNDO_GATE, UndoneStage
from evenhand.statements import visible
from evenhand.workflows.rollbacks.reading import UndoWords
from evenhand.workflows.rollbacks.sampling import RollbackReading

QUESTION = ("is everything of `undone` gone from the account and back in its place, is nothing undone that others decided, and "
            "does `told` say so?")


def undone_table(stages: Sequence[UndoneStage]) -> Table:
    """One line for each stage of a rollback."""
    grid = table()
    grid.add_column("stage", no_wrap=True)
    for title in ("taken back", "drawn", "read", "right", "wrong", "at least", "gate"):
        grid.add_column(title, justify="right", no_wrap=True)
    for one in stages:
        grid.add_row(str(one.stage), number(one.n_decisions + one.n_unreadable), number(one.n_items), number(one.n_read),
                     number(one.n_right), number(one.n_wrong), "–" if one.bound is None else percent(one.bound),
                     percent(UNDO_GATE))
    return grid


def undone_rows(stages: Sequence[UndoneStage]) -> list[dict[str, object]]:
    """The same as values.

    `stage`, `undone` (effects), `failed`, `decisions` and `unreadable` (of which everything is undone), `seed`, `drawn`,
    `read`, `right`, `wrong`, `undecided`, `bound`, `gate`.
    """
    return [{"stage": one.stage, "undone": one.n_undone, "failed": one.n_failed, "decisions": one.n_decisions,
             "unreadable": one.n_unreadable, "seed": one.seed, "drawn": one.n_items, "read": one.n_read,
             "right": one.n_right, "wrong": one.n_wrong, "undecided": one.n_undecided, "bound": one.bound,
             "gate": UNDO_GATE} for one in stages]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackReadingView:
    """What is to be read of a rollback.

    JSON: `n_items`, `files`, `wrong` (each with `decision_id`, `account_id`, `stage`, `reader`, `rationale`).
    """

    name: ClassVar[str] = "rollback_reading"
    reading: RollbackReading
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, files, the question, and what was called wrong so far."""
        done = self.reading
        parts: list[RenderableType] = [Text(f"{done.n_items:,} undone accounts to read, one reading each.")]
        parts += [quiet(f"  {file}") for file in done.files]
        parts += [Text(f"stage {one['stage']}: `{visible(one['account_id'])}` is not as it was, says "
                       f"`{visible(one['reader'])}`: {visible(one['rationale']) or 'no reason given'}", style="red")
                  for one in done.wrong]
        if done.n_items:
            parts.append(quiet(f"{QUESTION} Fill in `verdict` (right, wrong, cannot_decide), then "
                               f"evenhand audit verdicts {visible(self.campaign)} FILE"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"n_items": self.reading.n_items, "files": list(map(str, self.reading.files)),
                "wrong": [dict(one) for one in self.reading.wrong]}


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoWordsView:
    """Words on undone accounts that were taken.

    JSON: the campaign, `taken`, `known`, `audit` (see `undone_rows`), `reasons` (why it is halted, each `check` and `text`).
    """

    name: ClassVar[str] = "rollback_verdicts"
    words: UndoWords

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, the stages, and what comes next."""
        done, name = self.words, visible(self.words.campaign.campaign_id)
        known = f"; {done.n_known:,} were given before" if done.n_known else ""
        parts: list[RenderableType] = [Text(f"{done.n_taken:,} verdicts taken{known}."), undone_table(done.stages)]
        parts += [Text(f"{one.check}: {visible(one.text)}", style="bold red") for one in done.reasons]
        n_left = sum(one.n_unread for one in done.stages)
        following = (f"put right what was called wrong: evenhand audit rollback {name}" if done.reasons else
                     f"{n_left:,} are still to be read" if n_left else f"evenhand rollback {name}")
        if done.campaign.is_rollback_halted:
            following += "; an approver goes on with `evenhand rollback` and `--why`"
        state = "the rollback is halted" if done.campaign.is_rollback_halted else str(done.campaign.state)
        return Group(*parts, quiet(f"{kind_of(done.campaign)} · {state}"), quiet(f"next: {following}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        done = self.words
        return {**campaign_record(done.campaign), "taken": done.n_taken, "known": done.n_known,
                "audit": undone_rows(done.stages), "reasons": [{"check": one.check, "text": one.text} for one in done.reasons]}
