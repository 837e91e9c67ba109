"""Folders that may not be entered, whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65_534


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    """Takes the right to enter `folder` away. The superuser, whom no right stops, is nobody for that time."""
    folder.chmod(0)
    is_superuser = os.geteuid() == 0
    if is_superuser:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if is_superuser:
            os.seteuid(0)
        folder.chmod(0o700)
