"""`evenhand appeal`: hear what people say against decisions, and undo what was wrong, for them and for those like them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from evenhand.cli.appeals.hearing import carry_out_, decide_, file_, list_, show_
from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.appeals.class_reversal import ClassReversalView
from evenhand.cli.views.progress import progress
from evenhand.model.appeal import Cause
from evenhand.workflows.appeals.class_reversal import preview_class_reversal, write_class_reversal
from evenhand.workflows.materials import load_languages


class CauseType(click.ParamType[Cause]):
    """A cause written `KIND:VALUE`."""

    name = "cause"

    def convert(self, value: str | Cause, param: click.Parameter | None, ctx: click.Context | None) -> Cause:
        """The cause; a mistake is told as one of the command line."""
        try:
            return value if isinstance(value, Cause) else Cause.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group()
def appeal() -> None:
    """Hear appeals: file, list, show and decide them, and undo what rests on the same mistake."""


@appeal.command()
@click.argument("plan", type=EXISTING)
@click.option("--cause", type=CauseType(), required=True, metavar="KIND:VALUE",
              help="What was wrong: rule:ID, holder:ID, entry:SOURCE (or `entry:SOURCE > WHAT IT LISTS`), "
                   "detector:NAME/VERSION, guard:NAME.")
@click.option("--into", type=FOLDER, help="Write who, what is undone and what each person is told to this folder.")
@as_json
def siblings(*, plan: Path, cause: Cause, into: Path | None, as_json: bool) -> None:
    """Show every decision of PLAN that rests on the same cause. Nothing is undone."""
    shown = screen(as_json=as_json)
    preview = preview_class_reversal(plan, cause)
    if into is not None:
        with progress(shown, what="Statements", unit="decisions") as advance:
            write_class_reversal(plan, preview, languages=load_languages(), into=into,
                                 on_progress=lambda n_done, n_total: advance(n_done, n_total, ""))
        preview = replace(preview, into=into)
    shown.show(ClassReversalView(preview=preview))


for command in (file_, list_, show_, decide_, carry_out_):
    appeal.add_command(command)
