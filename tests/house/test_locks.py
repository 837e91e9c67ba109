"""The lock files pin what pyproject.toml asks for, by hash, and name no place to fetch it from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))
DIRECT_DEPENDENCIES = 12
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)")
NAME = re.compile(r"[A-Za-z0-9._-]+")


def _pins(lock: Path) -> dict[str, set[str]]:
    """Name to its versions; a package may be pinned twice, for older and for newer Pythons."""
    pins: dict[str, set[str]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := PIN.match(line):
            pins.setdefault(match["name"], set()).add(match["version"])
    return pins


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _names(requirements: list[str]) -> set[str]:
    found = (NAME.match(requirement) for requirement in requirements)
    return {match[0].lower().replace("_", "-") for match in found if match} - {"evenhand"}


def test_there_are_four_lock_files() -> None:
    assert [lock.name for lock in LOCKS] == [
        "requirements-bench.lock", "requirements-build.lock", "requirements-test.lock", "requirements.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_hashes(lock: Path) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.splitlines()[0] for entry in entries
            if not PIN.match(entry) or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_it_names_no_place_to_fetch_from(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index|--find.links|--trusted| @ |^/|\sfile:", text, re.MULTILINE) == []


def test_what_runs_is_pinned_and_tested_at_the_same_versions() -> None:
    run, test = _pins(ROOT / "requirements.lock"), _pins(ROOT / "requirements-test.lock")
    assert _names(_project()["project"]["dependencies"]) <= run.keys()
    assert {name: versions for name, versions in run.items() if test.get(name) != versions} == {}


def test_every_extra_is_pinned_for_the_tests() -> None:
    test = _pins(ROOT / "requirements-test.lock")
    for requirements in _project()["project"]["optional-dependencies"].values():
        assert _names(requirements) <= test.keys()


def test_what_builds_is_pinned() -> None:
    project = _project()
    build = _pins(ROOT / "requirements-build.lock")
    assert _names(project["dependency-groups"]["build"]) | _names(project["build-system"]["requires"]) <= build.keys()


def test_what_is_measured_against_is_pinned_and_runs_beside_what_people_run() -> None:
    bench, run = _pins(ROOT / "requirements-bench.lock"), _pins(ROOT / "requirements.lock")
    assert _names(_project()["dependency-groups"]["bench"]) <= bench.keys()
    assert {name: versions for name, versions in bench.items() if run.get(name, versions) != versions} == {}


def test_the_default_install_stays_small() -> None:
    assert len(_project()["project"]["dependencies"]) <= DIRECT_DEPENDENCIES
