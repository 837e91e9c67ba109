"""Real media files, a test authority, and readers."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PIL", reason="the optional extra `media` is not installed")
pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")

from evenhand.connectors.media.manifests import ManifestReader


@pytest.fixture(scope="session")
def captures(root: Path) -> Path:
    """The folder of real media files."""
    return root / "tests/captures/media"


@pytest.fixture(scope="session")
def manifests() -> ManifestReader:
    """A reader that trusts nobody."""
    return ManifestReader()
