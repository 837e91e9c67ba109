"""Web addresses in a column of texts: found, cleaned and split with array operations.

Real posts hold them as HTML, Markdown, with entities, glued to words and brackets, without a scheme, or defanged
(`hxxp://evil[.]example`). Only the distinct host names of a batch are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.web.hosts import Host, PublicSuffixes
from evenhand.signals.web.url_words import MARK, address_words
from evenhand.signals.words.folded import Places

_LETTER = r"[0-9A-Za-z\x{80}-\x{10ffff}]"
_DEFANGED = r"(?i)\bh(?:xx|\*\*|--)ps?\b|[\[({]\s?(?:\.|dot)\s?[\])}]|\[:\]|\[://\]|[0-9a-z] dot (?:com|net|org)\b"
_CANDIDATE = (rf"(?i){_LETTER}\.{_LETTER}|://|[\x{{3002}}\x{{ff0e}}\x{{ff61}}][a-z\x{{ff21}}-\x{{ff5a}}]|"
              + _DEFANGED.removeprefix("(?i)"))
"""A text without any of these holds no address."""

_REFANGED = (
    (r"(?i)\bh(?:xx|\*\*|--)p(s?)(?:\[:\]|:|\[://\])(?://)?", f"http\\1://{MARK}"),
    (r"(?i)\b(https?)(?:\[://\]|\[:\]//)", f"\\1://{MARK}"),
    (r"(?i)\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?", f".{MARK}"),
    (r"(?i)([0-9a-z]) dot (com|net|org)\b", f"\\1.{MARK}\\2"),
)
"""How a defanged address is written out again; the mark remembers that it was one."""
_CLEANED = (
    ("[\u00ad\u200b-\u200f\u2060-\u2064\ue000\ufe00-\ufe0f\ufeff]", ""),
    (r"&(?:quot|lt|gt|nbsp|apos|#34|#39|#60|#62|#160|#x27|#x22);", " "), (r"&(?:amp|#38);", "&"),
    (r"(?i)<a\s[^<>]*?\bhref\s*=\s*", " "), (r"\]\(", " "),
    ("([0-9A-Za-z\uff10-\uff5a])[\u3002\uff0e\uff61]([A-Za-z\uff21-\uff5a])", r"\1.\2"),
    (r"([^=/&?%#\s])(https?://)", r"\1 \2"), (r"(\.[A-Za-z]{2,})\\", r"\1/"), (r"(\w@)\s+", r"\1"),
)
_DIRTY = "|".join(f"(?:{pattern})" for pattern in (
    "[\u00ad\u200b-\u200f\u2060-\u2064\ue000\ufe00-\ufe0f\ufeff]", "&[a-z#]", r"(?i:href)", r"\]\(", "[\u3002\uff0e\uff61]",
    r"[^\s]https?://", r"\\", r"@\s"))
"""A text without any of these is clean: each is a part of a pattern of `_CLEANED`, and most texts have none."""
_WITH_SCHEME = (
    r"(?i)(?P<lead>(?:https?|ftp)://(?:[^/?#@]*@)?)(?P<host>\[[0-9a-f:.]+\]|[^/?#:@,;()\[\]!$&*=~+]+)"
    r"(?P<rest>(?::[0-9]*)?(?:[/?#].*)?)")
_WITHOUT_SCHEME = (
    rf"^[^0-9A-Za-z\x{{80}}-\x{{10ffff}}@]*(?P<lead>)(?P<host>{_LETTER}(?:{_LETTER}|[-_])*(?:\.(?:{_LETTER}|[-_])+)+)"
    r"(?P<rest>(?::[0-9]{1,5}\b)?(?:[/?#].*)?)(?P<tail>.*)$")
_REDIRECT = (r"(?i)[?&](?:q|u|url|to|target|redirect|redirect_ur[il]|dest|destination|link|goto|next|r)="
             r"(?P<target>https?(?::|%3a)(?:/|%2f){2}[^&\s]+)")
_TAIL = ".,;:!?*_~)]}…>-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Found addresses: the row each stands in, as written (refanged), and its parts."""

    row: Places
    url: pa.Array
    parts: pa.StructArray
    is_defanged: pa.Array

    def columns(self) -> list[pa.Array]:
        """The columns `url`, `host`, `domain`, `suffix` and `label`."""
        return [self.url, *(pc.struct_field(self.parts, name) for name in ("host", "domain", "suffix", "label"))]

    def taken(self, place: Places, *, row: Places) -> Urls:
        """The addresses at `place`, which stand in `row`."""
        kept = pa.array(place)
        return Urls(row=row, url=self.url.take(kept), parts=self.parts.take(kept), is_defanged=self.is_defanged.take(kept))

    def within(self, row: Places) -> Urls:
        """The same addresses, `row` naming the row of each one's word, in order of row and each once a row."""
        order = np.argsort(row[self.row], kind="stable")
        every = self.taken(order, row=row[self.row][order])
        every = replace(every, is_defanged=every.only_defanged())
        first = _first_of_each(every.row, every.url)
        return every.taken(first, row=every.row[first])

    def only_defanged(self) -> pa.Array:
        """True where the row holds the host in defanged form only: writing it both ways is not a quotation."""
        host = pc.struct_field(self.parts, "host").dictionary_encode()
        pair = self.row * (len(host.dictionary) + 1) + host.indices.to_numpy()
        _, group = np.unique(pair, return_inverse=True)
        only = np.ones(len(group), np.bool_)
        np.logical_and.at(only, group, self.is_defanged.to_numpy(zero_copy_only=False))
        return pa.array(only[group])

    @classmethod
    def joined(cls, found: Sequence[Urls]) -> Urls:
        """All of them, one after the other; within a row each address once when ordered as they came."""
        return cls(row=np.concatenate([part.row for part in found]), url=pa.concat_arrays([part.url for part in found]),
                   parts=pa.concat_arrays([part.parts for part in found]),
                   is_defanged=pa.concat_arrays([part.is_defanged for part in found]))


_TEXT, _ADDRESS, _LISTED, _SCHEME = range(4)
"""What tells how a word is read: that it stands in a text, where an address is meant to stand or in a list of links, or that it
has a scheme."""
_N_SORTS = 4
_PARTS = pa.struct([(name, pa.string()) for name in ("host", "domain", "suffix", "label", "cut")])


def text_urls(texts: pa.Array, suffixes: PublicSuffixes, *, is_address: bool = False) -> Urls:
    """The addresses in a string column, in order of row and place, each once a row.

    With `is_address` the column is meant for an address, so that one without a scheme needs no further sign.
    """
    row, words = _words(texts)
    return _urls(words, suffixes, sort=np.full(len(row), _ADDRESS if is_address else _TEXT)).within(row)


def post_urls(texts: pa.Array, lists: pa.Array, suffixes: PublicSuffixes) -> Urls:
    """The addresses in the texts and the lists of links of posts, in order of row, each once a row.

    The platform itself says that a listed one is a link, so that its ending need not be on the list of public suffixes.
    """
    parents = pc.list_parent_indices(lists).to_numpy()
    row, words = _words(texts)
    listed_row, listed = _words(pc.list_flatten(lists))
    sort = np.concatenate((np.full(len(row), _TEXT), np.full(len(listed_row), _LISTED)))
    found = _urls(pa.concat_arrays([words, listed]), suffixes, sort=sort)
    return found.within(np.concatenate((row, parents[listed_row])))


def _words(texts: pa.Array) -> tuple[Places, pa.Array]:
    """The words of a string column that may be addresses, defanged ones refanged and marked, with the row of each."""
    texts = texts.cast(pa.large_string())
    rows = np.flatnonzero(pc.fill_null(pc.match_substring_regex(texts, _CANDIDATE), False).to_numpy(zero_copy_only=False))
    texts = texts.take(pa.array(rows))
    dirty = pc.match_substring_regex(texts, _DIRTY)
    if pc.any(dirty).as_py():
        texts = pc.replace_with_mask(texts, dirty, _cleaned(texts.filter(dirty)))
    defanged = pc.match_substring_regex(texts, _DEFANGED)
    if pc.any(defanged).as_py():
        refanged = texts.filter(defanged)
        for pattern, replacement in _REFANGED:
            refanged = pc.replace_substring_regex(refanged, pattern, replacement)
        texts = pc.replace_with_mask(texts, defanged, refanged)
    row, words = address_words(texts)
    return rows[row], words


def _cleaned(texts: pa.Array) -> pa.Array:
    """The texts without what people and programs put inside and around addresses."""
    for pattern, replacement in _CLEANED:
        texts = pc.replace_substring_regex(texts, pattern, replacement)
    return texts


def whole_text_url(texts: pa.Array, suffixes: PublicSuffixes) -> Urls:
    """The texts that are, as a whole, a host name below a listed public suffix."""
    is_host = pc.match_substring_regex(texts, rf"^{_LETTER}(?:{_LETTER}|-)*(?:\.(?:{_LETTER}|-)+)+$")
    rows = np.flatnonzero(pc.fill_null(is_host, False).to_numpy(zero_copy_only=False))
    names = texts.take(pa.array(rows)).cast(pa.string())
    parts = _split(names, suffixes, is_known=True)
    kept = parts.is_valid()
    return Urls(row=rows[kept.to_numpy(zero_copy_only=False)], url=names.filter(kept), parts=parts.filter(kept),
                is_defanged=pa.repeat(pa.scalar(False), pc.sum(kept).as_py() or 0))


def _urls(words: pa.Array, suffixes: PublicSuffixes, *, sort: Places) -> Urls:
    """The addresses in `words`, in their order; `row` is the place of each one's word. Each distinct word is read once."""
    has_scheme = pc.match_substring_regex(words, r"(?i)(?:https?|ftp)://").to_numpy(zero_copy_only=False)
    sort = np.where(has_scheme, _SCHEME, sort)      # wherever it stands it is read alike
    code = words.dictionary_encode()
    distinct, first = np.unique(code.indices.to_numpy() * _N_SORTS + sort, return_inverse=True)
    known = code.dictionary.take(pa.array(distinct // _N_SORTS))
    found = _distinct_urls(known, suffixes, sort=distinct % _N_SORTS)
    begin = np.searchsorted(found.row, np.arange(len(distinct) + 1))
    lengths = np.diff(begin)[first]
    place = np.arange(lengths.sum()) + np.repeat(begin[first] - np.cumsum(lengths) + lengths, lengths)
    return found.taken(place, row=np.repeat(np.arange(len(first)), lengths))


def _distinct_urls(words: pa.Array, suffixes: PublicSuffixes, *, sort: Places) -> Urls:
    """The addresses in `words`, in their order; `row` is the place of each one's word."""
    defanged = pc.match_substring(words, MARK)
    words = pc.replace_substring(words, MARK, "")
    with_scheme = np.flatnonzero(sort == _SCHEME)
    is_bare = pc.match_substring_regex(words, rf"{_LETTER}\.{_LETTER}").to_numpy(zero_copy_only=False)
    target, aimed = _redirect_targets(words, with_scheme)
    found = [_matched(words.take(pa.array(with_scheme)), with_scheme, suffixes), _matched(target, aimed, suffixes)]
    for kind in (_TEXT, _ADDRESS, _LISTED):
        own = np.flatnonzero(is_bare & (sort == kind))
        if len(own):
            found.append(_bare(words.take(pa.array(own)), own, suffixes, is_address=kind != _TEXT, is_link=kind == _LISTED))
    word = np.concatenate([places for places, _, _ in found])
    every = Urls(row=word, url=pa.concat_arrays([url for _, url, _ in found]),
                 parts=pa.concat_arrays([part for _, _, part in found]), is_defanged=defanged.take(pa.array(word)))
    order = np.argsort(word, kind="stable")
    return every.taken(order, row=word[order])


def _first_of_each(row: Places, url: pa.Array) -> Places:
    """Which addresses are the first of their kind in their row."""
    code = url.dictionary_encode()
    _, first = np.unique(row * (len(code.dictionary) + 1) + code.indices.to_numpy(), return_index=True)
    return np.sort(first)


def _redirect_targets(words: pa.Array, places: Places) -> tuple[pa.Array, Places]:
    """Addresses that stand as a parameter of another one, such as `?url=https%3A%2F%2Fevil.example`."""
    target = pc.struct_field(pc.extract_regex(words.take(pa.array(places)), _REDIRECT), "target")
    some = np.flatnonzero(target.is_valid().to_numpy(zero_copy_only=False))
    target = target.take(pa.array(some))
    for pattern, plain in ((r"(?i)%3a", ":"), (r"(?i)%2f", "/"), (r"(?i)%2e", ".")):
        target = pc.replace_substring_regex(target, pattern, plain)
    return target, places[some]


Found = tuple[Places, pa.Array, pa.StructArray]
"""The places of the words that are addresses, the addresses, and their parts."""


def _matched(words: pa.Array, places: Places, suffixes: PublicSuffixes) -> Found:
    """The addresses among words with a scheme."""
    match = pc.extract_regex(words, _WITH_SCHEME)
    return _kept(match, places, _split(pc.struct_field(match, "host"), suffixes, is_known=False))


_FILES = ("md", "py", "rs", "sh", "zip", "mov", "ps", "js", "java")
"""Endings of file names that are also top-level domains, or may become one."""
_WORDS = ("am", "as", "at", "be", "call", "do", "free", "here", "how", "ice", "in", "is", "it", "like", "love", "me", "my",
          "no", "now", "one", "so", "to", "us", "xxx", "you")
"""Top-level domains that open English sentences. Measured on 3,755 text messages: every bare one was two sentences."""
_DOUBTFUL = (
    r"[\p{Ll}0-9]\.\p{Lu}\p{Ll}*$",
    rf"(?i)\.(?:{'|'.join(_FILES)})$",
    rf"(?i)^[^.]+\.(?:{'|'.join(_WORDS)})$",
    r"(?i)^[^.]{1,15}\.onion$",
    r"^[^.]\.[^.]+$",
    r"^[0-9.]+[A-Za-z]*$",
)
"""Two glued sentences (`no time.so I left`), file names, initials, numbers: no addresses unless more says so."""
_SINGLE_LETTER = r"(?i)^[a-z]\.(?:com|org|net)$"


def _bare(words: pa.Array, places: Places, suffixes: PublicSuffixes, *, is_address: bool, is_link: bool) -> Found:
    """The addresses among words without a scheme: below a listed suffix, no e-mail, no file, not two sentences."""
    match = pc.extract_regex(words, _WITHOUT_SCHEME)
    host, rest, tail = (pc.struct_field(match, name) for name in ("host", "rest", "tail"))
    is_mail = pc.match_substring_regex(words, r"(?i)^[^/]*@|^mailto:")
    kept = pc.and_(pc.is_valid(host), pc.invert(pc.or_(is_mail, pc.match_substring_regex(tail, rf"^{_LETTER}"))))
    if not is_address:
        doubtful = pc.match_substring_regex(host, "|".join(_DOUBTFUL))
        meant = pc.or_(pc.match_substring(rest, "/"), pc.match_substring_regex(host, rf"(?i)^www\.|{_SINGLE_LETTER}"))
        kept = pc.and_(kept, pc.or_(meant, pc.invert(doubtful)))
    host = pc.if_else(pc.fill_null(kept, False), host, pa.scalar(None, pa.string()))
    return _kept(match, places, _split(host, suffixes, is_known=not is_link))


def _kept(match: pa.StructArray, places: Places, parts: pa.StructArray) -> Found:
    """The matches that have parts, with their addresses as written."""
    kept = parts.is_valid()
    lead, host, rest = (pc.struct_field(match, name).filter(kept) for name in ("lead", "host", "rest"))
    parts = parts.filter(kept)
    cut = pc.struct_field(parts, "cut")
    url = pc.if_else(pc.is_valid(cut), pc.binary_join_element_wise(lead, pc.fill_null(cut, ""), ""),
                     pc.binary_join_element_wise(lead, host, rest, ""))
    return places[kept.to_numpy(zero_copy_only=False)], _trimmed(url), parts


def _trimmed(urls: pa.Array) -> pa.Array:
    """Addresses without the punctuation that ends a sentence; a closing bracket stays if one was opened."""
    urls = pc.replace_substring_regex(urls, r"^([^()]*\([^()]*\))\)+$", r"\1")
    return pc.if_else(pc.match_substring(urls, "("), pc.utf8_rtrim(urls, characters=_TAIL.replace(")", "")),
                      pc.utf8_rtrim(urls, characters=_TAIL))


def _split(names: pa.Array, suffixes: PublicSuffixes, *, is_known: bool) -> pa.StructArray:
    """The parts of each host name, null where it is none. Each distinct name is split once."""
    known = names.dictionary_encode()
    found: list[Host | None] = [None if name is None else suffixes.host(name, is_known=is_known)
                                for name in known.dictionary.to_pylist()]
    parts = pa.array([None if host is None else {
        "host": host.host, "domain": host.domain, "suffix": host.suffix, "label": host.label,
        "cut": host.cut} for host in found], _PARTS)
    return parts.take(known.indices)
