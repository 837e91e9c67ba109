"""`evenhand audit holdout`: draw accounts that the plan does not concern, take the readers' words, and say what was missed."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.campaign.audit.holdout import HOLDOUT_ITEMS
from evenhand.cli.campaigns.options import WORDS, accepted, by, desk_at, languages_of, on_desk, plan_option
from evenhand.cli.options import EXISTING, FOLDER, screen
from evenhand.cli.views.campaigns.audit import VerdictsView
from evenhand.cli.views.campaigns.holdout import HoldoutDrawnView, HoldoutView
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.audits.reading import Truths
from evenhand.workflows.holdout.drawing import HoldoutWish, draw_holdout
from evenhand.workflows.holdout.reading import conclude_holdout, take_holdout_verdicts

snapshot_option = click.option("--snapshot", type=EXISTING, help="The plan's snapshot. Default: where the plan says it stands.")
golden_option = click.option("--golden", type=click.Path(path_type=Path, exists=True, dir_okay=False),
                             help="Parquet: `account_id` and `is_right`, whether it is right to leave the account alone.")


@click.group()
def holdout() -> None:
    """What the sweep missed: accounts that the plan does not concern are drawn and read. The report shows the outcome."""


@holdout.command("draw")
@on_desk
@by
@plan_option
@snapshot_option
@click.option("--seed", type=WORDS, required=True, help="Published; chosen by somebody who did not make the plan.")
@click.option("--reader", "readers", multiple=True, required=True, metavar="PERSON=LANGUAGES",
              help="Who reads which languages, such as ben=en,pt; may be repeated.")
@click.option("--items", type=click.IntRange(1), default=HOLDOUT_ITEMS, show_default=True, help="Accounts to read.")
@golden_option
@click.option("--into", type=FOLDER, default=Path("holdout"), show_default=True, help="The folder for the readers' files.")
def draw_(*, name: str, person: str, plan: Path, snapshot: Path | None, seed: str, readers: tuple[str, ...], items: int,
          golden: Path | None, into: Path, state: str, hours: float | None, as_json: bool) -> None:
    """Draw the holdout of the plan, once, and write one file for each reader: accounts, without a word of any finding."""
    wish = HoldoutWish(seed=seed, readers=languages_of(readers), n_items=items, golden=golden)
    with desk_at(state, name, hours=hours) as desk:
        drawn = accepted(draw_holdout(desk, plan, wish, person=person, snapshot=snapshot, into=into), as_json=as_json)
    screen(as_json=as_json).show(HoldoutDrawnView(drawn=drawn, campaign=name))


@holdout.command("verdicts")
@on_desk
@click.argument("file", type=EXISTING)
@plan_option
@snapshot_option
@golden_option
@click.option("--into", type=FOLDER, default=Path("holdout"), show_default=True,
              help="The folder for what a third person reads.")
def verdicts_(*, name: str, file: Path, plan: Path, snapshot: Path | None, golden: Path | None, into: Path, state: str,
              hours: float | None, as_json: bool) -> None:
    """Take the verdicts of FILE (CSV, JSON, JSONL, Parquet), all or none: `right` to leave the account alone, or `wrong`."""
    with desk_at(state, name, hours=hours) as desk:
        taken = accepted(take_holdout_verdicts(desk, plan, file, snapshot=snapshot, golden=golden, into=into), as_json=as_json)
    screen(as_json=as_json).show(VerdictsView(taken=taken, campaign=name, then="evenhand audit holdout conclude"))


@holdout.command("conclude")
@on_desk
@by
@plan_option
@snapshot_option
@golden_option
@click.option("--without-golden", "without", metavar="WHY", help="Take the readers to be perfect, and say why; a waiver.")
def conclude_(*, name: str, person: str, plan: Path, snapshot: Path | None, golden: Path | None, without: str | None,
              state: str, hours: float | None, as_json: bool) -> None:
    """Conclude the holdout: how many accounts outside of the plan break a rule, and how many of all the plan found."""
    if golden is None and not (without or "").strip():
        raise ConfigError(Problem(what="nothing says how good the readers are",
                                  hint="give the golden accounts with `--golden`, or a reason with `--without-golden`"))
    with desk_at(state, name, hours=hours) as desk:
        truths = Truths(golden=golden, without_because=without)
        found = accepted(conclude_holdout(desk, plan, truths, snapshot=snapshot, person=person), as_json=as_json)
    screen(as_json=as_json).show(HoldoutView(concluded=found))
