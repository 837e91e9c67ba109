"""What a person reads when something is wrong: the texts of many mistakes, for one golden file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evenhand.errors import EvenhandError
from evenhand.model.refusal import Refusal


def error_texts(mistakes: Mapping[str, Callable[[], object]], *, hide: Mapping[str, str] | None = None) -> str:
    """Each mistake's name, and under it the error that it raises or the refusal that it returns.

    `hide` names what differs from run to run (a temporary folder), and what stands in its place.
    """
    text = "\n".join(f"# {name}\n{_answer(name, make)}\n" for name, make in mistakes.items())
    for what, shown in (hide or {}).items():
        text = text.replace(what, shown)
    return text


def _answer(name: str, make: Callable[[], object]) -> str:
    try:
        outcome = make()
    except EvenhandError as error:
        return error.render()
    assert isinstance(outcome, Refusal), f"{name}: is no mistake: {outcome!r}"
    return outcome.render()
