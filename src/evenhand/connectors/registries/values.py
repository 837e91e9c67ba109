"""Values of registry files: how texts, dates, names, handles and domains are written by people, and what we store."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa

HOST = r"^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+(xn--[a-z0-9-]{1,59}|[a-z]{2,63})$"
"""A host name as registers store it: lower case, at least two labels, IDN as punycode, no port, no address."""
MAX_HOST = 253
"""The longest host name in characters (RFC 1035)."""
SHORT = 60
"""A value in a message is cut after this many characters."""
NAME_KINDS = ("label", "alias", "short")
TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_DEFANGED = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def host_of(text: str) -> str:
    """The host name in a domain, URL or defanged URL, as registers store it, without a leading `www.`.

    Raises:
        ValueError: there is no host name in it; say which address was meant.

    >>> host_of("hxxps://www.Bücher[.]example/laden"), host_of("spiegel.de")
    ('xn--bcher-kva.example', 'spiegel.de')
    """
    plain = _DEFANGED.sub(".", text.strip()).replace("hxxp", "http").replace("[:]", ":")
    try:
        name = urlsplit(plain if "://" in plain else f"//{plain}").hostname or ""
        labels = [label if label.isascii() else label.encode("idna").decode("ascii")
                  for label in unquote(name).rstrip(".").replace("。", ".").split(".")]
    except (ValueError, UnicodeError) as error:
        raise ValueError(f"`{text}` holds no host name") from error
    host = ".".join(labels).lower().removeprefix("www.")
    if len(host) > MAX_HOST or not re.match(HOST, host) or _is_address(host):
        raise ValueError(f"`{text}` holds no host name")
    return host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def text(value: object) -> str | None:
    """A text without outer space, or None for an empty one. Numbers become text ("not a number" is none).

    Raises:
        ValueError: it is not a text.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"`{_short(value)}` is not a text")  # noqa: TRY004 - bad data, not a bug
    return None if value != value else str(value).strip() or None    # noqa: PLR0124 - only NaN is not itself


def day(value: object) -> date | None:
    """A day, written as 2026-11-23 or given as a date.

    Raises:
        ValueError: it is no such day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    written = text(value)
    if written is None:
        return None
    if not _DAY.fullmatch(written):
        raise ValueError(f"`{_short(value)}` is not a day such as 2026-11-23")
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"there is no day `{written}`") from error


def moment(value: object) -> datetime | None:
    """A time with its zone, written as in ISO 8601; a time or a day without a zone is UTC.

    Raises:
        ValueError: it is no such time.
    """
    written = value if isinstance(value, datetime) else text(value)
    try:
        parsed = datetime.fromisoformat(written) if isinstance(written, str) else written
    except ValueError as error:
        raise ValueError(f"`{_short(value)}` is not a time such as 2026-11-23T12:00:00Z") from error
    if parsed is None:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def truth(value: object) -> bool | None:
    """A yes or no.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, bool):
        return value
    written = (text(value) or "").lower()
    if written not in {*TRUE, *FALSE, ""}:
        raise ValueError(f"`{_short(value)}` is neither yes nor no")
    return written in TRUE if written else None


def count(value: object) -> int | None:
    """A whole number.

    Raises:
        ValueError: it is none, or too large to store.
    """
    try:
        number = None if text(value) is None else int(str(value))
    except ValueError as error:
        raise ValueError(f"`{_short(value)}` is not a whole number") from error
    if number is not None and not -2**63 <= number < 2**63:
        raise ValueError(f"`{_short(value)}` is too large a number")
    return number


def number(value: object) -> float | None:
    """A number.

    Raises:
        ValueError: it is none.
    """
    written = text(value)
    try:
        return None if written is None else float(written)
    except ValueError as error:
        raise ValueError(f"`{_short(value)}` is not a number") from error


def items(value: object) -> list[Any]:
    """A list, written as a list, as JSON, or as one text with `;` between the items.

    Raises:
        ValueError: a list was begun in JSON and is not valid.
    """
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"`{_short(value)}` is not valid JSON") from error
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    if isinstance(value, dict):
        return [value]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def texts(value: object) -> list[str]:
    """A list of texts, each once, in their order."""
    return list(dict.fromkeys(found for item in items(value) if (found := text(item))))


def domains(value: object) -> list[str]:
    """A list of host names, each once, by the alphabet. A text may also hold spaces or commas between them."""
    parts = [part for item in items(value) for part in (re.split(r"[\s,]+", item) if isinstance(item, str) else [item])]
    return sorted({host_of(found) for part in parts if (found := text(part))})


def names(value: object) -> list[dict[str, str | None]]:
    """A list of names, each a text or `{name, language, kind}`.

    Raises:
        ValueError: a name is missing, or its kind is none of `NAME_KINDS`.
    """
    found = [_name(item) for item in items(value)]
    return sorted(found, key=lambda one: tuple(str(part or "") for part in (one["kind"], one["language"], one["name"])))


def _name(item: object) -> dict[str, str | None]:
    parts = item if isinstance(item, dict) else {"name": item}
    name, language = (text(parts[key]) if parts.get(key) is not None else None for key in ("name", "language"))
    kind = text(parts["kind"]) if parts.get("kind") is not None else "alias"
    if name is None:
        raise ValueError(f"`{_short(item)}` holds no name")
    if kind not in NAME_KINDS:
        raise ValueError(f"`{_short(kind)}` is not a kind of name: {', '.join(f'`{one}`' for one in NAME_KINDS)}")
    return {"name": name, "language": language, "kind": kind}


def with_main(name: object, own: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """The names with the main name among them, as its label."""
    if name is None or any(one["name"] == name for one in own):
        return own
    return [{"name": str(name), "language": None, "kind": "label"}, *own]


def handles(value: object) -> list[dict[str, str | None]]:
    """A list of handles, each `{platform, handle}` or a text such as `twitter:FBI`; `*:FBI` is every platform.

    Raises:
        ValueError: a handle does not say its platform.
    """
    if isinstance(value, dict) and "handle" not in value:
        value = [{"platform": platform, "handle": handle} for platform, handle in value.items()]
    found = {_handle(item) for item in items(value)}
    return [{"platform": platform or None, "handle": handle} for platform, handle in sorted(found)]


def _handle(item: object) -> tuple[str, str]:
    if isinstance(item, dict):
        platform, handle = (text(item[key]) if item.get(key) is not None else None for key in ("platform", "handle"))
    else:
        before, colon, after = (text(item) or "").partition(":")
        platform, handle = (before, after.strip()) if colon else ("", "")
    if not handle or (platform == "" and not isinstance(item, dict)):
        raise ValueError(f"`{_short(item)}` is not a handle such as `twitter:FBI`")
    return ("" if platform in {None, "*"} else str(platform).lower()), handle.removeprefix("@")


def _short(value: object) -> str:
    written = str(value)
    return written if len(written) <= SHORT else written[:SHORT] + "…"


def reader(column: str, kind: pa.DataType) -> Callable[[object], Any]:
    """The function that reads the values of a register's column."""
    nested: dict[str, Callable[[object], Any]] = {"names": names, "handles": handles, "domains": domains}
    if column in nested:
        return nested[column]
    if column == "host":
        return lambda value: None if text(value) is None else host_of(str(value))
    for is_kind, read in ((pa.types.is_date, day), (pa.types.is_timestamp, moment), (pa.types.is_boolean, truth),
                          (pa.types.is_integer, count), (pa.types.is_floating, number), (pa.types.is_list, texts)):
        if is_kind(kind):
            return read
    return text
