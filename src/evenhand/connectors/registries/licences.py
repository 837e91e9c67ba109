"""Licence registers as authorities publish them: a long CSV, a mapping, and the numbers that accounts gave.

The register is read once, in pieces, and only the rows of those numbers are looked at: ten million rows need no memory. A
licence number is no secret, so it proves nothing by itself: which account it belongs to is what the platform found out.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from evenhand.connectors.files.source import first_line
from evenhand.connectors.registries.files import Contents, Record, read_contents
from evenhand.connectors.registries.licence_mapping import LicenceMapping, load_licence_mapping
from evenhand.errors import DataError, Problem
from evenhand.model.registry import CredentialStatus

CLAIM_COLUMNS = ("account_id", "number")
"""What the file of claims holds: which number belongs to which account."""
NPI_PREFIX = "80840"
"""What stands before an NPI on a health card (80 health, 840 United States); the check digit counts it (45 CFR 162.406)."""
NPI_DIGITS = 10
HIGHEST_DIGIT = 9


def is_npi(number: str) -> bool:
    """Whether a number is a US National Provider Identifier: ten digits, the first 1 or 2, the last by Luhn (ISO/IEC 7812-1).

    >>> is_npi("1234567893"), is_npi("1234567894"), is_npi("0234567893")
    (True, False, False)
    """
    if len(number) != NPI_DIGITS or not (number.isascii() and number.isdecimal()) or number[0] not in "12":
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(NPI_PREFIX + number))]
    return sum(value - HIGHEST_DIGIT if value > HIGHEST_DIGIT else value for value in doubled) % 10 == 0


@dataclass(slots=True, kw_only=True)
class _Found:
    """Rows of the numbers that were asked for, and rows of the register that could not be read."""

    rows: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    broken: list[tuple[int | None, str]] = field(default_factory=list)
    undecoded: set[str] = field(default_factory=set)
    """Numbers whose row is no text."""
    swallowed: list[str] = field(default_factory=list)
    """Lines that a quote which is never closed made part of the broken row before them."""

    def take(self, row: Mapping[str, bytes | None], *, number: str) -> None:
        """Keep a row that was asked for. Bytes that are no text cost their own row alone."""
        try:
            cleaned = {name: (value or b"").decode("utf-8").strip() for name, value in row.items()}
        except UnicodeDecodeError:
            self.undecoded.add((row[number] or b"").decode("ascii", errors="replace").strip())
        else:
            self.rows.setdefault(cleaned[number], []).append(cleaned)

    def skip(self, row: Any) -> str:
        """What pyarrow asks about a row with too few or too many fields."""
        self.broken.append((row.number, f"the row has {row.actual_columns} fields, the header {row.expected_columns}"))
        self.swallowed += (row.text or "").split("\n")[1:]
        return "skip"

    def take_swallowed(self, numbers: set[str], *, how: LicenceMapping, names: Sequence[str]) -> None:
        """Keep the rows among the swallowed lines that were asked for: the quote costs its own line alone."""
        key = how.columns["number"]
        for line in self.swallowed:
            fields = next(csv.reader([line], delimiter=how.delimiter), [])
            row = dict(zip(names, fields, strict=False))
            if len(fields) == len(names) and row[key].strip() in numbers:
                self.take({name: row[name].encode() for name in how.read_columns}, number=key)


def read_licences(register: Path, claims: Path, *, mapping: Path) -> Contents:
    """The licences of the accounts in `claims`, as records with the columns of the register `credentials`.

    Claims read and rows of the register that are broken = records + problems.

    Raises:
        DataError: a file cannot be read at all, or the mapping does not fit the register.
    """
    how = load_licence_mapping(mapping)
    asked = read_contents(claims)
    missing = [name for name in CLAIM_COLUMNS if asked.records and name not in asked.columns]
    if missing:
        raise DataError([Problem(what=f"the file has no column `{name}`", file=str(claims),
                                 hint=f"its columns are {', '.join(CLAIM_COLUMNS)}") for name in missing])
    problems = list(asked.problems)
    counted = Counter(number for number, _ in {_claim(record) for record in asked.records})
    sound: list[Record] = []
    for record in asked.records:
        wrong = _wrong_claim(*_claim(record), counted, how)
        if wrong is None:
            sound.append(record)
        else:
            problems.append(_problem(wrong, record, claims))
    found = _looked_up(register, {_claim(record)[0] for record in sound}, how)
    problems += [Problem(what=what, file=str(register), line=line, hint="quote a field that holds the separator")
                 for line, what in found.broken]
    records: list[Record] = []
    for record in sound:
        number, account_id = _claim(record)
        made = (f"the row of `{number}` in the register is not UTF-8 text" if number in found.undecoded
                else _row(number, account_id, found.rows.get(number, []), how))
        if isinstance(made, str):
            problems.append(_problem(made, record, claims))
        else:
            records.append(Record(line=record.line, file=str(claims), values=made))
    return Contents(file=str(register), digest=_digest(register, asked.digest), records=tuple(records),
                    columns=tuple(records[0].values) if records else (),
                    problems=tuple(sorted(problems, key=lambda one: (one.file or "", one.line or 0))))


def _claim(record: Record) -> tuple[str, str]:
    """The number and the account of a claim, empty where it has none."""
    account_id, number = (str(record.values.get(name) or "").strip() for name in CLAIM_COLUMNS)
    return number, account_id


def _problem(what: str, record: Record, file: Path) -> Problem:
    return Problem(what=what, file=str(file), line=record.line, hint="look at the licence by hand, or ask the account again")


def _wrong_claim(number: str, account_id: str, counted: Counter[str], how: LicenceMapping) -> str | None:
    if not number or not account_id:
        return "the account or its number is missing"
    if how.check == "npi" and not is_npi(number):
        return f"`{number[:20]}` is not an NPI: its check digit is wrong"
    return f"`{number[:20]}` is claimed by several accounts" if counted[number] > 1 else None


def _looked_up(register: Path, numbers: set[str], how: LicenceMapping) -> _Found:
    """The rows of these numbers, read in pieces."""
    found = _Found()
    wanted = pa.array(sorted(numbers), pa.string())
    columns = how.read_columns
    try:
        with pyarrow.csv.open_csv(
                register, read_options=pyarrow.csv.ReadOptions(use_threads=False, encoding=how.encoding),
                parse_options=pyarrow.csv.ParseOptions(delimiter=how.delimiter, newlines_in_values=True,
                                                       invalid_row_handler=found.skip),
                convert_options=pyarrow.csv.ConvertOptions(
                    include_columns=columns, column_types=dict.fromkeys(columns, pa.string()), check_utf8=False)) as reader:
            for batch in reader:
                keys = pc.ascii_trim_whitespace(batch.column(how.columns["number"]))
                asked = batch.filter(pc.is_in(keys, value_set=wanted))
                for row in asked.cast(pa.schema([(name, pa.binary()) for name in asked.schema.names])).to_pylist():
                    found.take(row, number=how.columns["number"])
        if found.swallowed:
            with register.open(encoding=how.encoding, newline="") as file:
                names = next(csv.reader(file, delimiter=how.delimiter))
            found.take_swallowed(numbers, how=how, names=names)
    except (OSError, pa.ArrowException, KeyError, UnicodeError, csv.Error) as error:
        raise DataError(Problem(what=f"the register cannot be read: {first_line(error)}", file=str(register),
                                hint="does the mapping fit its columns, delimiter, encoding?")) from error
    return found


def _row(number: str, account_id: str, rows: list[Mapping[str, Any]], how: LicenceMapping) -> dict[str, object] | str:
    """What is kept of a licence, or why nothing is."""
    if len(rows) != 1:
        return f"`{number}` {'stands twice' if rows else 'is not'} in the register"
    row = rows[0]
    other = next((name for name, value in how.require.items() if row[name] != value), None)
    if other is not None:
        return f"`{number}` has `{row[other][:30]}` as its `{other}`, not `{how.require[other]}`"
    profession = how.profession_of(row)
    if not profession:
        return f"`{number}` is licensed for something that the mapping does not name"
    ends = _day(row.get(how.columns.get("expires_at", ""), ""), how)
    if isinstance(ends, str):
        return ends
    identity = hashlib.sha256(f"{how.issuer}\0{number}\0{account_id}".encode()).hexdigest()
    return {"credential_id": identity, "account_id": account_id,
            "profession": profession, "jurisdiction": how.jurisdiction_of(row), "issuer": how.issuer,
            "status": str(_status(row, how)), "expires_at": ends}


def _status(row: Mapping[str, Any], how: LicenceMapping) -> CredentialStatus:
    ended, resumed = (row.get(how.columns.get(name, ""), "") for name in ("ended_at", "resumed_at"))
    if ended and not resumed:
        return CredentialStatus.UNKNOWN
    word = row.get(how.columns.get("status", ""))
    return CredentialStatus.VERIFIED if word is None else how.statuses.get(word.casefold(), CredentialStatus.UNKNOWN)


def _day(text: str, how: LicenceMapping) -> datetime | str | None:
    """The instant at which a day in the register is over, or what is wrong with it."""
    if not text:
        return None
    try:
        day = datetime.strptime(text, how.date_format).replace(tzinfo=UTC)
    except ValueError:
        return f"`{text[:30]}` is not a day as the mapping writes it, `{how.date_format}`"
    return day + timedelta(days=1)


def _digest(register: Path, of_claims: str) -> str:
    digest = hashlib.sha256(of_claims.encode())
    with register.open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
