"""Statements in the two forms in which others read them: the bodies of calls as JSON, and the columns of the daily dump."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.transparency.eu_database.schema import DUMP_COLUMNS, FIELDS, MAX_PER_CALL, Field

_BETWEEN = "\x1f"
"""Stands between the values of a list while it is one text; no value of the schema holds it."""


def json_texts(statements: pa.Table) -> pa.Array:
    """Each statement as one JSON object, without the fields that are empty.

    Equal values are written once and then looked up, so that a million statements take seconds.
    """
    parts = [_fragments(statements[field.name].combine_chunks(), field) for field in FIELDS]
    inside = pc.binary_join_element_wise(*parts, "")
    return pc.binary_join_element_wise("{", pc.replace_substring_regex(inside, ",$", ""), "}", "")


def calls(texts: list[str]) -> Iterator[str]:
    """The bodies of the calls that hand over statements, at most `MAX_PER_CALL` in each."""
    for start in range(0, len(texts), MAX_PER_CALL):
        yield '{"statements":[' + ",\n".join(texts[start:start + MAX_PER_CALL]) + "]}\n"


def dump(statements: pa.Table, *, platform_name: str) -> pa.Table:
    """The statements as rows of the daily dump: its columns in its order, lists as JSON, days as midnight.

    `platform_uid` is the statement's `puid`; `uuid` and `created_at` are given by the database and stay empty.
    """
    n = statements.num_rows
    by_name = {field.name: _dumped(statements[field.name].combine_chunks(), field) for field in FIELDS}
    by_name |= {"platform_uid": by_name["puid"], "platform_name": pa.repeat(platform_name, n),
                "uuid": pa.repeat("", n), "created_at": pa.repeat("", n)}
    return pa.table({name: by_name[name] for name in DUMP_COLUMNS})


def _fragments(column: pa.Array, field: Field) -> pa.Array:
    """The member `"name":value,` of each object; empty where the field is."""
    flat = pc.binary_join(column, _BETWEEN) if field.is_list else column
    encoded = flat.dictionary_encode()
    members = [_member(value, field) for value in encoded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(members, pa.string()).take(encoded.indices), "")


def _member(value: str, field: Field) -> str:
    if not value:
        return ""
    if field.name == "content_id_ean":
        return f'"content_id":{{"EAN-13":{json.dumps(value)}}},'
    shown = value.split(_BETWEEN) if field.is_list else value
    return f"{json.dumps(field.name)}:{json.dumps(shown, ensure_ascii=False)},"


def _dumped(column: pa.Array, field: Field) -> pa.Array:
    if field.is_list:
        quoted = pc.binary_join(column, '","')
        return pc.if_else(pc.greater(pc.fill_null(pc.utf8_length(quoted), 0), 0),
                          pc.binary_join_element_wise('["', pc.fill_null(quoted, ""), '"]', ""), "[]")
    if field.days is not None:
        return pc.fill_null(pc.binary_join_element_wise(column, " 00:00:00", ""), "")
    return pc.fill_null(pc.replace_substring_regex(column, r"\s*\n\s*", " "), "")
