"""Host names: written as they are compared, and split where domains are registered (the public suffix list)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Protocol
from unicodedata import normalize

import pyarrow as pa
import tldextract

from evenhand.signals.words.folded import UNSPACED_LETTER, class_of


class Split(Protocol):
    """What a reader of the public suffix list says about a host."""

    @property
    def suffix(self) -> str:
        """The public suffix, empty when the list has none for it."""

    @property
    def top_domain_under_public_suffix(self) -> str:
        """The registrable domain, empty for a host that is itself a suffix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host name. For an IP address `domain` is the address, `suffix` and `label` are None."""

    host: str
    """Lower case, IDN as punycode, without a trailing dot."""
    domain: str
    """What somebody registered: one label below the public suffix; private suffixes (`pages.dev`) count."""
    suffix: str | None
    label: str | None
    """The domain without its suffix; None for a host that is itself a public suffix."""
    cut: str | None = None
    """The host as written without words that ran into it; None when none did."""


class PublicSuffixes:
    """Splits hosts by a public suffix list. It remembers what it has split."""

    def __init__(self, split: Callable[[str], Split], *, digest: str = "") -> None:
        self._split = split
        self.digest = digest
        """Names the list, so that another list means other signals."""
        self.host = lru_cache(maxsize=1 << 17)(self._host)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled without what it remembers."""
        return partial(PublicSuffixes, digest=self.digest), (self._split,)

    @classmethod
    def bundled(cls) -> PublicSuffixes:
        """With the list that the package `tldextract` ships, private suffixes included. Nothing is fetched.

        It reads that list from the package: call it where steps are built, not where they run.
        """
        return _bundled()

    def suffixes(self, hosts: pa.Array) -> pa.Array:
        """The public suffix of each host of a string column, null where there is none."""
        known = hosts.dictionary_encode()
        found = [self.host(text) if text else None for text in known.dictionary.to_pylist()]
        return pa.array([None if host is None else host.suffix for host in found], pa.string()).take(known.indices)

    def _host(self, text: str, *, is_known: bool = False) -> Host | None:
        """The host written as `text`, None if it is none; with `is_known` only one below a listed suffix."""
        is_plain = len(text) <= MAX_HOST and _PLAIN.fullmatch(text) is not None
        address = None if is_plain else _ip_address(text)
        if address is not None:
            return None if is_known else Host(host=address, domain=address, suffix=None, label=None)
        name = text if is_plain else compared(text)
        if name is None:
            return None
        cut = None if is_plain else _cut(text)
        split = self._split(name)
        suffix = split.suffix if split.top_domain_under_public_suffix or split.suffix == name else ""
        if not suffix:
            return None if is_known else _unlisted(name, cut)
        domain = split.top_domain_under_public_suffix or name
        label = None if domain == suffix else domain.removesuffix(f".{suffix}")
        return Host(host=name, domain=domain, suffix=suffix, label=label, cut=cut)


@lru_cache(maxsize=1)
def _bundled() -> PublicSuffixes:
    extract = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
    extract.extract_str("example.org")
    return PublicSuffixes(extract.extract_str, digest=f"tldextract {tldextract.__version__}")


def _cut(text: str) -> str | None:
    """The written host without the words that ran into it, None when none did."""
    labels = text.strip(".").split(".")
    unglued = _unglued(labels)
    return ".".join(unglued) if unglued != labels else None


def _unlisted(name: str, cut: str | None) -> Host:
    """A host below an ending that the list does not know, such as `.onion`: its last two labels are the domain."""
    labels = name.split(".")
    return Host(host=name, domain=".".join(labels[-2:]), suffix=labels[-1], label=labels[-2],
                cut=cut)


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PLAIN = re.compile(r"(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A host that is written as it is compared, and can be no IP address: nearly all of them."""
MAX_HOST = 253
"""RFC 1035: a host name has at most so many characters."""


def compared(text: str) -> str | None:
    """The host name as it is compared, None if it cannot be one.

    >>> compared("WWW.Bücher.example.")
    'www.xn--bcher-kva.example'
    """
    plain = normalize("NFKC", _INVISIBLE.sub("", text)).lower().replace("\u3002", ".").strip(".")
    labels = [_punycode(label) for label in _unglued(plain.split("."))]
    name = ".".join(labels)
    if len(labels) < 2 or len(name) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return None if labels[-1].isdigit() else name


def _punycode(label: str) -> str:
    """A label in ASCII (RFC 3492, without the checks of IDNA 2008: scammers register what it forbids)."""
    if label.isascii():
        return label
    return "xn--" + normalize("NFC", label).encode("punycode").decode("ascii")


def _unglued(labels: list[str]) -> list[str]:
    """The labels without text that runs into them: `看example.com这里` is `example.com`.

    Scripts without spaces between words leave no border around an address in a sentence.
    """
    last = labels[-1]
    ascii_part = re.match(r"[a-z][a-z0-9-]+", last, re.IGNORECASE)
    if ascii_part and ascii_part.end() < len(last):
        labels = [*labels[:-1], ascii_part[0]]
    head = re.search(r"[a-z0-9][a-z0-9_-]*$", labels[0], re.IGNORECASE)
    if head and head.start() > 0 and class_of(ord(labels[0][head.start() - 1])) == UNSPACED_LETTER:
        labels = [head[0], *labels[1:]]
    return labels


def _ip_address(text: str) -> str | None:
    """The IP address written as `text` (also as one number, as scam links do), None if it is none."""
    try:
        if text.startswith("["):
            return str(IPv6Address(text.strip("[]")))
        return str(IPv4Address(int(text) if text.isdigit() and int(text) > 0xFFFFFF else text))
    except (AddressValueError, ValueError):
        return None
