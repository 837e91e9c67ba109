"""Read policy packs from folders: the core parses texts, this reads the files."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from evenhand.errors import PolicyError, Problem
from evenhand.model.policy import PolicyPack
from evenhand.plugins import guards
from evenhand.policy.pack import read_pack


def shipped_pack(name: str = "reference") -> PolicyPack:
    """A pack that comes with the package: `reference`, or `coordination`, which keeps a row of every account."""
    folder = resources.files("evenhand") / "data" / "policies" / name
    return _read({entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".toml")})


def read_pack_folder(folder: Path) -> PolicyPack:
    """The pack whose `.toml` files stand in `folder`. Raises `PolicyError` with all mistakes of all files."""
    if not folder.is_dir():
        raise PolicyError(Problem(what=f"`{folder}` is not a folder", hint="name the folder that holds `pack.toml`"))
    return _read({str(path): path for path in sorted(folder.glob("*.toml"))})


def _read(files: dict[str, Path] | dict[str, Traversable]) -> PolicyPack:
    texts, problems = {}, []
    for name, file in files.items():
        try:
            texts[name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(what=f"not UTF-8 at byte {error.start}", file=name, hint="save the file as UTF-8"))
        except OSError as error:
            problems.append(Problem(what=f"cannot be read: {str(error.strerror or error).lower()}", file=name,
                                    hint="check the path and its permissions"))
    if problems:
        raise PolicyError(problems)
    return read_pack(texts, guards={guard.name for guard in guards()})
