"""Skeletons: those of UTS #39 as the standard gives them, and ours, which read as one what people read as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.skeleton import folded_names, skeleton_words, skeletons, uts39_skeleton
from evenhand.signals.names.unicode_tables import TABLE_FILES, UnicodeTables

type_of_skeleton = Callable[[str], str]


@pytest.fixture
def skeleton(tables: UnicodeTables) -> type_of_skeleton:
    def of(name: str) -> str:
        folded = folded_names(Texts.from_arrow(pa.array([name])), tables, is_handle=False)
        return str(skeletons(skeleton_words(folded, tables)).to_arrow()[0].as_py())

    return of


@pytest.mark.parametrize(("first", "second"), [
    ("paypal", "\u0440\u0430\u0443\u0440\u0430l"),   # UTS #39, 4: mixed-script confusable
    ("scope", "\u0455\u0441\u043e\u0440\u0435"),     # whole-script confusable
    ("O", "0"), ("l", "1"), ("l", "I"), ("m", "rn"),
    ("\u01c9eto", "ljeto"),                          # single-script confusable
    ("\u0455\u0441\u0430l\u0435", "scale"), ("\u2126", "\u03a9"), ("ﬁ", "fi"),
])
def test_the_examples_of_the_standard_have_equal_skeletons(first: str, second: str, tables: UnicodeTables) -> None:
    both = uts39_skeleton(pa.array([first, second]), tables).to_pylist()
    assert both[0] == both[1]


def _decomposes(text: str) -> bool:
    return str(pc.utf8_normalize(pa.array([text]), form="NFD")[0].as_py()) != text


def test_source_and_target_of_every_line_of_the_confusables_have_equal_skeletons(
        packaged: Path, tables: UnicodeTables) -> None:
    lines = [line.split("\t") for line in (packaged / "unicode/confusables.tsv").read_text("ascii").splitlines()]
    assert len(lines) == 6565
    pairs = [tuple("".join(chr(int(point, 16)) for point in text.split()) for text in line) for line in lines]
    sources, targets = (uts39_skeleton(pa.array(texts), tables).to_pylist() for texts in zip(*pairs, strict=True))
    differing = [pair for pair, source, target in zip(pairs, sources, targets, strict=True) if source != target]
    # the standard decomposes before it maps: lines about composed characters cannot take effect
    assert [pair for pair in differing if not any(map(_decomposes, pair))] == []
    assert len(differing) == 35


def test_marks_are_in_canonical_order_after_mapping(tables: UnicodeTables) -> None:
    assert pc.equal(*(uts39_skeleton(pa.array([text]), tables) for text in ("a\u0323\u0302",
        "a\u0302\u0323")))[0].as_py()


@pytest.mark.parametrize(("shown", "original"), [
    ("Sp1egelsaal", "Spiegelsaal"), ("5piegelsaal", "Spiegelsaal"), ("Spiege1saa1", "Spiegelsaal"),
    ("Harb0ur C0urier", "Harbour Courier"), ("Harbour Gouriei", "Harbour Gouriel"), ("Modem", "Modern"),
    ("VVashington", "Washington"), ("Clocks", "Docks"), ("H\u0430rb\u043eur", "Harbour"), ("Ｈａｒｂｏｕｒ", "Harbour"),
    ("𝓗𝓪𝓻𝓫𝓸𝓾𝓻", "Harbour"), ("ʜᴀʀʙᴏᴜʀ", "Harbour"), ("Har\u200bbour", "Harbour"), ("Hàrbóur", "Harbour"),
    ("H.a.r_b-o·u r", "Harbour"), ("N@SA", "NASA"), ("HARBOUR", "harbour"), ("ＰaypaI", "paypal"),
    ("\u0412\u0412\u0421", "BBC"), ("新華社", "新华社"), ("ニュ一ス", "ニュース"),
])
def test_ours_reads_as_one_what_people_read_as_one(shown: str, original: str, skeleton: type_of_skeleton) -> None:
    assert skeleton(shown) == skeleton(original)


@pytest.mark.parametrize(("first", "second"), [
    ("Harbour", "Harbor"), ("한국", "한굴"), ("川崎市", "川口市"), ("長崎", "今崎"), ("Новости", "Новость"),
    ("Tallgrass", "Tallgross"), ("نور", "نار")])
def test_ours_keeps_different_names_apart(first: str, second: str, skeleton: type_of_skeleton) -> None:
    assert skeleton(first) != skeleton(second)


def test_capitals_and_small_letters_of_one_name_have_a_skeleton_in_common_with_latin_only_where_they_look_it(
        skeleton: type_of_skeleton) -> None:
    assert skeleton("ТАСС") == "tacc"
    assert skeleton("Правда") == skeleton("правда")


def test_a_missing_table_is_named(packaged: Path) -> None:
    files = {name: (packaged / "unicode" / name).read_bytes() for name in TABLE_FILES if name != "simplified.tsv"}
    with pytest.raises(KeyError, match=r"simplified\.tsv"):
        UnicodeTables.from_bytes(files)
