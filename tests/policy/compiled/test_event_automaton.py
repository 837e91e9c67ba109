"""The compiled reader of events: what it finds in texts, what it takes, and that it refuses tables that do not fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.expression import Column, Type
from evenhand.policy.compiled import event_automaton
from evenhand.policy.compiled.event_automaton import IS_COMPILED, automaton_of, reader_of
from evenhand.policy.compiled.letters import lower

pytestmark = pytest.mark.skipif(not IS_COMPILED, reason="not compiled here: run tools/compile_reader.py")
TEXTS = [Column(name=name, type=Type.TEXT, stored="varchar", table="posts", sentence="") for name in ("text", "bio")]
PIECES = st.text(st.sampled_from("akiKİ\u212aσΣςßẞ空é𐐀𝒳"), min_size=1, max_size=3).map(lower)
ANY = st.none() | st.text(st.sampled_from("aAkKiIİ\u212aσΣςßẞ空éÉ𐐀𐐨𝒳 \x00\ud800"), max_size=12)


@given(st.lists(PIECES, max_size=5, unique=True), st.tuples(ANY, ANY), st.sampled_from((1, 40, 400)))
def test_it_finds_what_looking_one_by_one_finds(pieces: list[str], texts: tuple[str | None, str | None], apart: int) -> None:
    masks = [{n: 1 << (n + side * len(pieces)) * apart for n in range(len(pieces))} for side in range(2)]
    expected = sum(masks[side][n] for side in range(2) for n, piece in enumerate(pieces) if piece in lower(texts[side] or ""))
    automaton = automaton_of(pieces, masks)
    assert automaton is not None
    event = {"text": texts[0], "bio": texts[1]}
    assert reader_of(TEXTS, automaton)(event) == (expected, *texts)


def test_too_many_pieces_are_left_to_another_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    assert automaton_of(["abc", "abd"], [{0: 1, 1: 2}]) is not None
    assert automaton_of(["abc", "abd"], [{0: 1, 1: 1 << 5_000}]) is None
    monkeypatch.setattr(event_automaton, "MOST_STEPS", 20)
    assert automaton_of(["abc", "abd"], [{0: 1, 1: 2}]) is None


class Unwilling(dict[str, Any]):
    def get(self, name: str, default: object = None) -> Any:
        raise LookupError(f"nobody gives {name} for {default}")


def test_what_an_event_raises_reaches_the_caller() -> None:
    automaton = automaton_of(["abc"], [{0: 1}, {}])
    assert automaton is not None
    with pytest.raises(LookupError, match="nobody gives text"):
        reader_of(TEXTS, automaton)(Unwilling())
    with pytest.raises(TypeError):
        reader_of(TEXTS, automaton)({"text": 5})


@pytest.mark.parametrize("changed", [
    {"next": b"\xff" * 4 * 16}, {"next": b""}, {"pages": b""}, {"pages": b"\xff" * 1024}, {"page_of": b"\x09" * 0x2200},
    {"page_of": b""}, {"meanings": b""}, {"first_end": 1}, {"n_texts": 3}, {"n_words": 65}, {"n_classes": 0}, {"kinds": b""},
    {"names": ("text",)}, {"names": (1, 2)}, {"reads": ()},
])
def test_tables_that_do_not_fit_together_are_refused(changed: dict[str, Any]) -> None:
    automaton = automaton_of(["abc"], [{0: 1}, {0: 2}])
    assert automaton is not None
    sound = {"names": ("text", "bio"), "kinds": bytes(2), "reads": (str, str), "page_of": automaton.page_of,
             "pages": automaton.pages, "next": automaton.next, "meanings": automaton.meanings,
             "n_classes": automaton.n_classes, "first_end": automaton.first_end, "n_texts": 2, "n_words": 1}
    assert event_automaton.EventReader(**sound).read({"text": "ABC"}) == (1, "ABC", None)
    with pytest.raises(ValueError, match="do not fit together"):
        event_automaton.EventReader(**sound | changed)
