"""The reader of documentation pages: it must see what a person would type, and must not be easy to please."""

from __future__ import annotations

import pytest
from doc_pages import anchors, commands, is_printed, links

PAGE = """
# A page

```console
$ echo one
one
$ echo two \\
> three
two three

$ false
(exit code 1)
```

<!-- not run: needs a cluster -->

```console
$ rm -rf everything
```

```toml
# $ not a command
```
"""


def test_every_command_of_a_console_block_is_found_with_what_it_prints() -> None:
    first, second, third = commands(PAGE)
    assert (first.text, first.prints, first.exit_code, first.line) == ("echo one", ("one",), 0, 5)
    assert second.text == "echo two \\\nthree"
    assert (third.text, third.prints, third.exit_code) == ("false", (), 1)


def test_output_without_a_command_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="starts with a command"):
        commands("```console\nhello\n```\n")


@pytest.mark.parametrize(("expected", "actual", "reads_the_same"), [
    (("one",), "one\n", True),
    (("one",), "two\n", False),
    (("one", "two"), "one\n", False),
    (("one",), "one\ntwo\n", False),
    (("one", "…"), "one\ntwo\nthree\n", True),
    (("…", "three"), "one\ntwo\nthree\n", True),
    (("…", "four"), "one\ntwo\nthree\n", False),
    (("took … s", "done"), "took 3.1 s\ndone\n", True),
    (("took … s",), "took 3.1 minutes\n", False),
    (("a.c",), "abc\n", False),
    ((), "", True),
    ((), "something\n", False),
])
def test_an_ellipsis_matches_anything_and_nothing_else_does(
        expected: tuple[str, ...], actual: str, reads_the_same: bool) -> None:
    assert is_printed(expected, actual) is reads_the_same


def test_links_in_code_are_not_links() -> None:
    assert links("[a](b.md) `[c](d.md)`\n```text\n[e](f.md)\n```\n[g](#h) [i](mailto:j)\n") == ["b.md", "#h"]


def test_headings_can_be_linked_to() -> None:
    assert anchors("# One, two\n## `three` four\n") == {"one-two", "three-four"}
