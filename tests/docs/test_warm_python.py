"""What stands in for the program is the program: same output, same exit code, in the caller's folder and environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from warm_python import PROGRAM


@pytest.mark.parametrize("words", [("--version",), ("nonsense",), ("status", "autumn")])
def test_it_ends_and_prints_as_the_program_does(words: tuple[str, ...], programs: Path, tmp_path: Path) -> None:
    said = []
    for number, folder in enumerate((programs, PROGRAM.parent)):
        place = tmp_path / str(number)
        place.mkdir()
        ran = subprocess.run([folder / "evenhand", *words], cwd=place, env=os.environ | {"EVENHAND_STATE": f"{words[0]}.db"},
                             capture_output=True, text=True, check=False)
        left = sorted(file.name for file in place.iterdir())
        said.append((ran.returncode, ran.stdout, ran.stderr.replace(str(place), "."), left))
    assert said[0] == said[1]
    assert said[0][1] + said[0][2]
