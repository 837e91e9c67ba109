"""Real media files, and a reader of manifests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def captures(root: Path) -> Path:
    """The folder of real media files."""
    return root / "tests/captures/media"


@pytest.fixture(scope="session")
def manifests() -> Any:
    """A reader that trusts nobody."""
    from evenhand.connectors.media.manifests import ManifestReader  # noqa: PLC0415  # needs the optional extra

    return ManifestReader()
