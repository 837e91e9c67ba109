"""The neutrality lint: what a pack may not say even though it is well formed. A pack that fails it does not run."""

from __future__ import annotations

from collections.abc import Iterator

from evenhand.errors import Problem
from evenhand.model.condition import Place, TextTest
from evenhand.model.expression import Reads
from evenhand.model.harm import IMPERSONATION, Harm
from evenhand.model.policy import Policy, PolicyPack, SwapPair
from evenhand.policy.decide import ANY_LANGUAGE
from evenhand.policy.language.vocabulary import COLUMNS
from evenhand.policy.protected_names import ProtectedNames
from evenhand.policy.swap import swapped

SINGLING = frozenset({"account_id", "post_id"})
"""Columns that name one account or post."""
REQUIRED_GUARDS = {
    **dict.fromkeys(IMPERSONATION, ("disclosure", "criticism", "namesake", "precedence", "proven_control",
                                    "named_in_profile", "renamed", "adjudicated")),
    Harm.SCAM: ("criticism", "hijacked", "adjudicated"),
    Harm.SYNTHETIC_PRESENTER: ("disclosure", "ai_disclosure", "criticism", "adjudicated"),
    Harm.FALSE_CLAIM: ("disclosure", "refutes_claim", "verdict_in_doubt", "adjudicated"),
    Harm.INAUTHENTIC_NETWORK: ("organic_mobilisation", "disclosure", "adjudicated"),
    Harm.FAKE_FOLLOWERS: ("adjudicated",),
}
"""The guards that a policy on a harm cannot do without (DESIGN §1: guards of equal rank)."""
_TAKEN_FOR_IMPOSTORS = "without them parodies, critics, namesakes and accounts that were taken over are taken for impostors"
_OTHERS_REACHED = "without them it reaches those who deceive nobody"
MIN_TEXT = 60
"""Characters in the shortest rule that tells somebody what not to do."""


def lint_pack(pack: PolicyPack, *, names: ProtectedNames, sides: tuple[SwapPair, ...]) -> tuple[Problem, ...]:
    """Everything in `pack` that is not neutral or not proven, with its place; empty when it passes.

    `names` are what no condition may look for; `sides` are the pairs whose words the swap test exchanges.
    """
    return tuple(problem for policy in pack.policies for problem in _policy(policy, names, sides))


def _policy(policy: Policy, names: ProtectedNames, sides: tuple[SwapPair, ...]) -> Iterator[Problem]:
    for test in policy.when.text_tests:
        yield from _text_test(policy, test, names)
    yield from _aimed(policy)
    yield from _unguarded(policy)
    if len(policy.text) < MIN_TEXT:
        yield _problem(policy, "text", f"the rule has {len(policy.text)} characters, too few to be understood",
                       "say what may not be done, what is still allowed, and why")
    spoken = {case.account.language for case in policy.cases}
    for language in policy.languages:
        if language not in spoken and language != ANY_LANGUAGE:
            yield _problem(policy, "languages", f"no case is in `{language}`, so the policy is not validated for it",
                           f'add a case whose account has language = "{language}", or leave it out')
    if not any(swapped(case, sides) for case in policy.cases):
        yield _problem(policy, "case", "no case names a side, so the swap test proves nothing",
                       "add cases that name a party, a government or a country in the bio or the posts")


def _aimed(policy: Policy) -> Iterator[Problem]:
    """Columns by which a condition would pick out accounts instead of recognising a deception."""
    known = COLUMNS[policy.subject]
    for name in policy.when.columns:
        if name in SINGLING:
            yield _problem(policy, "when", f"the condition looks at `{name}`, so it aims at certain accounts",
                           "a rule holds for all alike: what was found before about an account is for strikes and appeals")
        elif policy.harm in IMPERSONATION and known[name].reads is Reads.FREE_TEXT:
            yield _problem(policy, "when", f"the condition of a policy on impersonation reads `{name}`",
                           "what an account says and whom it reads as is measured by the detectors for all alike: use "
                           "`confidence`, `has_claim`, `best_similarity`, `holder_kind`")


def _unguarded(policy: Policy) -> Iterator[Problem]:
    """Guards without which a policy on this harm would reach those who do not deceive."""
    missing = [guard for guard in REQUIRED_GUARDS.get(policy.harm, ()) if guard not in policy.guards]
    if missing:
        listed = ", ".join(f"`{guard}`" for guard in missing)
        yield _problem(policy, "guards", f"a policy on `{policy.harm}` must listen to {listed}",
                       "add them to `guards`: " + (_TAKEN_FOR_IMPOSTORS if policy.harm in IMPERSONATION else _OTHERS_REACHED))


def _text_test(policy: Policy, test: TextTest, names: ProtectedNames) -> Iterator[Problem]:
    known = COLUMNS[policy.subject]
    place = test.place or policy.place("when")
    reads = {known[name].reads for name in test.columns}
    named = names.named_by(test.literal, test.columns) if Reads.FREE_TEXT in reads else None
    if named is not None:
        word, what = named
        yield _at(place, policy, f"the condition looks for '{word}', which names {what}",
                  "a rule may not single anybody out: imitation is measured by the detectors, use `best_similarity`, "
                  "`holder_kind` or `has_identity`")
    if Reads.STATE in reads and test.literal:
        yield _at(place, policy, f"the condition singles out a state: '{test.literal}'",
                  "a rule holds for all alike: where a law holds only in some countries, list them in `territory`")
    if Reads.LANGUAGE in reads and test.literal:
        yield _at(place, policy, f"the condition singles out speakers of a language: '{test.literal}'",
                  "list the languages the policy is validated for in `languages`; elsewhere it only labels")


def _problem(policy: Policy, key: str, what: str, hint: str) -> Problem:
    return _at(policy.place(key), policy, what, hint)


def _at(place: Place | None, policy: Policy, what: str, hint: str) -> Problem:
    return Problem(what=what, file=policy.file or None, hint=hint) if place is None else place.problem(what, hint=hint)
