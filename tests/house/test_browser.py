"""The browser that other tests look through really shows pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = "<!doctype html><title>t</title><p id=a>before</p><script>a.textContent = 'after'</script>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    return file


@pytest.mark.browser
def test_it_runs_a_pages_scripts(page: Path, dom_of: Callable[[Path], str]) -> None:
    assert '<p id="a">after</p>' in dom_of(page)


@pytest.mark.browser
def test_it_takes_pictures(page: Path, picture_of: Callable[..., Path]) -> None:
    picture = picture_of(page, width=400, height=300).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 400
