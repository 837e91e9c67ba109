"""How much of the machine a sweep takes: how many processes, and how much memory for each one's engine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evenhand.errors import ConfigError, Problem

OWN_BYTES = 450_000_000
"""What a process of a sweep holds besides its engine: registers, indexes, word lists and the batch in its kernels.
Measured with the shipped registers (`benchmarks/bench_sweep.py` prints the peak)."""
LEAST_ENGINE_BYTES = 250_000_000
"""An engine with less spills at every step."""
SHARE_OF_MACHINE = 0.8
"""Of the machine's memory a sweep takes at most so much when nothing else is said."""
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What each of several processes may take."""

    n_processes: int
    engine_bytes: int
    """Memory for the engine of each process; what does not fit goes to disk."""


def memory_bytes(text: str) -> int:
    """The bytes that a text such as `2GB` means. Raises `ConfigError` when it is not an amount of memory.

    >>> memory_bytes("1.5 GB")
    1500000000
    """
    upper = text.strip().upper()
    unit = next((unit for unit in sorted(_UNITS, key=len, reverse=True) if upper.endswith(unit)), "")
    try:
        amount = float(upper.removesuffix(unit)) if unit else 0.0
    except ValueError:
        amount = 0.0
    if not 0 < amount < float("inf"):
        raise ConfigError(Problem(what=f"`{text}` is not an amount of memory", hint="write it as in `--memory 2GB`"))
    return int(amount * _UNITS[unit])


def allowed_bytes(text: str) -> int:
    """The bytes that a sweep may take, from a text such as `2GB`.

    Raises `ConfigError` when it is not an amount of memory, or less than one process of a sweep takes: it could not be kept to.
    """
    whole = memory_bytes(text)
    if whole < OWN_BYTES + LEAST_ENGINE_BYTES:
        raise ConfigError(Problem(what=f"`{text}` is less memory than one process of a sweep takes",
                                  hint=f"allow it {(OWN_BYTES + LEAST_ENGINE_BYTES) // 10**6}MB or more"))
    return whole


def share(*, threads: int | None, memory: str | None) -> Share:
    """How many processes a sweep may run, and the memory of each one's engine.

    `threads` bounds the processes (all processors when None); `memory` bounds all of them together. Where it is too little
    for so many, there are fewer, so that a small amount makes the sweep slower and not wrong.

    Raises `ConfigError` when `memory` is less than one process takes.
    """
    wanted = threads or n_processors()
    whole = allowed_bytes(memory) if memory is not None else int(SHARE_OF_MACHINE * machine_bytes())
    n_processes = max(1, min(wanted, whole // (OWN_BYTES + LEAST_ENGINE_BYTES)))
    return Share(n_processes=n_processes, engine_bytes=max(LEAST_ENGINE_BYTES, whole // n_processes - OWN_BYTES))


def n_processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine_bytes() -> int:
    """The machine's memory, or what its control group allows if that is less."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text(encoding="ascii").strip() if limit.exists() else "max"
    return min(found, int(text)) if text.isdigit() else found
