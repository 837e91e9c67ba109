"""What follows from a finding: clause, guards, strikes, proportion. A pure function on frozen values."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from evenhand.model.decision import Automation, Strike, Unread
from evenhand.model.evidence import MIN_FAMILIES, Finding, GuardHit, Strength
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.model.policy import Policy, Rung
from evenhand.policy.ladder import EDUCATIONAL, active_strikes, nearest_lighter, rung_index, spare

EVERY_PENALTY = frozenset(Penalty) - {Penalty.NONE}
"""What a connector that can do everything supports."""
GENERAL = (Penalty.WARN, Penalty.LABEL, Penalty.LIMIT_REACH)
"""Penalties that fit every finding, so that they may stand in for a heavier one."""
ANY_LANGUAGE = "*"
"""Stands in a policy's languages when its evidence is not text, such as a listed address."""

ACCOUNT, POSTS = "account_id", "posts"
"""Whose language lowered a penalty, as statements name the place."""
_NO_LANGUAGE = re.compile(r"|und|mul|mis|zxx|q[a-t][a-z]")
"""Tags that name no language: none, undetermined, several, uncoded, no words at all, private use (ISO 639-2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a decision depends on besides the finding and the policy."""

    at: datetime
    """The instant of the decision: the snapshot's cut-off."""
    language: str | None
    """The account's own."""
    post_languages: tuple[str, ...] = ()
    """The languages of the posts in the evidence, one for each post of which it is known."""
    strikes: tuple[Strike, ...] = ()
    supported: Collection[Penalty] = EVERY_PENALTY
    """What the platform's connector can do."""
    incomplete: str = ""
    """Why a person decides whatever the guards say: what may speak for the account could not be read. Empty: it all could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The penalty for one finding under one policy, and how it was reached."""

    penalty: Penalty
    until: datetime | None
    automation: Automation
    spared_by: str | None
    """The guard or rule that spared, when the penalty is none."""
    steps: tuple[str, ...]
    would_change: tuple[str, ...]
    unread: Unread | None = None
    """The languages that lowered the penalty, where they did."""


def decide(finding: Finding, hits: Sequence[GuardHit], *, policy: Policy, circumstances: Circumstances) -> Verdict:
    """The verdict on `finding` under `policy`.

    Guards that the policy lists are considered, no others; each can only lower. The rung follows from the strikes that
    count at that instant; one sweep is one strike, however many posts. What the platform cannot do becomes the nearest
    lighter penalty. Closing an account, and whatever a guard asks about, waits for a person.
    """
    considered = [hit for hit in hits if hit.guard in policy.guards and hit.speaks_about(finding)]
    for hit in considered:
        if hit.strength is Strength.SPARE:
            return _none(hit.guard, f"spared by the guard `{hit.guard}`: {hit.fact}")
    n_strikes = active_strikes(circumstances.strikes, policy_id=policy.policy_id, at=circumstances.at)
    rungs = policy.ladder(circumstances.at.date()).rungs
    index = rung_index(n_strikes, n_rungs=len(rungs))
    rung = rungs[index]
    counted = f"{n_strikes} strike{'' if n_strikes == 1 else 's'} that count"
    steps = [f"rung {index + 1} of {len(rungs)} with {counted}: {rung.penalty}"]
    penalty, unread = _lowered(rung.penalty, considered, policy=policy, circumstances=circumstances, steps=steps)
    imposed = _within_means(rung if penalty is rung.penalty else Rung(penalty=penalty), finding, rungs=rungs,
                            supported=circumstances.supported, steps=steps)
    penalty = imposed.penalty
    if penalty is Penalty.NONE:
        return _none("no_means", steps[-1])
    asks = [hit for hit in considered if hit.strength is Strength.ASK]
    reserved = {Penalty.CLOSE, *policy.needs_person}  # a guard that lowers such a rung does not take the person away
    by_person = bool(asks or circumstances.incomplete) or not reserved.isdisjoint({rung.penalty, penalty})
    steps.extend(f"a person decides: {hit.fact}" for hit in asks)
    if circumstances.incomplete:
        steps.append(f"a person decides: {circumstances.incomplete}")
    if by_person and not asks and not circumstances.incomplete:
        steps.append("a person decides: closing an account and what the policy reserves is never automatic")
    until = circumstances.at + imposed.lasts if imposed.lasts is not None else None
    return Verdict(penalty=penalty, until=until, spared_by=None, steps=tuple(steps),
                   automation=Automation.PARTIALLY if by_person else Automation.FULLY,
                   would_change=would_change(finding, policy=policy, rung=index), unread=unread)


def too_old(horizon: datetime) -> Verdict:
    """The verdict on a finding of which too little is younger than the look-back's `horizon`."""
    return _none("look_back", f"what is younger than the look-back to {horizon:%Y-%m-%d} is not enough for a finding")


def would_change(finding: Finding, *, policy: Policy, rung: int) -> tuple[str, ...]:
    """What would have changed the outcome, one sentence each, from the evidence and the policy alone."""
    sentences = []
    for family in finding.families:
        if len(finding.families) - 1 < MIN_FAMILIES or family in policy.families.must_include:
            facts = [reason.fact.rstrip(".") for reason in finding.reasons if reason.family is family]
            more = f" (and {len(facts) - 1} more of this kind)" if len(facts) > 1 else ""
            sentences.append(f"without the evidence of {family}, there would be no finding: {facts[0]}{more}")
    if "disclosure" in policy.guards:
        sentences.append("a disclosure such as “parody” or “fan account” in the name or profile would have spared it")
    if "proven_control" in policy.guards:
        sentences.append("proof of control, such as an entry of this account in the holder's register, would have spared it")
    if rung > 0:
        sentences.append("with fewer strikes that count, the penalty would have been lighter")
    return tuple(sentences)


def _lowered(penalty: Penalty, hits: Sequence[GuardHit], *, policy: Policy, circumstances: Circumstances,
             steps: list[str]) -> tuple[Penalty, Unread | None]:
    """The penalty after the guards that lower, and the languages that lowered it further."""
    lowered = spare(penalty, hits)
    if lowered < penalty:
        steps.append(f"a guard lowers it to {lowered}")
    unread = unread_languages(policy, circumstances) if lowered > EDUCATIONAL else None
    if unread is None:
        return lowered, None
    named = ", ".join(unread.languages) or "unknown"
    whose = "the account's language" if unread.where == ACCOUNT else "the language of half or more of the posts in the evidence"
    steps.append(f"the policy is not validated for {whose} ({named}): at most {EDUCATIONAL}")
    return EDUCATIONAL, unread


def unread_languages(policy: Policy, circumstances: Circumstances) -> Unread | None:
    """The languages that the policy is not validated for: the account's, or else those of half of the posts at least.

    Posts whose language the platform does not know, or says to be none, do not count. One post among many in another
    language changes nothing: those that the policy can read stand by themselves.
    """
    if ANY_LANGUAGE in policy.languages:
        return None
    if _tag(circumstances.language) not in policy.languages:
        return Unread(languages=(circumstances.language,) if circumstances.language else (), where=ACCOUNT)
    spoken = [tag for tag in map(_tag, circumstances.post_languages) if not _NO_LANGUAGE.fullmatch(tag)]
    foreign = [tag for tag in spoken if tag not in policy.languages]
    if 2 * len(foreign) < max(len(spoken), 1):
        return None
    return Unread(languages=tuple(sorted(set(foreign))), where=POSTS)


def _within_means(rung: Rung, finding: Finding, *, rungs: Sequence[Rung], supported: Collection[Penalty],
                  steps: list[str]) -> Rung:
    """The rung itself, or the nearest lighter penalty that the platform can impose and that has something to act on.

    Instead of a rung only general penalties come into question, never one about followers, money or posts that the
    policy does not name for this finding; and a suspension only with a length that the policy's own ladder gives it.
    """
    suspensions = [other for other in rungs if other.penalty is Penalty.SUSPEND]
    fallbacks = [Rung(penalty=penalty) for penalty in GENERAL] + suspensions[-1:]
    can_delete = bool(finding.post_ids)
    means = {other.penalty: other for other in (*fallbacks, rung)
             if other.penalty in supported and (other.penalty is not Penalty.DELETE_POST or can_delete)}
    chosen = nearest_lighter(rung.penalty, supported=means)
    if chosen < rung.penalty:
        steps.append(f"{MEANINGS[rung.penalty].title} cannot be imposed here: the nearest lighter is {chosen}")
    return means.get(chosen, Rung(penalty=Penalty.NONE))


def _none(spared_by: str, step: str) -> Verdict:
    return Verdict(penalty=Penalty.NONE, until=None, automation=Automation.FULLY, spared_by=spared_by, steps=(step,),
                   would_change=())


def _tag(language: str | None) -> str:
    return (language or "").replace("_", "-").partition("-")[0].lower()
