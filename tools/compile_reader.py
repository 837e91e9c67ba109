"""Compiles the one part of Evenhand that is written in C, for the Python that runs this: the reader of single events.

    python tools/compile_reader.py        beside its source, where a checkout looks for it

Building a wheel runs it too. Without a compiler or Python's headers the wheel is made without it, and single events take
twice the time (`src/evenhand/policy/compiled/event_automaton.py`).
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "src/evenhand/policy/compiled"
SOURCE = FOLDER / "_event_reader.c"
MADE = FOLDER / f"_event_reader{sysconfig.get_config_var('EXT_SUFFIX')}"
LINKED = ["-bundle", "-undefined", "dynamic_lookup"] if sys.platform == "darwin" else ["-shared"]
"""What makes a module of it; a module finds Python's functions in the program that loads it."""


def compile_reader() -> str | None:
    """Compile it. Gives what went wrong, or None."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        made = Path(scratch) / MADE.name
        command = [*compiler, "-O2", "-fPIC", *LINKED, f"-I{sysconfig.get_paths()['include']}", str(SOURCE), "-o", str(made)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            return f"there is no `{compiler[0]}`"
        except subprocess.CalledProcessError as error:
            return str(error.stderr).strip()
        made.replace(MADE)  # never half a file, should two builds run at once
    return None


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    pass  # run by hand, where nothing is being built
else:
    class CompiledReader(BuildHookInterface[Any]):
        """Puts the compiled reader into a wheel, which is then one for this Python and this machine."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - Hatch gives it
            """Compile it, and say what the wheel is good for."""
            wrong = compile_reader()
            if wrong is not None:
                self.app.display_warning(f"single events will take twice the time, as their reader was not compiled: {wrong}")
                return
            build_data["artifacts"].append(f"/{MADE.relative_to(Path(self.root)).as_posix()}")
            build_data |= {"pure_python": False, "infer_tag": True}


if __name__ == "__main__":
    sys.exit(compile_reader())
