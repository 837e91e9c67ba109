"""`apply` killed at random instants of a whole campaign, and what platform, outbox and events say of its orders then."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.event import EventKind
from evenhand.workflows.effects.opening import State

LOOKS = 0.02
"""Seconds between two looks at how far a process has come."""
EARLY = 3
"""One process in so many is killed in its first seconds, wherever it is."""
BATCH_SHARE = 0.1
"""Of these seconds, that others go on after so much is settled as was drawn: some of one batch, some of several."""


def orders_of(plan: Path) -> tuple[int, int]:
    """How many effects and how many statements a plan comes to."""
    return tuple(pq.ParquetFile(plan / f"{name}.parquet").metadata.num_rows  # type: ignore[return-value]
                 for name in ("effects", "decisions"))


class Killing:
    """Starts `command` again and again and kills it, so that the kills lie all over the campaign's orders."""

    def __init__(self, state: State, campaign_id: str, command: Sequence[str], *, n_orders: int) -> None:
        self._state, self._campaign_id, self._command, self._n_orders = state, campaign_id, command, n_orders
        self._before = state.events.last(campaign_id)
        self.shares: list[float] = []
        """How much was settled when each process was killed."""
        self.n_in_flight = 0
        """Kills that left orders in flight."""

    def through(self, n_kills: int, *, seconds: float, limit: float) -> None:
        """Kill `n_kills` processes, then let one end by itself; `limit` is the longest that any of them may take, in seconds.

        What is left to settle is shared out over the kills that are left, at random, so that they lie all over the run however
        long a process takes to start. One in three is killed within `seconds` of its start instead: while it starts, fills
        the outbox and looks up what the one before it left in flight.
        """
        chance = random.Random(20261126)
        for number in range(n_kills):
            settled = self._settled()
            wanted = settled + (1 - settled) * chance.random() * 2 / (n_kills - number + 1)
            is_early = number % EARLY == 0
            if not self._killed(0.0 if is_early else wanted, chance.random() * seconds * (1 if is_early else BATCH_SHARE),
                                limit=limit):
                return
        with subprocess.Popen(self._command, stdout=subprocess.DEVNULL) as process:
            _ended(process, limit=limit)

    def _killed(self, share: float, later: float, *, limit: float) -> bool:
        """Start a process and kill it; false when it ended by itself before."""
        with subprocess.Popen(self._command, stdout=subprocess.DEVNULL) as process:
            until = time.monotonic() + limit
            while process.poll() is None and self._settled() < share and time.monotonic() < until:
                time.sleep(LOOKS)
            try:
                process.wait(timeout=later)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.shares.append(self._settled())
                self.n_in_flight += any(one.state is EffectState.IN_FLIGHT
                                        for one in self._state.outbox.reckoning(self._campaign_id))
                return True
            _ended(process, limit=limit)
            return False

    def _settled(self) -> float:
        return (self._state.events.last(self._campaign_id) - self._before) / self._n_orders

    @property
    def said(self) -> str:
        """How many kills there were and where."""
        tenths = [sum(int(share * 10) == tenth for share in self.shares) for tenth in range(11)]
        return (f"{len(self.shares)} kills, {self.n_in_flight} of them with orders in flight; "
                f"by tenths of what was settled: {tenths}")


def _ended(process: subprocess.Popen[bytes], *, limit: float) -> None:
    if process.wait(timeout=limit):
        raise SystemExit(f"apply ended with {process.returncode}")


def compared(state: State, campaign_id: str, folder: Path) -> str:
    """How many orders were lost or doubled, by the platform's own table, by the outbox and by the events."""
    platform = sqlite3.connect(folder / "platform" / "platform.sqlite")
    acts = {act: (n, n_keys) for act, n, n_keys in platform.execute(
        "select act, count(*), count(distinct key) from orders group by 1")}
    platform.close()
    wanted = dict(zip((Act.IMPOSE, Act.TELL), orders_of(folder / "plan"), strict=True))
    kinds = state.events.counts(campaign_id)
    done = {Act.IMPOSE: kinds[EventKind.EFFECT_IMPOSED], Act.TELL: kinds[EventKind.STATEMENT_DELIVERED]}
    in_outbox = {(one.act, one.state): one.n for one in state.outbox.reckoning(campaign_id)}
    lost = sum((n - acts[act][1]) + (n - done[act]) + (n - in_outbox.get((act, EffectState.DONE), 0) - in_outbox.get(
        (act, EffectState.LIFTED), 0)) for act, n in wanted.items())
    doubled = sum(n - n_keys for n, n_keys in acts.values()) + _doubled_events(state, campaign_id)
    return f"{lost} lost, {doubled} doubled"


def _doubled_events(state: State, campaign_id: str) -> int:
    """How many events say once more what became of an order."""
    parts, after = [], 0
    while rows := state.events.rows(campaign_id, after=after):
        parts.append(pa.array([f"{body['key']} {kind}" for body, kind in zip(rows.bodies, rows.kinds, strict=True)
                               if "key" in body], pa.string()))
        after += len(rows)
    said = pa.chunked_array(parts, pa.string())
    return len(said) - len(pc.unique(said))
