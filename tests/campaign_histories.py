"""Made-up campaigns for tests of their report: decisions, what became of each effect, and the database that says so."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from sample_campaign import HOLDERS, sample_campaign
from sample_events import BASIS, after, event
from sqlalchemy import insert

from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import NOBODY, Event, EventKind, Json
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.plan import Plan
from evenhand.stores.database import Database
from evenhand.stores.events import EventTable
from evenhand.stores.reporting.campaign_records import campaign_record
from evenhand.stores.schema import OUTBOX
from evenhand.transparency.campaigns import CampaignSources

START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
GONE = "the account or post is gone from the platform"
EFFECT_FATES = ("waiting", "imposed", "failed", "suppressed", "undone", "lifted", "not_undone")
TOLD = ("told", "not_told", "gone", "waiting")
_STATES = {"waiting": "queued", "imposed": "done", "failed": "failed", "suppressed": "suppressed", "undone": "undone",
           "lifted": "lifted", "not_undone": "done"}
_TELL_STATES = {"told": "done", "not_told": "failed", "gone": "suppressed", "waiting": "queued"}


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One decision of a made-up campaign."""

    number: int
    policy_id: str = "scam-links"
    penalty: str = "label"
    language: str | None = "en"
    holder_id: str | None = None
    source: str = "sweep"
    harm: str = "scam"
    fates: tuple[str, ...] = ("imposed",)
    """Of each of its effects, one of `EFFECT_FATES`."""
    told: str = "told"
    hours: float = 0.0
    """After the start."""

    @property
    def decision_id(self) -> str:
        """Its id."""
        return f"d{self.number}"

    @property
    def is_imposed(self) -> bool:
        """Whether anything was imposed, so that a statement follows."""
        return any(fate in {"imposed", "undone", "lifted", "not_undone"} for fate in self.fates)


def events_of(decided: Decided, campaign_id: str) -> list[Event]:
    """The events about its effects and statements."""
    at = START + timedelta(hours=decided.hours)

    def happened(kind: EventKind, key: str, later: float = 0.0, **facts: Json) -> Event:
        return Event(campaign_id=campaign_id, kind=kind, at=at + timedelta(hours=later), actor=NOBODY, body={
            "key": key, "decision_id": decided.decision_id, "account_id": f"a{decided.number}", "post_id": None,
            "penalty": decided.penalty, "stage": 1, **facts})

    found: list[Event] = []
    for nth, fate in enumerate(decided.fates):
        key = f"k{decided.number}.{nth}"
        if fate in {"imposed", "undone", "lifted", "not_undone"}:
            found.append(happened(EventKind.EFFECT_IMPOSED, key, read_back="in_force"))
        if fate in {"undone", "lifted", "not_undone", "failed", "suppressed"}:
            kind = {"undone": EventKind.EFFECT_UNDONE, "lifted": EventKind.EFFECT_LIFTED, "not_undone": EventKind.UNDO_FAILED,
                    "failed": EventKind.EFFECT_FAILED, "suppressed": EventKind.EFFECT_SUPPRESSED}[fate]
            why = {"failed": "the platform refused", "suppressed": "the audit dropped the stratum"}.get(fate)
            found.append(happened(kind, key, 20.0 if fate == "undone" else 0.0, why=why))
    if decided.is_imposed and decided.told != "waiting":
        kind = EventKind.STATEMENT_DELIVERED if decided.told == "told" else EventKind.STATEMENT_FAILED
        found.append(happened(kind, f"{decided.decision_id}:reasons", statement_kind="reasons",
                              read_back="gone" if decided.told == "gone" else None,
                              why={"gone": GONE, "not_told": "no address"}.get(decided.told)))
    if "undone" in decided.fates:
        found.append(happened(EventKind.STATEMENT_DELIVERED, f"{decided.decision_id}:reinstatement", 21.0,
                              statement_kind="reinstatement"))
    return found


def orders_of(decided: Decided, campaign_id: str) -> list[dict[str, Any]]:
    """Its rows of the outbox."""
    settled = microseconds(START + timedelta(hours=decided.hours))
    same = {"campaign_id": campaign_id, "decision_id": decided.decision_id, "account_id": f"a{decided.number}",
            "penalty": decided.penalty, "stage": 1, "turn": decided.number, "due_at": 0, "attempts": 1, "failures": 0}

    def order(key: str, act: str, state: str) -> dict[str, Any]:
        return same | {"key": key, "act": act, "state": state, "settled_at": None if state == "queued" else settled}

    rows = []
    for nth, fate in enumerate(decided.fates):
        key = f"k{decided.number}.{nth}"
        rows.append(order(key, "impose", _STATES[fate]))
        if fate in {"undone", "not_undone"}:
            rows.append(order(f"{key}:undo", "undo", "done" if fate == "undone" else "failed"))
        if fate == "lifted":
            rows.append(order(f"{key}:lift", "lift", "done"))
    if decided.is_imposed:
        rows.append(order(f"{decided.decision_id}:reasons", "tell", _TELL_STATES[decided.told]))
    if "undone" in decided.fates:
        rows.append(order(f"{decided.decision_id}:reinstatement", "tell", "done"))
    return rows


def write(database: Database, campaign_id: str, history: Sequence[Decided], *, steps: Sequence[Event] = ()) -> None:
    """Put the campaign into a database: its steps, then everything about its effects, and the outbox."""
    events = [*steps, *(one for decided in history for one in events_of(decided, campaign_id))]
    if events:
        EventTable(database).append(events)
    queued = [row for decided in history for row in orders_of(decided, campaign_id)]
    with database.write() as connection:
        if queued:
            connection.execute(insert(OUTBOX), [row | {"state": "queued"} for row in queued])
        for row in queued:
            connection.execute(OUTBOX.update().where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.key == row["key"]).values(
                state=row["state"]))


def sources(database: Database, campaign_id: str, history: Sequence[Decided], *, steps: Sequence[Event],
            campaign: Campaign | None = None, **more: Any) -> CampaignSources:
    """What the report of the written campaign is made from."""
    counts: dict[str, dict[str, int]] = {}
    for one in history:
        of_harm = counts.setdefault(one.harm, {})
        of_harm[one.penalty] = of_harm.get(one.penalty, 0) + 1
    columns = ("decision_id", "harm", "policy_id", "penalty", "language", "source", "holder_id")
    decisions = pa.table({name: pa.array([getattr(one, name) for one in history], pa.string()) for name in columns}
                         | {"automation": pa.array(["fully"] * len(history), pa.string())})
    return CampaignSources(
        plan=plan_of(counts), decisions=decisions, record=campaign_record(database, campaign_id),
        ordered=pa.table({"decision_id": pa.array([one.decision_id for one in history for _ in one.fates], pa.string())}),
        campaign=campaign or after(*steps), steps=steps, at=START + timedelta(days=40), **more)


def plan_of(counts: dict[str, dict[str, int]]) -> Plan:
    """A plan's header with these counts."""
    made = sample_campaign(1).plan
    return Plan(digest=BASIS.digest, cut_off=made.cut_off, snapshot=made.snapshot, pack=made.pack, pack_digest=made.pack_digest,
                registries_digest=made.registries_digest, code_version=made.code_version, steps_digest=made.steps_digest,
                supported=made.supported, seed=made.seed, n_accounts=24_310, n_posts=81_204, counts=counts, guards=made.guards)


def life(n_decisions: int, *, is_full: bool = False, **facts: Json) -> tuple[Event, ...]:
    """The steps from the draft to the start; with `is_full`, to the end, with a halt, a waiver, appeals and a demand."""
    def step(kind: EventKind, actor: str, hours: float, **facts: Json) -> Event:
        return event(kind, actor, hours=48 + hours, **facts)

    start = (
        event(EventKind.DRAFTED, "ana", **facts), event(EventKind.PLANNED, "ana", n_decisions=n_decisions),
        event(EventKind.SAMPLE_DRAWN, "ben", n_readings=0, n_items=402),
        event(EventKind.WAIVER_RECORDED, "ben", safeguard="golden_items", why="the first campaign; golden items come from it"),
        event(EventKind.AUDITED, "ben", hours=1, strata=dict(STRATA_OUTCOMES), checks=[dict(one) for one in CHECKS],
              kappa=0.87, alpha=0.86, n_items=402, n_golden=0),
        event(EventKind.APPROVED, "ben", hours=3), event(EventKind.APPROVED, "cem", hours=5),
        step(EventKind.STARTED, "ben", 0, n_stages=1), step(EventKind.STAGE_STARTED, NOBODY, 0, stage=1))
    if not is_full:
        return start
    return (
        *start,
        step(EventKind.DEMAND_RECORDED, "dee", 3, demand_id="x-1", authority="Ministry of Order", territory="XX",
             demand_kind="request", answer="refused", n_targets=4, person_told=True),
        step(EventKind.HALTED, NOBODY, 9, reasons=[
            {"check": "overturned_appeals", "text": "9 of 14 decided appeals were overturned"}]),
        step(EventKind.RESUMED, "ben", 12, why="all nine were one fan club, which the register now holds"),
        step(EventKind.RESUMED, "cem", 13, why="agreed"),
        step(EventKind.STAGE_FINISHED, NOBODY, 30, stage=1), step(EventKind.COMPLETED, NOBODY, 31),
        *(one for number in range(14) for one in (
            step(EventKind.APPEAL_FILED, "appellant", 32 + number, appeal_id=f"ap{number}", decision_id=f"d{number}", said="0"),
            step(EventKind.APPEAL_DECIDED, "eve", 70 + 9 * number, appeal_id=f"ap{number}", decision_id=f"d{number}",
                 outcome=("overturned", "upheld", "upheld", "varied")[number % 4], because="looked again"))),
        step(EventKind.APPEAL_FILED, "appellant", 400, appeal_id="late", decision_id="d20", said="0"),
        step(EventKind.DECISION_REVERSED, "eve", 401, decision_id="d0", ground="appeal", why="w"),
        step(EventKind.DECISION_REVERSED, "eve", 402, decision_id="d4", ground="class", why="w",
             cause="holder:media:spiegel.de"))


STRATA_OUTCOMES = {
    "impersonation-media/label/de": "passed", "impersonation-media/suspend/en": "passed", "scam-links/limit_reach/en": "passed",
    "scam-links/label/pt": "passed", "impersonation-institution/suspend/ko": "lowered",
    "impersonation-media/label/ar": "dropped"}
CHECKS: tuple[dict[str, Json], ...] = tuple(
    {"stratum": stratum, "gate": 0.95, "bound": bound, "n_read": n_read, "n_right": n_right, "n_decisions": n}
    for (stratum, bound, n_read, n_right, n) in (
        ("impersonation-media/label/de", 0.9683, 93, 93, 2310), ("impersonation-media/suspend/en", 0.9502, 93, 92, 840),
        ("scam-links/limit_reach/en", 0.9683, 93, 93, 1904), ("scam-links/label/pt", 1.0, 31, 31, 31),
        ("impersonation-institution/suspend/ko", 0.8634, 60, 56, 60), ("impersonation-media/label/ar", 0.5712, 32, 23, 32)))


def campaign_of_many(n: int = 900, seed: int = 11) -> tuple[Decided, ...]:
    """A campaign in several languages whose decisions met every fate."""
    chance = random.Random(seed)
    found = []
    for number in range(n):
        holder = HOLDERS[int(len(HOLDERS) * chance.random() ** 2)]
        kind = holder[0].partition(":")[0]
        is_scam = number % 5 == 4
        penalty = chance.choices(("label", "limit_reach", "suspend", "delete_post", "close"), weights=(40, 25, 15, 12, 8))[0]
        fate = chance.choices(EFFECT_FATES, weights=(3, 75, 1, 6, 5, 0, 0))[0] if penalty != "suspend" else chance.choices(
            ("imposed", "lifted", "suppressed", "undone"), weights=(60, 20, 10, 10))[0]
        found.append(Decided(
            number=number, penalty=penalty, language="en" if is_scam else holder[5] if number % 13 else None,
            policy_id="scam-links" if is_scam else f"impersonation-{kind}", holder_id=None if is_scam else holder[0],
            harm="scam" if is_scam else f"impersonation_{kind}", source="report" if chance.random() < 0.2 else "sweep",
            fates=(fate,) * (chance.randint(1, 4) if penalty == "delete_post" else 1),
            told=chance.choices(("told", "not_told", "gone"), weights=(97, 1, 2))[0],
            hours=0.1 + (8 * chance.random() if number < 300 else 13 + 16 * chance.random())))
    return tuple(found)
