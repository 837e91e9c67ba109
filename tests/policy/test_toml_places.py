"""Every key and value of a TOML text is found where it stands."""

from __future__ import annotations

import tomllib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from evenhand.policy.toml_places import TomlPlaces

TEXT = '''# a comment with [brackets]
a = 1
"quoted key" = 'literal'
[table]   # another
dotted.key = "x"
many = [ "one",
  "two", # not "three"
  { deep = [1, 2] } ]
[[case]]
name = "first"
[case.account]
handle = "h"
[[case.posts]]
text = """
line \\
    goes on
tab\\tand \\u00e9"""
[[case]]
name = "second"
when = 2026-01-01
'''


def _flat(value: object, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], object]:
    """Every entry of parsed TOML by its path."""
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    found = {path: value} if path else {}
    for step, inner in below:
        found |= _flat(inner, (*path, step))
    return found


def test_places_count_from_one_and_show_their_line() -> None:
    place = TomlPlaces("a.toml", TEXT).value(("case", 1, "name"))
    assert (place.file, place.line, place.column, place.length, place.source) == ("a.toml", 19, 8, 8, 'name = "second"')


def test_a_key_and_its_value_have_places_of_their_own() -> None:
    places = TomlPlaces("a.toml", TEXT)
    assert places.key(("table", "dotted", "key")).column == 1
    assert places.value(("table", "dotted", "key")).column == 14
    assert places.value(("table", "many", 1)).line == 7
    assert places.value(("table", "many", 2, "deep", 1)).source.strip() == "{ deep = [1, 2] } ]"


def test_what_is_not_written_stands_at_the_table_above_it() -> None:
    places = TomlPlaces("a.toml", TEXT)
    assert places.value(("case", 0, "account", "bio")).source == "[case.account]"
    assert places.value(("nowhere",)).line == 1


def test_a_place_inside_a_text_is_found_through_its_escapes() -> None:
    places = TomlPlaces("a.toml", TEXT)
    text = tomllib.loads(TEXT)["case"][0]["posts"][0]["text"]
    start = text.index("é")
    place = places.inside(("case", 0, "posts", 0, "text"), start, start + 1)
    assert place.line == 17
    assert place.source[place.column - 1:].startswith("\\u00e9")
    start = text.index("goes")
    assert places.inside(("case", 0, "posts", 0, "text"), start, start + 4).source == "    goes on"


KEYS = st.sampled_from(["a", "b", "c-d", "3", '"q k"', "'l'", "a.b", "x . 'y'"])
SCALARS = st.sampled_from(["1", "-2.5", "true", "2026-01-01", "2026-01-01T10:00:00Z", '"x"', '""', "'y'", "''",
                           '"\\u00e9\\n\\""', '"""m\n"""', "'''n\n'''", '"""\n\n"""', '"""a"""""', "'''''''",
                           '"""\\\n  x \\\n\n y"""', '"# no"'])
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(
    st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
    st.lists(inner, max_size=3).map(lambda items: "[\n" + "".join(f"  {item}, # c\n" for item in items) + "]"),
    st.lists(st.tuples(KEYS, inner.filter(lambda v: "\n" not in v)), max_size=2).map(
        lambda pairs: "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }")), max_leaves=5)
LINES = st.one_of(
    st.builds(lambda k, v, c: f"{k} = {v}{c}\n", KEYS, VALUES, st.sampled_from(["", " ", "  # c"])),
    st.builds(lambda k: f"[{k}]\n", KEYS), st.builds(lambda k: f"[[{k}]] # c\n", KEYS),
    st.sampled_from(["\n", "# c = [1\n", "  \t\n", "[[t]]\n", "[t.u]\n", "[[t.v]]\n", "[ t . w ]\n"]))


@st.composite
def toml_texts(draw: st.DrawFn) -> str:
    return "".join(draw(st.lists(LINES, max_size=7)))


@settings(max_examples=800)
@given(toml_texts())
@example(TEXT)
def test_the_entries_found_are_those_the_parser_reads(text: str) -> None:
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    places = TomlPlaces("a.toml", text)
    entries = _flat(parsed)
    assert set(places.spots) == set(entries)
    for path, value in entries.items():
        assert places.value(path).source == text.split("\n")[places.value(path).line - 1].replace("\t", " ")
        if isinstance(value, str):
            shown = [places.inside(path, i, i + 1) for i in range(len(value))]
            assert all(place.source[place.column - 1] in (sign, "\\", " ") for place, sign in zip(shown, value, strict=True)
                       if sign.isalnum())
