"""Names for workers: no two that live share one, and who comes after a dead one takes its name, and so its orders, at once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def worker_name(place: str, campaign_id: str) -> Iterator[str]:
    """The first name on this computer that no living worker of the campaign in the database at `place` has.

    The system lets go of a name when its process ends, however it ends.
    """
    of = hashlib.sha256(f"{place}\x1f{campaign_id}".encode()).hexdigest()[:16]
    for number in range(1, 1000):
        file = Path(tempfile.gettempdir()) / f"evenhand-{os.getuid()}-{of}-{number}.lock"
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        try:
            yield f"{socket.gethostname()}:{number}"
        finally:
            os.close(lock)
        return
    raise RuntimeError("a thousand workers of one campaign run on this computer")
