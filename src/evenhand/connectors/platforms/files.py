"""A platform behind a folder: orders go out as JSON lines, its own job carries them out and writes the replies beside them.

    effects/NAME.jsonl     orders, one a line          receipts/NAME.jsonl   one reply for each
    questions/NAME.jsonl   keys that are asked about   answers/NAME.jsonl    one reply for each

A file appears whole, by renaming. A name is a digest of its lines, so the same orders are never two files.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from evenhand.connectors.platforms import order_form
from evenhand.errors import DoorError, Problem, Unreachable
from evenhand.model.campaigns.capability import Capabilities, Capability, Support
from evenhand.model.campaigns.effect_state import Answer, Order, ReadBack, Receipt, Saved, Standing
from evenhand.model.penalty import Penalty

FOLDERS = ("effects", "receipts", "questions", "answers")
BATCH = 5_000
EVERYTHING: Mapping[Penalty, Capability] = {penalty: Capability(support=Support.NATIVE,
                                  saves_first=penalty in {Penalty.DELETE_POST, Penalty.REMOVE_FOLLOWERS})
              for penalty in Penalty if penalty is not Penalty.NONE}
"""What a platform with its own administration can do: every penalty, each undone by the saved state."""
_PAUSE = 0.05


def _somebody_else(_name: str) -> None:
    """Who answers when no job was given: one outside this process."""


class FilesPlatform:
    """Hands orders over as files below `folder`. It is a `Platform`.

    `answering` is called with the name of each file that was written; leave it out when a job of the platform's own watches
    the folder, and say in `waits` for how long its replies are waited for.
    """

    def __init__(self, folder: Path, *, capabilities: Capabilities | None = None,
                 answering: Callable[[str], None] = _somebody_else, waits: timedelta = timedelta(0)) -> None:
        self._folder = folder
        self._capabilities = capabilities or Capabilities(
            platform="files", authority="the platform's own administration", penalties=EVERYTHING, batch=BATCH,
            withholds_by_territory=True)
        self._answering, self._waits = answering, waits
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def capabilities(self) -> Capabilities:
        """What the platform behind the folder can do."""
        return self._capabilities

    def save(self, orders: Sequence[Order]) -> list[Saved]:
        """What the platform holds of what the orders would remove. Raises `Unreachable` when nobody answers."""
        replies = self._asked(orders, want="content")
        if replies is None:
            raise Unreachable(Problem(what="nobody answers the questions in the folder", file=str(self._folder),
                                      hint="start the job that answers them; nothing is removed before it is saved"))
        return order_form.saved(orders, replies)

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        """The receipts, or `accepted` for every order where none is written yet."""
        name = write_lines(self._folder / "effects", [order_form.line(order, attached) for order in orders])
        self._answering(f"effects/{name}")
        replies = self._replies(self._folder / "receipts" / name)
        if replies is None:
            return [Receipt(key=order.idempotency_key, answer=Answer.ACCEPTED, reference=name) for order in orders]
        return order_form.receipts(orders, replies)

    def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
        """What the platform says now, or `pending` for every order where nobody answers yet."""
        replies = self._asked(orders, want="standing")
        if replies is None:
            return [ReadBack(key=order.idempotency_key, standing=Standing.PENDING) for order in orders]
        return order_form.read_backs(orders, replies)

    def _asked(self, orders: Sequence[Order], *, want: str) -> list[dict[str, Any]] | None:
        lines = [order_form.asked(order, f',"want":"{want}"') for order in orders]
        name = _named(lines)
        answer = self._folder / "answers" / name
        if not (self._folder / "questions" / name).exists():
            answer.unlink(missing_ok=True)  # left by a worker that was killed, or by a job that answered twice: it may be old
        write_lines(self._folder / "questions", lines, name, lasts=False)  # after a crash it is asked anew
        self._answering(f"questions/{name}")
        replies = self._replies(answer)
        if replies is not None:
            (self._folder / "questions" / name).unlink()  # the next time it is asked anew
            answer.unlink()
        return replies

    def _replies(self, file: Path) -> list[dict[str, Any]] | None:
        until = time.monotonic() + self._waits.total_seconds()
        while not file.exists():
            if time.monotonic() >= until:
                return None
            time.sleep(_PAUSE)
        return read_lines(file)


def write_lines(folder: Path, lines: Iterable[str], name: str | None = None, *, lasts: bool = True) -> str:
    """Write JSON lines into a file that appears whole; its name, a digest of what it says unless given.

    When it returns, the file survives a crash of the machine, unless it need not last.
    """
    lines = list(lines)
    text, name = _text(lines), name or _named(lines)
    unfinished = folder / f".{name}.{os.getpid()}"
    with unfinished.open("wb") as file:
        file.write(text)
        if lasts:
            file.flush()
            os.fsync(file.fileno())
    unfinished.rename(folder / name)
    if lasts:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return name


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _named(lines: Sequence[str]) -> str:
    """The name of the file that says these lines."""
    return f"{hashlib.sha256(_text(lines)).hexdigest()[:32]}.jsonl"


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The JSON objects in `file`, one a line. Raises `DoorError` naming the line that is none."""
    lines = file.read_bytes().splitlines()
    try:
        objects = json.loads(b"[" + b",".join(lines) + b"]")  # in one go: four times as fast as line by line
    except ValueError:
        objects = []
    if len(objects) != len(lines) or not all(isinstance(one, dict) for one in objects):
        number = next((number for number, line in enumerate(lines, start=1) if not _is_object(line)), None)
        raise DoorError(Problem(what="this is not a JSON object", file=str(file), line=number,
                                hint="write one object a line, and rename the file into place when it is whole"))
    return list(objects)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
