"""Nothing is said about a mistake that no golden file shows as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from texts_in_source import OPEN, SHUT, Source, Text

SAID = re.compile(r"^(?:\[\d+/\d+\] )?(?:error|refused): (.*)$", re.MULTILINE)
GAP = re.compile(f"{OPEN}[^{SHUT}]*{SHUT}")
SAMPLE = """
HINTS = {"a": ("from the table", "x"), "b": ("from its other row", "y")}


def straight(name):
    raise ConfigError(Problem(what=f"no `{name}` and "
                                   "nothing else"))


def chosen(name):
    raise DataError("no table" if name else "no row", hint="look")


def passing(what, *, hint=None):
    return Problem(what=what, hint=hint)


def passes():
    yield passing("passed on")
    yield passing(what="passed by name")
    what, hint = HINTS["a"]
    yield passing(what, hint=hint)
    for is_wrong, said in ((True, "first in a list"), (False, "second in a list")):
        yield passing(said)
    yield from (passing(told.format(n=1), hint=hint) for told, hint in mistakes())


def mistakes():
    yield "`{n}` from a function", ""
    return None


class Objection:
    what: str

    def at(self, file):
        return Problem(what=self.what, file=file)


def checks(value):
    if not value:
        raise ValueError(f"`{value}` is checked by another")


def handed_on(value):
    try:
        checks(value)
    except ValueError as error:
        raise DataError(Problem(what=str(error))) from error


def refuses(by):
    text = "sent by nobody" + (f": {by}" if by else "")
    return Refusal(code="x", text=text), Objection(what="an objection"), Problem(what=str(by))
"""


def unseen(texts: Iterable[Text], said: Iterable[str]) -> list[Text]:
    """The texts that no line shows. A line shows those that fit it and have the most words of their own."""
    forms = {words: (re.compile("[^\n]*".join(map(re.escape, GAP.split(words)))), len(GAP.sub("", words)))
             for words in {text.words for text in texts}}
    shown: set[str] = set()
    for line in set(said):
        fitting = {words: size for words, (form, size) in forms.items() if form.fullmatch(line)}
        shown |= {words for words, size in fitting.items() if size == max(fitting.values())}
    return sorted(text for text in texts if text.words not in shown)


def shown_in(root: Path) -> list[str]:
    """What the golden files say of mistakes, line by line."""
    return [line for file in sorted((root / "tests/golden").rglob("*.txt"))
            for line in SAID.findall(file.read_text(encoding="utf-8"))]


def _as_listed(text: Text) -> str:
    return f"{text.file}: {text.words}".replace("\n", " ").replace(OPEN, "{").replace(SHUT, "}")


def test_every_text_of_an_error_or_a_refusal_has_a_golden_file(root: Path) -> None:
    missing = unseen(Source(root / "src/evenhand").texts(), shown_in(root))
    assert sorted(map(_as_listed, missing)) == [], "make the mistake in a test of the room: see tests/error_texts.py"


def test_every_text_that_is_shown_follows_the_grammar(root: Path) -> None:
    assert [line for line in shown_in(root) if line[0].isupper() or line.endswith(".")] == []


def test_texts_are_found_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE, encoding="utf-8")
    assert sorted(_as_listed(text).removeprefix("sample.py: ") for text in Source(tmp_path).texts()) == sorted([
        "no `{name}` and nothing else", "no table", "no row", "passed on", "passed by name", "from the table",
        "from its other row", "first in a list", "second in a list", "`{n}` from a function", "an objection",
        "`{value}` is checked by another",
        "sent by nobody", "sent by nobody: {by}"])


def test_a_line_shows_the_text_that_fits_it_best() -> None:
    narrow, wide = Text("a.py", f"the key {OPEN}name{SHUT} is gone"), Text("b.py", f"{OPEN}what{SHUT} is gone")
    assert unseen([narrow, wide], ["the key `a` is gone"]) == [wide]
    assert unseen([narrow, wide], ["the table is gone"]) == [narrow]
    assert unseen([narrow], ["the key `a` is gone for good"]) == [narrow]
    assert unseen([narrow, wide], ["the key `a` is gone", "it is gone"]) == []
