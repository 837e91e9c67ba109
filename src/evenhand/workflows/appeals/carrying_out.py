"""Have the platform do what appeals ordered: undo, impose what is lighter, tell. Nothing else of the campaign goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from evenhand.errors import ConfigError, Problem
from evenhand.model.appeal import APPEALS_STAGE
from evenhand.model.campaigns.capability import Support
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.penalty import Penalty
from evenhand.ports import Platform
from evenhand.workflows.campaigns.platforms import Opened
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.effects.worker import Doors, Shift, work
from evenhand.workflows.effects.worker_names import worker_name

PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What became of what appeals ordered, in one run."""

    n_undone: int = 0
    n_imposed: int = 0
    n_told: int = 0
    n_lifted: int = 0
    """Suspensions that an appeal had shortened the penalty to, and that ended on their day."""
    n_failed: int = 0
    """What the platform refused for good: a person has to look."""
    n_open: int = 0
    """What is still to be done: not due yet, or put off by the platform."""

    def and_more(self, later: CarriedOut) -> CarriedOut:
        """This run and a later one together."""
        return CarriedOut(n_undone=self.n_undone + later.n_undone, n_imposed=self.n_imposed + later.n_imposed,
                          n_told=self.n_told + later.n_told, n_lifted=self.n_lifted + later.n_lifted,
                          n_failed=self.n_failed + later.n_failed, n_open=later.n_open)


def carry_out_orders(desk: Desk, platform: Platform, *,
                     progress: Callable[[int, int, str], None] = lambda _done, _total, _what: None) -> CarriedOut:
    """Carry out what is ordered and due. Repeating it goes on; what was done is not done again.

    It works off the appeals' own stage only, so it may run while the campaign is halted, and long after its end.
    """
    doors = Doors(outbox=desk.state.outbox, evidence=desk.state.evidence, platform=platform, now=desk.clock.now,
                  sleep=desk.clock.sleep)
    done: Counter[tuple[Act, EffectState]] = Counter()
    with worker_name(desk.place, f"{desk.campaign_id}\x1fappeals") as owner:
        shift = Shift(campaign_id=desk.campaign_id, owner=f"appeals:{owner}", stages=(APPEALS_STAGE,), patience=PATIENCE)
        for settlements in work(shift, doors):
            done.update((one.order.act, one.state) for one in settlements)
            n_done = sum(n for (_, state), n in done.items() if state is not EffectState.QUEUED)
            progress(n_done, n_done + desk.state.decisions.n_open(desk.campaign_id), "")
    failed = sum(n for (_, state), n in done.items() if state in {EffectState.FAILED, EffectState.SUPPRESSED})
    return CarriedOut(
        n_undone=done[Act.UNDO, EffectState.DONE], n_imposed=done[Act.IMPOSE, EffectState.DONE],
        n_told=done[Act.TELL, EffectState.DONE], n_lifted=done[Act.LIFT, EffectState.DONE], n_failed=failed,
        n_open=desk.state.decisions.n_open(desk.campaign_id))


def refuse_unsupported(penalty: Penalty | None, opened: Opened | None) -> None:
    """Raise `ConfigError` when the platform cannot impose the lighter penalty: nobody is told what does not happen."""
    if penalty is None or opened is None:
        return
    capabilities = opened.platform.capabilities
    if capabilities.of(penalty).support is Support.UNSUPPORTED:
        can = ", ".join(f"`{one}`" for one in Penalty if Penalty.NONE < one < penalty
                        and capabilities.of(one).support is not Support.UNSUPPORTED) or "none"
        raise ConfigError(Problem(what=f"`{capabilities.platform}` cannot impose `{penalty}`",
                                  hint=f"lighter ones that it can: {can}"))
