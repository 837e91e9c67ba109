"""What an ingest read, kept and rejected: kept beside the snapshot, and the reason to stop when too much was lost."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from evenhand.connectors.files.rejects import Reason
from evenhand.connectors.ingested.tally import FileCount, ReasonCount
from evenhand.connectors.ingested.workplace import REJECTS_CSV, SUMMARY
from evenhand.connectors.snapshot import load_manifest, write_whole
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import TABLES, TIME, Manifest

DIGITS = {10: "s", 13: "ms", 16: "us"}
"""The unit that a number of today's times has, by the number of its digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSummary:
    """What an ingest read, kept and rejected, down to the last row."""

    manifest: Manifest
    files: tuple[FileCount, ...]
    reasons: tuple[ReasonCount, ...]
    ignored_files: tuple[str, ...]
    """Files of the source that belong to no table."""


def refuse_too_many(summary: IngestSummary, *, into: Path, most: float) -> None:
    """Stops when a table lost more than the allowed share of its rows.

    Raises:
        DataError: it did, or no account is left at all.
    """
    kept, rejected = summary.manifest.rows, summary.manifest.rejected
    problems = []
    for name in TABLES:
        read = kept[name] + rejected[name]
        if rejected[name] > most * read:
            reasons = [one for one in summary.reasons if one.table == name]
            top = "; ".join(_told(one) for one in reasons[:3])
            problems.append(Problem(
                what=f"{rejected[name]:,} of {read:,} rows of `{name}` were rejected, more than {most:.3g} of them: {top}",
                file=str(into / REJECTS_CSV), hint=_advice(reasons[0])))
    if not problems and not kept["accounts"]:
        problems.append(_nobody(summary, rejected["accounts"], into=into))
    if problems:
        raise DataError(problems)


def _nobody(summary: IngestSummary, n_rejected: int, *, into: Path) -> Problem:
    """Why there is no account at all: the files hold no row, or none that can be kept."""
    if not n_rejected:
        files = ", ".join(f"`{file.file}`" for file in summary.files if file.table == "accounts")
        return Problem(what=f"no row stands in {files or 'the table `accounts`'}: the file is empty, or a header and no more",
                       hint="export the accounts again")
    reasons = [one for one in summary.reasons if one.table == "accounts"]
    return Problem(what=f"no account was kept: all {n_rejected:,} rows were rejected: {_told(reasons[0])}",
                   file=str(into / REJECTS_CSV), hint=_advice(reasons[0]))


def _told(count: ReasonCount) -> str:
    where = f" in `{count.column}`" if count.column else ""
    example = f", such as {count.example[:60]}" if count.example else ""
    return f"{count.rows:,} {count.reason}{where}{example}"


def _advice(count: ReasonCount) -> str:
    """What to do about the most frequent reason."""
    digits = (count.example or "").strip('"').removeprefix("-").partition(".")[0]
    is_time = count.column is not None and TABLES[count.table].schema.field(count.column).type == TIME
    if count.reason == Reason.WRONG_TYPE and is_time and digits.isdigit():
        unit = DIGITS.get(len(digits), "s")
        return (f'if these are times since 1970, write `{count.column} = {{ column = "…", unit = "{unit}" }}` under '
                f"`[{count.table}.columns]` in a `snapshot.toml`")
    if count.reason == Reason.AFTER_CUT_OFF:
        return "choose a later cut-off, or leave the later rows out of the export"
    if count.reason == Reason.BAD_UTF8:
        return 'if the file has another encoding, say it in a `snapshot.toml`, such as `encoding = "cp1252"`'
    return "look at the rejects, correct the export or the mapping, or allow more with `--max-reject-share`"


def save_summary(into: Path, summary: IngestSummary, *, job: str) -> None:
    """Writes `ingest.json`: what became of every file, and the digest of what it was made from."""
    said = {"job": job, "files": [asdict(one) for one in summary.files],
            "reasons": [asdict(one) for one in summary.reasons], "ignored_files": summary.ignored_files}
    write_whole(into / SUMMARY, json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def load_summary(into: Path, *, job: str | None = None) -> IngestSummary | None:
    """What `ingest.json` of a snapshot says; None if it is not there or was made by another job than the one given.

    Raises:
        DataError: the folder holds no snapshot.
    """
    manifest = load_manifest(into)
    try:
        said = json.loads((into / SUMMARY).read_bytes())
        if job is not None and said["job"] != job:
            return None
        return IngestSummary(
            manifest=manifest, ignored_files=tuple(said["ignored_files"]),
            files=tuple(FileCount(**{**one, "ignored_columns": tuple(one["ignored_columns"])}) for one in said["files"]),
            reasons=tuple(ReasonCount(**one) for one in said["reasons"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
