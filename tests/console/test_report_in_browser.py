"""The report in a real browser: it draws, at every width and on paper, and nothing in it runs."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_campaign import LOOKED_FOR, english, sample_campaign

from evenhand.transparency import ReportSources, report_html, report_view

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample campaign; one of its display names is a script element."""
    sample = sample_campaign()
    view = report_view(ReportSources(
        plan=sample.plan, decisions=sample.decisions, spared=sample.spared, effects=sample.effects,
        previous=sample.previous, previous_name="41aa" * 16, looked_for=LOOKED_FOR, truth=sample.truth,
        holder_names=sample.holder_names),
        messages=english(), n_cases=60)
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_html(view), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [420, 1360])
def test_it_draws_text_on_paper_at_every_width(width: int, page: Path, picture_of: Callable[..., Path]) -> None:
    rows = pixel_rows(picture_of(page, width=width, height=900))
    assert len(rows) == 900
    paper = max(set(rows[0]), key=rows[0].count)
    inked = [sum(pixel != paper for pixel in row) for row in rows]
    assert sum(1 for n in inked if n) > 300, "most of the page is empty"
    assert max(inked) <= width


def test_nothing_overflows_the_page_on_a_phone(page: Path, picture_of: Callable[..., Path]) -> None:
    narrow = pixel_rows(picture_of(page, width=420, height=900))
    paper = max(set(narrow[0]), key=narrow[0].count)
    margin = [row[-12:] for row in narrow]
    assert all(pixel == paper for row in margin for pixel in row), "something reaches the right edge"


def test_a_display_name_that_is_a_script_is_only_text(page: Path, dom_of: Callable[[Path], str]) -> None:
    seen = dom_of(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
    assert "<script" not in seen


def test_a_script_that_came_into_the_page_all_the_same_would_not_run(page: Path, dom_of: Callable[[Path], str],
                                                                     tmp_path: Path) -> None:
    poison = "<script>document.title = 'it ran'</script>"
    poisoned = tmp_path / "poisoned.html"
    poisoned.write_text(page.read_text(encoding="utf-8").replace("</main>", poison + "</main>"), encoding="utf-8")
    bare = tmp_path / "bare.html"
    bare.write_text(f"<title>before</title>{poison}", encoding="utf-8")
    assert "<title>it ran</title>" in dom_of(bare), "the browser of this test runs no scripts at all"
    assert "<title>it ran</title>" not in dom_of(poisoned)


def pixel_rows(png: Path) -> list[list[bytes]]:
    """The rows of an 8-bit PNG as lists of pixels."""
    data, at, packed = png.read_bytes(), 8, b""
    width = height = n_bytes = 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            n_bytes = {2: 3, 6: 4}[colour]
            assert depth == 8
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    raw, rows, above = zlib.decompress(packed), [], bytearray(width * n_bytes)
    for y in range(height):
        start = y * (width * n_bytes + 1)
        above = _unfiltered(raw[start], bytearray(raw[start + 1:start + 1 + width * n_bytes]), above, n_bytes)
        rows.append([bytes(above[x:x + n_bytes]) for x in range(0, len(above), n_bytes)])
    return rows


def _unfiltered(kind: int, line: bytearray, above: bytearray, n_bytes: int) -> bytearray:
    for i in range(len(line)):
        left = line[i - n_bytes] if i >= n_bytes else 0
        corner = above[i - n_bytes] if i >= n_bytes else 0
        guess = left + above[i] - corner
        nearest = min((left, above[i], corner), key=lambda value: abs(guess - value))
        line[i] = (line[i] + (0, left, above[i], (left + above[i]) // 2, nearest)[kind]) & 0xFF
    return line
