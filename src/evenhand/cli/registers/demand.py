"""`evenhand demand`: what authorities ordered or asked for, what was answered, and what is withheld in their territory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from evenhand.cli.campaigns.options import WORDS, accepted, by, platform_option, state_option
from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.registers.pairs import pairs
from evenhand.cli.views.registers.demand import (
    CarriedView,
    DemandRegisterView,
    ImportedView,
    PublishedPagesView,
)
from evenhand.cli.views.registers.step import RegisterStepView
from evenhand.model.registers.demand import DemandAnswer
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.campaigns.publishing import LedgerPlace
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.registers import demands
from evenhand.workflows.registers.carrying import carry_out
from evenhand.workflows.registers.keeping import by_now
from evenhand.workflows.registers.publishing import publish_demands, published_demands


@click.group()
def demand() -> None:
    """Demands of authorities: recorded, answered, published. A demand is never evidence and makes no finding."""


@demand.command("import")
@click.argument("file", type=EXISTING)
@by
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column that has another name in FILE.")
@click.option("--constant", "constants", multiple=True, metavar="OURS=VALUE", help="One value for every row.")
@state_option
@as_json
def import_(*, file: Path, person: str, columns: tuple[str, ...], constants: tuple[str, ...], state: str,
            as_json: bool) -> None:
    """Record the demands of FILE (CSV, JSON, JSONL, Parquet). Rows that are none are left out and told."""
    named, fixed, who = pairs(columns, "column"), pairs(constants, "constant"), by_now(person)
    found = demands.read(file, columns=named, constants=fixed)
    with open_state(state) as opened:
        imported = demands.import_demands(opened, found, by=who)
    screen(as_json=as_json).show(ImportedView(imported=imported))


@demand.command("answer")
@click.argument("demand_id")
@click.argument("answer", type=click.Choice([str(one) for one in DemandAnswer]))
@by
@click.option("--told", is_flag=True, help="Those concerned were told of the demand.")
@state_option
@as_json
def answer_(*, demand_id: str, answer: str, person: str, told: bool, state: str, as_json: bool) -> None:
    """Record what a demand was answered."""
    with open_state(state, create=False) as opened:
        outcome = demands.answer(opened, demand_id, DemandAnswer(answer), person_told=told, by=by_now(person))
    event = accepted(outcome, as_json=as_json)[0]
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{demand_id}` is answered `{answer}`", next_step="publish it with `evenhand demand publish`", facts=event.body))


@demand.command()
@click.argument("demand_id")
@by
@click.option("--target", required=True, help="Which of the demand's targets.")
@click.option("--account", required=True, help="The id of the account whose it is.")
@click.option("--post", help="The id of the post. Without it the whole account is withheld there.")
@click.option("--territory", "territories", multiple=True, metavar="CODE",
              help="ISO 3166, such as DE or DE-BY. Default: where the authority speaks.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends. Default: in 90 days.")
@click.option("--language", help="The language in which the person is told.")
@state_option
@as_json
def withhold(*, demand_id: str, person: str, target: str, account: str, post: str | None, territories: tuple[str, ...],
             until: datetime | None, language: str | None, state: str, as_json: bool) -> None:
    """Propose not to show what an order names within the authority's territory. A second person has to agree."""
    wanted = demands.Wanted(
        demand_id=demand_id, target=target, account_id=account, post_id=post, territories=territories, language=language,
        until=None if until is None else until.replace(tzinfo=UTC))
    with open_state(state, create=False) as opened:
        event = accepted(demands.withhold(opened, wanted, by=by_now(person)), as_json=as_json)
    name = event.body["withholding_id"]
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{name}` is proposed", next_step=f"a second person says `evenhand demand agree {name}`, or `decline`",
        facts=event.body))


@demand.command()
@click.argument("withholding_id")
@by
@click.option("--alone", is_flag=True, help="You run the service alone; it is published that one person decided.")
@state_option
@as_json
def agree(*, withholding_id: str, person: str, alone: bool, state: str, as_json: bool) -> None:
    """Agree to a withholding that somebody else proposed."""
    with open_state(state, create=False) as opened:
        events = accepted(demands.agree(opened, withholding_id, by=by_now(person), alone=alone), as_json=as_json)
    is_one = events[0].body["n_people"] == 1
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{withholding_id}` is agreed" + (" by one person alone, and the public page says so" if is_one else ""),
        next_step="tell the platform with `evenhand demand carry-out`",
        facts=events[0].body))


@demand.command()
@click.argument("withholding_id")
@by
@click.option("--why", type=WORDS, required=True, help="Why not.")
@state_option
@as_json
def decline(*, withholding_id: str, person: str, why: str, state: str, as_json: bool) -> None:
    """Turn down a withholding that was proposed."""
    with open_state(state, create=False) as opened:
        events = accepted(demands.decline(opened, withholding_id, why=why, by=by_now(person)), as_json=as_json)
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{withholding_id}` is declined", next_step="answer the demand with `evenhand demand answer`",
        facts=events[0].body))


@demand.command()
@click.argument("withholding_id")
@by
@click.option("--why", type=WORDS, required=True, help="Why it ends before its day.")
@state_option
@as_json
def lift(*, withholding_id: str, person: str, why: str, state: str, as_json: bool) -> None:
    """End a withholding before its day. One person may: it only gives back."""
    with open_state(state, create=False) as opened:
        events = accepted(demands.lift(opened, withholding_id, why=why, by=by_now(person)), as_json=as_json)
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{withholding_id}` ends", next_step="tell the platform with `evenhand demand carry-out`", facts=events[0].body))


@demand.command("carry-out")
@platform_option
@state_option
@as_json
def carry_out_(*, platform: str, state: str, as_json: bool) -> None:
    """Withhold what was agreed, tell the persons, give back what is over. Run it daily; repeating it is safe."""
    with open_state(state, create=False) as opened:
        door = open_platform(platform)
        try:
            outcome = carry_out(demands.demands_in(opened), door.platform, now=lambda: datetime.now(UTC))
        finally:
            door.close()
    screen(as_json=as_json).show(CarriedView(done=accepted(outcome, as_json=as_json)))


@demand.command("list")
@click.option("--ledger", type=FOLDER, help="Show what this published ledger says instead of the database.")
@state_option
@as_json
def list_(*, ledger: Path | None, state: str, as_json: bool) -> None:
    """Show the register."""
    if ledger is not None:
        book = published_demands(ledger).book
    else:
        with open_state(state, create=False) as opened:
            book = demands.demands_in(opened).book()
    screen(as_json=as_json).show(DemandRegisterView(book=book))


@demand.command()
@click.option("--into", type=FOLDER, default=Path("public"), show_default=True, help="Where the pages go.")
@click.option("--ledger", type=FOLDER, required=True, help="The ledger's folder, which is published.")
@click.option("--private", type=FOLDER, help="The folder of what opens the entries. Without it only the pages are made.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), default=Path("ledger.key"), show_default=True,
              help="The file of the ledger's private key.")
@state_option
@as_json
def publish(*, into: Path, ledger: Path, private: Path | None, key: Path, state: str, as_json: bool) -> None:
    """Append the registers to the ledger, and make the public page (HTML, CSV, JSON) from it."""
    if private is None:
        pages = publish_demands(None, LedgerPlace(folder=ledger, private=ledger, key=key), into)
    else:
        with open_state(state, create=False) as opened:
            pages = publish_demands(opened, LedgerPlace(folder=ledger, private=private, key=key), into)
    screen(as_json=as_json).show(PublishedPagesView(pages=pages, folder=into))
