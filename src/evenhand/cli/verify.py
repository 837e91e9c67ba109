"""`evenhand verify`: whether a published ledger is whole, for anybody."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.progress import progress
from evenhand.cli.views.verify import EntryVerificationView, VerificationView
from evenhand.errors import ConfigError, ExitCode, Problem
from evenhand.workflows.ledger.verify import verify_ledger
from evenhand.workflows.ledger.verify_entry import verify_entry

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--key", help="The ledger's public key, or its file. Default: the one in FOLDER, which proves less.")
@click.option("--since", type=EXISTING, help="A checkpoint kept from earlier: is everything it stated still there?")
@click.option("--entry", type=click.IntRange(0), help="Verify this one entry only, counted from 0, and show it.")
@click.option("--disclosures", type=EXISTING, help="With --entry: a file of disclosures that open what it says of a person.")
@click.option("--proof-into", type=FILE, help="With --entry: write its proof to a file that needs no ledger (tlog-proof).")
@as_json
@click.pass_context
def verify(context: click.Context, *, folder: Path, key: str | None, since: Path | None, entry: int | None,
           disclosures: Path | None, proof_into: Path | None, as_json: bool) -> None:
    """Verify the ledger published in FOLDER: signature, every hash, every entry's form.

    Needs nothing else but the public key. Ends with 4 when something does not hold.
    """
    shown = screen(as_json=as_json)
    if entry is None:
        _refuse_without_entry(disclosures=disclosures, proof_into=proof_into)
        with progress(shown, what="Verifying", unit="entries") as advance:
            found = verify_ledger(folder, key=key, since=since, progress=lambda done, total: advance(done, total, ""))
        shown.show(VerificationView(verification=found))
    else:
        if since is not None:
            raise ConfigError(Problem(what="`--since` and `--entry` are two questions", hint="run the command twice"))
        one = verify_entry(folder, entry, key=key, disclosures=disclosures)
        found = one.verification
        if proof_into is not None and found.holds:
            proof_into.write_text(one.proof_text, encoding="utf-8")
        shown.show(EntryVerificationView(one=one, written=proof_into if found.holds else None))
    if not found.holds:
        context.exit(ExitCode.REFUSED)


def _refuse_without_entry(**options: Path | None) -> None:
    problems = [Problem(what=f"`--{name.replace('_', '-')}` is about one entry", hint="name it with `--entry`")
                for name, value in options.items() if value is not None]
    if problems:
        raise ConfigError(problems)
