"""What opens the ledger's commitments: salts and values, kept apart from it, and erased where the law asks for it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from struct import iter_unpack
from typing import Any

from evenhand.ledger.canonical import canonical
from evenhand.ledger.entry import Disclosure, base64url_each
from evenhand.model.campaigns.event import Json
from evenhand.stores.ledger.files import append_to, replace_file

FILE_ENTRIES = 16_384
"""Entries whose disclosures stand in one file: what is read to open one, and written anew to erase one."""
PEOPLE = "people.jsonl"
LOCK = ".lock"
SALT_BYTES = 16
SALTS_AT_ONCE = 4096


class DrawnSalts:
    """Salts from the system, for entries in which no person acts."""

    def __init__(self) -> None:
        self._pool: Iterator[str] = iter(())

    def fresh(self) -> str:
        """A salt that was never given before: 128 bits from the system."""
        return self.several(1)[0]

    def several(self, n: int) -> list[str]:
        """So many salts that were never given before."""
        found = list(islice(self._pool, n))
        while len(found) < n:
            drawn = os.urandom(SALT_BYTES * SALTS_AT_ONCE)
            self._pool = iter(base64url_each([salt for (salt,) in iter_unpack(f"{SALT_BYTES}s", drawn)]))
            found += islice(self._pool, n - len(found))
        return found

    def of_person(self, campaign_id: str, actor: str) -> str:
        """None: a person's salt is kept in the ledger's private folder."""
        raise LookupError(f"`{actor}` acts in `{campaign_id}`: their salt is in the ledger's private folder")


class PrivateFolder(DrawnSalts):
    """The disclosures of a ledger's entries, and the salts of the people who acted. Nobody else may read the folder.

    The writer adds to it while another process may erase from it: each locks the folder for the moment it takes.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._people = {(str(line["campaign"]), str(line["person"])): str(line["salt"]) for line in _lines(folder / PEOPLE)}
        self._new_people: list[bytes] = []

    def of_person(self, campaign_id: str, actor: str) -> str:
        """The one salt of a person in a campaign."""
        if (campaign_id, actor) not in self._people:
            self._people[campaign_id, actor] = salt = self.fresh()
            self._new_people.append(canonical({"campaign": campaign_id, "person": actor, "salt": salt}) + b"\n")
        return self._people[campaign_id, actor]

    def new_people(self) -> list[bytes]:
        """The lines of people whose salts were given for the first time since this was asked last, to be kept with `add`."""
        lines, self._new_people = self._new_people, []
        return lines

    def add(self, first: int, opens: Sequence[bytes], *, people: Sequence[bytes] = ()) -> None:
        """Keep the disclosures of entries that begin with number `first`; they are on the disk when this returns.

        `opens` are those of each entry, separated by commas.
        """
        files: dict[Path, Sequence[bytes]] = {self.folder / PEOPLE: people}
        end = first + len(opens)
        for start in range(first - first % FILE_ENTRIES, end, FILE_ENTRIES):
            begin, stop = max(first, start), min(end, start + FILE_ENTRIES)
            files[self._file(start)] = [b'{"entry":%d,"opens":[%b]}\n' % (number, some) for number, some in enumerate(
                opens[begin - first:stop - first], start=begin) if some]
        with self._alone():
            for path, lines in files.items():
                if lines:
                    append_to(path, b"".join(lines))

    def of(self, entry: int) -> tuple[Disclosure, ...]:
        """The disclosures of one entry; none when it has none or they are erased."""
        return self.between(entry, entry + 1).get(entry, ())

    def between(self, first: int, end: int) -> dict[int, tuple[Disclosure, ...]]:
        """The disclosures of entries from number `first` up to `end`, where there are any. Each file is read once."""
        files = [self._file(number) for number in range(first - first % FILE_ENTRIES, end, FILE_ENTRIES)]
        return {line["entry"]: tuple(_opens(line)) for path in files for line in _lines(path) if first <= line["entry"] < end}

    def find(self, value: Json) -> Iterator[int]:
        """The numbers of entries that speak of a value, such as an account's id. Reads everything, file by file."""
        wanted = canonical(value)
        for path in self._files():
            if wanted in path.read_bytes():
                for line in _lines(path):
                    if any(canonical(one.value) == wanted for one in _opens(line)):
                        yield line["entry"]

    def erase(self, entries: Collection[int]) -> int:
        """Erase what opens some entries; how many entries could be opened before. Their files are written anew."""
        n_erased = 0
        with self._alone():
            for path in sorted({self._file(entry) for entry in entries}):
                lines = list(_lines(path))
                kept = [canonical(line) + b"\n" for line in lines if line["entry"] not in entries]
                n_erased += len(lines) - len(kept)
                if len(kept) < len(lines):
                    replace_file(path, b"".join(kept), mode=0o600)
        return n_erased

    def forget_person(self, person: str) -> bool:
        """Erase the salts of somebody who acted; false when there are none. Later acts show as somebody else's."""
        with self._alone():
            lines = list(_lines(self.folder / PEOPLE))
            kept = [line for line in lines if line["person"] != person]
            if len(kept) < len(lines):
                replace_file(self.folder / PEOPLE, b"".join(canonical(line) + b"\n" for line in kept), mode=0o600)
        self._people = {key: salt for key, salt in self._people.items() if key[1] != person}
        return len(kept) < len(lines)

    def cut(self, size: int) -> None:
        """Remove what belongs to entries that the ledger does not have, left by a writer that was stopped."""
        with self._alone():
            for path in [*self._files(), self.folder / PEOPLE]:
                if path.name >= self._file(size).name and path.exists():
                    _cut_file(path, size)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else writes into the folder."""
        lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _file(self, entry: int) -> Path:
        return self.folder / f"{entry // FILE_ENTRIES:09d}.jsonl"

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.jsonl") if path.name != PEOPLE)


def _cut_file(path: Path, size: int) -> None:
    """Remove from a file a last line without an end, and lines of entries from `size` on."""
    content = path.read_bytes()
    ends = content.rfind(b"\n") + 1
    lines = content[:ends].splitlines(keepends=True)
    while lines and path.name != PEOPLE and json.loads(lines[-1])["entry"] >= size:
        ends -= len(lines.pop())
    if ends < len(content):
        replace_file(path, content[:ends], mode=0o600)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a file; a last one without an end was never finished."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    for line in content[:content.rfind(b"\n") + 1].splitlines():
        yield json.loads(line)


def _opens(line: Mapping[str, Any]) -> Iterator[Disclosure]:
    for parts in line["opens"]:
        yield Disclosure(canonical(parts))
