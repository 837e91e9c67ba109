"""The documentation is true: its commands run and print what they say, its links lead somewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import ROOT, anchors, commands, is_printed, links, pages

PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()]
PAGES_WITH_COMMANDS = [param for param in PAGES if commands(param.values[0].read_text(encoding="utf-8"))]
SECONDS_PER_COMMAND = 180


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS)
def test_its_commands_run_and_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "COLUMNS": "100",
        "NO_COLOR": "1", "TERM": "dumb",
    }
    for command in commands(page.read_text(encoding="utf-8")):
        place = f"{page.relative_to(ROOT)}:{command.line}: $ {command.text}"
        ran = subprocess.run(["bash", "-c", command.text], cwd=tmp_path, env=environment, text=True, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_PER_COMMAND)
        assert ran.returncode == command.exit_code, f"{place}\nended with {ran.returncode} and printed:\n{ran.stdout}"
        if command.prints:
            shown = "\n".join(command.prints)
            assert is_printed(command.prints, ran.stdout), f"{place}\nprinted:\n{ran.stdout}\nthe page says:\n{shown}"


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
