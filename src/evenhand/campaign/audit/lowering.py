"""What may take the place of a penalty whose stratum missed its gate: the nearest lighter one whose own gate is met."""

from __future__ import annotations

from collections.abc import Collection

from evenhand.campaign.audit.gates import LABEL_FLOOR, gate
from evenhand.model.penalty import Penalty

EVERY = frozenset(Penalty) - {Penalty.NONE}
"""All penalties, where nobody says what a platform supports."""


def own_gate(penalty: Penalty, *, irreversible: Collection[Penalty]) -> float:
    """The precision that a stratum has to show for `penalty` to take the place of a heavier one (0–1).

    >>> own_gate(Penalty.LABEL, irreversible=()), own_gate(Penalty.SUSPEND, irreversible=())
    (0.8, 0.95)
    """
    return LABEL_FLOOR if penalty <= Penalty.LABEL else gate(penalty, irreversible=irreversible)


def lowered_to(penalty: Penalty, *, bound: float, irreversible: Collection[Penalty],
               supported: Collection[Penalty]) -> Penalty | None:
    """The nearest penalty lighter than `penalty` whose own gate `bound` meets, or None.

    Deleting posts takes nothing's place: the decision rests on the account. A warning takes no label's place either: whoever
    labels already has nothing lighter that says what was found.

    >>> lowered_to(Penalty.CLOSE, bound=0.96, irreversible=(), supported=EVERY)
    <Penalty.SUSPEND: 'suspend'>
    >>> lowered_to(Penalty.CLOSE, bound=0.9, irreversible=(), supported=EVERY)
    <Penalty.LABEL: 'label'>
    >>> lowered_to(Penalty.CLOSE, bound=0.7, irreversible=(), supported=EVERY)
    """
    if penalty <= Penalty.LABEL:
        return None
    lighter = (one for one in supported if Penalty.NONE < one < penalty and one is not Penalty.DELETE_POST)
    return max((one for one in lighter if bound >= own_gate(one, irreversible=irreversible)), default=None)
