"""What every test may ask for, and the rules that hold for all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from campaign_commands import Campaigns
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

LONG = (
    "docs/test_pages.py", "workflows/test_world.py", "workflows/buckets/test_crew.py", "contracts/test_engines_agree.py",
    "demo/test_demo.py", "contracts/test_hearing_appeals.py", "promises/test_appeals_undo_everything.py",
    "promises/test_nobody_is_closed_untold.py",
    "promises/test_one_row_or_a_billion.py", "promises/test_same_digest.py", "workflows/test_evaluate_cards.py",
    "workflows/test_coordination_pack.py", "workflows/campaigns/test_carrying_out.py", "workflows/campaigns/test_halts.py",
    "workflows/test_campaign_report.py", "workflows/test_evaluate_world.py", "workflows/test_scan.py")
"""What takes longest begins first, so that no worker is left with it at the end; what a file makes once, one worker makes."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    turns = {ROOT / "tests" / name: turn for turn, name in enumerate(LONG)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))
    for item in items:
        if item.path in turns and not item.get_closest_marker("xdist_group") and item.path.name != "test_pages.py":
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    asked_for_scale = "scale" in config.getoption("markexpr", "")
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))
        if item.get_closest_marker("scale") and not asked_for_scale:
            item.add_marker(pytest.mark.skip(reason="large data: run with -m scale"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def campaigns(tmp_path_factory: pytest.TempPathFactory) -> Campaigns:
    """Campaigns that are approved, or over, for tests that begin there."""
    return Campaigns(tmp_path_factory.mktemp("campaigns"))


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a browser. Where there is none the test is skipped in words; in CI it fails."""
    for name in (os.environ.get("EVENHAND_BROWSER", ""), *BROWSERS):
        if name and (path := shutil.which(name)):
            return path
    why = "no browser found: install chromium, or set EVENHAND_BROWSER to the path of one"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
def picture_of(browser: str, tmp_path: Path) -> Callable[..., Path]:
    """A function that takes a picture of a local HTML file and returns the PNG's path."""

    def take(page: Path, *, width: int = 1280, height: int = 2400) -> Path:
        target = tmp_path / f"{page.stem}-{width}.png"
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [browser, *BROWSER_FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}",
                 f"--screenshot={target}", page.resolve().as_uri()],
                check=True, capture_output=True, timeout=120)
        return target

    return take


@pytest.fixture
def dom_of(browser: str) -> Callable[[Path], str]:
    """A function that opens a local HTML file, lets its scripts run, and returns the page as HTML."""

    def read(page: Path) -> str:
        with tempfile.TemporaryDirectory() as profile:
            seen = subprocess.run(
                [browser, *BROWSER_FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom",
                 page.resolve().as_uri()],
                check=True, capture_output=True, timeout=120)
        return seen.stdout.decode()

    return read


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """A function that compares a text with the file of that name under tests/golden, or writes it when asked to."""

    def compare(name: str, text: str) -> None:
        file = ROOT / "tests" / "golden" / name
        if request.config.getoption("--write-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.exists(), f"{file.relative_to(ROOT)} is missing: run with --write-golden, then read what it wrote"
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture(autouse=True)
def _same_environment_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed terminal width, no colours, no settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("EVENHAND_") and name != "EVENHAND_BROWSER"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
