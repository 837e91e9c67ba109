"""A campaign from the command line, in this process: each command with its exit code and what it printed."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from campaign_plans import written_plan

from evenhand.cli.main import main
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.stores.seal import Seal

READERS = ("--reader", "ben=en,pt", "--reader", "cem=en,pt", "--reader", "dee=en,pt")
PLATFORM = ("--platform", "simulated:platform")


def to_a_new_hour() -> timedelta:
    """How much later an hour has only just begun: what is let out then is spread over an hour that lies ahead."""
    return timedelta(minutes=62 - datetime.now(UTC).minute)


def in_a_new_hour() -> tuple[str, str]:
    """The words that let a rehearsal go on at that time."""
    return "--later", str(to_a_new_hour() / timedelta(hours=1))


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


class Stock(NamedTuple):
    """What the simulated platform holds before a campaign: posts with their texts, and who follows whom."""

    posts: tuple[tuple[str, str], ...] = ()
    follows: tuple[tuple[str, str], ...] = ()


class Kept(NamedTuple):
    """A campaign that was brought so far once: its folder, and the key of its evidence."""

    folder: Path
    key: str


class Campaigns:
    """Campaigns that many tests begin with, each brought so far once by the commands themselves, then copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Kept] = {}

    def begin(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, *, is_applied: bool = False,
              stock: Stock | None = None, **plan: Any) -> Terminal:
        """A terminal in `folder` with a campaign that is drafted, audited and approved, and with `is_applied` over."""
        name = repr((is_applied, stock, sorted(plan.items())))
        if name not in self._kept:
            kept = self._folder / str(len(self._kept))
            kept.mkdir()
            Terminal(kept, capsys, patch, **plan).brought(is_applied=is_applied, stock=stock)
            self._kept[name] = Kept(folder=kept, key=os.environ["EVENHAND_EVIDENCE_KEY"])
        return Terminal.copied(folder, capsys, patch, of=self._kept[name])


class Terminal:
    """A terminal in an empty folder with a plan in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, **plan: Any) -> None:
        self._enter(folder, capsys, patch, key=Seal.new_key())
        written_plan(folder / "plan", **plan)

    def _enter(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, *, key: str) -> None:
        self.folder, self._capsys = folder, capsys
        patch.chdir(folder)
        patch.setenv("EVENHAND_EVIDENCE_KEY", key)
        patch.setenv("EVENHAND_TRACEBACK", "1")
        patch.delenv("EVENHAND_STATE", raising=False)

    @classmethod
    def copied(cls, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, *, of: Kept) -> Terminal:
        """A terminal in `folder`, which becomes a copy of another one's: its plan, database, platform and readings."""
        shutil.copytree(of.folder, folder, dirs_exist_ok=True)
        terminal = cls.__new__(cls)
        terminal._enter(folder, capsys, patch, key=of.key)
        return terminal

    def run(self, *words: str) -> Ran:
        """Run `evenhand` with these words."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        shown = self._capsys.readouterr()
        return Ran(int(ended.value.code or 0), shown.out, shown.err)

    def done(self, *words: str) -> Ran:
        """Run it, and it has to work."""
        ran = self.run(*words)
        assert ran.code == 0, (words, ran)
        return ran

    def brought(self, *, is_applied: bool = False, stock: Stock | None = None) -> None:
        """The campaign drafted, audited and approved, and with `is_applied` carried out to its end."""
        if stock is not None:
            simulated = SimulatedPlatform(self.folder / "platform")
            simulated.stock(posts={post: {"text": text} for post, text in stock.posts}, follows=list(stock.follows))
            simulated.close()
        self.drafted()
        self.audited()
        self.approved()
        if is_applied:
            assert self.applied("--until-done", "--at-once")["state"] == "completed"

    def refused(self, *words: str) -> str:
        """Run it, a safeguard has to refuse, and its code."""
        ran = self.run(*words, "--json")
        assert ran.code == 4, (words, ran)
        return str(json.loads(ran.err)["code"])

    def drafted(self, *more: str) -> None:
        """A rehearsal with the plan bound."""
        self.done("campaign", "draft", "autumn", "--rehearsal", "--plan", "plan", "--by", "ana", *more)

    def audited(self, say: Callable[[Mapping[str, str]], str] = lambda _row: "right", readers: Sequence[str] = READERS) -> None:
        """The sample drawn, read and concluded."""
        self.done("audit", "draw", "autumn", "--by", "ben", "--seed", "2026-11-26", *readers)
        for file in sorted(Path("readings").glob("*.csv")):
            filled(file, say)
            self.done("audit", "verdicts", "autumn", str(file))
        self.done("audit", "conclude", "autumn", "--by", "ben", "--without-golden", "first campaign")

    def approved(self) -> None:
        """Approved by two others, after the cooling-off."""
        for number, person in enumerate(("ben", "cem")):
            self.done("approve", "autumn", "--by", person, "--later", "0" if number else "1")

    def confirmed(self) -> list[dict[str, str]]:
        """Everything that waits for a person read and confirmed by `cem`; the cases as they were written."""
        self.done("campaign", "cases", "autumn", "--into", "cases.csv")
        with Path("cases.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        with Path("cases.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(row | {"confirmed": "yes"} for row in rows)
        self.done("campaign", "confirm", "autumn", "--by", "cem", "--from", "cases.csv")
        Path("cases.csv").unlink()
        return rows

    def applied(self, *more: str) -> Any:
        """Applied, as JSON; confirmed with the right number."""
        confirm = f"autumn:{self.n_accounts}"
        return self.done("apply", "autumn", "--by", "ben", *PLATFORM, "--confirm", confirm, "--json", *more).json

    @property
    def n_accounts(self) -> int:
        """Accounts of the plan."""
        header = json.loads(Path("plan/plan.json").read_text(encoding="utf-8"))
        return sum(sum(of.values()) for of in header["counts"].values())

    def status(self) -> Any:
        """The status as JSON."""
        return self.done("status", "autumn", "--json").json


def filled(file: Path, say: Callable[[Mapping[str, str]], str]) -> None:
    """Fill in the verdicts of a reader's file."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"verdict": say(row)} for row in rows)
