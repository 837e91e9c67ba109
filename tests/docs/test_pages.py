"""The documentation is true: its commands run and print what they say, its links lead somewhere.

The commands of a page run in a folder of their own, each in a process of its own. What costs time and shows nothing is done
once: `evenhand` starts in a Python whose libraries are loaded (`warm_python`; the start page's by the installed program, as
it is), all pages have one folder for prepared materials, as a person's home does, and commands with which several pages
begin run once, each of these pages then getting a copy of the folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from doc_pages import ROOT, Command, anchors, commands, is_printed, links, pages
from warm_python import PROGRAM

from evenhand.workflows.prepared import CACHE, cache_folder

PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()]
COMMANDS = {page: tuple(commands(page.read_text(encoding="utf-8"))) for page in pages()}
BY_THE_PROGRAM_ITSELF = ROOT / "docs" / "start" / "README.md"
SECONDS_PER_COMMAND = 900
PROGRESS = re.compile(r"^[A-Z][a-z ]+: ([0-9]+ %|…), [0-9,]+ of [0-9,]+ [a-z]+, [0-9]+:[0-9:]+.*\n", re.MULTILINE)
"""What a command says on the way where it takes many seconds: no page shows it, and a slow machine must not fail a page."""


def same(command: Command) -> Command:
    """The command, wherever on a page it stands."""
    return replace(command, line=0)


def n_shared(page: Path) -> int:
    """With how many of its first commands another page begins as well."""
    mine, most = [same(one) for one in COMMANDS[page]], 0
    for theirs in (COMMANDS[other] for other in COMMANDS if other != page):
        n = 0
        while n < min(len(mine), len(theirs)) and mine[n] == same(theirs[n]):
            n += 1
        most = max(most, n)
    return most


def marks(page: Path) -> list[pytest.MarkDecorator]:
    """Pages with the same beginning are read by one worker of the tests."""
    return [pytest.mark.xdist_group(re.sub(r"\W+", "-", COMMANDS[page][0].text))] if n_shared(page) else []


PAGES_WITH_COMMANDS = [pytest.param(page, id=str(page.relative_to(ROOT)), marks=marks(page)) for page in pages()
                       if COMMANDS[page]]


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Command, ...], Path]:
    """Commands with which several pages begin, and a folder as it is after them."""
    return {}


def run(page: Path, some: tuple[Command, ...], folder: Path, environment: dict[str, str]) -> None:
    """Each of these commands has to end and print as the page says."""
    for command in some:
        place = f"{page.relative_to(ROOT)}:{command.line}: $ {command.text}"
        ran = subprocess.run(["bash", "-c", command.text], cwd=folder, env=environment, text=True, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_PER_COMMAND)
        assert ran.returncode == command.exit_code, f"{place}\nended with {ran.returncode} and printed:\n{ran.stdout}"
        printed = PROGRESS.sub("", ran.stdout)
        if command.prints:
            shown = "\n".join(command.prints)
            assert is_printed(command.prints, printed), f"{place}\nprinted:\n{ran.stdout}\nthe page says:\n{shown}"


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS)
def test_its_commands_run_and_print_what_the_page_says(
        page: Path, programs: Path, begun: dict[tuple[Command, ...], Path], tmp_path: Path,
        tmp_path_factory: pytest.TempPathFactory) -> None:
    prepared = cache_folder()
    folder = PROGRAM.parent if page == BY_THE_PROGRAM_ITSELF else programs
    environment = os.environ | {
        "PATH": f"{folder}:{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "COLUMNS": "100", "NO_COLOR": "1",
        "TERM": "dumb"} | ({CACHE: str(prepared)} if prepared else {})
    n = n_shared(page)
    first, others = COMMANDS[page][:n], COMMANDS[page][n:]
    beginning = tuple(map(same, first))
    if beginning in begun:
        shutil.copytree(begun[beginning], tmp_path, symlinks=True, dirs_exist_ok=True)
    else:
        run(page, first, tmp_path, environment)
        begun[beginning] = tmp_path_factory.mktemp("begun")
        shutil.copytree(tmp_path, begun[beginning], symlinks=True, dirs_exist_ok=True)
    run(page, others, tmp_path, environment)


@pytest.mark.parametrize("page", PAGES)
def test_its_links_lead_to_pages_and_headings_that_exist(page: Path) -> None:
    for link in links(page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"`{link}` leads nowhere"
        if anchor:
            assert target.suffix == ".md", f"`{link}` names a heading in something that is not a page"
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"`{link}` names a heading that is not there"


@pytest.mark.parametrize("page", [param for param in PAGES if "docs" in param.values[0].relative_to(ROOT).parts])
def test_it_can_be_reached_from_the_start_page_by_links(page: Path) -> None:
    start = ROOT / "docs" / "README.md"
    reached, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for link in links(here.read_text(encoding="utf-8")):
            target = (here.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                ahead.append(target)
    assert page in reached
