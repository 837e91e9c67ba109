"""The report of a campaign: reading its database, holding every total against it, and making page, document and tables.

    python benchmarks/bench_report.py [--folder runs/report] [--decisions 1000000]

Writes a finished campaign of so many decisions to a SQLite database in a folder. One decision in ten has 15
effects, so that there are 2.4 million, each with its event and its row in the outbox, and a statement for every decision.
Each line gives wall and processor seconds and the peak memory of the process that makes the report; another one writes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from campaign_histories import life, plan_of
from sample_campaign import english
from sample_events import after

from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.instants import instant
from evenhand.stores import bulk
from evenhand.stores.database import open_database
from evenhand.stores.events import COLUMNS, EventTable
from evenhand.stores.reporting.campaign_records import campaign_record
from evenhand.stores.schema import CAMPAIGNS, EVENTS, OUTBOX
from evenhand.transparency.campaigns import (
    CampaignSources,
    campaign_page,
    campaign_report,
    document,
    tables,
)

Result = TypeVar("Result")
FIRST_AT, EVERY, EFFECTS = 1_795_000_000_000_000, 10, 15
PORTION = 200_000
LANGUAGES, PENALTIES = ("en", "de", "pt", "ar", "hi", "ja", "ru", "es"), ("label", "limit_reach", "demonetise", "suspend")
ROW = ("campaign_id", "key", "act", "decision_id", "account_id", "penalty", "stage", "turn", "state", "due_at", "attempts",
       "failures", "settled_at")


def decision_id(number: int) -> str:
    """24 hexadecimal digits, in no order."""
    return f"{number * 2654435761 % 2**32:024x}"


def rows(n: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Key, act, decision, penalty and kind of event of every order."""
    for number in range(n):
        name = decision_id(number)
        penalty = "delete_post" if number % EVERY == 0 else PENALTIES[number % len(PENALTIES)]
        for nth in range(EFFECTS if number % EVERY == 0 else 1):
            yield f"{number:016x}{nth:016x}", "impose", name, penalty, EventKind.EFFECT_IMPOSED.value
        yield f"{name}:reasons", "tell", name, penalty, EventKind.STATEMENT_DELIVERED.value


def write(place: Path, n: int) -> None:
    """The campaign's database."""
    place.unlink(missing_ok=True)
    with open_database(place) as database:
        done = EventTable(database).append(life(n))
        orders, events = list[tuple[object, ...]](), list[tuple[object, ...]]()

        def flush() -> None:
            with database.write() as connection:
                bulk.insert(connection, OUTBOX, ROW, [(*row[:8], "queued", *row[9:]) for row in orders])
                bulk.insert(connection, EVENTS, COLUMNS, events)
                connection.exec_driver_sql("update outbox set state = 'done' where state = 'queued'")
                connection.execute(CAMPAIGNS.update().values(n_events=done))
            orders.clear()
            events.clear()

        for key, act, name, penalty, kind in rows(n):
            done += 1
            at = FIRST_AT + done * 50_000
            told = ',"statement_kind":"reasons"' if act == "tell" else ""
            orders.append(("autumn", key, act, name, "a" + name, penalty, 1, done, "done", 0, 1, 0, at))
            body = (f'{{"key":"{key}","decision_id":"{name}","account_id":"a{name}","post_id":null,"penalty":"{penalty}",'
                    f'"stratum":"scam-links/{penalty}/en","stage":1{told},"reference":"r","read_back":"in_force","attempts":1}}')
            events.append(("autumn", done, kind, at, "evenhand", body))
            if act == "tell" and len(orders) >= PORTION:
                flush()
        flush()


def report(place: Path, n: int) -> None:
    """Make the report of what `write` wrote, and print what it took."""
    numbers = np.arange(n)
    is_delete = numbers % EVERY == 0
    names = pa.array([decision_id(number) for number in range(n)])
    penalty = pa.array(np.where(is_delete, "delete_post", np.array(PENALTIES)[numbers % len(PENALTIES)]))
    decisions = pa.table({
        "decision_id": names, "harm": pa.repeat("scam", n), "policy_id": pa.repeat("scam-links", n), "penalty": penalty,
        "language": pa.array(np.array(LANGUAGES)[numbers % 7]), "source": pa.repeat("sweep", n),
        "holder_id": pa.array([f"media:{number % 5000}" for number in range(n)]), "automation": pa.repeat("fully", n)})
    ordered = pa.table({"decision_id": names.take(pa.array(np.repeat(numbers, np.where(is_delete, EFFECTS, 1))))})
    counts = {one: int(count) for one, count in zip(*np.unique(np.asarray(penalty), return_counts=True), strict=True)}
    steps = life(n)
    with open_database(place) as database:
        record = _timed("database read", lambda: campaign_record(database, "autumn"))
    sources = CampaignSources(plan=plan_of({"scam": counts}), decisions=decisions, ordered=ordered, record=record, steps=steps,
                              campaign=after(*steps), at=instant(FIRST_AT))
    made = _timed("totals held against it", lambda: campaign_report(sources))
    words = english()
    size = _timed("page, document, tables", lambda: (len(campaign_page(made, messages=words)), document(made), tables(made))[0])
    print(f"{n:,} decisions, {ordered.num_rows:,} effects, {record.settled.num_rows:,} events; page of {size:,} characters")


def _timed(what: str, work: Callable[[], Result]) -> Result:
    wall, processor = time.monotonic(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(f"{what}: {time.monotonic() - wall:.1f} s, {time.process_time() - processor:.1f} s of processor, {peak:.2f} GB")
    return result


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--folder", type=Path, default=Path("runs/report"))
    arguments.add_argument("--decisions", type=int, default=1_000_000)
    arguments.add_argument("--only-report", action="store_true", help="be the process that reports")
    chosen = arguments.parse_args()
    where = chosen.folder / "report.db"
    if chosen.only_report:
        report(where, chosen.decisions)
    else:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        write(where, chosen.decisions)
        subprocess.run([sys.executable, __file__, "--folder", str(chosen.folder), "--decisions", str(chosen.decisions),
                        "--only-report"], check=True)
