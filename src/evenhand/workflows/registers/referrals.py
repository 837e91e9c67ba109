"""The register of referrals: proposed, approved by another person, handed on as a file. No person, no referral."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evenhand.connectors.referral_files import read_referral
from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal
from evenhand.model.registers.counts import REFERRALS
from evenhand.model.registers.referral import Referral
from evenhand.registers.people import By
from evenhand.registers.referrals import steps
from evenhand.registers.referrals.book import ReferralBook, referral_book
from evenhand.workflows.effects.opening import State
from evenhand.workflows.registers.keeping import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """A referral that was handed on."""

    event: Event
    file: Path
    """What the recipient gets; only its owner can read it."""


def referrals_in(state: State) -> Register[ReferralBook]:
    """The register of referrals in a database."""
    return Register(state=state, name=REFERRALS, fold=referral_book)


def read(file: Path) -> Referral:
    """The referral in a file, to be read before a database is made for it. Raises `DataError` when the file holds none."""
    return read_referral(file)


def propose(state: State, referral: Referral, *, by: By) -> Event | Refusal:
    """Propose a referral, as `read` it."""
    return _one(referrals_in(state).decide(lambda book: steps.proposed(book, referral, by=by)))


def approve(state: State, referral_id: str, file: Path, *, by: By) -> Event | Refusal:
    """A second person's consent to exactly what stands in the file. Raises `DataError` when the file holds none."""
    referral = read_referral(file)
    return _one(referrals_in(state).decide(lambda book: steps.approved(book, referral_id, referral, by=by)))


def decline(state: State, referral_id: str, *, why: str, by: By) -> Event | Refusal:
    """Turn a referral down."""
    return _one(referrals_in(state).decide(lambda book: steps.declined(book, referral_id, why=why, by=by)))


def send(state: State, referral_id: str, file: Path, *, into: Path, by: By) -> HandedOn | Refusal:
    """Write what the recipient gets into the folder `into`, and record that it was handed on.

    The file is there before it is recorded: whoever was stopped between the two repeats the command.
    Raises `DataError` when the file holds no referral, or another one was written under this name.
    """
    referral, written = read_referral(file), into / f"{referral_id}.json"

    def decided(book: ReferralBook) -> Event | Refusal:
        outcome = steps.sent(book, referral_id, referral, by=by)
        if isinstance(outcome, Event):
            _write(written, referral.package)
        return outcome

    outcome = _one(referrals_in(state).decide(decided))
    return outcome if isinstance(outcome, Refusal) else HandedOn(event=outcome, file=written)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.read_text(encoding="utf-8") != text:
        raise DataError(Problem(what="another referral was written there", file=str(file), hint="name another folder"))
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def _one(outcome: tuple[Event, ...] | Refusal) -> Event | Refusal:
    return outcome if isinstance(outcome, Refusal) else outcome[0]
