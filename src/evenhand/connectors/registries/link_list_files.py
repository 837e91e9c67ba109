"""Long link lists as their publishers write them, turned into a register at constant memory, whatever their length.

Read are hosts files (`0.0.0.0 host`), plain lists of hosts or addresses, filter lists (`||host^`; `@@||host^` allows), CSV
whose first column is the host, and JSON lines as signal exchanges write them (`indicator`, `signal`, `value` or `host`).
Defanged entries are read as what they name. An entry that is no host in ASCII or punycode, and a line that is no UTF-8 text, is
counted and told with its line, not guessed at.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from evenhand.errors import DataError, Problem

MEMORY = "512MB"
"""What the sorting may hold in memory; the rest goes to disk."""
HOST = r"^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
"""A host name as it is compared: lower case, IDN as punycode."""
HEAD, MOST_ZEROS = 65_536, 8
"""Bytes that are looked at first; where one in so many is zero, it is no text of one byte a letter."""
CHUNK = 1 << 20
_WHY = {"INVALID ENCODING": "not UTF-8 text", "LINE SIZE OVER MAXIMUM": "longer than any address"}
_LOCAL = ("localhost.localdomain", "local.local", "ip6-localhost.local")
_JSON_KEYS = ("indicator", "signal", "value", "host", "domain", "url")
_CSV_KEYS = ("host", "domain", "url", "indicator", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead:
    """What became of one list."""

    n_lines: int
    """Lines with content; comments and empty lines are not counted."""
    n_entries: int
    """Different hosts written."""
    n_left_out: int
    """Lines that name no host, or are no text."""
    left_out: tuple[tuple[int, str], ...]
    """The first of those: line and text, or why it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """What is written into every row."""

    list_id: str
    label: str
    source: str
    as_of: date
    source_url: str | None = None


def write_link_list(file: Path, source: ListSource, *, into: Path, temporary: Path, beside: Path | None = None) -> ListRead:
    """Write the hosts of `file` to the Parquet file `into` with the columns of the register `link_lists`, sorted by host.

    `beside` is a register whose other lists are kept; what it holds of this list is replaced.

    Raises:
        DataError: the file is not there, or is no text.
    """
    if not file.is_file():
        raise DataError(Problem(what=f"there is no list `{file.name}`", file=str(file), hint="check the path"))
    with file.open("rb") as opened:
        head = opened.read(HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head.count(b"\0") > len(head) // MOST_ZEROS:
        raise _unread("it is not UTF-8 text", file)
    whole = _with_one_ending(file, temporary) if b"\r\n" in head and b"\n" in head.replace(b"\r\n", b"") else file
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(temporary), "threads": 1,
                                "preserve_insertion_order": False}) as database:
        try:
            database.execute("create temp table written (n bigint, entry varchar, host varchar, is_allowed boolean)")
            database.execute(f"insert into written {_READ}", {"files": [str(whole)]})
        except duckdb.Error as error:
            raise _unread(str(error).splitlines()[0].lower(), file) from error
        unfinished = into.with_suffix(".unfinished")
        others = (f"""union all select list_id, host, label, source, source_url, as_of
                      from read_parquet('{_quoted(beside)}') where list_id <> $list_id""" if beside else "")
        database.execute(f"""
            copy (select list_id, host, label, source, source_url, as_of
                  from (select $list_id as list_id, host, case when is_allowed then 'allow' else $label end as label,
                               $source as source, cast($source_url as varchar) as source_url, cast($as_of as date) as as_of
                        from (select host, bool_or(is_allowed) as is_allowed from written where host is not null group by host)
                        {others})
                  order by host, list_id)
            to '{_quoted(unfinished)}' (format parquet, compression zstd, row_group_size 122880)""",
            {"list_id": source.list_id, "label": source.label, "source": source.source, "source_url": source.source_url,
             "as_of": source.as_of})
        unfinished.replace(into)
        n_read, n_bad, n_entries = database.execute(
            "select count(*), count(*) - count(host), count(distinct host) from written").fetchone() or (0, 0, 0)
        bad = database.execute("select n, entry from written where host is null order by n limit 20").fetchall()
        unread = database.execute("select line, error_type from reject_errors order by line").fetchall()
    told = [*_placed(bad, [line for line, _ in unread]), *((line, _WHY.get(kind, kind.lower())) for line, kind in unread[:20])]
    return ListRead(n_lines=n_read + len(unread), n_entries=n_entries, n_left_out=n_bad + len(unread),
                    left_out=tuple(sorted(told)[:20]))


def _with_one_ending(file: Path, temporary: Path) -> Path:
    """The same lines, all of which end in a line feed alone: else the reader counts an empty line for each other ending."""
    plain = temporary / f"one-ending-{file.name}"
    with file.open("rb") as lines, plain.open("wb") as written:
        while chunk := lines.read(CHUNK):
            written.write(chunk.replace(b"\r", b""))
    return plain


def _unread(why: str, file: Path) -> DataError:
    return DataError(Problem(what=f"the list cannot be read: {why}", file=str(file),
                             hint="hand it over as UTF-8 text, one entry a line"))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _placed(entries: Sequence[tuple[int, str]], unread: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Entries with the line that each stands on, where those that could not be read were not counted."""
    passed = 0
    for nth, entry in entries:
        while passed < len(unread) and unread[passed] <= nth + passed:
            passed += 1
        yield nth + passed, entry


def _first_of(keys: Sequence[str]) -> str:
    return "coalesce(" + ", ".join(f"json_extract_string(line, '$.{key}')" for key in keys) + ")"


_READ = rf"""
    with lines as (
        select row_number() over () as n, trim(line) as line
        from read_csv($files, columns = {{'line': 'varchar'}}, delim = '\x01', quote = '', escape = '', header = false,
                      auto_detect = false, max_line_size = 1000000, strict_mode = false,
                      store_rejects = true)),
    told as (
        select n, line, starts_with(line, '@@') as is_allowed,
               case when starts_with(line, '{{') then {_first_of(_JSON_KEYS)}
                    when regexp_matches(line, '^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+\S')
                         then regexp_extract(line, '^\S+\s+(\S+)', 1)
                    when starts_with(line, '||') or starts_with(line, '@@||') then regexp_extract(line, '\|\|([^\^/$]+)', 1)
                    else regexp_extract(line, '^"?([^",;\t ]+)', 1) end as entry
        from lines where line <> '' and not regexp_matches(line, '^(?:[#!;]|//|\[Adblock)')),
    plain as (
        select n, line, is_allowed, rtrim(regexp_replace(regexp_replace(regexp_replace(lower(entry),
                   '\s?[\[({{]\s?(?:\.|dot)\s?[\])}}]\s?', '.', 'g'),
                   '^(?:h(?:tt|xx|\*\*)ps?(?::|\[:\])//)?(?:[^/@]*@)?', ''),
                   '[:/?#].*$', ''), '.') as host
        from told)
    select n, case when kept is null then line end as entry, kept as host, is_allowed
    from (select n, line, is_allowed, case when regexp_matches(host, '{HOST}') and length(host) <= 253 then host end as kept
          from plain where not (n = 1 and host in {_CSV_KEYS}) and host not in {_LOCAL}) p"""
