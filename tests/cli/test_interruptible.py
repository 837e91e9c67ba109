"""Ctrl-C is heard while work goes on, and what work returns or raises arrives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from evenhand.cli.interruptible import interruptible


def test_what_work_returns_and_raises_arrives() -> None:
    assert interruptible(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """Whoever starts the tests in the background may have had Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_is_heard_while_work_goes_on() -> None:
    release = threading.Event()

    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        release.wait(60)

    with pytest.raises(KeyboardInterrupt):
        interruptible(work)
    assert not release.is_set(), "the work was still waiting"
    release.set()


STUCK_IN_A_QUERY = """
import sys, threading, os, signal, time
import evenhand.cli.main as cli, click, duckdb
signal.signal(signal.SIGINT, signal.default_int_handler)
@click.command()
def stuck():
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
    duckdb.sql("select count(*) from range(1000000) a, range(1000000) b where hash(a.range + b.range) % 7 = 3").fetchall()
cli.evenhand.add_command(stuck)
cli.main(["stuck"])
"""


def test_ctrl_c_ends_a_query_that_would_take_hours_and_says_how_to_go_on() -> None:
    ended = subprocess.run([sys.executable, "-c", STUCK_IN_A_QUERY], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 130
    assert "stopped; this continues where it stopped:\n  evenhand stuck" in ended.stderr
