"""The program that the pages' commands call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from warm_python import IS_POSSIBLE, PROGRAM, warm_program


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which `evenhand` is found: what stands in for it and starts at once, where that is possible."""
    if not IS_POSSIBLE:
        yield PROGRAM.parent
        return
    folder = tmp_path_factory.mktemp("programs")
    with warm_program(PROGRAM, folder):
        yield folder
