"""No file tells about the machine it was written on or the place packages come from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Written in pieces so that this file does not find itself.
MACHINE = re.compile("|".join((
    "/" + r"(?:root|home/\w+|work|Users/\w+)/", "/" + r"opt/(?:pypi|wheels)",
    r"\bpypi\." + "org", "files" + r"\.pythonhosted", "--" + r"(?:extra-)?index-url[ =]", "--" + "trusted-host")))
TEXT = {".py", ".md", ".toml", ".lock", ".yaml", ".yml", ".json", ".jsonl", ".csv", ".html", ".sh", ".txt", ".cfg", ""}
SKIPPED = {"LICENSE", "NOTICE"}
LARGEST = 2_000_000


def _files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_machine_path_or_a_package_host() -> None:
    found = [f"{file.relative_to(ROOT)}: {match[0]}" for file in _files()
             if file.suffix in TEXT and file.name not in SKIPPED and file.stat().st_size <= LARGEST
             and (match := MACHINE.search(file.read_text(encoding="utf-8", errors="replace")))]
    assert found == []


def test_the_search_would_find_one() -> None:
    assert MACHINE.search("see " + "/" + "home/someone/notes")
    assert MACHINE.search("pip install --" + "index-url https://example.org")
    assert not MACHINE.search("/usr/bin/env bash, work/main, https://example.org/home/page")
