"""The tables of the policy language's reference page, made from the lists that the code checks against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evenhand.model.condition import Subject
from evenhand.model.expression import Column, Type
from evenhand.policy.cases.keys import (
    ACCOUNT_KEYS,
    CASE_KEYS,
    CREDENTIAL_KEYS,
    FACT_CHECK_KEYS,
    MEDIA_KEYS,
    OTHERS_KEYS,
    POST_KEYS,
    TOPIC_KEYS,
)
from evenhand.policy.keys import (
    ANSWER_KEYS,
    AUTHORITY_KEYS,
    FAMILIES_KEYS,
    GROUND_KEYS,
    LADDER_KEYS,
    PACK_KEYS,
    POLICY_KEYS,
    QUESTION_KEYS,
    RUNG_KEYS,
    Key,
)
from evenhand.policy.language.literals import UNITS
from evenhand.policy.language.vocabulary import COLUMNS, FUNCTIONS, REFUSED_FUNCTIONS

TABLES: tuple[tuple[str, str, tuple[Key, ...]], ...] = (
    ("pack.toml", "the pack", PACK_KEYS),
    ("[authority]", "in pack.toml: who answers for it", AUTHORITY_KEYS),
    ("a policy's file", "one policy", POLICY_KEYS),
    ("[ground]", "in a policy: what it rests on", GROUND_KEYS),
    ("[families]", "in a policy: the evidence it asks for", FAMILIES_KEYS),
    ("[[ladder]]", "in a policy or in pack.toml: what follows", LADDER_KEYS),
    ("a rung with an end", "in a ladder, in place of a penalty's name", RUNG_KEYS),
    ("[[question]]", "in a policy: the reviewer's questions", QUESTION_KEYS),
    ("an answer", "after `yes` and `no`: another question, or an end", ANSWER_KEYS),
    ("[[case]]", "in a policy: what it must catch and what it must spare", CASE_KEYS),
    ("account", "in a case", ACCOUNT_KEYS),
    ("posts", "in a case", POST_KEYS),
    ("media", "in a case", MEDIA_KEYS),
    ("others", "in a case: who else is on the platform", OTHERS_KEYS),
    ("topics", "in a case: what many on the platform took up, and when", TOPIC_KEYS),
    ("credentials", "in a case: what the register of credentials says of its account", CREDENTIAL_KEYS),
    ("[[fact_check]]", "in a policy: what was published about the claims in its cases", FACT_CHECK_KEYS),
)
"""Every table of a pack with its heading and its keys, in the order of the reference page."""


def reference_tables() -> Mapping[str, str]:
    """The page's made parts in Markdown, each by the name that marks its place on the page."""
    return {
        "keys": "\n\n".join(f"### {heading}\n\n{sentence}.\n\n{_keys(keys)}" for heading, sentence, keys in
                            ((heading, sentence[:1].upper() + sentence[1:], keys) for heading, sentence, keys in TABLES)),
        "account columns": _columns(COLUMNS[Subject.ACCOUNT].values()),
        "post columns": _columns(column for name, column in COLUMNS[Subject.POST].items()
                                 if COLUMNS[Subject.ACCOUNT].get(name) != column),
        "functions": _table(("function", "gives", "what it gives", "example"), (
            (f"`{function.signature}`", str(function.result or "what it was given"), function.sentence, f"`{function.example}`")
            for function in FUNCTIONS.values())),
        "units": ", ".join(f"`{unit}s`" for unit in UNITS) + ".",
        "refused": _table(("not there", "instead"), (
            (", ".join(f"`{name}`" for name, why in REFUSED_FUNCTIONS.items() if why == reason), reason)
            for reason in dict.fromkeys(REFUSED_FUNCTIONS.values()))),
    }


def _keys(keys: tuple[Key, ...]) -> str:
    return _table(("key", "takes", "what it says", "example"), (
        (f"`{key.name}`" + ("" if key.is_required else " (optional)"), _takes(key), key.sentence, _example(key))
        for key in keys))


def _takes(key: Key) -> str:
    if key.choices:
        return f"{key.kind}: " + ", ".join(f"`{choice}`" for choice in key.choices)
    if key.low is not None:
        return f"{key.kind}, {key.low} to {key.high}" if key.high is not None else f"{key.kind}, at least {key.low}"
    return str(key.kind)


def _example(key: Key) -> str:
    return f"`{key.example.splitlines()[0]}`"


def _columns(columns: Iterable[Column]) -> str:
    return _table(("column", "is a", "what it says"), (
        (f"`{column.name}`", _kind(column), column.sentence + (f": {', '.join(f'`{v}`' for v in column.values)}"
                                                               if column.values else "")) for column in columns))


def _kind(column: Column) -> str:
    if column.type is not Type.NUMBER:
        return str(column.type)
    return "share" if column.stored == "double" else "count"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
