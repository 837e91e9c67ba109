"""Long link lists as their publishers write them, turned into a register at constant memory, whatever their length.

Read are hosts files (`0.0.0.0 host`, or several hosts), plain lists of hosts or addresses, filter lists (`||host^`;
`@@||host^` allows), CSV whose header names the column or whose first column is the host, and JSON lines, both also as the
tools of ThreatExchange write them (`raw_indicator`, `signal_str`). Defanged entries are read as what they name. Counted and
told with its line, not guessed at, is what is no host in ASCII or punycode, no UTF-8 text or no JSON; what its publisher does
not call harmful; and a page on a host that many share, since hosts are compared and not pages.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from evenhand.errors import DataError, Problem
from evenhand.signals.web.shared_hosts import shared_hosts

MEMORY = "512MB"
"""What the sorting may hold in memory; the rest goes to disk."""
HOST = r"^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
"""A host name as it is compared: lower case, IDN as punycode."""
HEAD, MOST_ZEROS = 65_536, 8
"""Bytes that are looked at first; where one in so many is zero, it is no text of one byte a letter."""
CHUNK = 1 << 20
_WHY = {"INVALID ENCODING": "not UTF-8 text", "LINE SIZE OVER MAXIMUM": "longer than any address"}
_LOCAL = ("localhost.localdomain", "local.local", "ip6-localhost.local")
_KEYS = ("signal_str", "raw_indicator", "indicator", "signal", "value", "host", "hostname", "domain", "url")
"""What holds the address in the JSON and CSV of signal exchanges and of lists, the surest first."""
_KINDS = ("signal_type", "type")
_OPINIONS = ("status", "category")
_NO_ADDRESS = r"(?i)hash|pdq|md5|sha\d|mail|text|photo|video|image|file"
"""Kinds of signals that are no web address."""
_NOT_SURE = ("NON_MALICIOUS", "UNKNOWN", "NEGATIVE_CLASS", "INVESTIGATION_SEED", "WORTH_INVESTIGATING")
"""ThreatExchange's status and the categories of its tools that do not say that a signal harms."""
_COLUMNS = ("address", "kind", "opinion")
MOST_COMMENTS = 200
"""Lines before the header of a CSV."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead:
    """What became of one list."""

    n_lines: int
    """Lines with content; comments and empty lines are not counted."""
    n_entries: int
    """Different hosts written."""
    n_left_out: int
    """Entries that name no host, or none that can be listed, and lines that are no text."""
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


def write_link_list(file: Path, source: ListSource, *, into: Path, temporary: Path, beside: Path | None = None,
                    sites: Sequence[str] = ()) -> ListRead:
    """Write the hosts of `file` to the Parquet file `into` with the columns of the register `link_lists`, sorted by host.

    `beside` is a register whose other lists are kept; what it holds of this list is replaced. `sites` are hosts of registered
    holders: a page on or below one of them is left out, since somebody broke into it.

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
            database.execute("create temp table written (n bigint, is_first boolean, entry varchar, host varchar, "
                             "is_allowed boolean)")
            database.execute("create temp table sites as select unnest(cast($sites as varchar[])) as site",
                             {"sites": list(sites)})
            database.execute(f"insert into written {_READ}", {
                "files": [str(whole)], "allows": source.label == "allow", **_column(head)})
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
            "select count_if(is_first), count(*) - count(host), count(distinct host) from written").fetchone() or (0, 0, 0)
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


def _column(head: bytes) -> Mapping[str, object]:
    """Where a CSV with a header has its addresses, and what each is and how sure its publisher is.

    The line of the header and its columns, counted from 1; a line 0 where there is none, and then the address comes first.
    """
    for line, raw in enumerate(head.removeprefix(codecs.BOM_UTF8).splitlines()[:MOST_COMMENTS], start=1):
        text = raw.decode("utf-8", errors="replace").strip()
        if not text or text.startswith(("#", "!", ";", "//", "[Adblock")):
            continue
        delimiter = max(",;\t|", key=text.count)
        names = [name.strip().strip('"').lower() for name in text.split(delimiter)]
        found = [next((names.index(key) for key in keys if key in names), -1) for keys in (_KEYS, _KINDS, _OPINIONS)]
        if found[0] >= 0 and "{" not in text:
            field = rf'(?:"(?:[^"]|"")*"|[^{delimiter}]*)'
            return {"header": line} | {name: rf"^(?:{field}{re.escape(delimiter)}){{{nth}}}({field})" if nth >= 0 else ""
                                       for name, nth in zip(_COLUMNS, found, strict=True)}
        break
    return {"header": 0, **dict.fromkeys(_COLUMNS, "")}


def _first_of(keys: Sequence[str]) -> str:
    """The first of the keys that an exchange's JSON has, or the same within its `indicator`."""
    return "coalesce(" + ", ".join(f"json_extract_string(line, '$.{place}{key}')" for place in ("indicator.", "")
                                   for key in keys) + ")"


_ABOVE = ("host", *(f"regexp_replace(host, '^(?:[^.]+\\.){{{nth}}}', '')" for nth in range(1, 4)))
"""A host and the names above it, as SQL."""
_SCHEME = r"h(?:tt|xx|\*\*)ps?(?::|\[:\])//"
_READ = rf"""
    with lines as (
        select row_number() over () as n, trim(line, ' ' || chr(9) || chr(13)) as line
        from read_csv($files, columns = {{'line': 'varchar'}}, delim = '\x01', quote = '', escape = '', header = false,
                      auto_detect = false, max_line_size = 1000000, strict_mode = false,
                      store_rejects = true)),
    sorted as (
        select n, line, starts_with(line, '@@') as is_allowed,
               case when starts_with(line, '{{') then case when json_valid(line) then 'json' else 'broken' end
                    when regexp_matches(line, '^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+\S') then 'hosts'
                    when starts_with(line, '||') or starts_with(line, '@@||') then 'filter'
                    when $address <> '' then 'csv' else 'plain' end as form
        from lines where line <> '' and n <> $header and not regexp_matches(line, '^(?:[#!;]|//|\[Adblock)')),
    told as (
        select n, line, is_allowed,
               case form when 'json' then [{_first_of(_KEYS)}]
                         when 'hosts' then string_split_regex(regexp_extract(line, '^\S+\s+([^#]*[^#\s])', 1), '\s+')
                         when 'filter' then [regexp_extract(line, '\|\|([^\^$]+)', 1)]
                         when 'csv' then [trim(regexp_extract(line, $address, 1), '" ')]
                         when 'plain' then [regexp_extract(line, '^"?([^",;\t ]+)', 1)] else [''] end as entries,
               case form when 'json' then {_first_of(_KINDS)}
                         when 'csv' then case when $kind <> '' then trim(regexp_extract(line, $kind, 1), '" ') end end as kind,
               case form when 'json' then {_first_of(_OPINIONS)}
                         when 'csv' then case when $opinion <> '' then trim(regexp_extract(line, $opinion, 1), '" ') end
                         end as opinion
        from sorted),
    named as (
        select n, line, is_allowed, regexp_matches(coalesce(kind, ''), '{_NO_ADDRESS}') as is_other,
               upper(coalesce(opinion, '')) in {_NOT_SURE} as is_unsure,
               unnest(entries) as entry, unnest(range(len(entries))) as nth from told),
    plain as (
        select n, nth, line, is_allowed, is_other, is_unsure,
               regexp_matches(regexp_replace(lower(entry), '^{_SCHEME}', ''), '^[^/]+/+[^/\s]') as is_page,
               rtrim(regexp_replace(regexp_replace(regexp_replace(lower(entry),
                   '\s?[\[({{]\s?(?:\.|dot)\s?[\])}}]\s?', '.', 'g'),
                   '^{_SCHEME}(?:[^/@]*@)?', ''),
                   '[:/?#].*$', ''), '.') as host
        from named),
    judged as (
        select n, nth, line, is_allowed, host,
               case when is_other then 'no address'
                    when is_unsure then 'its publisher does not say that it harms'
                    when host is null or not regexp_matches(host, '{HOST}') or length(host) > 253 then ''
                    when not is_allowed and not $allows and regexp_replace(host, '^www\.', '') in ({shared_hosts()})
                         then 'a host that many share'
                    when is_page and not is_allowed and not $allows and ({" or ".join(
                        f"{name} in (select site from sites)" for name in _ABOVE)}) then 'a page of a registered site'
                    end as objection
        from plain where coalesce(host, '') not in {_LOCAL})
    select n, nth = 0 as is_first, case when objection = '' then line when objection <> '' then objection || ': ' || line end
               as entry, case when objection is null then host end as host, is_allowed
    from judged"""
