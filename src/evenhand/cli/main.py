"""The command line: one file per command, and one place where errors become exit codes."""

from __future__ import annotations

import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from evenhand import __version__
from evenhand.cli.appeal import appeal
from evenhand.cli.campaigns.apply import apply
from evenhand.cli.campaigns.audit import audit
from evenhand.cli.campaigns.campaign import campaign
from evenhand.cli.campaigns.deciding import approve_, halt_, resume_, status_
from evenhand.cli.campaigns.rollback import rollback
from evenhand.cli.demand import demand
from evenhand.cli.demo import demo
from evenhand.cli.evaluate import evaluate
from evenhand.cli.explain import explain
from evenhand.cli.ingest import ingest
from evenhand.cli.interruptible import interruptible
from evenhand.cli.ledger import ledger
from evenhand.cli.media import media
from evenhand.cli.options import screen
from evenhand.cli.plan import plan
from evenhand.cli.policy import policy
from evenhand.cli.registers.registry import registry
from evenhand.cli.report import report
from evenhand.cli.scan import scan
from evenhand.cli.verify import verify
from evenhand.cli.victims import victims
from evenhand.cli.views.problems import ProblemsView
from evenhand.cli.world import world
from evenhand.errors import EvenhandError, ExitCode

STOPPED = 130
"""What shells expect of a program that Ctrl-C ended: 128 and the number of the signal."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="evenhand")
def evenhand() -> None:
    """Integrity campaigns: find who deceives, decide proportionately, explain every decision.

    \b
    Start with:  evenhand demo
    Your data:   evenhand ingest FOLDER --into snapshot
                 evenhand plan snapshot --into plan

    Exit codes: 0 done, 1 our bug, 2 your input, 3 an outside service, 4 refused by a safeguard.
    """


for command in (demo, ingest, media, scan, plan, explain, report, campaign, audit, approve_, apply, status_, halt_, resume_,
                rollback, appeal, victims, policy, registry, demand, ledger, verify, evaluate, world):
    evenhand.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code. Never ends in a traceback unless `EVENHAND_TRACEBACK` is set."""
    given = list(arguments) if arguments is not None else sys.argv[1:]
    try:
        code = interruptible(lambda: evenhand.main(args=given, prog_name="evenhand", standalone_mode=False))
        sys.exit(code if isinstance(code, int) else ExitCode.DONE)
    except EvenhandError as error:
        screen(as_json="--json" in sys.argv).warn(ProblemsView(error=error))
        sys.exit(error.exit_code)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.YOUR_INPUT)
    except (KeyboardInterrupt, click.Abort):
        _stop(given)
    except BrokenPipeError:
        # the reader of our output went away, such as `head`; nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.DONE)
    except OSError as error:
        place = f" `{error.filename}`" if error.filename else ""
        click.echo(f"error: {(error.strerror or str(error)).lower()}{place}\n"
                   "  = check the path, its permissions and the free space, then run the same command again", err=True)
        sys.exit(ExitCode.YOUR_INPUT)
    except Exception as error:  # the outermost door: whatever comes here is our bug, and says so
        if os.environ.get("EVENHAND_TRACEBACK"):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        click.echo(f"error: this is a bug in evenhand: {type(error).__name__}: {error} "
                   f"({Path(last.filename).name}:{last.lineno})\n"
                   "  = please report it; `EVENHAND_TRACEBACK=1` before the command shows the whole trace", err=True)
        sys.exit(ExitCode.OUR_BUG)


def _stop(given: Sequence[str]) -> NoReturn:
    """End the process at once, with the command that continues. What is half done stands under names that do not count."""
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # a progress bar hides it
    click.echo(f"{cursor}\nstopped; this continues where it stopped:\n  {shlex.join(['evenhand', *given])}", err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(STOPPED)
