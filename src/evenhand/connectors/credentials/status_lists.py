"""Status lists given as files: whether an issuer has revoked or suspended a credential. None is ever fetched.

Token Status List (`statuslist+jwt`) and Bitstring Status List v1.0 (a `vc+jwt`). A list counts only when the issuer signed it,
when it is the one that the credential names, and when it is fresh.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from evenhand.connectors.credentials.compact import Compact, NotAccepted, decoded, read_compact
from evenhand.connectors.credentials.issuers import Issuer
from evenhand.connectors.credentials.signatures import check_signature
from evenhand.connectors.credentials.times import validity
from evenhand.errors import DataError, Problem
from evenhand.model.registry import CredentialStatus

TOKEN_LIST = "statuslist+jwt"  # noqa: S105  # a media type
WIDTHS = (1, 2, 4, 8)
"""Bits of one status in a Token Status List (section 4)."""
TOKEN_STATUSES = {0: CredentialStatus.VERIFIED, 1: CredentialStatus.REVOKED, 2: CredentialStatus.SUSPENDED}
"""Section 7.1: valid, invalid, suspended. Any other value is the issuer's own and says nothing to us."""
PURPOSES = {"revocation": CredentialStatus.REVOKED, "suspension": CredentialStatus.SUSPENDED}
"""What a bit of a Bitstring Status List says when it is set."""
MIN_BITS = 131_072
"""Bitstring Status List, section 6.1: a shorter list would tell who is asked for."""
MAX_BYTES = 67_108_864
"""Of an unpacked list: half a billion credentials. A longer one is an attack by compression."""
MAX_AGE = timedelta(days=30)
"""A list that does not say when it ends counts for so long after its issue."""


@dataclass(slots=True, kw_only=True)
class StatusLists:
    """The lists that were given, by the address that credentials know them by. Each is checked once per issuer."""

    tokens: Mapping[str, Compact]
    at: datetime
    _checked: dict[tuple[str, str], tuple[Compact, bytes]] = field(default_factory=dict)

    def status(self, claims: Mapping[str, Any], issuer: Issuer) -> CredentialStatus | None:
        """What the lists say of a credential; None where it names no list.

        Raises:
            NotAccepted: a list that it names is missing, not the issuer's, out of date, or of a kind that is not known.
        """
        entries = claims.get("credentialStatus", [])
        found = [self._of_bitstring(entry, issuer) for entry in (entries if isinstance(entries, list) else [entries])]
        if "status" in claims:
            found.append(self._of_token_list(claims["status"], issuer))
        worst = (CredentialStatus.REVOKED, CredentialStatus.SUSPENDED, CredentialStatus.VERIFIED)
        return next((status for status in worst if status in found), None)

    def _of_token_list(self, status: object, issuer: Issuer) -> CredentialStatus:
        entry = status.get("status_list") if isinstance(status, Mapping) else None
        if not isinstance(entry, Mapping):
            raise NotAccepted("its status is kept in a way that is not supported", hint="Token Status Lists are read")
        index = _index(entry.get("idx"))
        token, bits = self._unpacked(entry.get("uri"), issuer)
        if token.type != TOKEN_LIST:
            raise NotAccepted("the list that it names is not a Token Status List", hint="get the list again")
        width = token.payload["status_list"].get("bits")
        if width not in WIDTHS or isinstance(width, bool):
            raise NotAccepted("its status list has a wrong number of bits", hint="get the list again")
        value = token_status(bits, index=index, width=width)
        if value not in TOKEN_STATUSES:
            raise NotAccepted(f"its status {value} has a meaning of the issuer's own", hint="ask the issuer what it means")
        return TOKEN_STATUSES[value]

    def _of_bitstring(self, entry: object, issuer: Issuer) -> CredentialStatus:
        if not isinstance(entry, Mapping) or entry.get("type") != "BitstringStatusListEntry":
            raise NotAccepted("its status is kept in a way that is not supported", hint="Bitstring Status Lists are read")
        purpose = entry.get("statusPurpose")
        if purpose not in PURPOSES or entry.get("statusSize", 1) != 1:
            raise NotAccepted("the purpose of its status is not known", hint=f"known: {', '.join(PURPOSES)}")
        index = _index(entry.get("statusListIndex"))
        token, bits = self._unpacked(entry.get("statusListCredential"), issuer)
        subject = token.payload.get("credentialSubject")
        purposes = subject.get("statusPurpose") if isinstance(subject, Mapping) else None
        if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
            raise NotAccepted("the list that it names has another purpose", hint="get the list again")
        return PURPOSES[purpose] if bitstring_status(bits, index=index) else CredentialStatus.VERIFIED

    def _unpacked(self, address: object, issuer: Issuer) -> tuple[Compact, bytes]:
        """The list at an address and its bits, once the issuer's signature and its times are found good."""
        token = self.tokens.get(address) if isinstance(address, str) else None
        if token is None or not isinstance(address, str):
            raise NotAccepted(f"its status list `{str(address)[:200]}` was not given",
                              hint="save that list and name the file with `--status-list`; nothing is fetched")
        if (address, issuer.id) not in self._checked:
            check_signature(token, issuer.status_keys, allowed=issuer.algorithms, what="its status list")
            times = validity(token.payload, at=self.at, what="its status list")
            since = times.issued_at or times.starts_at
            if times.is_over(self.at) or (times.ends_at is None and (since is None or self.at - since > MAX_AGE)):
                raise NotAccepted("its status list is out of date", hint="get the list again")
            self._checked[address, issuer.id] = token, _bits(token)
        return self._checked[address, issuer.id]


def load_status_lists(files: Iterable[Path], *, at: datetime) -> StatusLists:
    """The lists in files that hold one compact token each. Signatures are checked when a credential asks.

    Raises:
        DataError: a file holds no status list, or two hold the same; all mistakes together.
    """
    tokens: dict[str, Compact] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            token = read_compact(file.read_text(encoding="ascii").strip(), what="the list", most=MAX_BYTES)
            tokens[_address(token, tokens)] = token
        except NotAccepted as error:
            problems.append(Problem(what=error.what, file=str(file), hint=error.hint))
        except (OSError, UnicodeDecodeError):
            problems.append(Problem(what=f"`{file.name}` cannot be read", file=str(file),
                                    hint="a status list is a file with one compact token"))
    if problems:
        raise DataError(problems)
    return StatusLists(tokens=tokens, at=at)


def _address(token: Compact, others: Mapping[str, Compact]) -> str:
    address = token.payload.get("sub" if token.type == TOKEN_LIST else "id")
    if not isinstance(address, str) or address in others:
        raise NotAccepted("the list has no address, or was given twice", hint="give each list once, as it was issued")
    return address


def _bits(token: Compact) -> bytes:
    if token.type == TOKEN_LIST:
        listed = token.payload.get("status_list")
        text = listed.get("lst") if isinstance(listed, Mapping) else None
        if not isinstance(text, str):
            raise NotAccepted("its status list holds no list", hint="get the list again")
        return unpacked(decoded(text, "its status list"), is_gzip=False)
    subject, types = token.payload.get("credentialSubject"), token.payload.get("type")
    text = subject.get("encodedList") if isinstance(subject, Mapping) and subject.get("type") == "BitstringStatusList" else None
    is_list = isinstance(types, list) and "BitstringStatusListCredential" in types
    if not is_list or not isinstance(text, str) or not text.startswith("u"):
        raise NotAccepted("its status list holds no list", hint="get the list again")
    bits = unpacked(decoded(text[1:], "its status list"), is_gzip=True)
    if len(bits) * 8 < MIN_BITS:
        raise NotAccepted("its status list is too short", hint=f"{MIN_BITS:,} entries are the least")
    return bits


def unpacked(content: bytes, *, is_gzip: bool) -> bytes:
    """The bytes of a list, packed as zlib or gzip.

    Raises:
        NotAccepted: it is not packed so, or longer than `MAX_BYTES`.
    """
    unpacking = zlib.decompressobj(31 if is_gzip else 15)
    try:
        bits = unpacking.decompress(content, MAX_BYTES)
    except zlib.error as error:
        raise NotAccepted("its status list cannot be unpacked", hint="get the list again") from error
    if unpacking.unconsumed_tail or unpacking.unused_data or not unpacking.eof:
        raise NotAccepted("its status list is cut off or too long", hint="get the list again")
    return bits


def token_status(bits: bytes, *, index: int, width: int) -> int:
    """The status at `index` of a Token Status List: `width` bits, counted from the lowest bit of each byte (section 4).

    Raises:
        NotAccepted: the list is shorter.

    >>> [token_status(bytes([0xB9, 0xA3]), index=place, width=1) for place in range(4)]
    [1, 0, 0, 1]
    """
    place, shift = divmod(index * width, 8)
    return (_byte(bits, place) >> shift) & ((1 << width) - 1)


def bitstring_status(bits: bytes, *, index: int) -> bool:
    """Whether the bit at `index` of a Bitstring Status List is set, counted from the highest bit of each byte (section 3.2).

    Raises:
        NotAccepted: the list is shorter.

    >>> bitstring_status(bytes([0b1000_0000]), index=0), bitstring_status(bytes([0b1000_0000]), index=7)
    (True, False)
    """
    return bool(_byte(bits, index // 8) >> (7 - index % 8) & 1)


def _byte(bits: bytes, place: int) -> int:
    if place >= len(bits):
        raise NotAccepted("its place is not in its status list", hint="get the list again")
    return bits[place]


def _index(value: object) -> int:
    """A place in a list: a number, which Bitstring Status Lists write as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:  # noqa: PLR2004  # no list is longer
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise NotAccepted("its place in its status list is not a number", hint="ask the issuer for a valid credential")
