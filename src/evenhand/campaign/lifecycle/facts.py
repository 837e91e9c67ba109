"""What an event of each kind must say, and how to read it. Every mistake of an event is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from evenhand.model.campaigns.audit import Slot, StratumOutcome, Verdict
from evenhand.model.campaigns.campaign import Basis, HaltReason, Mode
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.penalty import Penalty


def text(event: Event, name: str) -> str:
    """A fact that is text."""
    return str(event.body[name])


def whole(event: Event, name: str) -> int:
    """A fact that is a whole number."""
    value = event.body[name]
    assert isinstance(value, int)  # noqa: S101  (checked by `mistakes`)
    return value


def texts(event: Event, name: str) -> tuple[str, ...]:
    """A fact that is a list of texts."""
    value = event.body[name]
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def basis(event: Event) -> Basis:
    """What the plan is made from, as it was when the event happened."""
    parts = event.body["basis"]
    return Basis.from_json(parts if isinstance(parts, Mapping) else {})


def strata(event: Event) -> Mapping[str, StratumOutcome]:
    """Stratum key → what the audit made of it."""
    found = event.body["strata"]
    return {key: StratumOutcome(str(value)) for key, value in found.items()} if isinstance(found, Mapping) else {}


def may_lower(event: Event) -> Mapping[str, Penalty]:
    """Stratum key → the heaviest penalty that may take the place of its own, of the strata that an audit lowered."""
    checks, outcomes = event.body.get("checks"), strata(event)
    rows = [one for one in checks if isinstance(one, Mapping)] if isinstance(checks, (list, tuple)) else []
    return {str(one["stratum"]): Penalty(str(one["penalty"])) for one in rows
            if one.get("penalty") and outcomes.get(str(one.get("stratum"))) is StratumOutcome.LOWERED}


def until(event: Event) -> datetime | None:
    """When what is imposed ends; None where it has no end."""
    value = event.body.get("until")
    return None if value is None else datetime.fromisoformat(str(value))


def halt_reasons(event: Event) -> tuple[HaltReason, ...]:
    """Why the campaign is stopped."""
    found = event.body["reasons"]
    reasons = [reason for reason in found if isinstance(reason, Mapping)] if isinstance(found, (list, tuple)) else []
    return tuple(HaltReason(check=str(reason["check"]), text=str(reason["text"])) for reason in reasons)


def mistakes(event: Event) -> tuple[str, ...]:
    """What is missing or of the wrong form in an event, each named with what belongs there; nothing for a good event."""
    return tuple(_mistakes(event))


def _mistakes(event: Event) -> Iterator[str]:
    for name, (words, is_right) in FACTS.get(event.kind, {}).items():
        if name not in event.body:
            yield f"`{name}` is missing: {words}"
        elif not is_right(event.body[name]):
            yield f"`{name}` is not {words}"


APPEAL_OUTCOMES = ("upheld", "overturned", "varied")
"""What an appeal does to the decision."""

_Form = tuple[str, Callable[[Json], bool]]


def _is_one_of(values: Iterable[str]) -> Callable[[Json], bool]:
    known = frozenset(map(str, values))
    return lambda value: isinstance(value, str) and value in known


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_texts(value: Json) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _is_basis(value: Json) -> bool:
    return isinstance(value, Mapping) and all(_is_text(value.get(name)) or (name == "supported" and value.get(name) == "")
                                              for name in Basis.__dataclass_fields__)


def _is_strata(value: Json) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(map(_is_one_of(StratumOutcome), value.values()))


def _is_reasons(value: Json) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(
        isinstance(item, Mapping) and _is_text(item.get("check")) and _is_text(item.get("text")) for item in value)


TEXT: _Form = ("text that is not empty", _is_text)
WHOLE: _Form = ("a whole number, 0 or more", _is_whole)
COUNT: _Form = ("a whole number, 1 or more", lambda value: _is_whole(value) and value != 0)
FLAG: _Form = ("true or false", lambda value: isinstance(value, bool))
SHARE: _Form = ("a share between 0 and 1", _is_share)
MODE: _Form = ("`team` or `solo`", _is_one_of(Mode))
PENALTY: _Form = ("the name of a penalty", _is_one_of(penalty for penalty in Penalty if penalty > Penalty.NONE))
SLOT: _Form = ("`first`, `second` or `adjudication`", _is_one_of(Slot))
VERDICT: _Form = ("`right`, `wrong` or `cannot_decide`", _is_one_of(Verdict))
OUTCOME: _Form = ("`upheld`, `overturned` or `varied`", _is_one_of(APPEAL_OUTCOMES))
TEXTS: _Form = ("a list of texts", _is_texts)
BASIS: _Form = ("every part of the plan's basis", _is_basis)
STRATA: _Form = ("the strata, each `passed`, `lowered` or `dropped`", _is_strata)
REASONS: _Form = ("a list of reasons, each with `check` and `text`", _is_reasons)

_EFFECT: Mapping[str, _Form] = {"key": TEXT, "decision_id": TEXT}

FACTS: Mapping[EventKind, Mapping[str, _Form]] = {
    EventKind.DRAFTED: {"mode": MODE, "cooling_off_seconds": WHOLE},
    EventKind.PLANNED: {"basis": BASIS, "irreversible": TEXTS},
    EventKind.SAMPLE_DRAWN: {"plan_digest": TEXT, "seed": TEXT, "n_items": WHOLE, "n_readings": WHOLE},
    EventKind.VERDICT_GIVEN: {"item_id": TEXT, "slot": SLOT, "verdict": VERDICT},
    EventKind.AUDITED: {"plan_digest": TEXT, "strata": STRATA},
    EventKind.STRATUM_LOWERED: {"plan_digest": TEXT, "stratum": TEXT, "penalty": PENALTY},
    EventKind.HOLDOUT_DRAWN: {"plan_digest": TEXT, "seed": TEXT, "n_items": COUNT, "n_readings": COUNT},
    EventKind.HOLDOUT_READ: {"item_id": TEXT, "slot": SLOT, "verdict": VERDICT},
    EventKind.HOLDOUT_CONCLUDED: {"plan_digest": TEXT, "n_read": COUNT, "n_missed": WHOLE, "prevalence_low": SHARE,
                                  "prevalence_high": SHARE},
    EventKind.DECISION_CONFIRMED: {"decision_id": TEXT, "confirmed": FLAG},
    EventKind.PROTECTION_RECORDED: {"criteria": TEXT, "n_listed": COUNT, "n_decisions": WHOLE, "decision_ids": TEXTS},
    EventKind.PROTECTED_DECIDED: {"decision_id": TEXT, "impose": FLAG, "why": TEXT},
    EventKind.APPROVED: {"basis": BASIS},
    EventKind.STARTED: {"basis": BASIS, "n_stages": COUNT},
    EventKind.STAGE_STARTED: {"stage": COUNT},
    EventKind.STAGE_FINISHED: {"stage": COUNT},
    EventKind.EFFECT_IMPOSED: {**_EFFECT, "penalty": PENALTY, "stratum": TEXT},
    EventKind.EFFECT_FAILED: {**_EFFECT, "why": TEXT},
    EventKind.EFFECT_SUPPRESSED: {**_EFFECT, "why": TEXT},
    EventKind.EFFECT_UNDONE: {**_EFFECT, "why": TEXT},
    EventKind.EFFECT_LIFTED: _EFFECT,
    EventKind.UNDO_FAILED: {**_EFFECT, "why": TEXT},
    EventKind.STATEMENT_DELIVERED: {"decision_id": TEXT},
    EventKind.STATEMENT_FAILED: {"decision_id": TEXT, "why": TEXT},
    EventKind.HALTED: {"reasons": REASONS},
    EventKind.RESUMED: {"basis": BASIS, "why": TEXT},
    EventKind.ROLLBACK_STARTED: {"why": TEXT},
    EventKind.ROLLBACK_STAGE_STARTED: {"stage": COUNT, "n_decisions": WHOLE},
    EventKind.ROLLBACK_STAGE_FINISHED: {"stage": COUNT, "n_decisions": WHOLE, "seed": TEXT, "decision_ids": TEXTS},
    EventKind.UNDO_READ: {"stage": COUNT, "item_id": TEXT, "slot": SLOT, "verdict": VERDICT},
    EventKind.APPEAL_FILED: {"decision_id": TEXT},
    EventKind.APPEAL_DECIDED: {"decision_id": TEXT, "outcome": OUTCOME},
    EventKind.DECISION_REVERSED: {"decision_id": TEXT, "why": TEXT},
    EventKind.WAIVER_RECORDED: {"safeguard": TEXT, "why": TEXT},
}
"""The facts that the life of a campaign needs, by kind. An event may say more."""
