"""TOML files that somebody hands over: mappings, allow-lists. What cannot be read is said with the file and an example."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from evenhand.connectors.files.source import first_line
from evenhand.errors import DataError, Problem


def read_toml(file: Path, *, like: str, missing: str = "check the path and its permissions") -> dict[str, Any]:
    """What a TOML file says.

    Args:
        file: where it lies.
        like: how such a file begins, told to whoever wrote something else.
        missing: what to do when it cannot be opened.

    Raises:
        DataError: the file cannot be opened, or is not TOML in UTF-8; with its line where the parser knows it.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(Problem(what=f"`{file}` cannot be read: {first_line(error)}", file=str(file), hint=missing)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise DataError(Problem(what=f"not readable as TOML: {str(error)[:120].lower()}", file=str(file),
                                line=int(line[1]) if line else None, hint=like)) from error
