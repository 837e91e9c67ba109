"""The closed list of columns and functions that a policy's condition may use. The reference page is made from it."""

from __future__ import annotations

from collections.abc import Mapping

from evenhand.model.condition import Subject
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.expression import Column, Function, Parameter, Reads, Type
from evenhand.model.registry import HolderKind

GUARD_NAMES = ("adjudicated", "ai_disclosure", "criticism", "disclosure", "hijacked", "named_in_profile", "namesake",
               "open_promotion", "organic_mobilisation", "outside_register", "precedence", "proven_control",
               "refutes_claim", "renamed", "scam_warning", "unregistered", "verdict_in_doubt", "verified_credential",
               "warns_of_scams")
"""The guards that come with Evenhand. `read_pack` takes another list when plug-ins bring more."""


def _text(name: str, table: str, sentence: str, *, reads: Reads = Reads.OTHER, values: tuple[str, ...] = ()) -> Column:
    return Column(name=name, type=Type.TEXT, stored="varchar", table=table, sentence=sentence, reads=reads,
                  values=values)


def _count(name: str, table: str, sentence: str, *, high: float | None = None) -> Column:
    return Column(name=name, type=Type.NUMBER, stored="bigint", table=table, sentence=sentence, low=0, high=high)


def _share(name: str, table: str, sentence: str) -> Column:
    return Column(name=name, type=Type.NUMBER, stored="double", table=table, sentence=sentence, low=0, high=1)


def _fact(name: str, table: str, sentence: str) -> Column:
    return Column(name=name, type=Type.BOOLEAN, stored="boolean", table=table, sentence=sentence)


def _time(name: str, table: str, sentence: str) -> Column:
    return Column(name=name, type=Type.TIME, stored="timestamp", table=table, sentence=sentence)


def _account_columns(prefix: str = "") -> tuple[Column, ...]:
    """The account's columns; `prefix` goes before the two names that posts have as well."""
    return (
        _text("account_id", "accounts", "the account's id"),
        _text("platform", "accounts", "the platform the account is on"),
        _text("handle", "accounts", "the name in the account's address", reads=Reads.FREE_TEXT),
        _text("display_name", "accounts", "the name the account shows", reads=Reads.FREE_TEXT),
        _text("bio", "accounts", "what the account says about itself", reads=Reads.FREE_TEXT),
        _text("website", "accounts", "the web address in the profile", reads=Reads.FREE_TEXT),
        _text(f"{prefix}language", "accounts", "the account's language, such as `en` or `zh`", reads=Reads.LANGUAGE),
        _text("country", "accounts", "the account's country, such as `JP`", reads=Reads.STATE),
        _time(f"{prefix}created_at", "accounts", "when the account was opened"),
        _count("followers", "accounts", "accounts that follow it"),
        _count("following", "accounts", "accounts it follows"),
        _fact("verified", "accounts", "the platform has verified who it is"),
        _fact("monetised", "accounts", "it earns money on the platform"),
        _count("age_days", "accounts", "whole days from the account's opening to the snapshot's cut-off"),
    )


_FAMILY_SENTENCES: dict[EvidenceFamily, str] = {
    EvidenceFamily.IDENTITY: "how the account names itself",
    EvidenceFamily.CLAIM: "what the account says it is",
    EvidenceFamily.CONTENT: "what its posts contain or link to",
    EvidenceFamily.BEHAVIOUR: "what it does and when",
    EvidenceFamily.PROVENANCE: "where its media come from",
    EvidenceFamily.NETWORK: "what it shares with other accounts",
    EvidenceFamily.MONEY: "how it takes or asks for money",
}

_FOUND_COLUMNS = (
    _share("confidence", "found", "how sure the detector is, from 0 to 1"),
    _count("n_families", "found", "independent evidence families behind the finding", high=len(EvidenceFamily)),
    _count("n_reasons", "found", "reasons behind the finding"),
    _count("n_posts", "found", "posts the finding is about"),
    *(_fact(f"has_{family}", "found", f"a reason comes from {sentence}")
      for family, sentence in _FAMILY_SENTENCES.items()),
    _text("holder_kind", "found", "what kind of body or person is imitated",
          values=tuple(str(kind) for kind in HolderKind)),
    _text("holder_country", "found", "the country of the body or person who is imitated", reads=Reads.STATE),
    _share("best_similarity", "found", "how close the closest name or address is, from 0 to 1"),
    _share("name_weight", "found", "how rare the matched name is, from 0 (everybody's) to 1 (one holder's)"),
)

_POST_COLUMNS = (
    _text("post_id", "posts", "the post's id"),
    _text("text", "posts", "the post's text", reads=Reads.FREE_TEXT),
    _text("language", "posts", "the post's language, such as `en` or `zh`", reads=Reads.LANGUAGE),
    _time("created_at", "posts", "when the post was published"),
    _count("n_links", "posts", "links in the post"),
    _count("shares", "posts", "how often it was shared"),
    _count("views", "posts", "how often it was seen"),
    _fact("sponsored", "posts", "it is declared as paid for"),
)


def _by_name(columns: tuple[Column, ...]) -> dict[str, Column]:
    return {column.name: column for column in columns}


COLUMNS: Mapping[Subject, Mapping[str, Column]] = {
    Subject.ACCOUNT: _by_name((*_account_columns(), *_FOUND_COLUMNS)),
    Subject.POST: _by_name((*_POST_COLUMNS, *_account_columns("account_"))),
}
"""What a condition may look at, by the policy's subject: one row per finding, or one row per post."""

_ONE_TEXT = (Parameter(name="text", types=(Type.TEXT,)),)
_TWO_TEXTS = (*_ONE_TEXT, Parameter(name="piece", types=(Type.TEXT,)))
_WORDS = (*_ONE_TEXT, Parameter(name="'piece'", types=(Type.TEXT,), is_literal=True, repeats=True))
_NUMBER = Parameter(name="number", types=(Type.NUMBER,))
_ORDERED = (Parameter(name="value", types=(Type.NUMBER, Type.TIME)),
            Parameter(name="value", types=(Type.NUMBER, Type.TIME), repeats=True))
_ANY = (Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.TIME)

FUNCTIONS: Mapping[str, Function] = {function.name: function for function in (
    Function(name="abs", parameters=(_NUMBER,), result=Type.NUMBER, sql="abs(cast({0} as double))",
             sentence="the number without its sign", example="abs(followers - following) < 10"),
    Function(name="coalesce", result=None, sentence="the first value that is known",
             parameters=(Parameter(name="value", types=_ANY), Parameter(name="value", types=_ANY, repeats=True)),
             example="coalesce(followers, 0) > 100"),
    Function(name="contains", parameters=_TWO_TEXTS, result=Type.BOOLEAN, sql="contains(lower({0}), lower({1}))",
             sentence="yes when the piece stands anywhere in the text, upper and lower case alike",
             example="contains(bio, 'airdrop')"),
    Function(name="contains_any", parameters=_WORDS, result=Type.BOOLEAN, sql="contains(lower({0}), lower({each}))",
             sentence="yes when any of the pieces stands anywhere in the text, upper and lower case alike",
             example="contains_any(bio, 'airdrop', 'giveaway', '空投')"),
    Function(name="ends_with", parameters=_TWO_TEXTS, result=Type.BOOLEAN, sql="ends_with(lower({0}), lower({1}))",
             sentence="yes when the text ends with the piece, upper and lower case alike",
             example="ends_with(handle, '_official')"),
    Function(name="greatest", parameters=_ORDERED, result=None, sentence="the largest of the known values",
             example="greatest(followers, following) > 100"),
    Function(name="least", parameters=_ORDERED, result=None, sentence="the smallest of the known values",
             example="least(followers, following) > 100"),
    Function(name="length", parameters=_ONE_TEXT, result=Type.NUMBER, sentence="how many characters the text has",
             example="length(bio) > 20"),
    Function(name="lower", parameters=_ONE_TEXT, result=Type.TEXT, sentence="the text in lower case",
             example="lower(platform) = 'mastodon'"),
    Function(name="round", result=Type.NUMBER, sentence="the number rounded to so many digits after the point (0 to 6)",
             parameters=(_NUMBER, Parameter(name="digits", types=(Type.NUMBER,), is_literal=True, is_optional=True)),
             example="round(confidence, 1) >= 0.8"),
    Function(name="starts_with", parameters=_TWO_TEXTS, result=Type.BOOLEAN,
             sql="starts_with(lower({0}), lower({1}))",
             sentence="yes when the text starts with the piece, upper and lower case alike",
             example="starts_with(website, 'https://')"),
    Function(name="trim", parameters=_ONE_TEXT, result=Type.TEXT, sentence="the text without spaces at both ends",
             example="trim(display_name) <> ''"),
    Function(name="upper", parameters=_ONE_TEXT, result=Type.TEXT, sentence="the text in upper case",
             example="upper(platform) = 'MASTODON'"),
)}
"""What a condition may call. There are no free regular expressions: `REFUSED_FUNCTIONS` says why."""

_AGGREGATE = "a condition looks at one row at a time: counts come as columns such as `n_reasons` and `n_posts`"
_CLOCK = "the same input must give the same answer tomorrow: use `age_days`, or a date such as `date '2026-01-01'`"
_PATTERN = ("free regular expressions cannot be checked for neutrality or run in one pass: use `contains`, "
            "`contains_any`, `starts_with`, `ends_with` or `like`")
_CAST = "columns already have their types: write numbers without quotes and dates as `date '2026-01-01'`"

REFUSED_FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("count", "sum", "avg", "min", "max", "any_value", "string_agg", "array_agg", "row_number", "rank",
                     "lag", "lead", "first_value"), _AGGREGATE),
    **dict.fromkeys(("now", "current_date", "current_timestamp", "today", "random", "localtimestamp"), _CLOCK),
    **dict.fromkeys(("regexp_matches", "regexp_like", "regexp_replace", "regexp_extract", "rlike", "matches",
                     "matches_any", "similar_to"), _PATTERN),
    **dict.fromkeys(("cast", "try_cast"), _CAST),
    "concat": "texts cannot be put together: a condition must show every word it looks for",
    "replace": "texts cannot be rewritten: a condition must show every word it looks for",
    "levenshtein": "closeness of names is measured by the detectors: use `best_similarity`",
    "if": "write `case when … then … else … end`",
}
"""Functions that authors reach for and that are not there on purpose, with what to write instead."""
