"""One process of a crew: it is handed what a sweep needs, then does run after run of buckets until nobody asks any more."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

import cloudpickle

from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError, EvenhandError, Problem
from evenhand.workflows.buckets.crew import Job
from evenhand.workflows.buckets.parts import Parts
from evenhand.workflows.scan import do_buckets, sweep_key

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
    job: Job = cloudpickle.loads(connection.recv_bytes())
    snapshot = SnapshotFolder(job.snapshot)
    if sweep_key(snapshot, job.pipeline, registries_digest=job.registries_digest) != job.key:
        raise DataError(Problem(what="the snapshot changed while the sweep began",
                                hint="run the same command again"))
    parts = Parts(work=job.work)
    with DuckDBEngine(threads=1, memory=f"{job.engine_bytes}B", spill=parts.spill / str(os.getpid())) as engine:
        engine.bind(job.registries)
        connection.send("ready")
        while True:
            run, following = connection.recv()
            for bucket in following or ():
                snapshot.read_ahead(job.pipeline.tables, bucket)
            connection.send(do_buckets(run, snapshot, job.pipeline, engine, parts))


def _end_with(parent: int) -> None:
    """End this process as soon as `parent` is no longer the one that it belongs to."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)
