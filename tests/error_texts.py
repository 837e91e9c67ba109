"""What a person reads when something is wrong: the texts of many mistakes, for one golden file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, redirect_stderr, redirect_stdout

from evenhand.cli.main import evenhand
from evenhand.errors import EvenhandError, Problem
from evenhand.model.refusal import Refusal


def error_texts(mistakes: Mapping[str, Callable[[], object]], *, hide: Mapping[str, str] | None = None) -> str:
    """Each mistake's name, and under it the error that it raises, or the refusal or the problems that it returns.

    `hide` names what differs from run to run (a temporary folder), and what stands in its place.
    """
    text = "\n".join(f"# {name}\n{_answer(name, make)}\n" for name, make in mistakes.items())
    for what, shown in (hide or {}).items():
        text = text.replace(what, shown)
    return text


def command(*words: str) -> Callable[[], object]:
    """A command of the command line in this process, which raises its error or shows what a safeguard refused."""

    def run() -> str:
        said = io.StringIO()
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            evenhand.main(args=list(words), prog_name="evenhand", standalone_mode=False)
        return said.getvalue().rstrip("\n")

    return run


def entered(context: AbstractContextManager[object]) -> object:
    """A context that is entered and left at once."""
    with context as inside:
        return inside


def _answer(name: str, make: Callable[[], object]) -> str:
    try:
        outcome = make()
    except EvenhandError as error:
        return error.render()
    match outcome:
        case Refusal():
            return outcome.render()
        case [Problem(), *_]:
            return EvenhandError(outcome).render()
        case str() if outcome.startswith("refused: "):
            return outcome
    raise AssertionError(f"{name}: is no mistake: {outcome!r}")
