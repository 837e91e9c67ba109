"""Reads a policy pack: texts in, one frozen pack out, or every mistake in every file at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from evenhand.errors import PolicyError, Problem
from evenhand.model.policy import Authority, Ladder, Policy, PolicyPack
from evenhand.policy.keys import AUTHORITY_KEYS, PACK_KEYS
from evenhand.policy.ladder_table import read_ladders
from evenhand.policy.language.vocabulary import GUARD_NAMES
from evenhand.policy.pack_digest import pack_digest
from evenhand.policy.policy_file import read_policy
from evenhand.policy.table_reader import TableReader
from evenhand.policy.toml_file import TomlFile, read_toml

PACK_FILE = "pack.toml"


def read_pack(files: Mapping[str, str], *, at: date | None = None,
              guards: Collection[str] = GUARD_NAMES) -> PolicyPack:
    """The pack in `files` (name → text): one `pack.toml`, and one policy in every other `.toml` file.

    With `at`, at least one policy must be in force on that day. `guards` are the names of the guards there are.

    Raises `PolicyError` with all mistakes of all files, and nothing else, whatever the texts.
    """
    problems: list[Problem] = []
    parsed = _parsed(files, problems)
    heads = [file for file in parsed if _is_head(file.name)]
    reader = TableReader(heads[0], (), PACK_KEYS, problems) if heads else None
    if not any(_is_head(name) for name in files):
        problems.append(Problem(what=f"the pack has no `{PACK_FILE}`", hint="add one with name, version, authority …"))
    problems.extend(Problem(what=f"the pack has two `{PACK_FILE}`", file=extra.name, hint="keep one") for extra in heads[1:])
    ladders = read_ladders(reader) if reader is not None else ()
    policies: list[Policy] = []
    for file in parsed:
        policy = None if _is_head(file.name) else read_policy(file, guards=guards, pack_ladders=ladders,
                                                              problems=problems)
        policies += [] if policy is None else [policy]
    _check_policies(files, policies, at, problems)
    authority = _authority(reader) if reader is not None else None
    if problems or reader is None or authority is None:
        raise PolicyError(sorted(problems, key=lambda p: (p.file or "", p.line or 0, p.column or 0)))
    return _pack(reader, authority, ladders, tuple(sorted(policies, key=lambda policy: policy.policy_id)))


def _is_head(name: str) -> bool:
    return name.replace("\\", "/").rsplit("/", 1)[-1] == PACK_FILE


def _parsed(files: Mapping[str, str], problems: list[Problem]) -> list[TomlFile]:
    parsed: list[TomlFile] = []
    for name in sorted(files):
        if not name.endswith(".toml"):
            continue
        try:
            parsed.append(read_toml(name, files[name]))
        except PolicyError as error:
            problems.extend(error.problems)
    return parsed


def _check_policies(files: Mapping[str, str], policies: list[Policy], at: date | None, problems: list[Problem]) -> None:
    """What is wrong between the files."""
    seen: dict[str, Policy] = {}
    for policy in policies:
        first = seen.setdefault(policy.policy_id, policy)
        place = policy.place("id")
        if first is not policy and place is not None:
            problems.append(place.problem(f"the id `{policy.policy_id}` is taken",
                                          hint=f"`{first.file}` has it: choose another"))
    if all(_is_head(name) for name in files if name.endswith(".toml")):
        problems.append(Problem(what="the pack has no policy", hint="add one `.toml` file for each"))
    elif at is not None and not problems and not any(policy.is_in_force(at) for policy in policies):
        problems.append(Problem(what=f"no policy is in force on {at}", hint="look at `from` and `until`"))


def _authority(reader: TableReader) -> Authority | None:
    table = reader.table("authority", AUTHORITY_KEYS)
    if table is None:
        return None
    return Authority(name=table.text("name"), url=table.text("url"), appeal_url=table.text("appeal_url"),
                     contact=table.text("contact"))


def _pack(reader: TableReader, authority: Authority, ladders: tuple[Ladder, ...], policies: tuple[Policy, ...]) -> PolicyPack:
    def days(name: str) -> timedelta:
        return timedelta(days=reader.number(name))

    def pack(digest: str) -> PolicyPack:
        return PolicyPack(
            name=reader.text("name"), version=reader.text("version"), description=reader.text("description"),
            languages=reader.texts("languages"), territory=reader.texts("territory"), authority=authority,
            strike_lasts=days("strike_expires_days"), look_back=days("look_back_days"),
            look_back_gravest=days("look_back_days_gravest"), appeal_window=days("appeal_days"),
            reviewers=reader.number("reviewers"), policies=policies, digest=digest)

    return pack(pack_digest({"pack": pack(""), "ladders": ladders}))
