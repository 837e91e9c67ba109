"""The phrases of every language are whole, and what stands in their slots is filled."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import numpy as np
import pytest

from evenhand.errors import ConfigError
from evenhand.workflows.worlds.stage import LANGUAGES
from evenhand.world.chance import Chance
from evenhand.world.mosaic import lay
from evenhand.world.phrases import SLOTS, Phrasebook, read_phrasebook, read_recipes
from evenhand.world.roles import read_roles
from evenhand.world.texts import Speakers, compose, tabulate

DATA = resources.files("evenhand") / "data/world"
WITHOUT_SPOKEN_SPACES = {"Thai", "Jpan", "Hans"}


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


SHARED, SAID = read("shared"), {language: read(language) for language in LANGUAGES}
BOOK = read_phrasebook(SHARED, SAID)
RECIPES = tabulate(read_recipes(SHARED["recipes"]), BOOK)


def small(**lists: list[str]) -> Phrasebook:
    said = {"script": "Latn", "gap": " ", "name_gap": " ", "weight": 1, "family_first": False, **lists}
    return read_phrasebook({"lists": {}}, {"en": said})


def test_there_are_enough_languages_and_scripts() -> None:
    assert len(BOOK.languages) >= 14
    assert len(set(BOOK.scripts)) >= 8
    assert sorted(path.name for path in DATA.iterdir()) == sorted(
        f"{name}.toml" for name in (*LANGUAGES, "shared", "roles"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_has_its_other_wording_and_a_credential_its_profession(language: str) -> None:
    said = SAID[language]
    assert len(said["claim"]) == len(said["claim_other"])
    assert not set(said["claim"]) & set(said["claim_other"])
    for field, professions in SHARED["professions"].items():
        assert len(said[f"credential_{field}"]) == len(professions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_stands_twice_in_a_list(language: str) -> None:
    twice = {name for name, phrases in SAID[language].items() if isinstance(phrases, list) and len(set(phrases)) < len(phrases)}
    assert twice == set()


def test_every_role_finds_its_recipes_and_lists() -> None:
    for role in read_roles(read("roles")):
        for name in (*role.bio, *role.post, *role.chat, role.media_text):
            assert name in RECIPES.names, f"{role.name}: {name}"
        for name, fixed in ((role.name_as, {"person", "name", "bent"}), (role.handle_as, {"person", "name", "bent", "own"})):
            assert name in fixed or name in BOOK.lists, f"{role.name}: {name}"


def test_slots_are_filled_and_a_sentence_without_its_filling_is_left_out() -> None:
    book = small(place=["Leeds"], say=["Hello {place}."], link=["see {link}"], given=["Ann"], family=["Lee"])
    recipes = tabulate(read_recipes({"both": ["say", "link"]}), book)
    numbers = np.arange(2)
    fixed = np.zeros((2, len(SLOTS)), np.int32)
    fixed[0, SLOTS.index("link")] = book.counted + 7
    speakers = Speakers(chance=Chance(seed=0), field="x", numbers=numbers, languages=numbers * 0, fixed=fixed, book=book)
    draws = [Chance(seed=0).draw(str(place), numbers) for place in range(3)]
    pieces = compose(recipes, np.full(2, recipes.code("both")), draws=draws, speakers=speakers)
    assert lay(book.pool, pieces).to_pylist() == ["Hello Leeds. see 7", "Hello Leeds."]


def test_all_mistakes_of_phrase_files_are_told_together() -> None:
    with pytest.raises(ConfigError) as told:
        small(say=["{nothing}", "{n}{n}{n}{n}{n}{n}{n}{n}"], given=["Ann"], family=["Lee"])
    assert len(told.value.problems) == 2
    assert "slots: name" in told.value.problems[0].render()


def test_a_language_that_lacks_a_list_is_refused() -> None:
    base = {"script": "Latn", "gap": " ", "name_gap": " ", "weight": 1, "family_first": False, "given": ["A"], "family": ["B"]}
    with pytest.raises(ConfigError, match="`de` lack `say`"):
        read_phrasebook({"lists": {}}, {"en": base | {"say": ["x"]}, "de": base})


def test_handles_are_latin_whatever_the_script() -> None:
    for name in ("given_latin", "family_latin"):
        first, n = BOOK.lists[name]
        pieces = [BOOK.pool[int(BOOK.phrases[start + i, 0])].as_py()
                  for start, many in zip(first, n, strict=True) for i in range(many)]
        assert [piece for piece in pieces if not (piece.isascii() and piece.isalnum() and piece == piece.lower())] == []
