"""Ctrl-C is heard at once, whatever a library is in the middle of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def interruptible(work: Callable[[], T]) -> T:
    """What `work` returns, done in a thread of its own; what it raises is raised here.

    Signals reach the main thread only, and only between two steps of Python: a query that runs for a minute would hold
    Ctrl-C back for a minute. Raises `KeyboardInterrupt` at once, with `work` still going on: the caller must end the process.
    """
    returned: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            returned.append(work())
        except BaseException as error:  # noqa: BLE001 - handed over, whatever it is
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return returned[0]
