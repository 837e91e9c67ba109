"""The wheel carries all that `evenhand demo` needs, its licences, and little else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "src/evenhand/data"
LARGEST_WHEEL = 20 * 1024 * 1024


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True,
                   capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_is_small_enough(wheel: Path) -> None:
    assert wheel.stat().st_size <= LARGEST_WHEEL


def test_every_data_file_is_in_it(names: set[str]) -> None:
    data = {f"evenhand/data/{file.relative_to(DATA).as_posix()}" for file in DATA.rglob("*") if file.is_file()}
    assert sorted(data - names) == []


def test_its_licences_and_its_types_are_in_it(names: set[str]) -> None:
    assert "evenhand/py.typed" in names
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names if "dist-info/licenses/" in name}


def test_nothing_but_the_package_is_in_it(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"evenhand"}


def test_data_is_plain_files_without_python() -> None:
    assert sorted(DATA.rglob("*.py")) == []
