"""The function that is being written: its constants, its names and the statements before its `return`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MAX_NESTING = 10
"""Expressions inside one another before the next gets a statement of its own; Python's parser has limits."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A Python expression for a value, None where the value is not known."""

    code: str
    is_known: bool = False
    """True when it is never None."""
    is_atom: bool = False
    """True for a name, which may stand in several places."""


class Draft:
    """Collects what the expressions need. Nothing that an author wrote becomes text in it."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}
        self.statements: list[str] = []
        self._names: dict[tuple[type, Any], str] = {}
        self._n_temporaries = 0
        self._nesting = 0

    def constant(self, value: Any) -> str:
        """The name under which the function reaches `value`."""
        key = (type(value), repr(value) if isinstance(value, float) else value)
        if key not in self._names:
            self._names[key] = f"k{len(self._names)}"
            self.constants[self._names[key]] = value
        return self._names[key]

    def temporary(self) -> str:
        """A new name for a value inside the function."""
        self._n_temporaries += 1
        return f"t{self._n_temporaries}"

    def assigned(self, code: str) -> str:
        """The name of what `code` gives, worked out in a statement before the `return`."""
        name = self.temporary()
        self.statements.append(f"{name} = {code}")
        return name

    def taken(self) -> list[str]:
        """The statements so far, which then stand here no more."""
        taken, self.statements = self.statements, []
        return taken

    @property
    def is_deep(self) -> bool:
        """True when an expression should not stand inside another any more."""
        return self._nesting >= MAX_NESTING

    def nested(self, make: Callable[[], Operand]) -> Operand:
        """What `make` gives, as a statement of its own when it stands too deep inside others."""
        if self._nesting < MAX_NESTING:
            self._nesting += 1
            try:
                return make()
            finally:
                self._nesting -= 1
        outside, self._nesting = self._nesting, 0
        try:
            made = make()
        finally:
            self._nesting = outside
        return made if made.is_atom else Operand(self.assigned(made.code), is_known=made.is_known, is_atom=True)
