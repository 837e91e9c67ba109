"""Reads one policy's file."""

from __future__ import annotations

from collections.abc import Collection

from evenhand.errors import PolicyError, Problem
from evenhand.model.condition import Condition, Subject
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.policy import Families, Ground, GroundKind, Ladder, Policy
from evenhand.policy.cases.table import read_cases, read_fact_checks
from evenhand.policy.keys import FAMILIES_KEYS, GROUND_KEYS, POLICY_KEYS
from evenhand.policy.ladder_table import check_first_rungs, read_ladders
from evenhand.policy.language.condition import parse_condition
from evenhand.policy.nearest import suggestion
from evenhand.policy.question_tree import read_questions
from evenhand.policy.table_reader import TableReader
from evenhand.policy.toml_file import TomlFile


def read_policy(file: TomlFile, *, guards: Collection[str], pack_ladders: tuple[Ladder, ...],
                problems: list[Problem]) -> Policy | None:
    """The policy in `file`, or None when anything in it is wrong; what is wrong goes to `problems`.

    `guards` are the names of the guards there are; `pack_ladders` serve a policy without a ladder of its own.
    """
    reader = TableReader(file, (), POLICY_KEYS, problems)
    own_guards = _guards(reader, guards)
    when = _condition(reader)
    ground, families = _ground(reader), _families(reader)
    ladders = _ladders(reader, pack_ladders)
    questions = read_questions(reader)
    cases = read_cases(reader, own_guards or tuple(sorted(guards)))
    needs_person, at_once = _waits(reader, ladders)
    since, until = reader.day("from"), reader.day("until")
    if since is not None and until is not None and until <= since:
        reader.wrong("until", f"the policy ends on {until}, before it starts ({since})", "`until` is the first day without it")
    if not reader.is_right or since is None or when is None or ground is None or families is None:
        return None
    return Policy(
        policy_id=reader.text("id"), harm=Harm(reader.text("harm")), title=reader.text("title"), text=reader.text("text"),
        clause=reader.text("clause"), ground=ground, subject=when.subject, when=when, families=families,
        guards=own_guards, severity=reader.number("severity"), languages=reader.texts("languages"),
        territory=reader.texts("territory"), since=since, until=until, ladders=ladders,
        first_rung_reason=reader.text_or_none("first_rung_reason"), needs_person=needs_person, at_once=at_once,
        at_once_reason=reader.text_or_none("at_once_reason"), questions=questions, cases=cases,
        fact_checks=read_fact_checks(reader), file=file.name,
        places=tuple((key.name, reader.place(key.name)) for key in POLICY_KEYS if reader.has(key.name)))


def _condition(reader: TableReader) -> Condition | None:
    written = reader.text_or_none("when", is_raw=True)
    if written is None or (reader.file.data.get("subject") is not None and not reader.has("subject")):
        return None
    path = (*reader.path, "when")
    try:
        return parse_condition(written, subject=Subject(reader.text("subject") or "account"),
                               locate=lambda start, end: reader.file.places.inside(path, start, end))
    except PolicyError as error:
        reader.problems.extend(error.problems)
        return None


def _guards(reader: TableReader, known: Collection[str]) -> tuple[str, ...]:
    named = reader.texts("guards")
    for i, name in enumerate(named):
        if name not in known:
            place = reader.file.places.value((*reader.path, "guards", i))
            reader.problems.append(place.problem(f"unknown guard `{name}`", hint=suggestion(name, known, kind="guards")))
    if reader.has("guards") and not named:
        reader.wrong("guards", "the policy has no guard", f"name those that can spare: {', '.join(sorted(known))}")
    return tuple(name for name in named if name in known)


def _ground(reader: TableReader) -> Ground | None:
    table = reader.table("ground", GROUND_KEYS)
    if table is None or not table.is_right:
        return None
    return Ground(kind=GroundKind(table.text("kind")), name=table.text("name"), url=table.text("url"))


def _families(reader: TableReader) -> Families | None:
    table = reader.table("families", FAMILIES_KEYS)
    if table is None or not table.is_right:
        return None
    must_include = tuple(EvidenceFamily(name) for name in table.texts("must_include"))
    return Families(at_least=table.number("at_least"), must_include=must_include)


def _ladders(reader: TableReader, pack_ladders: tuple[Ladder, ...]) -> tuple[Ladder, ...]:
    n_before = len(reader.problems)
    ladders = read_ladders(reader) if reader.has("ladder") else pack_ladders
    if len(reader.problems) > n_before:
        return ladders
    if not ladders and reader.has("ladder") == reader.is_written("ladder"):
        reader.wrong("", "the policy has no ladder, and neither has the pack",
                     'add: [[ladder]] … from = 2026-01-01 … first = "label" … reference = "https://…"')
    if not ladders:
        return ladders
    since = reader.day("from")
    if since is not None and ladders[0].since > since:
        reader.wrong("from", f"the policy starts on {since}, but its first ladder only on {ladders[0].since}",
                     "start the policy later, or a ladder earlier")
    if reader.has("severity"):
        check_first_rungs(reader, ladders, reader.number("severity"))
    return ladders


def _waits(reader: TableReader, ladders: tuple[Ladder, ...]) -> tuple[tuple[Penalty, ...], tuple[Penalty, ...]]:
    """The penalties that wait for a person, and those that do not wait for the appeal window."""
    needs_person = tuple(Penalty(name) for name in reader.texts("needs_person"))
    if reader.has("needs_person") and Penalty.CLOSE not in needs_person:
        reader.wrong("needs_person", "closing an account always needs a person", 'add "close"')
    at_once = tuple(Penalty(name) for name in reader.texts("at_once"))
    used = {rung.penalty for ladder in ladders for rung in ladder.rungs}
    for i, penalty in enumerate(at_once):
        if ladders and penalty not in used:
            place = reader.file.places.value((*reader.path, "at_once", i))
            reader.problems.append(place.problem(f"no rung of the ladder is `{penalty}`", hint="leave it out here"))
    if at_once and not reader.text("at_once_reason"):
        reader.wrong("at_once", "an irreversible penalty waits for the appeal window, unless the policy says why not",
                     'add: at_once_reason = "…"')
    if reader.text("at_once_reason") and not reader.has("at_once"):
        reader.wrong("at_once_reason", "a reason is given, but nothing is done at once",
                     'add: at_once = ["delete_post"], or leave the reason out', at_key=True)
    return needs_person or (Penalty.CLOSE,), at_once
