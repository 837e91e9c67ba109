"""The plan: what would be done to whom, in which order and why, frozen under one digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evenhand.campaign.cases import SuspectCase, Suspicion
from evenhand.model.decision import Decision, Effect, Profile, StatementOfReasons, Undo
from evenhand.model.evidence import Finding, GuardHit, Strength
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.policy import Policy, PolicyPack
from evenhand.policy.decide import Circumstances, Verdict, decide, too_old
from evenhand.policy.look_back import within_look_back
from evenhand.statements.compose import UNSUPPORTED_LANGUAGE, Outcome, Rule, compose, unsupported_language
from evenhand.statements.languages import Languages
from evenhand.statements.messages import Messages

NO_POLICY = "no policy of the pack applies: the evidence is below its condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """A suspicion that ended without a penalty, and why."""

    profile: Profile
    finding: Finding
    guard_hits: tuple[GuardHit, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan is made under: the pack and the policies in force, the cut-off, the words, what the platform can do."""

    pack: PolicyPack
    policies: tuple[Policy, ...]
    """The policies in force, in the order of the verdicts' columns."""
    cut_off: datetime
    messages: Messages
    """The words of the plan's own tables."""
    supported: frozenset[Penalty]
    languages: Languages | None = None
    """The words of statements, in each person's language; None: in the plan's own words."""
    incomplete: str = ""
    """Why a person decides about every account: records that may speak for it could not be used. Empty: they all could."""

    def rule(self, policy: Policy) -> Rule:
        """The policy as statements quote it."""
        return Rule(text=policy.text, ground_url=policy.ground.url, territory=policy.territory,
                    appeal_days=self.pack.appeal_window.days, appeal_url=self.pack.authority.appeal_url,
                    language=next(iter(self.pack.languages), ""))


def judge(cases: Iterable[SuspectCase], *, terms: Terms) -> Iterator[Decision | Spared]:
    """One decision for each account that gets a penalty, and each suspicion that ended without one, in the plan's order.

    An account with several findings gets one decision: the heaviest penalty, then the gravest policy, then the surest.
    """
    for case in cases:
        outcomes = [_outcome(case, suspicion, terms=terms) for suspicion in case.suspicions]
        decided = [o for o in outcomes if not isinstance(o, Spared)]
        yield from (o for o in outcomes if isinstance(o, Spared))
        if decided:
            decided.sort(key=lambda o: (-o[1].penalty.rank, o[0].severity, -o[2].confidence, o[2].harm))
            policy, verdict, finding = decided[0]
            others = tuple(sorted({o[2].harm for o in decided[1:]} - {finding.harm}))
            yield _decision(case, policy, verdict, finding, terms=terms, others=others)


def effects(decision: Decision, *, appeal_window_ends: datetime, at_once: Sequence[Penalty]) -> tuple[Effect, ...]:
    """What to change on the platform for `decision`: one effect, or one per post when posts are deleted.

    Closing cannot be undone for ever, so it waits until the appeal window ends, unless the policy says why not.
    """
    posts: tuple[str | None, ...] = decision.finding.post_ids if decision.penalty is Penalty.DELETE_POST else (None,)
    waits = decision.penalty is Penalty.CLOSE and decision.penalty not in at_once
    undo = {Penalty.WARN: Undo.WITHDRAW, Penalty.LABEL: Undo.WITHDRAW, Penalty.CLOSE: Undo.UNTIL}.get(
        decision.penalty, Undo.RESTORE)
    return tuple(Effect(
        key=_digest(decision.decision_id, decision.penalty, post_id or "")[:32], decision_id=decision.decision_id,
        account_id=decision.profile.account_id, post_id=post_id, penalty=decision.penalty, undo=undo,
        not_before=appeal_window_ends if waits else None) for post_id in posts)


def left_out_header(n_left_out: Mapping[str, int]) -> dict[str, str]:
    """What a plan's digest covers of the records that were left out; nothing where none was.

    >>> left_out_header({"holders": 2}), left_out_header({})
    ({'left_out': 'holders 2'}, {})
    """
    return {"left_out": ", ".join(f"{name} {n}" for name, n in sorted(n_left_out.items()))} if n_left_out else {}


class PlanDigest:
    """The digest of a plan, built up effect by effect.

    It covers what the plan was made from (cut-off, snapshot, pack, registries, code version, seed) and every effect in
    order; each effect's key covers its decision's reasons and statement.
    """

    def __init__(self, *, made_from: dict[str, str]) -> None:
        self._hash = hashlib.sha256(json.dumps(made_from, sort_keys=True, ensure_ascii=False).encode())

    def add(self, key: str, *, penalty: str, not_before: datetime | None) -> None:
        """Add the next effect, by its key, its penalty and the time that it waits for."""
        waits = not_before.isoformat() if not_before else ""
        self._hash.update(f"\n{key} {penalty} {waits}".encode())

    def hexdigest(self) -> str:
        """The digest so far, 64 hexadecimal digits."""
        return self._hash.hexdigest()


def _outcome(case: SuspectCase, suspicion: Suspicion, *, terms: Terms) -> Spared | tuple[Policy, Verdict, Finding]:
    """The heaviest verdict over the policies that apply, or why there is none."""
    finding = suspicion.finding
    heard = tuple(hit for hit in case.guard_hits if hit.speaks_about(finding))
    if not suspicion.policy_numbers:
        return Spared(profile=case.profile, finding=finding, guard_hits=heard, why=NO_POLICY)
    verdicts = []
    for number in suspicion.policy_numbers:
        policy = terms.policies[number]
        look_back = terms.pack.look_back_gravest if policy.severity == 1 else terms.pack.look_back
        horizon = terms.cut_off - look_back
        recent = within_look_back(finding, posted_at=suspicion.posted_at, horizon=horizon)
        circumstances = Circumstances(at=terms.cut_off, language=case.profile.language, strikes=case.strikes,
                                      supported=terms.supported, incomplete=terms.incomplete,
                                      post_languages=_languages(suspicion, horizon=horizon))
        verdict = (too_old(horizon) if recent is None
                   else decide(recent, heard, policy=policy, circumstances=circumstances))
        verdicts.append((policy, verdict, recent or finding))
    verdicts.sort(key=lambda v: (-v[1].penalty.rank, v[0].severity, v[0].policy_id))
    policy, verdict, finding = verdicts[0]
    if verdict.penalty is Penalty.NONE:
        guards = {guard for policy, _, _ in verdicts for guard in policy.guards}
        return Spared(profile=case.profile, finding=finding, why=verdict.steps[-1],
                      guard_hits=tuple(hit for hit in heard if hit.guard in guards))
    return policy, verdict, finding


def _languages(suspicion: Suspicion, *, horizon: datetime) -> tuple[str, ...]:
    """The languages of the posts in the evidence that still count, one for each post of which it is known."""
    return tuple(language for post, language in suspicion.languages.items()
                 if suspicion.posted_at.get(post, horizon) >= horizon)


def _decision(case: SuspectCase, policy: Policy, verdict: Verdict, finding: Finding, *, terms: Terms,
              others: tuple[Harm, ...]) -> Decision:
    words = terms.languages.for_reader(case.profile.language) if terms.languages is not None else terms.messages
    statement = compose(
        words, profile=case.profile, finding=finding, rule=terms.rule(policy),
        outcome=Outcome(penalty=verdict.penalty, until=verdict.until, automation=verdict.automation, unread=verdict.unread),
        is_worded=words.language == terms.messages.language)
    considered = (*(hit for hit in case.guard_hits if hit.guard in policy.guards and hit.speaks_about(finding)),
                  *_unread(finding, verdict, words=terms.messages))
    published = {post: at for suspicion in case.suspicions for post, at in suspicion.posted_at.items()}
    return Decision(
        decision_id=_decision_id(finding, policy, verdict, statement),
        posted_at=max((published[post] for post in finding.post_ids if post in published), default=None),
        profile=case.profile, harm=finding.harm, policy_id=policy.policy_id, penalty=verdict.penalty,
        until=verdict.until, finding=finding, guards_considered=considered, automation=verdict.automation,
        decided_at=terms.cut_off, steps=verdict.steps, would_change=verdict.would_change, other_harms=others,
        statement=statement)


def _unread(finding: Finding, verdict: Verdict, *, words: Messages) -> Iterator[GuardHit]:
    """The hit of the guard `unsupported_language`, where it lowered the penalty."""
    if (unread := verdict.unread) is not None:
        yield GuardHit(account_id=finding.account_id, guard=UNSUPPORTED_LANGUAGE, strength=Strength.LOWER, where=unread.where,
                       shown=", ".join(unread.languages), fact=unsupported_language(words, unread))


def _decision_id(finding: Finding, policy: Policy, verdict: Verdict, statement: StatementOfReasons) -> str:
    """A digest of who, under what, with which evidence and which words; the same decision always has the same id."""
    reasons = [[r.family, r.signal, r.where, r.shown, r.expected, r.source] for r in finding.reasons]
    return _digest(finding.account_id, policy.policy_id, verdict.penalty,
                   verdict.until.isoformat() if verdict.until else "", finding.holder_id or "",
                   json.dumps(reasons, ensure_ascii=False), " ".join(finding.post_ids), statement.text)[:24]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


