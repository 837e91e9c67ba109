"""The command line: one file per command, and one place where errors become exit codes."""

from __future__ import annotations

import io
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from evenhand import __version__
from evenhand.cli.interruptible import interruptible
from evenhand.cli.options import screen
from evenhand.cli.views.problems import ProblemsView
from evenhand.errors import EvenhandError, ExitCode, without_secrets

STOPPED = 130
"""What shells expect of a program that Ctrl-C ended: 128 and the number of the signal."""
COMMANDS = {
    "demo": "demo:demo",
    "ingest": "ingest:ingest",
    "media": "media:media",
    "scan": "scan:scan",
    "plan": "plan:plan",
    "explain": "explain:explain",
    "report": "report:report",
    "campaign": "campaigns.campaign:campaign",
    "audit": "campaigns.audit:audit",
    "approve": "campaigns.deciding:approve_",
    "apply": "campaigns.apply:apply",
    "status": "campaigns.deciding:status_",
    "halt": "campaigns.deciding:halt_",
    "resume": "campaigns.deciding:resume_",
    "rollback": "campaigns.rollback:rollback",
    "appeal": "appeals.appeal:appeal",
    "state": "state:state",
    "victims": "victims:victims",
    "policy": "policy:policy",
    "registry": "registers.registry:registry",
    "demand": "registers.demand:demand",
    "referral": "registers.referral:referral",
    "intake": "registers.intake:intake",
    "ledger": "ledger:ledger",
    "verify": "verify:verify",
    "evaluate": "evaluate:evaluate",
    "world": "world:world",
}
"""Each command and where it stands below `evenhand.cli`. One command does not wait for the imports of all others."""


class _Commands(click.Group):
    """The commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, those that were added among them."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"evenhand.cli.{module}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="evenhand")
def evenhand() -> None:
    """Integrity campaigns: find who deceives, decide proportionately, explain every decision.

    \b
    Start with:  evenhand demo
    Your data:   evenhand ingest FOLDER --into snapshot
                 evenhand plan snapshot --into plan

    Exit codes: 0 done, 1 our bug, 2 your input, 3 an outside service, 4 refused by a safeguard.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code. Never ends in a traceback unless `EVENHAND_TRACEBACK` is set."""
    given, output = list(arguments) if arguments is not None else sys.argv[1:], sys.stdout
    try:
        code = interruptible(lambda: evenhand.main(args=given, prog_name="evenhand", standalone_mode=False))
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else ExitCode.DONE)
    except EvenhandError as error:
        screen(as_json="--json" in sys.argv).warn(ProblemsView(error=error))
        sys.exit(error.exit_code)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        click.echo(without_secrets(said.getvalue()), err=True, nl=False)
        sys.exit(ExitCode.YOUR_INPUT)
    except (KeyboardInterrupt, click.Abort):
        _stop(given)
    except BrokenPipeError:
        _nobody_reads()
    except SystemExit:
        if sys.stdout is output:
            raise
        _nobody_reads()  # click made it a failure with code 1, and put something else in the place of our output
    except OSError as error:
        place = f" `{without_secrets(str(error.filename))}`" if error.filename else ""
        click.echo(f"error: {(error.strerror or str(error)).lower()}{place}\n"
                   "  = check the path, its permissions and the free space, then run the same command again", err=True)
        sys.exit(ExitCode.YOUR_INPUT)
    except Exception as error:  # the outermost door: whatever comes here is our bug, and says so
        if os.environ.get("EVENHAND_TRACEBACK"):
            raise
        click.echo(f"error: this is a bug in evenhand: {type(error).__name__} in {_place(error)}\n"
                   "  = please report it; `EVENHAND_TRACEBACK=1` before the command shows all of it, which may name people",
                   err=True)
        sys.exit(ExitCode.OUR_BUG)


def _place(error: Exception) -> str:
    """The line of ours at which it happened. The text of an exception is not shown: it may quote what people wrote."""
    package = Path(__file__).parent.parent
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    file, line = [frame for frame in frames if frame[0].is_relative_to(package)][-1]
    return f"{file.relative_to(package.parent).as_posix()}:{line}"


def _nobody_reads() -> NoReturn:
    """End as usual although the reader of our output went away, such as `head`: nothing more can be said to it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
    sys.exit(ExitCode.DONE)


def _stop(given: Sequence[str]) -> NoReturn:
    """End the process at once, with the command that continues. What is half done stands under names that do not count."""
    again = shlex.join(["evenhand", *(without_secrets(one, is_address=True) for one in given)])
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # a progress bar hides it
    click.echo(f"{cursor}\nstopped; this continues where it stopped:\n  {again}", err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(STOPPED)
