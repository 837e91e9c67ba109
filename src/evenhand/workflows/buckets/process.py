"""One process of a crew: it is handed its work, then does task after task until nobody asks any more."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

import cloudpickle

from evenhand.errors import EvenhandError
from evenhand.workflows.buckets.crew import Work

SECONDS_BETWEEN_LOOKS = 0.2
"""How soon a process notices that the one which started it is gone."""


def main() -> None:
    """Work for the process that started this one: its connection and its id are the two arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the process that started this one, which ends it
    connection, parent = Connection(int(sys.argv[1])), int(sys.argv[2])
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        _work(connection)
    except EvenhandError as error:
        connection.send(error)
    except (EOFError, BrokenPipeError):
        return  # nobody asks any more


def _work(connection: Connection) -> None:
    work: Work = cloudpickle.loads(connection.recv_bytes())
    with work.begun() as do:
        connection.send(None)  # ready
        while True:
            nth, task, following = connection.recv()
            connection.send((nth, do(task, following)))


def _end_with(parent: int) -> None:
    """End this process as soon as `parent` is no longer the one that it belongs to."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)
