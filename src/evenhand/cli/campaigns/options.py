"""Options that the commands of a campaign share, and where a refusal becomes exit code 4."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from evenhand.cli.options import EXISTING, MOST_HOURS, Finite, as_json, screen
from evenhand.cli.views.campaigns.steps import RefusalView
from evenhand.errors import ConfigError, ExitCode, Problem
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import open_state

EVIDENCE_KEY = "EVENHAND_EVIDENCE_KEY"
T = TypeVar("T")



class _Words(click.ParamType[str]):
    """A text that says something: it goes on record, so an empty one is refused before anything is opened."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it was given. Raises `ConfigError` when nothing can be read in it."""
        if not value.strip():
            raise ConfigError(Problem(
                what=f"`{param.opts[0] if param is not None else self.name}` is empty", hint="put a text there; "
                f"`{ctx.command_path if ctx is not None else 'evenhand'} --help` says what belongs into it"))
        return value


WORDS = _Words()
state_option = click.option("--state", envvar="EVENHAND_STATE", default="campaign.db", show_default=True,
                            help="The campaign's database: a file, or postgresql:///NAME.")
by = click.option("--by", "person", required=True, help="The person who does this; published as a commitment.")
plan_option = click.option("--plan", type=EXISTING, default=Path("plan"), show_default=True, help="The plan's folder.")
platform_option = click.option("--platform", required=True, metavar="KIND:PLACE",
                               help="files:FOLDER, simulated:FOLDER or webhook:ADDRESS.")
confirm_option = click.option("--confirm", metavar="NAME:COUNT",
                              help="The campaign's name and the number of accounts; asked for where it is missing.")


def on_desk(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument NAME and the options `--state`, `--later` and `--json` of a command about one campaign."""
    hours = click.option("--later", "hours", type=Finite(0, MOST_HOURS),
                         help="Only in a rehearsal: so many hours after what happened last.")
    decorated: Callable[..., Any] = click.argument("name")(state_option(hours(as_json(command))))
    return decorated


@contextmanager
def desk_at(state: str, name: str, *, hours: float | None, is_new_rehearsal: bool = False,
            create: bool = False) -> Iterator[Desk]:
    """The desk of the campaign in the database at `state`, which is closed at the end; `create` it if it is not there."""
    with open_state(state, evidence_key=os.environ.get(EVIDENCE_KEY), create=create) as opened:
        yield desk_of(opened, name, later=None if hours is None else timedelta(hours=hours), is_new_rehearsal=is_new_rehearsal)


def accepted(outcome: T | Refusal, *, as_json: bool) -> T:
    """The outcome, unless a safeguard refused: then that is shown, and the command ends with code 4."""
    if isinstance(outcome, Refusal):
        screen(as_json=as_json).warn(RefusalView(refusal=outcome))
        raise click.exceptions.Exit(ExitCode.REFUSED)
    return outcome


def confirmed(expected: str, given: str | None, *, what: str) -> None:
    """Go on only if the campaign's name and the number of accounts were typed. Raises `ConfigError` when they are others."""
    if given is None:
        name, _, count = expected.rpartition(":")
        click.echo(f"{what} concerns {int(count):,} accounts of the campaign `{name}`.", err=True)
        if not sys.stdin.isatty():
            raise ConfigError(Problem(what="nobody confirmed it", hint=f"in a script write `--confirm {expected}`"))
        given = click.prompt("Type NAME:COUNT to go on", err=True)
    if given.strip() != expected:
        raise ConfigError(Problem(what=f"`{given}` is not this campaign and its number of accounts",
                                  hint="look at `evenhand status` and the plan again; nothing was done"))


def languages_of(readers: tuple[str, ...]) -> dict[str, list[str]]:
    """Who reads which languages, from options such as `ben=en,pt`. Raises `ConfigError` with every one that says neither."""
    pairs = [text.partition("=") for text in readers]
    if problems := [Problem(what=f"`--reader {text}` names no person and languages", hint="write `--reader ben=en,pt`")
                    for text, parts in zip(readers, pairs, strict=True) if not all(parts)]:
        raise ConfigError(problems)
    return {person: [one.strip() for one in spoken.split(",") if one.strip()] for person, _, spoken in pairs}
