"""What a platform's connector can do: which penalties, how, for how long they can be undone, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from evenhand.model.penalty import Penalty


class Support(StrEnum):
    """How a penalty is imposed on a platform."""

    NATIVE = "native"
    NEAREST = "nearest"
    """By something of the platform's own that is not heavier."""
    UNSUPPORTED = "unsupported"


class Reversible(StrEnum):
    """Whether an imposed penalty can be taken back."""

    YES = "yes"
    UNTIL = "until"
    """Within the platform's window."""
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """How one platform imposes one penalty."""

    support: Support
    reversible: Reversible = Reversible.YES
    window: timedelta | None = None
    """How long it can be undone; only with `until`."""
    by: str = ""
    """The platform's own word for it, such as `silence`."""
    saves_first: bool = False
    """What the platform held before is sealed before the penalty is imposed."""

    def __post_init__(self) -> None:
        """Refuse a window that contradicts what is said about undoing."""
        if (self.window is not None) != (self.reversible is Reversible.UNTIL):
            raise ValueError("a window belongs to `until` and only to it: say how long the penalty can be undone")


UNSUPPORTED = Capability(support=Support.UNSUPPORTED, reversible=Reversible.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a connector declares about its platform."""

    platform: str
    authority: str
    """In whose name and with what right it acts there, such as `administrator of the instance`."""
    penalties: Mapping[Penalty, Capability]
    per_second: float | None = None
    """Orders a second that the platform allows; None where there is no limit."""
    batch: int = 1
    """Orders that travel together at most."""
    withholds_by_territory: bool = False
    """Whether it can keep something from being shown in one territory and nowhere else."""

    def of(self, penalty: Penalty) -> Capability:
        """How `penalty` is imposed; what is not declared is unsupported."""
        return self.penalties.get(penalty, UNSUPPORTED)

    @property
    def supported(self) -> frozenset[Penalty]:
        """The penalties that a plan for this platform may hold. The planner takes the nearest lighter for the others.

        >>> own = Capabilities(platform="own", authority="owner", penalties={
        ...     Penalty.WARN: Capability(support=Support.NATIVE), Penalty.CLOSE: UNSUPPORTED})
        >>> sorted(own.supported)
        [<Penalty.WARN: 'warn'>]
        """
        return frozenset(penalty for penalty, capability in self.penalties.items()
                         if capability.support is not Support.UNSUPPORTED)
