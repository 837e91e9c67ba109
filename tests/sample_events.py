"""Events of a made-up campaign, each right unless a test makes it wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from evenhand.campaign.lifecycle import advance
from evenhand.model.campaigns.campaign import Basis, Campaign
from evenhand.model.campaigns.event import Event, EventKind, Json

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
BASIS = Basis(digest="d" * 64, cut_off="2026-10-31T00:00:00+00:00", snapshot="snap-1", pack_digest="pack-1",
              registries_digest="reg-1", code_version="0.4.0", steps_digest="steps-1", supported="close label",
              seed="7")
STRATA = {"media/close/en": "passed", "media/label/pt": "lowered", "scam/suspend/en": "dropped"}

BODIES: dict[EventKind, dict[str, Json]] = {
    EventKind.DRAFTED: {"mode": "team", "cooling_off_seconds": 3600},
    EventKind.PLANNED: {"basis": BASIS.as_json(), "irreversible": ["close"]},
    EventKind.SAMPLE_DRAWN: {"plan_digest": BASIS.digest, "seed": "2026-11-01", "n_items": 1, "n_readings": 2},
    EventKind.VERDICT_GIVEN: {"item_id": "i1", "slot": "first", "verdict": "right"},
    EventKind.AUDITED: {"plan_digest": BASIS.digest, "strata": STRATA},
    EventKind.STRATUM_LOWERED: {"plan_digest": BASIS.digest, "stratum": "media/label/pt", "penalty": "warn", "until": None},
    EventKind.PROTECTION_RECORDED: {"criteria": "news outlets of the register", "n_listed": 2, "n_decisions": 1,
                                    "decision_ids": ["d1"]},
    EventKind.PROTECTED_DECIDED: {"decision_id": "d1", "impose": True, "why": "two people read it"},
    EventKind.HOLDOUT_DRAWN: {"plan_digest": BASIS.digest, "seed": "2026-11-02", "n_items": 1, "n_readings": 2},
    EventKind.HOLDOUT_READ: {"item_id": "h1", "slot": "first", "verdict": "right"},
    EventKind.HOLDOUT_CONCLUDED: {"plan_digest": BASIS.digest, "n_read": 1, "n_missed": 0, "prevalence_low": 0.0,
                                  "prevalence_high": 0.975},
    EventKind.DECISION_CONFIRMED: {"decision_id": "d1", "confirmed": True},
    EventKind.APPROVED: {"basis": BASIS.as_json()},
    EventKind.STARTED: {"basis": BASIS.as_json(), "n_stages": 2},
    EventKind.STAGE_STARTED: {"stage": 1},
    EventKind.STAGE_FINISHED: {"stage": 1},
    EventKind.EFFECT_IMPOSED: {"key": "k1", "decision_id": "d1", "penalty": "close", "stratum": "media/close/en"},
    EventKind.EFFECT_FAILED: {"key": "k1", "decision_id": "d1", "why": "the account is gone"},
    EventKind.EFFECT_SUPPRESSED: {"key": "k1", "decision_id": "d1", "why": "the stratum was dropped"},
    EventKind.EFFECT_UNDONE: {"key": "k1", "decision_id": "d1", "why": "appeal"},
    EventKind.STATEMENT_DELIVERED: {"decision_id": "d1"},
    EventKind.STATEMENT_FAILED: {"decision_id": "d1", "why": "no address"},
    EventKind.HALTED: {"reasons": [{"check": "person", "text": "something looks wrong"}]},
    EventKind.RESUMED: {"basis": BASIS.as_json(), "why": "looked at, a false alarm"},
    EventKind.ROLLBACK_STARTED: {"why": "the registry was wrong"},
    EventKind.ROLLBACK_STAGE_STARTED: {"stage": 1, "n_decisions": 1},
    EventKind.ROLLBACK_STAGE_FINISHED: {"stage": 1, "n_decisions": 1, "n_undone": 1, "seed": "2026-11-01:rollback 1",
                                        "decision_ids": ["d1"]},
    EventKind.UNDO_READ: {"stage": 1, "item_id": "u1", "slot": "first", "verdict": "right"},
    EventKind.APPEAL_FILED: {"decision_id": "d1"},
    EventKind.APPEAL_DECIDED: {"decision_id": "d1", "outcome": "upheld"},
    EventKind.DECISION_REVERSED: {"decision_id": "d1", "why": "appeal"},
    EventKind.WAIVER_RECORDED: {"safeguard": "golden items", "why": "first campaign"},
}


def event(kind: EventKind, actor: str, *, hours: float = 0.0, campaign_id: str = "autumn", **facts: Json) -> Event:
    """An event of `kind`, `hours` after the start, its facts as in `BODIES` but for those given."""
    return Event(campaign_id=campaign_id, kind=kind, at=START + timedelta(hours=hours), actor=actor,
                 body={**BODIES.get(kind, {}), **facts})


def basis_json(**parts: str) -> dict[str, Json]:
    """The basis as an event carries it, with some parts changed."""
    return {**BASIS.as_json(), **parts}


UP_TO_APPROVED = (
    event(EventKind.DRAFTED, "ana"),
    event(EventKind.PLANNED, "ana"),
    event(EventKind.SAMPLE_DRAWN, "ben"),
    event(EventKind.VERDICT_GIVEN, "ben"),
    event(EventKind.VERDICT_GIVEN, "cem", slot="second"),
    event(EventKind.AUDITED, "evenhand", hours=1),
    event(EventKind.DECISION_CONFIRMED, "cem", hours=1),
    event(EventKind.APPROVED, "ben", hours=3),
    event(EventKind.APPROVED, "cem", hours=3),
)
UP_TO_RUNNING = (*UP_TO_APPROVED, event(EventKind.STARTED, "ben", hours=4))
UP_TO_COMPLETED = (
    *UP_TO_RUNNING,
    *(event(kind, "evenhand", hours=5, stage=stage) for stage in (1, 2)
      for kind in (EventKind.STAGE_STARTED, EventKind.STAGE_FINISHED)),
    event(EventKind.COMPLETED, "evenhand", hours=6))


def after(*events: Event) -> Campaign:
    """The campaign after these events, none of which may be refused."""
    campaign: Campaign | None = None
    for happened in events:
        outcome = advance(campaign, happened)
        assert isinstance(outcome, Campaign), outcome.render()
        campaign = outcome
    assert campaign is not None
    return campaign
