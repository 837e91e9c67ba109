"""The one tree of errors. Every message says what, where and what to do next.

    EvenhandError
    ├── ConfigError        a setting or a command line is wrong
    ├── PolicyError        a policy pack does not load
    ├── DataError          a snapshot or registry cannot be used
    ├── PlanError          a plan cannot be made or used
    │   └── StalePlan      what the plan was made from has changed
    └── DoorError          something outside did not answer
        ├── Unreachable    nothing there, or it went away
        ├── RateLimited    too much at once; it says when to come back
        ├── Overtaken      somebody else changed it meanwhile
        └── Unverified     a message that its sender cannot be shown to have sent

Texts follow one grammar (checked by tests): lower case, no full stop, names in backticks.
A safeguard that says no returns a value (`Refusal`), it does not raise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

_BEFORE_HOST = re.compile(r"([a-z][a-z0-9+.-]+)(://?)([^\s`]*)@", re.IGNORECASE)
"""An address up to its last `@`: what opens it stands there, and may itself hold `/`, `?` or `@` if nobody has encoded it. As a
path it has one `/` only."""
_WHOLE = re.compile(_BEFORE_HOST.pattern.replace(r"[^\s`]", "."), re.IGNORECASE | re.DOTALL)
_OF_PATH = re.compile(r"[^/?#:@]*(?::\d*)?/(?:.*/)?", re.DOTALL)
"""On the web an `@` begins a name where it follows a `/` of the path, as in `https://example.org/@ana`."""
_PARAMETER = re.compile(
    r"([?&;][^=&;\s`]*(?:passw|pwd|secret|token|signature|credential|key|sig)[^=&;\s`]*=)[^&;\s`#]+", re.IGNORECASE)
HIDDEN = "…"


def without_secrets(text: str, *, is_address: bool = False) -> str:
    """The text with `…` in the place of what opens something in the addresses that it quotes.

    With `is_address` the text is an address as a whole, so that what is hidden may also hold spaces.

    >>> without_secrets("`s3://AKIA:s/e+c@bucket/posts` and `https://example.org/@ana?token=t0p&page=2`")
    '`s3://…@bucket/posts` and `https://example.org/@ana?token=…&page=2`'
    """
    if ":/" not in text:
        return text
    return _PARAMETER.sub(rf"\1{HIDDEN}", (_WHOLE if is_address else _BEFORE_HOST).sub(_hidden, text))


def _hidden(found: re.Match[str]) -> str:
    scheme, slashes, before = found.groups()
    is_path = scheme.lower() in {"http", "https"} and _OF_PATH.fullmatch(before) is not None
    return found[0] if is_path else f"{scheme}{slashes}{HIDDEN}@"


class ExitCode(IntEnum):
    """What a command returns to the shell."""

    DONE = 0
    OUR_BUG = 1
    YOUR_INPUT = 2
    OUTSIDE_SERVICE = 3
    REFUSED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake with its place and its next step.

    `line` and `column` count from 1; `length` is how many characters the caret underlines.
    """

    what: str
    """The mistake, lower case, no full stop, names in backticks."""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    length: int = 1
    source: str | None = None
    """The text of the line the mistake stands on."""
    hint: str | None = None
    """What to do next, such as the nearest valid name."""

    def __post_init__(self) -> None:
        """Hide the secrets of quoted addresses: an error is kept in logs and pasted into tickets."""
        for name in ("what", "file", "source", "hint"):
            if (said := getattr(self, name)) is not None:
                object.__setattr__(self, name, without_secrets(said))

    def render(self) -> str:
        """The problem as a person reads it in the terminal, with the source line and a caret.

        >>> print(Problem(what="unknown penalty `limit_rech`", file="media.toml", line=14, column=12,
        ...               length=10, source='penalty = "limit_rech"', hint="did you mean `limit_reach`?").render())
        error: unknown penalty `limit_rech`
          --> media.toml:14:12
           |
        14 | penalty = "limit_rech"
           |            ^^^^^^^^^^ did you mean `limit_reach`?
        """
        lines = [f"error: {self.what}"]
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        if place:
            lines.append(f"  --> {place}")
        if self.source is not None and self.line is not None:
            gutter = " " * len(str(self.line))
            caret = " " * ((self.column or 1) - 1) + "^" * max(1, self.length)
            lines.append(f"{gutter} |")
            lines.append(f"{self.line} | {self.source}")
            lines.append(f"{gutter} | {caret}" + (f" {self.hint}" if self.hint else ""))
        elif self.hint:
            lines.append(f"  = {self.hint}")
        return "\n".join(lines)


class EvenhandError(Exception):
    """Something is wrong and the text says what to do about it. Holds one or more `Problem`s."""

    exit_code: ExitCode = ExitCode.YOUR_INPUT

    def __init__(self, problems: Problem | str | Sequence[Problem], *, hint: str | None = None) -> None:
        if isinstance(problems, str):
            problems = Problem(what=problems, hint=hint)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.render())

    def render(self) -> str:
        """All problems, one after the other, with their number when there are several."""
        texts = [problem.render() for problem in self.problems]
        if len(texts) == 1:
            return texts[0]
        return "\n\n".join(f"[{i}/{len(texts)}] {text}" for i, text in enumerate(texts, start=1))


class ConfigError(EvenhandError):
    """A setting or a command line is wrong."""


class PolicyError(EvenhandError):
    """A policy pack does not load."""


class DataError(EvenhandError):
    """A snapshot or a registry cannot be used."""


class PlanError(EvenhandError):
    """A plan cannot be made or used."""


class StalePlan(PlanError):
    """What the plan was made from has changed since."""

    exit_code = ExitCode.REFUSED


class DoorError(EvenhandError):
    """Something outside did not answer as it should."""

    exit_code = ExitCode.OUTSIDE_SERVICE


class Unreachable(DoorError):
    """There is nothing at the address, or it went away while in use."""


class RateLimited(DoorError):
    """The other side asks to come back later."""

    def __init__(self, problem: Problem, *, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after
        """Seconds to wait, when the other side says how many."""


class Overtaken(DoorError):
    """What was read has been changed by somebody else before it could be written."""


class Unverified(DoorError):
    """A message whose signature, time or number does not hold."""
