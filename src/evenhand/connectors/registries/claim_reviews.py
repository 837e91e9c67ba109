"""ClaimReview as publishers put it out: JSON-LD feeds, pages with `<script type="application/ld+json">`, folders of both.

Each `ClaimReview` anywhere inside becomes one record of the register `fact_checks`, told with its file and line. One that
cannot be read is a problem; the others are still read. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenhand.connectors.registries.files import Contents, Record, content_of, is_text
from evenhand.connectors.registries.json_lists import Broken, elements, said
from evenhand.errors import DataError, Problem

PAGES, FEEDS = (".html", ".htm", ".xhtml"), (".json", ".jsonld", ".jsonl", ".ndjson")
"""What holds ClaimReviews, known by its ending."""
_SCRIPT = re.compile(r"<script\b[^>]*\btype\s*=\s*[\"']?application/ld\+json[\"']?[^>]*>(.*?)(?:</script\s*>|\Z)",
                     re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(r"[\"']@type[\"']\s*:\s*(?:\[[^\]]*)?[\"'](?:[^\"']*[/:#])?ClaimReview[\"']")
_LIST = re.compile(r"\A\s*\[|(?<!\\)\"(?:dataFeedElement|@graph)\"\s*:\s*\[")
"""Where the list of a feed opens. In a text of JSON, the quotes of such a name would stand behind a backslash."""
_WRAPPING = re.compile(r"^\s*(?://\s*)?<!\[CDATA\[|\]\]>\s*$|^\s*<!--|-->\s*$")
_NUMBER = re.compile(r"\s*[-+]?\d+(?:[.,]\d+)?\s*")
_MAX_DEPTH = 40
_TWICE = "\0twice"
ID_LETTERS = 20
"""Hexadecimal digits of an id that is made from address and claim: 80 bits."""


def holds_claim_reviews(path: Path) -> bool:
    """True where `path` is a folder, a page, or a feed that names the type ClaimReview."""
    if path.is_dir() or path.suffix.lower() in (*PAGES, ".jsonld"):
        return True
    return path.suffix.lower() in FEEDS and _TYPE.search(content_of(path).decode("utf-8", errors="replace")) is not None


def read_claim_reviews(path: Path) -> Contents:
    """All ClaimReviews of a feed, a page, or a folder of them, as records with the columns of `fact_checks`.

    Raises:
        DataError: there is no such file or folder, or nothing in it can be read as JSON-LD.
    """
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in (*PAGES, *FEEDS)
                   and not file.name.startswith((".", "_"))) if path.is_dir() else [path]
    if not files:
        raise DataError(Problem(what="the folder holds no page and no feed", file=str(path),
                                hint=f"their names end in one of {', '.join((*PAGES, *FEEDS))}"))
    read: list[Record | Problem] = []
    digest = hashlib.sha256()
    for file in files:
        try:
            content = content_of(file)
        except DataError as error:
            if not path.is_dir():
                raise
            read += error.problems
            continue
        digest.update(hashlib.sha256(content).digest() if path.is_dir() else content)
        read += _of_file(content.decode("utf-8-sig", errors="surrogateescape"), file)
    records = tuple(item for item in read if isinstance(item, Record))
    problems = tuple(item for item in read if isinstance(item, Problem))
    if problems and not records and not path.is_dir():
        raise DataError(problems)
    columns = tuple(dict.fromkeys(name for record in records for name in record.values))
    return Contents(file=str(path), digest=digest.hexdigest(), columns=columns, records=records, problems=problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A piece of JSON-LD in a file and the line on which it begins."""

    text: str
    line: int


def _of_file(text: str, file: Path) -> Iterator[Record | Problem]:
    for piece in _pieces(text, file):
        is_page = file.suffix.lower() in PAGES
        try:
            document = json.loads(_WRAPPING.sub("", piece.text) if is_page else piece.text, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            yield from _from_lists(piece, file, error)
            continue
        reviews = list(_reviews(document))
        lines = [piece.line + piece.text.count("\n", 0, match.start()) for match in _TYPE.finditer(piece.text)]
        for nth, review in enumerate(reviews):
            line = lines[nth] if len(lines) == len(reviews) else piece.line
            yield _record(review, line=line, file=str(file))


def _from_lists(piece: _Piece, file: Path, error: Exception) -> Iterator[Record | Problem]:
    """What can be read of a list with broken elements: each element by itself, where it is certain where it begins."""
    opened = _opened(piece.text)
    found = list(elements(piece.text, opened, json.JSONDecoder(object_pairs_hook=_object))) if opened else []
    broken = [one for one in found if isinstance(one, Broken)]
    if not broken or any(one.is_list for one in broken):
        is_part = file.suffix.lower() not in (".json", ".jsonld")
        line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, None)
        yield Problem(what=f"not readable as JSON-LD: {said(error)}", file=str(file), line=piece.line + line - 1, column=column,
                      hint=f"{'the record' if is_part else 'all of the file'} is left out; ask its publisher to mend it")
        return
    for one in found:
        if isinstance(one, Broken):
            yield Problem(what=f"not readable as JSON-LD: {one.what}", file=str(file), line=piece.line + one.line - 1,
                          column=one.column, hint="the record is left out; ask its publisher to mend it")
        else:
            for review in _reviews(one.value):
                yield _record(review, line=piece.line + one.line - 1, file=str(file))


def _opened(text: str) -> int:
    """The position after the `[` of a feed's own list, where nothing before it can hold a review; 0 where there is none."""
    found = _LIST.search(text)
    if found is None:
        return 0
    before = text[:found.start()]
    try:
        is_own = not before.strip() or isinstance(json.loads(before + '"": null}'), dict)
    except (ValueError, RecursionError):
        return 0
    return found.end() if is_own and _TYPE.search(before) is None else 0


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; `_TWICE` names a property that stands in it twice, of which nobody can say which one is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found[_TWICE] = next(name for name in names if names.count(name) > 1)
    return found


def _pieces(text: str, file: Path) -> Iterator[_Piece]:
    ending = file.suffix.lower()
    if ending in PAGES:
        for match in _SCRIPT.finditer(text):
            yield _Piece(text=match[1], line=text.count("\n", 0, match.start(1)) + 1)
    elif ending in (".jsonl", ".ndjson"):
        yield from (_Piece(text=row, line=line) for line, row in enumerate(text.split("\n"), start=1) if row.strip())
    else:
        yield _Piece(text=text, line=1)


def _reviews(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every ClaimReview inside a document, in its order: in a list, a `@graph`, a DataFeed or an article."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _reviews(item, depth + 1)
    elif isinstance(value, dict):
        if _is_type(value, "ClaimReview"):
            yield value
        else:
            for item in value.values():
                yield from _reviews(item, depth + 1)


def _is_type(value: dict[str, Any], name: str) -> bool:
    return any(re.split(r"[/:#]", str(one))[-1] == name for one in _several(value.get("@type")))


def _record(review: dict[str, Any], *, line: int, file: str) -> Record | Problem:
    if _TWICE in review:
        return Problem(what=f"`{review[_TWICE]}` stands twice in the ClaimReview", file=file, line=line,
                       hint="the record is left out; ask its publisher to mend it")
    record = _read(review, line=line, file=file)
    if isinstance(record, Record) and not is_text("".join(str(value) for value in record.values.values())):
        return Problem(what="the record is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8")
    return record


def _read(review: dict[str, Any], *, line: int, file: str) -> Record | Problem:
    item, rating = _thing(review.get("itemReviewed")), _thing(review.get("reviewRating"))
    author, publisher = _thing(review.get("author")), _thing(review.get("publisher"))
    claim = _text(review.get("claimReviewed")) or (_first(item, "name", "headline", "text") if _is_type(item, "Claim") else "")
    if not claim:
        return Problem(what="the ClaimReview says no claim", file=file, line=line, hint="`claimReviewed` holds the claim")
    url = _text(review.get("url")) or _text(review.get("@id"))
    named = author if _text(author.get("name")) and not _is_type(author, "Person") else publisher or author
    site = _first(named, "url", "@id", "sameAs") or _first(publisher, "url") or url
    name = _text(named.get("name")) or _text(author.get("name")) or site
    if not name:
        return Problem(what="the ClaimReview says no publisher", file=file, line=line,
                       hint="`author` or `publisher` holds its name and address")
    words, number = _rating(rating)
    key = hashlib.sha256(f"{url}\n{claim}".encode(errors="surrogatepass")).hexdigest()
    return Record(line=line, file=file, values={
        "fact_check_id": key[:ID_LETTERS], "claim": claim,
        "title": _first(review, "headline", "name") or None, "claimant": _text(_thing(item.get("author")).get("name")) or None,
        "rating": words or None, "rating_value": number, "best_rating": _number(rating.get("bestRating")),
        "worst_rating": _number(rating.get("worstRating")), "publisher": name, "publisher_site": site or None,
        "url": url or None, "language": _text(review.get("inLanguage")) or None,
        "published_at": _text(review.get("datePublished")) or None})


def _rating(rating: dict[str, Any]) -> tuple[str, float | None]:
    """The rating in words and its number. Some publishers write the words where the number belongs."""
    value = _text(rating.get("ratingValue"))
    words = _first(rating, "alternateName", "name")
    if not words and value and not _NUMBER.fullmatch(value):
        words = value
    return ("" if _NUMBER.fullmatch(words) else words), _number(rating.get("ratingValue"))


def _number(value: Any) -> float | None:
    written = _text(value)
    return float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else None


def _thing(value: Any) -> dict[str, Any]:
    """The first object of a property; a bare text is its name."""
    for one in _several(value):
        if isinstance(one, dict):
            return one
        if isinstance(one, str) and one.strip():
            return {"name": one}
    return {}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(thing: dict[str, Any], *names: str) -> str:
    return next((found for name in names if (found := _text(thing.get(name)))), "")


def _text(value: Any) -> str:
    """The first text of a property: bare, as `{"@value": …}`, or in a list. Entities of HTML are read."""
    for one in _several(value):
        plain = one.get("@value", one.get("@id", one.get("name"))) if isinstance(one, dict) else one
        if isinstance(plain, (str, int, float)) and not isinstance(plain, bool):
            found = " ".join(re.sub(r"<[^<>]{1,200}>", " ", html.unescape(str(plain))).split())
            if found:
                return found
    return ""
