"""The campaign: a plan on its way from draft to report, who approved what, what stopped it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from zlib import crc32

from evenhand.model.campaigns.audit import StratumOutcome
from evenhand.model.campaigns.event import Json
from evenhand.model.penalty import Penalty
from evenhand.model.plan import Plan

TEAM_COOLING_OFF = timedelta(hours=1)
"""The least time between the end of the audit and an approval; a campaign may ask for more."""
SOLO_COOLING_OFF = timedelta(hours=24)
"""The same where one person does everything."""

_N_SHELVES = 64
_N_PARTS = 64
"""With 67,000 ids a part holds 16: adding one copies about 150 references, not 67,000."""


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    AUDITED = "audited"
    APPROVED = "approved"
    RUNNING = "running"
    HALTED = "halted"
    COMPLETED = "completed"
    REPORTED = "reported"
    ROLLED_BACK = "rolled_back"


class Mode(StrEnum):
    """How many people stand behind a campaign."""

    TEAM = "team"
    """Two approvals by people who did not propose the plan."""
    SOLO = "solo"
    """One person, who says so: only what can be taken back, a day to think, and every report names the mode."""

    @property
    def n_approvals(self) -> int:
        """Approvals needed before anything happens."""
        return 1 if self is Mode.SOLO else 2

    @property
    def cooling_off(self) -> timedelta:
        """The least time to think."""
        return SOLO_COOLING_OFF if self is Mode.SOLO else TEAM_COOLING_OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a plan was made from and the digest over it. An approval holds for exactly this and nothing else."""

    digest: str
    cut_off: str
    snapshot: str
    pack_digest: str
    registries_digest: str
    code_version: str
    steps_digest: str
    supported: str
    seed: str

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The basis of `plan`."""
        return cls(digest=plan.digest, cut_off=plan.cut_off.isoformat(), snapshot=plan.snapshot,
                   pack_digest=plan.pack_digest, registries_digest=plan.registries_digest,
                   code_version=plan.code_version, steps_digest=plan.steps_digest,
                   supported=" ".join(plan.supported), seed=str(plan.seed))

    @classmethod
    def from_json(cls, parts: Mapping[str, Json]) -> Self:
        """The basis that an event carries. Raises `KeyError` when a part is missing."""
        return cls(**{one.name: str(parts[one.name]) for one in fields(cls)})

    def as_json(self) -> dict[str, Json]:
        """The parts by name, as an event carries them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def changed(self, now: Basis) -> tuple[str, ...]:
        """In words, which parts are not what they were; the effects themselves where every other part is the same."""
        parts = tuple(words for name, words in PARTS.items() if getattr(self, name) != getattr(now, name))
        return parts or (() if self.digest == now.digest else ("the ordered effects",))


PARTS: Mapping[str, str] = {
    "cut_off": "the cut-off", "snapshot": "the snapshot", "pack_digest": "the policy pack",
    "registries_digest": "the registries", "code_version": "the code version",
    "steps_digest": "the detectors, guards and word lists", "supported": "the penalties that the platform supports",
    "seed": "the seed"}
"""What may change under a plan, in the words of a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One named person's consent to one plan digest."""

    person: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltReason:
    """Why a campaign was stopped: which check, and what it saw in words."""

    check: str
    """The breaker's check, such as `overturned_appeals`, or `person`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """A stop: nothing more goes out until the approvers resume. It is recorded, never a quiet skip."""

    by: str
    at: datetime
    reasons: tuple[HaltReason, ...]

    def __post_init__(self) -> None:
        """Refuse a halt without a reason."""
        if not self.reasons:
            raise ValueError("a halt needs at least one reason: pass what the check saw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the stages have come."""

    n_stages: int
    n_finished: int = 0
    is_open: bool = False
    """Whether a stage has started and not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """What takes the place of the penalty of a stratum that missed its gate."""

    penalty: Penalty
    until: datetime | None = None
    """When it ends; a suspension always does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """Accounts outside of the plan that people read, as far as that has come."""

    seed: str
    n_readings: int
    """First and second readings that it asks for."""
    n_read: int = 0
    is_concluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """How far a rollback has come, and its audit."""

    started_by: frozenset[str]
    """Who started it, or started it again after a halt."""
    barred: tuple[frozenset[str], ...] = ()
    """For each stage that has finished, who had started the rollback by then: none of them reads its sample."""
    is_open: bool = False
    """Whether a stage has started and not finished."""
    n_items: int = 0
    """Undone accounts that were drawn to be read, one reading each."""
    n_read: int = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """A frozen set of keys that grows by one without copying all of it.

    >>> some = Keys().adding("d1").adding("d2").without("d1")
    >>> "d1" in some, "d2" in some, len(some)
    (False, True, 1)
    """

    shelves: tuple[tuple[frozenset[str], ...], ...] = ((frozenset(),) * _N_PARTS,) * _N_SHELVES

    def __contains__(self, key: object) -> bool:
        """True when the key is one of them."""
        if not isinstance(key, str):
            return False
        shelf, part = _place(key)
        return key in self.shelves[shelf][part]

    def __len__(self) -> int:
        """How many keys."""
        return sum(len(part) for shelf in self.shelves for part in shelf)

    def adding(self, key: str) -> Keys:
        """These and one more."""
        shelf, part = _place(key)
        return self._with(shelf, part, self.shelves[shelf][part] | {key})

    def without(self, key: str) -> Keys:
        """These but this one."""
        shelf, part = _place(key)
        return self._with(shelf, part, self.shelves[shelf][part] - {key})

    def _with(self, shelf: int, number: int, part: frozenset[str]) -> Keys:
        parts = self.shelves[shelf]
        changed = (*parts[:number], part, *parts[number + 1:])
        return Keys((*self.shelves[:shelf], changed, *self.shelves[shelf + 1:]))


NO_KEYS = Keys()


def _place(key: str) -> tuple[int, int]:
    return divmod(crc32(key.encode()) % (_N_SHELVES * _N_PARTS), _N_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign as its events left it."""

    campaign_id: str
    mode: Mode
    state: CampaignState
    cooling_off: timedelta
    proposers: frozenset[str]
    """Who drafted it and who made any of its plans: none of them approves in a team."""
    changed_at: datetime
    """When the last step of its life was taken; no later step can be dated before it."""
    basis: Basis | None = None
    irreversible: tuple[str, ...] = ()
    """The plan's penalties that the platform cannot take back for ever."""
    sample_seed: str | None = None
    sampled: frozenset[str] = frozenset()
    """The digests of the plans whose sample was drawn: none of them gets a second sample here."""
    n_readings: int = 0
    """First and second readings that the sample asks for."""
    n_read: int = 0
    """First and second readings given before the audit is concluded."""
    readings: Keys = NO_KEYS
    """Which part of which item is read, and who read which item."""
    audited_at: datetime | None = None
    strata: Mapping[str, StratumOutcome] | None = None
    """Stratum key → what the audit made of it."""
    may_lower: Mapping[str, Penalty] = field(default_factory=dict)
    """Key of a stratum that missed its gate → the heaviest penalty that may take the place of its own."""
    lowered: Mapping[str, Lowered] = field(default_factory=dict)
    """Key of a stratum → what a person put in the place of its penalty."""
    holdout: Holdout | None = None
    approvals: tuple[Approval, ...] = ()
    confirmed: Keys = NO_KEYS
    """The decisions that a person has confirmed one by one: closings, and what a guard or the policy leaves to a person."""
    protected: frozenset[str] = frozenset()
    """The decisions about protected accounts: each waits for a person."""
    let_through: frozenset[str] = frozenset()
    """Those of them whose penalty a person decided to impose."""
    spared: frozenset[str] = frozenset()
    """Those of them whose penalty a person decided not to impose."""
    progress: Progress | None = None
    varied: Keys = NO_KEYS
    """The lighter decisions that appeals put in the place of others."""
    halts: tuple[Halt, ...] = ()
    resumed_by: frozenset[str] = frozenset()
    """Approvers who want to go on after the last halt."""
    is_rolling_back: bool = False
    is_rollback_halted: bool = False
    """Whether somebody halted the rollback since an approver last started it."""
    rollback: Rollback | None = None
    is_reported: bool = False
    is_rehearsal: bool = False
    """Carried out on a simulated platform only, with a clock that may be set."""

    @property
    def approvers(self) -> frozenset[str]:
        """Who has approved the plan."""
        return frozenset(approval.person for approval in self.approvals)
