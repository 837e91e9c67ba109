"""The words of one language: every sentence a person is told, read from one TOML file, checked when it is read.

A sentence may hold `{fields}` and optional parts in square brackets; an optional part is left out when one of its
fields is empty: `reads as “{expected}”[ (registered: {source})].`
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from evenhand.errors import DataError, Problem
from evenhand.model.appeal import AppealOutcome
from evenhand.model.decision import Automation
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.sentences import Sentence

_FACT_FIELDS = frozenset({"where", "shown", "expected", "source", "difference"})
_FIELDS: dict[str, frozenset[str]] = {
    "place": frozenset({"id"}),
    "penalty": frozenset({"account", "until", "posts"}),
    "duration": frozenset({"until"}),
    "territory": frozenset({"places"}),
    "appeal": frozenset({"days", "url"}),
    "phrase": frozenset({"reason", "n", "found", "found_code", "usual", "usual_code", "language"}),
    "outcome": frozenset({"account", "day"}),
    "reversal": frozenset({"account", "day"}),
    "restored": frozenset({"posts"}),
    "announcement": frozenset({"account", "day"}),
    "withheld": frozenset({"account", "places", "post", "authority", "day", "order", "basis"}),
    "signal": _FACT_FIELDS,
    "guard": _FACT_FIELDS,
}
"""Which fields the sentences of a table may use."""

REQUIRED: tuple[str, ...] = (
    *(f"place.{place}" for place in ("display_name", "handle", "bio", "website", "posts", "post")),
    *(f"harm.{harm}.reason" for harm in Harm),
    *(f"penalty.{penalty}.{part}" for penalty in Penalty if penalty is not Penalty.NONE
      for part in ("subject", "what")),
    *(f"automation.{automation}" for automation in Automation),
    "duration.none", "duration.until", "duration.warn", "territory.everywhere", "territory.listed", "appeal.text",
    "phrase.reason", "phrase.more_posts", "phrase.difference", "phrase.fallback", "phrase.rule_quoted",
    "phrase.some_facts", "phrase.by_person", "phrase.strikes", "phrase.again", "phrase.because", "phrase.court",
    *(f"outcome.{outcome}.{part}" for outcome in AppealOutcome for part in ("subject", "what")),
    *(f"reversal.{part}" for part in ("subject", "what", "class", "rollback")),
    *(f"restored.{penalty}" for penalty in Penalty if penalty is not Penalty.NONE),
    *(f"announcement.{part}" for part in ("subject", "what", "confirmed", "held", "dropped")),
    *(f"withheld.{part}" for part in ("subject", "what", "what_post", "order", "no_finding", "contest", "lifted_subject",
                                      "lifted")),
)
"""Keys without which no statement can be composed. Signals and guards add theirs as `signal.NAME.fact` and so on."""

HEADINGS = re.compile(r"harm\.\w+\.short|(?:signal|guard)\.\w+\.title|guard\.\w+\.why|language_name\.\w+")
"""Keys of headings in our own tables and reports, which are in English. No language file needs them: nobody is told them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Messages:
    """Every sentence of one language, by dotted key such as `signal.name_reads_as.fact`. Equal only to itself."""

    language: str
    """BCP 47 tag of the language."""
    direction: str
    """`ltr` or `rtl`."""
    sentences: Mapping[str, Sentence]

    @classmethod
    def from_toml(cls, text: str, *, file: str = "messages", headings: Messages | None = None) -> Messages:
        """The messages written in `text`; `file` names it in errors. Headings that it lacks are taken from `headings`.

        Raises `DataError` that lists every missing key and every field that does not exist.
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DataError(_not_toml(error, text=text, file=file)) from error
        flat = dict(_flat(data))
        sentences = {key: Sentence.parse(value) for key, value in flat.items()
                     if key not in ("language", "direction")}
        problems = [*_missing(flat, file=file), *_unknown_fields(sentences, file=file)]
        if problems:
            raise DataError(problems)
        lent = {key: one for key, one in headings.sentences.items() if HEADINGS.fullmatch(key)} if headings else {}
        return cls(language=flat["language"], direction=flat["direction"], sentences=MappingProxyType(lent | sentences))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled with its sentences in a plain mapping."""
        return _restored, (self.language, self.direction, dict(self.sentences))

    def __contains__(self, key: str) -> bool:
        """True when there is a sentence with this key."""
        return key in self.sentences

    def say(self, key: str, **values: str) -> str:
        """The sentence `key` with its fields filled in. Raises `DataError` when the language has no such sentence."""
        sentence = self.sentences.get(key)
        if sentence is None:
            raise DataError(f"no sentence `{key}` in the messages for `{self.language}`",
                            hint=f"add it under [{key.rpartition('.')[0]}] in every file of data/messages")
        return sentence.fill(values)

    def title(self, table: str, name: str) -> str:
        """The heading of a signal or guard; the bare name in words when this language has none."""
        key = f"{table}.{name}.title"
        return self.sentences[key].text if key in self.sentences else name.replace("_", " ")

    def language_name(self, tag: str) -> str:
        """The name of the language `tag` in this language, or the tag itself."""
        key = f"language_name.{tag.partition('-')[0].lower()}"
        return self.sentences[key].text if key in self.sentences else tag


def _restored(language: str, direction: str, sentences: dict[str, Sentence]) -> Messages:
    """Messages from a pickle."""
    return Messages(language=language, direction=direction, sentences=MappingProxyType(sentences))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value if isinstance(value, str) else ""


def _not_toml(error: tomllib.TOMLDecodeError, *, text: str, file: str) -> Problem:
    what, _, place = str(error).partition(" (at line ")
    line, _, column = place.rstrip(")").partition(", column ")
    if not (line.isdecimal() and column.isdecimal()):
        return Problem(what="not a TOML file", file=file, hint=str(error).lower())
    return Problem(what="not a TOML file", file=file, line=int(line), column=int(column),
                   source=text.splitlines()[int(line) - 1], hint=what.lower())


def _missing(flat: Mapping[str, str], *, file: str) -> Iterator[Problem]:
    for key in ("language", "direction", *REQUIRED):
        if not flat.get(key, "").strip():
            others = [other for other in flat if other not in REQUIRED] if "." in key else []
            near = get_close_matches(key, others, n=1)
            yield Problem(what=f"the sentence `{key}` is missing", file=file,
                          hint=f"did you mean it by `{near[0]}`?" if near else "copy it from en.toml and translate it")
    if flat.get("direction", "ltr") not in ("ltr", "rtl"):
        yield Problem(what=f"unknown direction `{flat['direction']}`", file=file, hint="write `ltr` or `rtl`")


def _unknown_fields(sentences: Mapping[str, Sentence], *, file: str) -> Iterator[Problem]:
    for key, sentence in sentences.items():
        known = _FIELDS.get(key.partition(".")[0], frozenset())
        for field in sorted(sentence.fields - known):
            near = get_close_matches(field, known, n=1)
            yield Problem(what=f"unknown field `{{{field}}}` in `{key}`", file=file,
                          hint=f"did you mean `{{{near[0]}}}`?" if near
                          else f"fields here: {', '.join(sorted(known)) or 'none'}")
