"""Composes the statement of reasons from a finding, a rule and what was decided. Every word is in the messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache

from evenhand.model.decision import Automation, Profile, StatementOfReasons, Unread, in_a_row
from evenhand.model.evidence import Finding, Reason
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.languages import fallback_note, primary
from evenhand.statements.messages import Messages
from evenhand.statements.quoting import MAX_SHOWN_CHARACTERS, isolated, neutral, sentence

MIN_APPEAL_DAYS = 180
"""DSA Article 20(1): complaints stay possible for at least six months."""
UNSUPPORTED_LANGUAGE = "unsupported_language"
"""The guard that the decision itself is: no policy need list it, and none can leave it out."""
_MAX_POSTS_NAMED = 20
_COMPARED_SIGNALS = frozenset({"name_lookalike_characters", "name_edited", "address_lookalike"})
"""Signals whose sentence points at the differing characters."""
_MAX_DIFFERENCE = 3
"""A stretch of differing characters longer than this is no longer a detail worth pointing at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a statement needs to know of the policy it rests on.

    Raises `ValueError` when the text is empty or the appeal window is shorter than `MIN_APPEAL_DAYS`.
    """

    text: str
    """The rule in plain language, as users read it."""
    ground_url: str
    territory: tuple[str, ...] = ()
    """Country codes; empty means everywhere."""
    appeal_days: int = MIN_APPEAL_DAYS
    appeal_url: str = ""
    language: str = ""
    """The language that the text is written in; empty where that is the reader's."""

    def __post_init__(self) -> None:
        """Refuse a rule that nobody could read or appeal against."""
        if not self.text.strip():
            raise ValueError("a statement needs the rule's text: give the policy its plain-language text")
        if self.appeal_days < MIN_APPEAL_DAYS:
            raise ValueError(f"an appeal must stay possible for {MIN_APPEAL_DAYS} days: raise `appeal_days`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was decided.

    Raises `ValueError` for no penalty, and for a suspension without an end.
    """

    penalty: Penalty
    until: datetime | None
    automation: Automation
    unread: Unread | None = None
    """The languages that made it lighter, where they did."""

    def __post_init__(self) -> None:
        """Refuse what has no statement."""
        if self.penalty is Penalty.NONE:
            raise ValueError("where nothing is imposed there is no statement: pass a penalty above `none`")
        if self.penalty is Penalty.SUSPEND and self.until is None:
            raise ValueError("a suspension always has an end: pass `until`")


def compose(messages: Messages, *, profile: Profile, finding: Finding, rule: Rule,
            outcome: Outcome, is_worded: bool = False) -> StatementOfReasons:
    """The statement of reasons in the language of `messages`: what, which rule, which facts, by whom, how to appeal.

    With `is_worded` the finding's facts are in these very messages' words already.
    """
    facts = [(True, reason.fact) if is_worded else _fact_of(messages, reason) for reason in finding.reasons]
    frame = _frame(messages, rule, outcome, harm=finding.harm)
    account = account_name(messages, profile.handle)
    return StatementOfReasons(
        language=messages.language,
        subject=messages.say(f"penalty.{outcome.penalty}.subject", account=account, until=frame.until),
        what=in_a_row(messages.say(f"penalty.{outcome.penalty}.what", account=account, until=frame.until,
                                   posts=quoted_posts(messages, finding.post_ids)), frame.reason),
        rule=frame.rule,
        ground_url=rule.ground_url,
        facts=tuple(dict.fromkeys(text for _, text in facts)),
        automation=frame.automation,
        territory=frame.territory,
        duration=frame.duration,
        appeal=frame.appeal,
        note=in_a_row(fallback_note(messages, reader=profile.language), frame.quoted_rule,
                      "" if all(is_own for is_own, _ in facts) else messages.say("phrase.some_facts"),
                      unsupported_language(messages, outcome.unread) if outcome.unread is not None else ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What every statement of one rule and outcome says alike, in one language."""

    until: str
    reason: str
    rule: str
    automation: str
    territory: str
    duration: str
    appeal: str
    quoted_rule: str


@lru_cache(maxsize=4096)
def _frame(messages: Messages, rule: Rule, outcome: Outcome, *, harm: Harm) -> _Frame:
    always = messages.direction == "rtl"
    until = isolated(outcome.until.strftime("%Y-%m-%d"), always=always) if outcome.until else ""
    return _Frame(
        until=until,
        reason=messages.say("phrase.reason", reason=messages.say(f"harm.{harm}.reason")),
        rule=isolated(rule.text.strip(), always=always),
        automation=messages.say(f"automation.{outcome.automation}"),
        territory=messages.say("territory.listed", places=isolated(", ".join(rule.territory), always=always)) if rule.territory
        else messages.say("territory.everywhere"),
        duration=_duration(messages, penalty=outcome.penalty, until=until),
        appeal=messages.say("appeal.text", days=isolated(str(rule.appeal_days), always=always),
                            url=isolated(rule.appeal_url, always=always) if rule.appeal_url else ""),
        quoted_rule=_quoted_rule(messages, rule))


def fact(messages: Messages, signal: str, *, where: str, shown: str, expected: str, source: str) -> str:
    """The sentence of one signal, with account text neutralised. Raises `DataError` when it has no sentence.

    In English `name_reads_as` becomes, for example: Its display name “Der SpiegeI” reads as “Der Spiegel”
    (registered: media:spiegel.de).
    """
    values = _values(messages, where=where, shown=shown, expected=expected, source=source)
    if signal in _COMPARED_SIGNALS:
        values["difference"] = _difference(messages, shown, expected)
    return messages.say(f"signal.{signal}.fact", **values)


def guard_fact(messages: Messages, guard: str, *, where: str, shown: str, expected: str = "", source: str = "") -> str:
    """The sentence of one guard hit. Where the file has `guard.NAME.when.EXPECTED`, that wording goes first."""
    values = _values(messages, where=where, shown=shown, expected=expected, source=source)
    special = f"guard.{guard}.when.{expected}"
    return messages.say(special if special in messages else f"guard.{guard}.fact", **values)


def unsupported_language(messages: Messages, unread: Unread) -> str:
    """The sentence of the guard `unsupported_language`, with the names of the languages in the reader's own."""
    named = ", ".join(messages.language_name(tag) for tag in unread.languages)
    return guard_fact(messages, UNSUPPORTED_LANGUAGE, where=unread.where, shown=named, expected=unread.where)


def _values(messages: Messages, *, where: str, shown: str, expected: str, source: str) -> dict[str, str]:
    always = messages.direction == "rtl"
    return {"where": _place(messages, where), "shown": _quotable(shown, always=always) if shown else "",
            "expected": _quotable(expected, always=always) if expected else "",
            "source": _quotable(source, always=always) if source else ""}


@lru_cache(maxsize=16_384)
def _quotable(text: str, *, always: bool) -> str:
    """Account text as it stands in a sentence. Sources and registered names come back all the time."""
    return isolated(neutral(text), always=always)


def _place(messages: Messages, where: str) -> str:
    key = f"place.{where}"
    return messages.say(key) if key in messages else messages.say(
        "place.post", id=isolated(neutral(where), always=bool(where) and messages.direction == "rtl"))


def _fact_of(messages: Messages, reason: Reason) -> tuple[bool, str]:
    """Whether the fact of a reason is in this language, and the fact: as it was composed before where it is not."""
    if f"signal.{reason.signal}.fact" not in messages and reason.fact.strip():
        return False, sentence(reason.fact)
    return True, fact(messages, reason.signal, where=reason.where, shown=reason.shown, expected=reason.expected,
                      source=reason.source)


def account_name(messages: Messages, handle: str | None) -> str:
    """How an account is called in a sentence: its handle, with an @ before it."""
    return isolated("@" + neutral(handle).removeprefix("@"), always=messages.direction == "rtl")


def quoted_posts(messages: Messages, post_ids: Sequence[str]) -> str:
    """The ids of posts, the first ones named and the others counted."""
    always = messages.direction == "rtl"
    named = ", ".join(isolated(neutral(post_id), always=always) for post_id in post_ids[:_MAX_POSTS_NAMED])
    n_more = len(post_ids) - _MAX_POSTS_NAMED
    return named + (" " + messages.say("phrase.more_posts", n=isolated(str(n_more), always=always)) if n_more > 0 else "")


def _quoted_rule(messages: Messages, rule: Rule) -> str:
    """The sentence that says in which language the rule is quoted; empty where that is the statement's own."""
    if not rule.language or primary(rule.language) == primary(messages.language):
        return ""
    return messages.say("phrase.rule_quoted", language=messages.language_name(rule.language))


def _duration(messages: Messages, *, penalty: Penalty, until: str) -> str:
    if penalty is Penalty.WARN:
        return messages.say("duration.warn")
    return messages.say("duration.until", until=until) if until else messages.say("duration.none")


def _difference(messages: Messages, shown: str, expected: str) -> str:
    """The first differing characters of two names in words, or nothing when they differ in more than a detail."""
    a, b = shown.casefold(), expected.casefold()
    if len(a) != len(shown) or len(b) != len(expected) or max(len(a), len(b)) > MAX_SHOWN_CHARACTERS:
        return ""
    changed = [(shown[i:j], expected[k:m]) for tag, i, j, k, m
               in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if tag == "replace"]
    if not changed or any(max(len(x), len(y)) > _MAX_DIFFERENCE for x, y in changed):
        return ""
    found, usual = changed[0]
    if not found.strip() or not usual.strip():
        return ""
    same_length = len(found) == len(usual)  # otherwise, as with rn for m, the letters speak for themselves
    always = messages.direction == "rtl"
    return messages.say("phrase.difference", found=isolated(neutral(found), always=always),
                        usual=isolated(neutral(usual), always=always),
                        found_code=isolated(_codes(found), always=always) if same_length else "",
                        usual_code=isolated(_codes(usual), always=always) if same_length else "")


def _codes(characters: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in characters)
