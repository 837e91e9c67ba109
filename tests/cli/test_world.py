"""`evenhand world` says what it wrote, for people and as JSON, and refuses a scale that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenhand.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["world", *arguments])
    said = capsys.readouterr()
    return int(str(ended.value.code)), said.out, said.err


def test_it_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--scale", "0.00005", "--into", str(tmp_path / "w"), "--processes", "1")
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert "Posing as news media" in out
    assert "2,500 accounts: 55 violators" in out
    assert "7,500 posts, 70 of them violations; 18 languages" in " ".join(out.split())
    code, out, err = run(capsys, *arguments, "--json")
    said = json.loads(out)
    assert (code, err) == (0, "")
    assert said["view"] == "world"
    assert said["rows"]["accounts"] == sum(said["kinds"].values()) == sum(said["roles"].values()) == 2_500
    assert said["fingerprint"].startswith("sha256:")


@pytest.mark.parametrize(("scale", "expected"), [("lots", "`lots` is not a number"), ("9", "the scale is 9, not 0.00005 to 4"),
                                                 ("1/0", "`1/0` is not a number")])
def test_a_scale_that_is_none_is_told(scale: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--scale", scale, "--into", str(tmp_path / "w"))
    assert code == 2
    assert expected in err
    assert not (tmp_path / "w").exists()
