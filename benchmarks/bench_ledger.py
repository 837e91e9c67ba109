"""Events appended durably to a ledger, proofs from its tiles, and its verification, in one run on one core.

    python benchmarks/bench_ledger.py [--events 200000] [--batch 8192] [--proofs 200] [--folder FOLDER] [--plain] [--verify]

`--events 10000000` is the ledger of a very large campaign (some minutes, 9 GB, with `--plain` a third of both; it is written
once and found again in `--folder`). Each event is what an effect leaves behind, and has four commitments with their own
salts: to its key, its decision, its account and the platform's reference.
Every batch is on the disk, under a signed checkpoint, before the next begins. Times are given of the clock and of the
processor: on a machine with other work only the second says what the program needs. What one would write instead is a file of
JSON lines, synced at every batch: it can be rewritten by anybody, and proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evenhand.ledger.proofs import TreeHashes, consistency_holds, consistency_proof, inclusion_holds, inclusion_proof
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.stores.ledger.folder import LedgerFolder, checkpoint_in
from evenhand.stores.ledger.keys import KeySigner
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.ledger.verify import verify_ledger

FIRST_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
SIGNER = KeySigner("example.org/ledger", bytes(range(32)))


def event(number: int, *, is_plain: bool = False) -> Event:
    """One effect on one account; a plain one says nothing that would be committed to."""
    if is_plain:
        return Event(campaign_id="spring-2026", kind=EventKind.EFFECT_IMPOSED, at=FIRST_AT, actor="evenhand",
                     body={"penalty": "label", "position": number})
    return Event(campaign_id="spring-2026", kind=EventKind.EFFECT_IMPOSED, at=FIRST_AT + timedelta(milliseconds=number),
                 actor="evenhand", body={
                     "key": f"{number:064x}", "decision_id": f"{number:024x}", "account_id": f"{900_000_000 + number}",
                     "post_id": None, "penalty": "label", "stage": 3, "stratum": "impersonation-news-media/label/pt",
                     "reference": f"label/{number}", "read_back": "in_force", "attempts": 1})


@contextmanager
def timed(done: Callable[[float, float], str]) -> Iterator[None]:
    """Print what `done` says of the seconds of clock and processor."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    print(done(time.perf_counter() - clock, time.process_time() - processor))


def append(place: Path, n_events: int, batch: int, *, is_plain: bool) -> None:
    """Append until the ledger has so many entries."""
    with LedgerWriter(place / "ledger", private=place / "private", signers=[SIGNER]) as ledger:
        first, clock, processor, best = ledger.size, 0.0, 0.0, 0.0
        while ledger.size < n_events:
            events = [event(number, is_plain=is_plain)
                      for number in range(ledger.size, min(n_events, ledger.size + batch))]
            started = time.perf_counter(), time.process_time()
            ledger.append(events)
            took = time.perf_counter() - started[0], time.process_time() - started[1]
            clock, processor, best = clock + took[0], processor + took[1], max(best, len(events) / took[1])
        if n := ledger.size - first:
            print(f"appended {n:,}: {n / clock:,.0f} a second of the clock, {n / processor:,.0f} of the processor "
                  f"({best:,.0f} in the best batch), batches of {batch:,}, each synced")


def as_lines(place: Path, n_events: int, batch: int) -> None:
    """The same events as JSON lines."""
    clock = processor = 0.0
    with (place / "events.jsonl").open("w", encoding="utf-8") as file:
        for start in range(0, n_events, batch):
            events = [event(number) for number in range(start, min(n_events, start + batch))]
            started = time.perf_counter(), time.process_time()
            file.writelines(json.dumps({"campaign_id": one.campaign_id, "kind": one.kind, "at": one.at.isoformat(),
                                        "actor": one.actor, "body": one.body}) + "\n" for one in events)
            file.flush()
            os.fsync(file.fileno())
            clock, processor = clock + time.perf_counter() - started[0], processor + time.process_time() - started[1]
    print(f"as JSON lines without any proof: {n_events / clock:,.0f} a second of the clock, "
          f"{n_events / processor:,.0f} of the processor")


def prove(place: Path, n_proofs: int) -> None:
    """Make and verify proofs at random places, with nothing kept in memory between two of them."""
    ledger = LedgerFolder(place / "ledger")
    checkpoint = checkpoint_in(ledger.note(), place)
    size, chance = checkpoint.size, random.Random(1)
    inclusion, consistency, tiles = [], [], []
    for _ in range(n_proofs):
        index, started = chance.randrange(size), time.perf_counter()
        hashes = TreeHashes(size, ledger.tile)
        proof = inclusion_proof(hashes, index)
        if not inclusion_holds(hashes.leaf(index), index=index, size=size, proof=proof, root=checkpoint.root):
            raise AssertionError(f"the proof of entry {index} does not hold")
        inclusion.append(1000 * (time.perf_counter() - started))
        tiles.append(hashes.n_tiles_read)
        old, started = chance.randrange(1, size), time.perf_counter()
        hashes = TreeHashes(size, ledger.tile)
        proof = consistency_proof(hashes, old)
        consistency.append(1000 * (time.perf_counter() - started))
        if not consistency_holds(old_size=old, old_root=TreeHashes(size, ledger.tile).over(0, old), size=size,
                                 root=checkpoint.root, proof=proof):
            raise AssertionError(f"the proof from {old} does not hold")
    for name, times in (("inclusion", inclusion), ("consistency", consistency)):
        print(f"{name} proofs on {size:,} entries: {statistics.median(times):.2f} ms in the median, "
              f"{sorted(times)[int(0.99 * len(times))]:.2f} ms at the 99th percentile")
    print(f"tiles read for an inclusion proof: at most {max(tiles)}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=8192)
    parser.add_argument("--proofs", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--plain", action="store_true", help="events without commitments, for a large tree in less time")
    parser.add_argument("--verify", action="store_true", help="verify every entry as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        place = given.folder or Path(own)
        place.mkdir(parents=True, exist_ok=True)
        as_lines(Path(own), min(given.events, 200_000), given.batch)
        append(place, given.events, given.batch, is_plain=given.plain)
        with timed(lambda clock, _: f"opened again in {clock:.2f} s"):
            LedgerWriter(place / "ledger", private=place / "private", signers=[SIGNER]).close()
        prove(place, given.proofs)
        if given.verify:
            with timed(lambda clock, processor: f"verified every entry: {given.events / clock:,.0f} a second of the clock, "
                                                f"{given.events / processor:,.0f} of the processor"):
                if not verify_ledger(place / "ledger", key=SIGNER.key.text).holds:
                    raise AssertionError("the ledger does not hold")
    print(f"memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
