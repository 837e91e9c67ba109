"""Put on record what outlives campaigns, and write it as the registers that the next sweep reads: strikes and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.strikes import IMPOSED, REVERSED, built_on, strikes
from evenhand.connectors.registries import save_register
from evenhand.errors import ConfigError, Problem
from evenhand.model.campaigns.event import EventKind
from evenhand.model.policy import PolicyPack
from evenhand.model.registers.counts import REGISTERS
from evenhand.model.registry import STRIKES
from evenhand.workflows.campaigns.steps import Course, desk_of
from evenhand.workflows.effects.opening import State
from evenhand.workflows.packs import read_pack_folder, shipped_pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was written."""

    campaigns: tuple[str, ...]
    n_strikes: int
    """Strikes that count."""
    n_withdrawn: int
    n_adjudications: int
    to_review: pa.Table
    """Decisions that counted a strike before it was withdrawn: their penalty may have been too heavy."""
    folder: Path


def record(state: State, *, into: Path, packs: Sequence[Path] = (), with_rehearsals: bool = False) -> Recorded:
    """Write the registers `strikes` and `adjudications` to the folder `into`: give it to `evenhand plan --registries`.

    A strike lasts as long as the pack says that its plan was made with: the shipped one, or one of `packs`. What a rehearsal
    gave counts only `with_rehearsals`. Raises `ConfigError` when the pack of some campaign is not at hand.
    """
    known = {pack.digest: pack for pack in (shipped_pack(), *map(read_pack_folder, packs))}
    desks = {one: desk_of(state, one) for one in state.events.campaigns() if one not in REGISTERS}
    courses = {one: desk.course() for one, desk in desks.items()}
    rehearsals = [one for one, course in courses.items() if course.campaign.is_rehearsal and not with_rehearsals]
    wanted = {one: course for one, course in courses.items()
              if one not in rehearsals and course.last(EventKind.STARTED) is not None}
    lasts = _lasts(wanted, known)
    for one in wanted:
        state.records.keep(one, given(state, courses[one], lasts[one]))
    every = state.records.every_strike(list(wanted))
    at = max((desks[one].clock.now() for one in wanted), default=None)
    counts = every.filter(pc.and_(pc.is_null(every["withdrawn_at"]), pc.greater(every["expires_at"], pa.scalar(
        at, STRIKES.field("expires_at").type))))
    adjudications = state.records.adjudications(but_of=rehearsals)
    save_register("strikes", _alone(counts.select(STRIKES.names)), into)
    save_register("adjudications", adjudications, into)
    return Recorded(campaigns=tuple(wanted), n_strikes=counts.num_rows, n_adjudications=adjudications.num_rows, folder=into,
                    n_withdrawn=every.num_rows - int(pc.sum(pc.is_null(every["withdrawn_at"])).as_py() or 0),
                    to_review=built_on(every))


def given(state: State, course: Course, pack: PolicyPack) -> pa.Table:
    """The strikes that a campaign gave, and which were withdrawn, from its events alone (`GIVEN`)."""
    name = course.campaign.campaign_id
    back = next((event for event in course.steps if event.kind is EventKind.ROLLBACK_STARTED), None)  # the first
    return strikes(state.decisions.imposed(name).cast(IMPOSED), undone=state.decisions.reversed(name).cast(REVERSED),
                   rolled_back_at=None if back is None else back.at, lasts=pack.strike_lasts)


def _lasts(wanted: Mapping[str, Course], known: Mapping[str, PolicyPack]) -> dict[str, PolicyPack]:
    """The pack of each campaign's plan."""
    digests = {one: course.campaign.basis.digest and course.campaign.basis.pack_digest for one, course in wanted.items()
               if course.campaign.basis is not None}
    if missing := [Problem(what=f"the plan of `{one}` was made with a pack that is not at hand: `{digest[:16]}`",
                           hint="name its folder with `--pack`: it says how long a strike lasts")
                   for one, digest in digests.items() if digest not in known]:
        raise ConfigError(missing)
    return {one: known[digest] for one, digest in digests.items()}


def _alone(strikes: pa.Table) -> pa.Table:
    """Strikes of one account under one policy at the same instant as one row: two campaigns may give them together."""
    return strikes.group_by(["account_id", "policy_id", "given_at"]).aggregate(
        [("points", "sum"), ("expires_at", "max")]).rename_columns(
        ["account_id", "policy_id", "given_at", "points", "expires_at"]).select(STRIKES.names)
