"""A Python that has its libraries loaded already: commands of ours start in it at once, each in a process of its own.

A process of its own costs a second of imports before a command of ours does anything. Here one process loads the libraries
of others (nothing of evenhand), then forks for each command. The command imports evenhand anew, has its own memory, folder,
environment and exit code, and may be killed. `evenhand` in `folder` is what stands in for the program of that name.

Run as a script, this file is that process: it listens on the socket it is given until its own standard input ends.
"""

from __future__ import annotations

import gc
import importlib
import marshal
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIBRARIES = ("alembic.command", "alembic.runtime.migration", "click", "cryptography.hazmat.primitives.asymmetric.ed25519",
             "cryptography.hazmat.primitives.ciphers.aead", "duckdb", "hyperscan", "jinja2", "joserfc.jwk", "joserfc.jws",
             "multiprocessing.connection", "numpy.random", "pyarrow.compute", "pyarrow.csv", "pyarrow.dataset",
             "pyarrow.parquet", "rapidfuzz", "rich.console", "rich.progress", "rich.table", "sqlalchemy.dialects.postgresql",
             "sqlalchemy.dialects.sqlite", "sqlglot.generators.duckdb", "sqlglot.optimizer", "tldextract")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Libraries that would start threads when they are loaded: a fork keeps one thread only."""
PROGRAM = Path(sys.executable).parent / "evenhand"
IS_POSSIBLE = sys.platform == "linux" and hasattr(os, "pidfd_open")
CALL = """#!{python} -IS
import _socket, marshal, os, struct, sys
call = marshal.dumps((sys.argv, os.getcwd(), dict(os.environ)))
door = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
door.connect({door!r})
door.sendmsg([struct.pack("=Q", len(call))], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack("3i", 0, 1, 2))])
door.sendall(call)
ended = int(door.recv(16) or b"-9")
if ended < 0:
    os.kill(os.getpid(), -ended)
os._exit(ended)
"""
"""What stands in for the program: it hands over its words, folder, environment and three files, and ends as the command did."""


@contextmanager
def warm_program(program: Path, folder: Path) -> Iterator[None]:
    """While this lasts, `folder` holds a stand-in for a Python program, of the same name."""
    door = folder / "door"
    with subprocess.Popen([sys.executable, __file__, str(door), str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=os.environ | ONE_THREAD) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        (folder / program.name).write_text(CALL.format(python=sys.executable, door=str(door)), encoding="utf-8")
        (folder / program.name).chmod(0o755)
        yield
        server.stdin.close()
        server.wait(30)


class _Calls:
    """The calls that are under way: of each the process that answers it, and the stand-in that waits for it."""

    def __init__(self, door: str) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(door)
        self._listening.listen(64)
        self._seen = selectors.DefaultSelector()
        self._seen.register(self._listening, selectors.EVENT_READ)
        self._seen.register(sys.stdin, selectors.EVENT_READ)
        self._pids: dict[int, tuple[int, socket.socket]] = {}

    def answer(self) -> list[str] | None:
        """In the process of a call, its words; in the first process None, when there will be no more calls."""
        while True:
            for key, _ in self._seen.select():
                if key.fileobj is sys.stdin:
                    return None
                if key.fileobj is self._listening:
                    call = self._taken()
                    if call is not None:
                        return call
                elif isinstance(key.fileobj, socket.socket):  # the stand-in is gone: whoever ran it does not wait any more
                    os.kill(key.data, signal.SIGKILL)
                    self._seen.unregister(key.fileobj)
                else:
                    self._ended(key.data)

    def _taken(self) -> list[str] | None:
        caller, _ = self._listening.accept()
        size, files, _, _ = socket.recv_fds(caller, 8, 3)
        call = b""
        while len(call) < int.from_bytes(size, sys.byteorder):
            call += caller.recv(1 << 20)
        pid = os.fork()
        if pid == 0:
            words, folder, environment = marshal.loads(call)  # noqa: S302 - from the stand-in, the same Python
            _become(folder, environment, files)
            for other in (self._listening, caller, *(of for _, of in self._pids.values()), self._seen):
                other.close()
            return list(words)
        for file in files:
            os.close(file)
        handle = os.pidfd_open(pid)
        self._pids[pid] = (handle, caller)
        self._seen.register(handle, selectors.EVENT_READ, pid)
        self._seen.register(caller, selectors.EVENT_READ, pid)
        return None

    def _ended(self, pid: int) -> None:
        handle, caller = self._pids.pop(pid)
        _, status = os.waitpid(pid, 0)
        self._seen.unregister(handle)
        os.close(handle)
        if caller.fileno() in self._seen.get_map():
            self._seen.unregister(caller)
        with suppress(BrokenPipeError):
            caller.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        caller.close()


def _become(folder: str, environment: dict[str, str], files: list[int]) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    gc.enable()


def serve(door: str, program: str) -> None:
    """Load the libraries, then run the program once for every call, each time in a new process."""
    gc.disable()
    for name in LIBRARIES:
        importlib.import_module(name)
    assert not any(name.startswith("evenhand.") for name in sys.modules), "the command has to import what is ours itself"
    assert threading.active_count() == len(list(Path("/proc/self/task").iterdir())) == 1, "a fork keeps one thread only"
    gc.freeze()
    calls = _Calls(door)
    os.write(1, b"ready\n")
    words = calls.answer()
    if words is None:
        return
    sys.argv = [program, *words[1:]]
    sys.path[0] = str(Path(program).parent)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    serve(*sys.argv[1:])
