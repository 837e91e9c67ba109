"""Every typical mistake in a policy file gives an error that a person can act on. Each is a golden file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.errors import PolicyError
from evenhand.policy.pack import read_pack

FOLDER = Path(__file__).resolve().parent.parent / "golden" / "policy_mistakes"
MISTAKES = sorted(file for file in FOLDER.glob("*.toml") if not file.name.startswith("_"))
TYPICAL_MISTAKES = 30
"""How many the project promises; there are more."""


def _files(mistake: Path) -> dict[str, str]:
    """A pack that is right but for the mistake."""
    text = mistake.read_text(encoding="utf-8")
    is_pack = mistake.name.startswith("pack-")
    return {"pack.toml": text if is_pack else (FOLDER / "_pack.toml").read_text(encoding="utf-8"),
            "posing-as-media.toml": (FOLDER / "_policy.toml").read_text(encoding="utf-8") if is_pack else text}


def _error(mistake: Path) -> PolicyError:
    with pytest.raises(PolicyError) as raised:
        read_pack(_files(mistake))
    return raised.value


def test_without_a_mistake_the_same_pack_loads() -> None:
    pack = read_pack({"pack.toml": (FOLDER / "_pack.toml").read_text(encoding="utf-8"),
                      "posing-as-media.toml": (FOLDER / "_policy.toml").read_text(encoding="utf-8")})
    assert [policy.policy_id for policy in pack.policies] == ["posing-as-media"]


def test_there_are_as_many_mistakes_as_promised() -> None:
    assert len(MISTAKES) >= TYPICAL_MISTAKES


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda file: file.stem)
def test_a_mistake_gives_its_golden_error(mistake: Path, golden: Callable[[str, str], None]) -> None:
    golden(f"policy_mistakes/{mistake.stem}.txt", _error(mistake).render() + "\n")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda file: file.stem)
def test_an_error_has_a_place_a_next_step_and_the_grammar_of_messages(mistake: Path) -> None:
    for problem in _error(mistake).problems:
        assert problem.file in ("pack.toml", "posing-as-media.toml")
        assert problem.line
        assert problem.column
        assert problem.source is not None
        assert problem.hint
        assert problem.column - 1 + problem.length <= max(1, len(problem.source)), "the caret leaves its line"
        assert re.match(r"[a-z`]", problem.what), "lower case"
        assert not problem.what.endswith("."), "no full stop"
        assert not problem.hint.endswith("."), "no full stop"


def test_no_golden_error_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {file.stem for file in MISTAKES}
