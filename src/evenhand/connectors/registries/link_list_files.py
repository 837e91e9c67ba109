"""Long link lists as their publishers write them, turned into a register at constant memory, whatever their length.

Read are hosts files (`0.0.0.0 host`), plain lists of hosts or addresses, filter lists (`||host^`; `@@||host^` allows), CSV
whose first column is the host, and JSON lines as signal exchanges write them (`indicator`, `signal`, `value` or `host`).
Defanged entries are read as what they name. An entry that is no host in ASCII or punycode is counted, not guessed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from evenhand.errors import DataError, Problem

MEMORY = "512MB"
"""What the sorting may hold in memory; the rest goes to disk."""
HOST = r"^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
"""A host name as it is compared: lower case, IDN as punycode."""
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
    """Lines that name no host."""
    left_out: tuple[tuple[int, str], ...]
    """The first of those: line and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """What is written into every row."""

    list_id: str
    label: str
    source: str
    as_of: date
    source_url: str | None = None


def write_link_list(files: Sequence[Path], source: ListSource, *, into: Path, temporary: Path) -> ListRead:
    """Write the hosts of `files` to the Parquet file `into` with the columns of the register `link_lists`, sorted by host.

    Raises:
        DataError: a file is not there, or cannot be read as text.
    """
    for file in files:
        if not file.is_file():
            raise DataError(Problem(what=f"there is no list `{file.name}`", file=str(file), hint="check the path"))
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(temporary), "threads": 1,
                                "preserve_insertion_order": False}) as database:
        try:
            database.execute("create temp table written (n bigint, entry varchar, host varchar, is_allowed boolean)")
            database.execute(f"insert into written {_READ}", {"files": [str(file) for file in files]})
        except duckdb.Error as error:
            raise DataError(Problem(what=f"the list cannot be read: {str(error).splitlines()[0].lower()}", file=str(files[0]),
                                    hint="hand it over as UTF-8 text, one entry a line")) from error
        unfinished = into.with_suffix(".unfinished")
        database.execute(f"""
            copy (select $list_id as list_id, host, case when is_allowed then 'allow' else $label end as label,
                         $source as source, cast($source_url as varchar) as source_url, cast($as_of as date) as as_of
                  from (select host, bool_or(is_allowed) as is_allowed from written where host is not null group by host)
                  order by host)
            to '{str(unfinished).replace("'", "''")}' (format parquet, compression zstd, row_group_size 122880)""",
            {"list_id": source.list_id, "label": source.label, "source": source.source, "source_url": source.source_url,
             "as_of": source.as_of})
        unfinished.replace(into)
        counted = database.execute("select count(*), count(*) - count(host) from written").fetchone() or (0, 0)
        bad = database.execute("select n, entry from written where host is null order by n limit 20").fetchall()
    return ListRead(n_lines=counted[0], n_entries=pq.read_metadata(into).num_rows, n_left_out=counted[1], left_out=tuple(bad))


def _first_of(keys: Sequence[str]) -> str:
    return "coalesce(" + ", ".join(f"json_extract_string(line, '$.{key}')" for key in keys) + ")"


_READ = rf"""
    with lines as (
        select row_number() over () as n, trim(line) as line
        from read_csv($files, columns = {{'line': 'varchar'}}, delim = '\x01', quote = '', escape = '', header = false,
                      auto_detect = false, max_line_size = 1000000)),
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
