"""Credentials as platforms collect them: an account, the compact token, and the nonce that the account was asked to sign.

A file (JSONL, CSV, JSON, Parquet) or a folder of such files. Every record becomes a row of the register `credentials`, or a
problem with its file, its line and the reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evenhand.connectors.credentials.compact import NotAccepted
from evenhand.connectors.credentials.verifier import Confirmed, Verifier
from evenhand.connectors.registries.files import FORMATS, Contents, Record, read_contents
from evenhand.errors import DataError, Problem

COLUMNS = ("account_id", "credential", "nonce")
"""What a record holds; `nonce` may be left out for credentials of bearers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    record: Record
    account_id: str
    confirmed: Confirmed


def read_presented(path: Path, verifier: Verifier) -> Contents:
    """The credentials in a file or folder, as records with the columns of the register `credentials`.

    Records read = records accepted + problems. A file of a folder that cannot be read at all counts as one record.

    Raises:
        DataError: there is no such file or folder, or it holds nothing that can be read.
    """
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in FORMATS
                   and not file.name.startswith((".", "_"))) if path.is_dir() else [path]
    if not files:
        raise DataError(Problem(what="the folder holds no records", file=str(path),
                                hint=f"their names end in one of {', '.join(FORMATS)}"))
    read, problems = _read(files)
    problems += [problem for contents in read for problem in contents.problems]
    records = [Record(line=record.line, values=record.values, file=contents.file)
               for contents in read for record in contents.records]
    nonces = Counter(nonce for _, nonce in {(_text(record, "account_id"), _text(record, "nonce")) for record in records})
    accepted: list[_Accepted] = []
    for record in records:
        try:
            accepted.append(_confirmed(record, verifier, nonces))
        except NotAccepted as error:
            problems.append(Problem(what=error.what, file=record.file, line=record.line, hint=error.hint))
    kept, doubled = _apart(accepted)
    digest = hashlib.sha256("".join(contents.digest for contents in read).encode()).hexdigest()
    return Contents(file=str(path), digest=digest if path.is_dir() else read[0].digest, records=tuple(kept),
                    columns=tuple(kept[0].values) if kept else (),
                    problems=tuple(sorted([*problems, *doubled], key=lambda one: (one.file or "", one.line or 0))))


def _read(files: Iterable[Path]) -> tuple[list[Contents], list[Problem]]:
    """What the files hold, and a problem for each that cannot be read; raises `DataError` with all of them where none can."""
    read: list[Contents] = []
    problems: list[Problem] = []
    for file in files:
        try:
            read.append(read_contents(file))
        except DataError as error:
            problems += error.problems
    if not read:
        raise DataError(problems)
    return read, problems


def _confirmed(record: Record, verifier: Verifier, nonces: Counter[str | None]) -> _Accepted:
    account_id, token, nonce = (_text(record, name) for name in COLUMNS)
    if account_id is None or token is None:
        missing = "account_id" if account_id is None else "credential"
        raise NotAccepted(f"`{missing}` is missing", hint=f"a record has {', '.join(COLUMNS)}")
    if nonce is not None and nonces[nonce] > 1:
        raise NotAccepted("its nonce was given to another account too", hint="ask each account with a nonce of its own")
    return _Accepted(record=record, account_id=account_id, confirmed=verifier.confirm(token, nonce=nonce))


def _apart(accepted: list[_Accepted]) -> tuple[list[Record], Iterator[Problem]]:
    """The rows that may be kept. A bearer's credential that two accounts show proves nothing for either."""
    owners: dict[str, set[str]] = {}
    for one in accepted:
        owners.setdefault(one.confirmed.digest, set()).add(one.account_id)
    shared = {digest for digest, accounts in owners.items() if len(accounts) > 1}
    kept = [_row(one) for one in accepted if one.confirmed.is_bound or one.confirmed.digest not in shared]
    return kept, (Problem(what="another account shows the same credential, and neither proves to hold it",
                          file=one.record.file, line=one.record.line, hint="ask both for a presentation with key binding")
                  for one in accepted if not one.confirmed.is_bound and one.confirmed.digest in shared)


def _row(one: _Accepted) -> Record:
    kept = one.confirmed
    credential_id = hashlib.sha256(f"{kept.digest}\0{one.account_id}".encode()).hexdigest()
    return Record(line=one.record.line, file=one.record.file, values={
        "credential_id": credential_id, "account_id": one.account_id, "profession": kept.profession,
        "jurisdiction": kept.jurisdiction, "issuer": kept.issuer, "status": str(kept.status), "expires_at": kept.expires_at})


def _text(record: Record, name: str) -> str | None:
    value = record.values.get(name)
    return str(value).strip() or None if value is not None else None
