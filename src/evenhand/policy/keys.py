"""The keys of a pack's files: what each one is, whether it must be there, and an example. Declared once.

The reader checks files against these lists, and the reference page is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evenhand.model.condition import Subject
from evenhand.model.evidence import MIN_FAMILIES, EvidenceFamily
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.policy import GroundKind, Verdict


class Kind(StrEnum):
    """What kind of value a key has. The texts are the words used in error messages."""

    TEXT = "a text"
    NUMBER = "a whole number"
    DECIMAL = "a number"
    YES_NO = "true or false"
    DAY = "a date"
    TIME = "a date or time"
    TEXTS = "a list of texts"
    TABLE = "a table"
    TABLES = "a list of tables"
    RUNG = "a penalty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a text must look like."""

    pattern: str
    words: str
    """The form in words, for the hint."""


_URL = Form(pattern=r"https?://[^\s/]+\.[^\s/]+(/\S*)?", words="a web address, such as https://example.org/rules")
_ID = Form(pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+)*", words="lower-case letters, digits and single hyphens, such as scam-links")
_VALIDATED = Form(pattern=r"\*|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*",
                  words="a language code such as en or zh, or * when the evidence is not text")
LANGUAGE = Form(pattern=r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", words="a language code, such as en, pt-BR or zh")
COUNTRY = Form(pattern=r"[A-Z]{2}", words="two capital letters, such as IE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table."""

    name: str
    kind: Kind
    sentence: str
    example: str
    is_required: bool = True
    choices: tuple[str, ...] = ()
    """The only texts allowed."""
    noun: str = ""
    """What one choice is called in an error, such as `harm`."""
    low: int | None = None
    high: int | None = None
    closed: str = ""
    """Added to the hint when a choice is unknown."""
    form: Form | None = None
    """What each text must look like."""


IRREVERSIBLE = (Penalty.REMOVE_FOLLOWERS, Penalty.DELETE_POST, Penalty.CLOSE)
"""Penalties that cannot be undone for ever (house table: needs a copy saved before, or the platform's window)."""
RUNG_NAMES = ("first", "second", "third", "fourth", "fifth", "sixth")
MIN_APPEAL_DAYS = 180
"""DSA Article 20(1): complaints stay open for at least six months."""
MIN_QUESTIONS, MAX_QUESTIONS = 3, 6
"""A reviewer's tree: fewer questions decide nothing, more are not answered alike by two people."""
_PENALTIES = tuple(str(penalty) for penalty in Penalty if penalty is not Penalty.NONE)
_CODES = "ISO 3166-1 codes of countries; leave it out for everywhere"
_DISCLOSING = _CODES + "; paid promotion is read by their rules on disclosure"

PACK_KEYS = (
    Key(name="name", kind=Kind.TEXT, sentence="the pack's name", example='"reference"'),
    Key(name="version", kind=Kind.TEXT, sentence="the pack's version; change it with every change",
        example='"2026.11"'),
    Key(name="description", kind=Kind.TEXT, sentence="what the pack is for, in a sentence",
        example='"Deception and fraud, nothing else."'),
    Key(name="languages", kind=Kind.TEXTS, form=LANGUAGE, sentence="the languages its texts are written in",
        example='["en"]'),
    Key(name="territory", kind=Kind.TEXTS, form=COUNTRY, is_required=False, example='["IE", "FR"]',
        sentence=_CODES + "; a policy that names none holds there"),
    Key(name="authority", kind=Kind.TABLE, sentence="who answers for the pack and where a person appeals",
        example='{ name = "…", url = "https://…", appeal_url = "https://…", contact = "appeals@…" }'),
    Key(name="strike_expires_days", kind=Kind.NUMBER, low=1, high=730, sentence="days until a strike stops counting",
        example="90"),
    Key(name="look_back_days", kind=Kind.NUMBER, low=1, high=365, example="90",
        sentence="how many days before the cut-off an act still counts"),
    Key(name="look_back_days_gravest", kind=Kind.NUMBER, low=1, high=1461, example="1460",
        sentence="the same for policies of severity 1"),
    Key(name="appeal_days", kind=Kind.NUMBER, low=MIN_APPEAL_DAYS, example="184",
        sentence="how many days a person has to appeal"),
    Key(name="reviewers", kind=Kind.NUMBER, low=1, high=9, example="2",
        sentence="how many people look at each audited item, blind to one another"),
    Key(name="ladder", kind=Kind.TABLES, is_required=False, example='[[ladder]]\nfrom = 2026-01-01\nfirst = "warn"',
        sentence="the ladder of policies that have none of their own"),
)

AUTHORITY_KEYS = (
    Key(name="name", kind=Kind.TEXT, sentence="who answers for the pack", example='"Example Platform Ltd"'),
    Key(name="url", kind=Kind.TEXT, form=_URL, sentence="where its rules are published", example='"https://example.org/rules"'),
    Key(name="appeal_url", kind=Kind.TEXT, form=_URL, sentence="where a person appeals", example='"https://example.org/appeal"'),
    Key(name="contact", kind=Kind.TEXT, sentence="an address that a person answers", example='"appeals@example.org"'),
)

GROUND_KEYS = (
    Key(name="kind", kind=Kind.TEXT, choices=tuple(str(kind) for kind in GroundKind), noun="ground",
        sentence="the terms of service or a law", example='"terms"'),
    Key(name="name", kind=Kind.TEXT, sentence="the clause or article", example='"Terms of service, section 3.2"'),
    Key(name="url", kind=Kind.TEXT, form=_URL, sentence="where anybody can read it", example='"https://example.org/terms#3.2"'),
)

FAMILIES_KEYS = (
    Key(name="at_least", kind=Kind.NUMBER, low=MIN_FAMILIES, high=len(EvidenceFamily), example="2",
        sentence="how many independent evidence families a finding needs"),
    Key(name="must_include", kind=Kind.TEXTS, is_required=False, choices=tuple(str(family) for family in EvidenceFamily),
        noun="evidence family", sentence="families that must be among them", example='["identity"]'),
)

LADDER_KEYS = (
    Key(name="from", kind=Kind.DAY, sentence="the first day of these values", example="2026-01-01"),
    *(Key(name=name, kind=Kind.RUNG, is_required=name == "first", choices=_PENALTIES, noun="penalty",
          sentence=f"what follows the {name} finding", example='"label"') for name in RUNG_NAMES),
    Key(name="reference", kind=Kind.TEXT, sentence="where these values were published",
        example='"https://example.org/rules#3.2"'),
)

RUNG_KEYS = (
    Key(name="penalty", kind=Kind.TEXT, choices=_PENALTIES, noun="penalty", sentence="the penalty",
        example='"suspend"'),
    Key(name="duration_days", kind=Kind.NUMBER, low=1, high=3650, is_required=False, example="30",
        sentence="after how many days it ends; a suspension always ends"),
)

QUESTION_KEYS = (
    Key(name="id", kind=Kind.TEXT, form=_ID, sentence="a short name for the question", example='"claims"'),
    Key(name="ask", kind=Kind.TEXT, sentence="the question, answered with yes or no",
        example='"Does the account claim to be the outlet?"'),
    Key(name="yes", kind=Kind.TABLE, sentence="what follows a yes", example='{ ask = "disclosed" }'),
    Key(name="no", kind=Kind.TABLE, sentence="what follows a no",
        example='{ verdict = "no_violation", text = "it makes no claim" }'),
)

ANSWER_KEYS = (
    Key(name="ask", kind=Kind.TEXT, is_required=False, sentence="the id of the next question, further down",
        example='"disclosed"'),
    Key(name="verdict", kind=Kind.TEXT, is_required=False, choices=tuple(str(verdict) for verdict in Verdict),
        noun="verdict", sentence="where the questions end", example='"no_violation"'),
    Key(name="text", kind=Kind.TEXT, is_required=False, sentence="the reason at an end, fit for a statement",
        example='"it says that it is a parody"'),
)

POLICY_KEYS = (
    Key(name="id", kind=Kind.TEXT, form=_ID, sentence="a short name that never changes: letters, digits, hyphens",
        example='"impersonation-media"'),
    Key(name="harm", kind=Kind.TEXT, choices=tuple(str(harm) for harm in Harm), noun="harm",
        closed="no other harm exists: a pack cannot act on anything else",
        sentence="what kind of deception it is about", example='"impersonation_media"'),
    Key(name="title", kind=Kind.TEXT, sentence="a heading", example='"Posing as news media"'),
    Key(name="text", kind=Kind.TEXT, sentence="the rule in plain language, as people are told it",
        example='"You may not pose as a news outlet."'),
    Key(name="clause", kind=Kind.TEXT, sentence="its number in the published rules", example='"3.2"'),
    Key(name="ground", kind=Kind.TABLE, sentence="what it rests on",
        example='{ kind = "terms", name = "Terms of service, 3.2", url = "https://…" }'),
    Key(name="subject", kind=Kind.TEXT, is_required=False, choices=tuple(str(subject) for subject in Subject),
        noun="subject", sentence="what the condition looks at; `account` unless said", example='"account"'),
    Key(name="when", kind=Kind.TEXT, sentence="the condition, a yes/no expression", example='"confidence >= 0.7"'),
    Key(name="families", kind=Kind.TABLE, sentence="the evidence it asks for",
        example='{ at_least = 2, must_include = ["identity"] }'),
    Key(name="guards", kind=Kind.TEXTS, sentence="the reasons to spare that are looked for",
        example='["disclosure", "namesake"]'),
    Key(name="severity", kind=Kind.NUMBER, low=1, high=4, sentence="1 is the gravest, 4 the least grave", example="2"),
    Key(name="languages", kind=Kind.TEXTS, form=_VALIDATED, example='["en", "ja"]',
        sentence="the languages it is validated for; elsewhere it only labels or asks a person; `*` for evidence that "
        "is not text"),
    Key(name="territory", kind=Kind.TEXTS, form=COUNTRY, is_required=False, sentence=_DISCLOSING, example='["IE", "FR"]'),
    Key(name="from", kind=Kind.DAY, sentence="the first day it applies", example="2026-01-01"),
    Key(name="until", kind=Kind.DAY, is_required=False, sentence="the first day it no longer applies",
        example="2027-01-01"),
    Key(name="first_rung_reason", kind=Kind.TEXT, is_required=False,
        sentence="why the first rung is not educational; severity 1 only",
        example='"people lose their savings within hours"'),
    Key(name="needs_person", kind=Kind.TEXTS, is_required=False, choices=_PENALTIES, noun="penalty", example='["close"]',
        sentence="penalties that wait for a person's decision in each case; `close` is always one"),
    Key(name="at_once", kind=Kind.TEXTS, is_required=False, choices=tuple(str(penalty) for penalty in IRREVERSIBLE),
        noun="irreversible penalty", sentence="irreversible penalties that do not wait for the appeal window",
        example='["delete_post"]'),
    Key(name="at_once_reason", kind=Kind.TEXT, is_required=False, sentence="why they do not wait",
        example='"the link steals wallets while it stands"'),
    Key(name="ladder", kind=Kind.TABLES, is_required=False, sentence="what follows the first, second, third … finding, "
        "dated; without it, the pack's", example='[[ladder]]\nfrom = 2026-01-01\nfirst = "label"'),
    Key(name="question", kind=Kind.TABLES, sentence="the reviewer's decision tree, 3 to 6 yes/no questions",
        example='[[question]]\nid = "name"'),
    Key(name="case", kind=Kind.TABLES, sentence="what it must catch and what it must spare",
        example='[[case]]\nname = "…"\nexpect = "finding"'),
    Key(name="fact_check", kind=Kind.TABLES, is_required=False, example='[[fact_check]]\nclaim = "…"\nrating = "False"',
        sentence="fact-checks that its cases are about; they are there only while the cases run"),
)
