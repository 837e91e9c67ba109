"""Write the reference pages that follow from the code. A test compares them with what this would write.

Run it after the snapshot contract, the reasons of rejects or a task of `evenhand evaluate` changed:
.venv/bin/python tools/write_reference.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from evenhand.connectors.files.mapping import FALSE_WORDS, TRUE_WORDS, UNITS
from evenhand.connectors.files.parse import SEPARATOR
from evenhand.connectors.files.rejects import COLUMNS, Reason
from evenhand.connectors.files.source import COMPRESSIONS, ENDINGS, Format
from evenhand.connectors.snapshot import MANIFEST, MAX_BUCKETS
from evenhand.evaluation.task_form import TaskFile, TaskForm
from evenhand.model.snapshot import EARLIEST, MAX_TEXT_BYTES, TABLES, Table
from evenhand.workflows.evaluation.cards import task_forms

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOT_PAGE = ROOT / "docs" / "reference" / "snapshot.md"
CARDS_PAGE = ROOT / "docs" / "reference" / "evaluation-cards.md"
TASKS_START, TASKS_END = "<!-- tasks -->\n", "<!-- end of tasks -->"
"""What stands between these in the page of cards is written here."""

MEANINGS: dict[str, dict[str, str]] = {
    "accounts": {
        "account_id": "the platform's own id of the account", "handle": "the unique name, without `@`",
        "platform": "which platform, where a snapshot holds several", "display_name": "the name that others see",
        "bio": "what the account says about itself", "website": "the address in the profile",
        "language": "of the profile, such as `en` or `pt-BR`", "country": "two letters, such as `DE`",
        "created_at": "when the account was opened", "followers": "how many accounts follow it",
        "following": "how many accounts it follows", "verified": "whether the platform verified who it is",
        "monetised": "whether the platform pays it", "avatar_media_id": "the picture, a row of `media`",
        "previous_names": "display names or handles it had before",
    },
    "posts": {
        "post_id": "unique on the whole platform", "account_id": "who published it, a row of `accounts`",
        "created_at": "when it was published", "text": "the whole text", "language": "of the text",
        "links": "addresses in it, as they were written", "media_ids": "rows of `media`", "reply_to": "the post it answers",
        "shares": "how often it was passed on", "views": "how often it was seen",
        "sponsored": "whether it is marked as advertising",
    },
    "media": {
        "media_id": "unique on the whole platform", "account_id": "whose file it is, a row of `accounts`",
        "post_id": "the post it belongs to; none for an avatar", "kind": "such as `image`, `video`, `audio`",
        "path": "where the file is", "sha256": "of the file, hexadecimal", "pdq": "of the picture, 64 hexadecimal digits",
        "text": "what is written or said in it", "digital_source_type": "the IPTC term, such as `trainedAlgorithmicMedia`",
        "pdq_quality": "0 to 100; below 50 the hash is of a plain surface and is not compared",
        "provenance": "what its C2PA manifest is worth: `none`, `invalid`, `intact` or `trusted`",
        "ai_mark": "where it says that a model made it: `c2pa`, `xmp`, `aigc_label`, `png_text`, `exif` or `hidden_text`",
        "generator": "the program that it names", "ai_label": "whether the platform shows that a model made it",
    },
    "follows": {
        "account_id": "who follows, a row of `accounts`", "followed_id": "who is followed",
        "created_at": "since when",
    },
    "reports": {
        "report_id": "unique on the whole platform", "account_id": "who is reported, a row of `accounts`",
        "post_id": "the post, if it is about one", "reporter_id": "who reported it", "category": "as the platform calls it",
        "text": "what the reporter wrote", "created_at": "when it was reported",
    },
}


HEAD = """# The snapshot contract

Written by `tools/write_reference.py`; a test compares it with the code.

A snapshot is what a platform hands over, frozen at one cut-off. [`evenhand ingest`](../how-to/ingest.md) makes one. Only
`accounts` is needed; a table that is not there is empty.
"""


def snapshot_page() -> str:
    """docs/reference/snapshot.md, as the code now says it."""
    parts = [HEAD]
    for table in TABLES.values():
        columns = [(f"`{field.name}`" + ("" if field.nullable else " (required)"), kind_of(field.type),
                    MEANINGS[table.name][field.name]) for field in table.schema]
        parts += [f"## `{table.name}`\n\nA row is {table.sentence}. {_key(table)}\n",
                  _grid(("column", "type", "what it is"), columns)]
    return "\n".join([*parts, _values(), _files(), _rejects(), _folder()])


def _key(table: Table) -> str:
    if len(table.key) == 1:
        return f"`{table.key[0]}` is unique: of rows that share it, the first stays."
    together = " and ".join(f"`{column}`" for column in table.key)
    return f"{together} together are unique: of rows that share them, the first stays."


def kind_of(kind: pa.DataType) -> str:
    """A type in words.

    >>> kind_of(pa.list_(pa.string()))
    'list of texts'
    """
    if pa.types.is_list(kind):
        return "list of texts"
    return {pa.string(): "text", pa.int64(): "whole number", pa.bool_(): "yes or no"}.get(kind, "time")


def _values() -> str:
    return f"""## How values are read

- **Texts** are UTF-8, at most {MAX_TEXT_BYTES:,} bytes, without NUL. An empty text is a missing value. Numbers are taken as
  texts only when every digit of them is there: an id that went through a spreadsheet (`1.08E+18`) or a float of 2^53 or more
  names nobody and is rejected.
- **Whole numbers** may be written `8`, `8.0` or `1.08e+18`, within 64 bits.
- **Yes or no**: {_words(TRUE_WORDS)} or {_words(FALSE_WORDS)}, in any case.
- **Times** are ISO 8601 (`2026-11-01`, `2026-11-01T12:00:00Z`, `2026-11-01 12:00:00.5+05:30`), UTC where no zone is given,
  cut to microseconds. Numbers need their `unit` in the mapping: {_words(tuple(UNITS))}. A time before {EARLIEST.year} or after
  the cut-off is rejected, without tolerance.
- **Lists** in one text are JSON (`["a","b"]`) or have `{SEPARATOR}` between their items. Empty items are left out; a list
  without items is a missing value.
"""


def _files() -> str:
    endings = {kind: _words(tuple(ending for ending, one in ENDINGS.items() if one is kind)) for kind in Format}
    grid = _grid(("format", "ending", "what is read"), [
        ("CSV", endings[Format.CSV], "comma, semicolon, tab or bar, seen from the header; RFC 4180 quotes; LF, CRLF or CR"),
        ("JSON lines", endings[Format.JSONL], "one object per line; a `.json` file too, unless it is one array"),
        ("Parquet", endings[Format.PARQUET], "every type that can become the contract's without loss"),
        ("Arrow", endings[Format.ARROW], "files and streams, compressed or not, dictionaries and views too")])
    return f"""## Files

{grid}
Text is UTF-8, UTF-16 with a mark, or the mapping's `encoding`. It may be compressed ({_words(tuple(COMPRESSIONS))}), which is
seen from its first bytes. In a folder, a file belongs to the table whose name its path begins with (`posts.csv`,
`posts-0001.csv`, `posts/day=1/part.csv`). Names that begin with `.` or `_` are passed over.

A row of CSV is a well-formed record, or, where none begins, one line; so a quote that is never closed costs one row and not
those after it. The header and blank lines are not rows. A damaged Parquet, Arrow or compressed file is refused as a whole,
since nobody can say what is missing.
"""


def _rejects() -> str:
    return f"""## Rejects

Every row that is read is kept or rejected: read = kept + rejected, for every file. Rejects stand in
`rejects/<table>.parquet` and, all together, in `rejects.csv`.

{_grid(("column", "what it is"), [(f"`{name}`", meaning) for name, meaning in COLUMNS.items()])}
{_grid(("reason", "what is wrong"), [(f"`{reason}`", reason.sentence) for reason in Reason])}"""


def _folder() -> str:
    grid = _grid(("file", "what it holds"), [
        (f"`{MANIFEST}`", "cut-off, number of buckets, rows kept and rejected by table, fingerprint; written last"),
        ("`<table>/bucket=000.parquet` …", f"the rows of a bucket, 1 to {MAX_BUCKETS:,} of them, sorted by account and key"),
        ("`rejects/<table>.parquet`, `rejects.csv`", "the rows that were not kept"),
        ("`ingest.json`", "what became of every file, the reasons, and what was not used")])
    return f"""## An ingested snapshot

{grid}
All rows of an account stand in one bucket: the first eight bytes of the MD5 of `account_id`, little-endian, modulo the number
of buckets. The fingerprint covers the kept rows only: it is the same for every order of rows, number of buckets, number of
threads and format of the files.
"""


def _words(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def cards_page() -> str:
    """docs/reference/evaluation-cards.md with the tasks that there are now."""
    before, _, rest = CARDS_PAGE.read_text(encoding="utf-8").partition(TASKS_START)
    _, _, after = rest.partition(TASKS_END)
    return before + TASKS_START + "\n".join(_task(form) for _, form in sorted(task_forms().items())) + TASKS_END + after


def _task(form: TaskForm) -> str:
    options = "".join(f"- option `{key.name}`{'' if key.is_required else ' (may be left out)'}: {key.sentence}"
                      + (f" (`{'`, `'.join(key.choices)}`)" if key.choices else "") + "\n" for key in form.options)
    metrics = "".join(f"- `{metric.name}`: {metric.sentence}\n" for metric in form.metrics)
    files = "".join(_task_file(file) for file in form.files)
    return f"### `{form.name}`\n\n{form.sentence.capitalize()}.\n\n{files}{options}\nMetrics:\n\n{metrics}"


def _task_file(file: TaskFile) -> str:
    columns = ", ".join(f"`{column.name}`" if column.is_required else f"(`{column.name}`)" for column in file.columns)
    labels = f"; labels `{'`, `'.join(file.labels)}`" if file.labels else ""
    often = "".join(words for is_so, words in ((file.is_repeated, ", one or several"), (not file.is_required,
                                                ", may be left out")) if is_so)
    return f"- file `{file.role}`{often}: {file.sentence}; columns {columns}{labels}\n"


def main() -> None:
    """Writes the pages."""
    for page, text in ((SNAPSHOT_PAGE, snapshot_page()), (CARDS_PAGE, cards_page())):
        page.write_text(text, encoding="utf-8")
        print(f"written: {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
