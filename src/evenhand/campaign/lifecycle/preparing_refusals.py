"""The words of refusals on the way to an approval: of drafts, samples, audits and holdouts, of who approves and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from evenhand.model.campaigns.event import Event
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.refusal import Refusal


def cooling_off_too_short(least: timedelta) -> Refusal:
    """Less time to think than the mode asks for."""
    return Refusal(code=RefusalCode.COOLING_OFF_TOO_SHORT, text=f"the cooling-off is shorter than {_span(least)}",
                   next_step=f"set `cooling_off_seconds` to {int(least.total_seconds())} or more")


def solo_irreversible(penalties: Sequence[str]) -> Refusal:
    """A plan with what cannot be taken back, by one person alone."""
    named = ", ".join(f"`{penalty}`" for penalty in penalties)
    return Refusal(code=RefusalCode.SOLO_IRREVERSIBLE,
                   text=f"in solo mode everything must be reversible; the plan contains {named}",
                   next_step="plan again without these penalties (`--penalties`), or find a second person and use team mode")


def proposer_draws(event: Event) -> Refusal:
    """The seed of the sample is not chosen by who made the plan."""
    return Refusal(code=RefusalCode.PROPOSER_DRAWS, text=f"`{event.actor}` proposed this plan and cannot draw its sample",
                   next_step="let one of the readers or approvers choose the seed")


def sample_twice() -> Refusal:
    """A sample is not drawn until it looks good."""
    return Refusal(code=RefusalCode.SAMPLE_TWICE, text="the sample of this plan is drawn already",
                   next_step="read it; only another plan gets another sample")


def sampled_before() -> Refusal:
    """The same plan again, to draw another sample."""
    return Refusal(code=RefusalCode.SAMPLED_BEFORE, text="this plan was bound before and its sample was drawn",
                   next_step="go on with a plan that was corrected; it has another digest and gets its own sample")


def no_sample() -> Refusal:
    """An audit without a sample."""
    return Refusal(code=RefusalCode.NO_SAMPLE, text="no sample of this plan was drawn", next_step="draw the sample first")


def audit_open(n_unread: int, n_disputed: int = 0) -> Refusal:
    """The audit is not finished."""
    disputed = f" and {n_disputed:,} disputed items" if n_disputed else ""
    return Refusal(code=RefusalCode.AUDIT_OPEN, text=f"the audit lacks {n_unread:,} readings{disputed}",
                   next_step="read and adjudicate them; nothing is concluded from a part")


def not_lowered(stratum: str, outcome: str) -> Refusal:
    """Nothing takes the place of a penalty that stands, or of one that nothing is left of."""
    return Refusal(code=RefusalCode.NOT_LOWERED, text=f"the audit did not lower the stratum `{stratum}`: it is {outcome}",
                   next_step="lower only strata of which the audit says so: `evenhand status`")


def no_end(stratum: str) -> Refusal:
    """A suspension without an end."""
    return Refusal(code=RefusalCode.NO_END, text=f"the suspension in the place of `{stratum}` has no end",
                   next_step="say until when")


def not_protected(decision_id: str) -> Refusal:
    """A decision that waits for nobody."""
    return Refusal(code=RefusalCode.NOT_PROTECTED, text=f"the decision `{decision_id}` is about no protected account",
                   next_step="see `evenhand apply`: it names what waits for a person")


def proposer_confirms(event: Event) -> Refusal:
    """Another pair of eyes for what waits for a person."""
    return Refusal(code=RefusalCode.PROPOSER_CONFIRMS,
                   text=f"`{event.actor}` proposed this plan and cannot confirm its decisions",
                   next_step="let somebody read the case who took no part in proposing it")


def proposer_releases(event: Event) -> Refusal:
    """Another pair of eyes for every protected account."""
    return Refusal(code=RefusalCode.PROPOSER_RELEASES,
                   text=f"`{event.actor}` proposed this plan and cannot decide about a protected account",
                   next_step="let somebody read the case who took no part in proposing it")


def holdout_twice() -> Refusal:
    """A holdout is not drawn until little was missed."""
    return Refusal(code=RefusalCode.HOLDOUT_TWICE, text="the holdout of this plan is drawn already",
                   next_step="read it; only another plan gets another holdout")


def no_holdout(*, is_over: bool = False) -> Refusal:
    """Nothing to read or to conclude from."""
    text = "the holdout of this plan is concluded already" if is_over else "no holdout was drawn for this plan"
    return Refusal(code=RefusalCode.NO_HOLDOUT, text=text, next_step="look at the report" if is_over else
                   "draw it with `evenhand audit holdout draw`")


def holdout_open(n_unread: int, n_disputed: int = 0) -> Refusal:
    """The holdout is not read to its end."""
    disputed = f" and {n_disputed:,} disputed accounts" if n_disputed else ""
    return Refusal(code=RefusalCode.HOLDOUT_OPEN, text=f"the holdout lacks {n_unread:,} readings{disputed}",
                   next_step="read and adjudicate them; nothing is concluded from a part")


def proposer_approves(event: Event) -> Refusal:
    """Nobody approves what they proposed."""
    return Refusal(code=RefusalCode.PROPOSER_APPROVES, text=f"`{event.actor}` proposed this plan and cannot approve it",
                   next_step="ask two people who took no part in proposing it")


def cooling_off(until: datetime) -> Refusal:
    """Too early to say yes."""
    return Refusal(code=RefusalCode.COOLING_OFF, text=f"the cooling-off lasts until {until:%Y-%m-%d %H:%M:%S} UTC",
                   next_step="read the plan and the audit; approve after that time")


def approved_twice(event: Event) -> Refusal:
    """One person, one approval."""
    return Refusal(code=RefusalCode.APPROVED_TWICE, text=f"`{event.actor}` has approved this plan already",
                   next_step="a second person has to approve")


def nothing_left() -> Refusal:
    """No stratum survived its audit."""
    return Refusal(code=RefusalCode.NOTHING_LEFT, text="the audit dropped every stratum: there is nothing to approve",
                   next_step="correct the policies or registries that were wrong, and plan again")


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return "1 hour" if hours == 1 else f"{hours} hours"
