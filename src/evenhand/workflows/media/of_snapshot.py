"""Read a snapshot's media files: a new snapshot with what they say, made of the old one, which stays as it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from evenhand.connectors.files.source import writing
from evenhand.connectors.snapshot import MANIFEST, bucket_path, save_manifest, write_whole
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.model.snapshot import Manifest

SUMMARY, PROBLEMS = "media.json", "media_problems.jsonl"
"""What was read, and every file that could not be, beside the snapshot's manifest."""
NEEDED = ("PIL", "c2pa")
"""What the optional extra `media` brings."""
PEM = "it is a text with one or more `-----BEGIN CERTIFICATE-----` blocks (PEM)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaProblem:
    """A file that could not be read, or not in full."""

    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSummary:
    """What became of the files that the media table names. Rows = rows with a file + rows without a path."""

    manifest: Manifest
    n_rows: int
    n_files: int
    """Different files named by the rows of one account bucket; `n_files` = read without trouble + `problems`."""
    formats: Mapping[str, int]
    provenance: Mapping[str, int]
    """Files by the state of their C2PA manifest."""
    ai_marks: Mapping[str, int]
    """Files by where they say that a model made them."""
    n_hashed: int
    problems: Sequence[MediaProblem]

    @property
    def reasons(self) -> dict[str, int]:
        """How many files have each problem."""
        counts: dict[str, int] = {}
        for problem in self.problems:
            counts[problem.reason] = counts.get(problem.reason, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSettings:
    """How to read."""

    files: Path
    """The folder that the paths in the media table start from."""
    trust: Path | None = None
    """Certificates in PEM form whose holders are trusted; without it no manifest is more than intact."""
    processes: int = 0
    """Processes that read; 0 for one per processor."""


def read_media_files(snapshot: Path, into: Path, settings: MediaSettings, *,
                     on_progress: Callable[[int, int, str], None] | None = None) -> MediaSummary:
    """What the media files say, written as a new snapshot into the folder `into`.

    Columns that the platform filled stay as they are. `on_progress` gets rows done, rows in all, and the bucket in hand.
    Stopped at any instant, `into` holds no snapshot; the same call then begins again.

    Raises:
        ConfigError: the optional extra is not installed, or a folder or list cannot be used.
        DataError: there is no snapshot, or `into` holds something else.
    """
    refuse_without_extra()
    old = SnapshotFolder(snapshot)
    trust = _trust(settings.trust)
    if not settings.files.is_dir():
        raise ConfigError(Problem(what=f"`{settings.files}` is not a folder", hint="name the folder with the media files"))
    _refuse_foreign(into, snapshot)
    with writing(into):
        into.mkdir(parents=True, exist_ok=True)
        (into / SUMMARY).write_text("{}\n", encoding="utf-8")
        _take_over(snapshot, into)
        summary = _filled(old, into, settings, trust, on_progress or (lambda *_: None))
        (into / PROBLEMS).write_text("".join(
            json.dumps(asdict(problem), ensure_ascii=False) + "\n" for problem in summary.problems), encoding="utf-8")
        write_whole(into / SUMMARY, json.dumps(
            {"from": old.manifest.fingerprint, "rows": summary.n_rows, "files": summary.n_files, "hashed": summary.n_hashed,
             "formats": summary.formats, "provenance": summary.provenance, "ai_marks": summary.ai_marks,
             "problems": summary.reasons}, indent=2) + "\n")
        save_manifest(into, summary.manifest)
    return summary


def refuse_without_extra() -> None:
    """Raise `ConfigError` when the optional extra `media` is not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigError(Problem(what=f"reading media files needs {' and '.join(f'`{name}`' for name in missing)}",
                                  hint="install the optional extra with `pip install 'evenhand[media]'`"))


def _trust(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(what="the trust list cannot be read", file=str(path), hint=PEM)) from error
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise ConfigError(Problem(what="the trust list holds no certificate", file=str(path), hint=PEM))
    return text


def _refuse_foreign(into: Path, snapshot: Path) -> None:
    """Raise `DataError` unless `into` is new, empty, or left over from an earlier, unfinished reading."""
    if into.resolve() == snapshot.resolve():
        raise DataError(Problem(what=f"`{into}` is the snapshot itself, which is never changed", hint="name another folder"))
    if into.is_dir() and any(into.iterdir()) and (not (into / SUMMARY).exists() or (into / MANIFEST).exists()):
        raise DataError(Problem(what=f"`{into}` holds something else", hint="name an empty or a new folder"))


def _take_over(snapshot: Path, into: Path) -> None:
    """Everything but the media table and the manifest, linked where the file system can, else copied."""
    shutil.rmtree(into / "media", ignore_errors=True)
    for path in sorted(snapshot.rglob("*")):
        place = path.relative_to(snapshot)
        if path.is_dir() or place.parts[0] in ("media", "work", MANIFEST, SUMMARY, PROBLEMS):
            continue
        target = into / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(path, target)
        except OSError:
            shutil.copy2(path, target)


def _filled(old: SnapshotFolder, into: Path, settings: MediaSettings, trust: str,
            report: Callable[[int, int, str], None]) -> MediaSummary:
    from evenhand.connectors.media.batch import MediaReaders  # noqa: PLC0415  # the extra, imported when asked for
    from evenhand.connectors.media.media_table import counted, fill_bucket  # noqa: PLC0415  # same

    total, n_done = old.manifest.rows.get("media", 0), 0
    readings, sums, n_rows = [], [0, 0], 0
    with MediaReaders(settings.files, trust=trust, processes=settings.processes or os.cpu_count() or 1) as readers:
        for bucket in range(old.manifest.n_buckets):
            for file in old.files("media", bucket):

                def on_rows(n: int, *, bucket: int = bucket) -> None:
                    nonlocal n_done
                    n_done += n
                    report(n_done, total, f"bucket {bucket}")

                done = fill_bucket(Path(file), bucket_path(into, "media", bucket), readers=readers, on_rows=on_rows)
                readings += list(done.readings)
                n_rows += done.n_rows
                sums = [(a + b) % 2**128 for a, b in zip(sums, done.sums, strict=True)]
    made_from = json.dumps({"snapshot": old.manifest.fingerprint, "media": [f"{one:032x}" for one in sums]})
    fingerprint = "sha256:" + hashlib.sha256(made_from.encode()).hexdigest()
    return MediaSummary(
        manifest=replace(old.manifest, fingerprint=fingerprint), n_rows=n_rows, n_files=len(readings),
        formats=counted(readings, lambda one: one.format), provenance=counted(readings, lambda one: one.provenance),
        ai_marks=counted(readings, lambda one: one.ai_mark), n_hashed=sum(one.pdq is not None for one in readings),
        problems=[MediaProblem(path=one.path, reason=str(one.trouble), detail=one.detail)
                  for one in readings if one.trouble is not None])
