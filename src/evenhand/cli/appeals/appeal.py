"""`evenhand appeal`: hear what people say against decisions, and undo what was wrong, for them and for those like them."""

from __future__ import annotations

import click

from evenhand.cli.appeals.hearing import carry_out_, decide_, file_, list_, show_
from evenhand.cli.appeals.records import records
from evenhand.cli.appeals.reversing import reverse_, siblings


@click.group()
def appeal() -> None:
    """Hear appeals: file, list, show and decide them, and undo what rests on the same mistake."""


for command in (file_, list_, show_, decide_, carry_out_, siblings, reverse_, records):
    appeal.add_command(command)
