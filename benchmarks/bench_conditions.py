"""Thirty policy conditions on single events and in bulk, against what one would use instead; equal results asserted.

Each engine gets its best form, made once and used for all events:
- evenhand: the conditions as a pack holds them, compiled by `compile_event` (`holds` for one event, `holds_each` for a
  batch of events) and `compile_batch`; "not compiled" is `holds` where the reader of events in C is missing. The others
  have nothing for a batch but one event after the other.
- by hand: one Python function for each rule over texts lowered once per event; lists of pieces with `in`, or with one
  compiled regular expression for each list.
- zen-engine (Rust): one expression that gives a list of all thirty, so that an event is turned into its values once.
- CEL (`common-expression-language`, Rust): the same; lists of pieces with `contains`, or with a Python function for each
  list. (Its `matches` compiles a regular expression at each call: 29 milliseconds for one event.)
- rule-engine (Python): thirty rules, each list one regular expression, which it compiles once.
- All but the first are given the event with its texts in lower case, which is part of the time.
- the four long lists are those of the shipped lexicon of lures, in sixteen languages; then once more with a dozen each.
- bulk: `Condition.sql` in DuckDB on a table of its own; Polars expressions with `contains_any` (Aho-Corasick) over columns
  lowered once. Both with one thread.

Run: .venv/bin/python benchmarks/bench_conditions.py [--rows 1000000] [--events 10000]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cel
import duckdb
import polars as pl
import pyarrow as pa
import rule_engine
import zen
from conditions import by_hand, languages
from conditions.platform import posts
from conditions.rules import N_BULK, Rule, Words, rules

from evenhand.model.condition import Condition, Subject
from evenhand.policy.compiled.batch import compile_batch
from evenhand.policy.compiled.event import compile_event
from evenhand.policy.language.condition import parse_condition

Event = dict[str, Any]
Answers = Sequence[bool]
BATCHES = (1, 100, 10_000)
RUNS = 15
SLOW_EVENTS = 1_000
"""Events in the runs of an engine that needs more than `SLOW` microseconds for one."""
SLOW = 200


def conditions(found: Sequence[Rule]) -> list[Condition]:
    """The rules, parsed as a pack's are."""
    return [parse_condition(languages.sql(rule), subject=Subject.POST) for rule in found]


def event_engines(words: Words) -> dict[str, Callable[[Event], Answers]]:
    """Each engine as a function from an event to thirty answers."""
    thirty = rules(words)
    one_by_one, by_regex = by_hand.functions(by_hand.one_by_one, words), by_hand.functions(by_hand.by_regex, words)
    stand: dict[str, Callable[[str], bool]] = {}
    plain = cel.compile(f"[{', '.join(map(languages.cel, thirty))}]")
    calling = cel.compile(f"[{', '.join(languages.cel(rule, stand) for rule in thirty)}]")
    context = cel.Context(functions=stand)
    expression = zen.compile_expression(f"[{', '.join(map(languages.zen, thirty))}]")
    parsed = [rule_engine.Rule(languages.rule_engine(rule)) for rule in thirty]

    def called(event: Event) -> Answers:
        context.update(event)
        answers: Answers = calling.execute(context)
        return answers

    def lowered(holds: Callable[[Event], Answers]) -> Callable[[Event], Answers]:
        return lambda event: holds(by_hand.lowered(event))

    return {
        "evenhand": compile_event(conditions(thirty)).holds,
        "evenhand, not compiled": compile_event(conditions(thirty), with_reader=False).holds,
        "by hand, `in`": lowered(lambda event: [function(event) for function in one_by_one]),
        "by hand, `re`": lowered(lambda event: [function(event) for function in by_regex]),
        "zen-engine": lowered(expression.evaluate),
        "CEL, `contains`": lowered(plain.execute),
        "CEL, Python functions": lowered(called),
        "rule-engine": lowered(lambda event: [rule.matches(event) for rule in parsed]),
    }


def microseconds(run: Callable[[], object], n_events: int, n_runs: int) -> float:
    """The median processor time for one event over several runs: other work on the machine does not count."""
    spent = []
    for _ in range(n_runs):
        started = time.process_time()
        run()
        spent.append(time.process_time() - started)
    return statistics.median(spent) / n_events * 1e6


def beside(theirs: Callable[[Sequence[Event]], object], ours: Callable[[Sequence[Event]], object],
           events: Sequence[Event], n_runs: int) -> tuple[float, float]:
    """The median time for one event, and the median ratio to ours measured right after, as the machine was then."""
    n, n_times = len(events), 1 + SLOW_EVENTS // len(events)
    runs = [(microseconds(partial(theirs, events), n, n_times), microseconds(partial(ours, events), n, n_times))
            for _ in range(n_runs)]
    return statistics.median(one for one, _ in runs), statistics.median(one / other for one, other in runs)


def single_events(table: pa.Table, words: Words, *, with_batches: bool) -> None:
    """Print the table of single events and batches."""
    events: list[Event] = table.to_pylist()
    engines = event_engines(words)
    ours = compile_event(conditions(rules(words)))
    expected = [ours.holds(event) for event in events]
    if ours.holds_each(events) != expected:
        raise SystemExit("the function over many events says otherwise than the one over single events")
    n_pieces = len({piece for one in words.__dict__.values() for piece in one})
    print(f"30 conditions, lists of {n_pieces} phrases and shorter ones; {len(events):,} events, "
          f"{sum(map(sum, expected)):,} of {30 * len(events):,} answers are yes; microseconds of processor time per event\n")
    print(f"{'engine':22s} {'one':>8s} {'p50':>8s} {'p99':>8s} {'ratio':>7s}"
          + "".join(f"{f'of {n:,}':>11s} {'ratio':>7s}" for n in BATCHES[1:]))
    for name, holds in engines.items():
        is_slow = microseconds(partial(_each, holds, events[:100]), 100, 1) > SLOW
        some, n_runs = (events[:SLOW_EVENTS], 1) if is_slow else (events, RUNS)
        for event, answers in zip(some, expected, strict=False):
            given = tuple(map(bool, holds(event)))
            if given != answers:
                places = [place for place, (one, other) in enumerate(zip(given, answers, strict=True)) if one != other]
                raise SystemExit(f"{name} says otherwise in the conditions {places} of {event}")
        times = sorted(_timed(holds, event) for event in some)
        mine = (partial(_each, ours.holds), ours.holds_each, ours.holds_each)
        theirs = mine if name == "evenhand" else (partial(_each, holds),) * len(BATCHES)
        cells = [beside(*both, some[:n], n_runs) for *both, n in zip(theirs, mine, (len(some), *BATCHES[1:]), strict=True)]
        (spent, ratio), *batches = cells
        print(f"{name:22s} {spent:8.1f} {times[len(times) // 2]:8.1f} {times[len(times) * 99 // 100]:8.1f} {ratio:7.1f}"
              + "".join(f"{spent:11.1f} {ratio:7.1f}" for spent, ratio in batches))
    if with_batches:
        arrow_batches(table, conditions(rules(words)), expected)


def arrow_batches(table: pa.Table, found: Sequence[Condition], expected: Sequence[Answers]) -> None:
    """Print the row of the batch function over Arrow batches."""
    compiled = compile_batch(found)
    cells = []
    for n in BATCHES:
        batch = table.slice(0, n)
        held = list(zip(*(column.to_pylist() for column in compiled.holds(batch).columns), strict=True))
        if held != expected[:n]:
            raise SystemExit("the batch function says otherwise than the function over events")
        cells.append(microseconds(partial(compiled.holds, batch), n, RUNS))
    print(f"{'evenhand, Arrow':22s} {cells[0]:8.1f} {'':8s} {'':8s} {'':7s}"
          + "".join(f"{each:11.1f} {'':7s}" for each in cells[1:]))


def _each(holds: Callable[[Event], object], events: Sequence[Event]) -> None:
    for event in events:
        holds(event)


def _timed(holds: Callable[[Event], object], event: Event) -> float:
    started = time.thread_time_ns()
    holds(event)
    return (time.thread_time_ns() - started) / 1000


def bulk(table: pa.Table) -> None:
    """Print the table of the twenty rules over many rows, in processor time."""
    twenty = rules(Words.shipped())[:N_BULK]
    some = conditions(twenty)
    compiled = compile_batch(some)
    connection = duckdb.connect(config={"threads": 1})
    connection.register("given", table)
    connection.execute("create table posts as select * from given")
    selected = ", ".join(f"{condition.sql()} as condition_{n}" for n, condition in enumerate(some))
    frame = pl.from_arrow(table)
    expressions = [languages.polars(rule).alias(f"condition_{n}") for n, rule in enumerate(twenty)]
    engines: dict[str, Callable[[], pa.Table]] = {
        "evenhand": lambda: compiled.holds(table),
        "DuckDB, SQL": lambda: connection.sql(f"select {selected} from posts").to_arrow_table(),
        "Polars": lambda: frame.lazy().with_columns(pl.col("text").str.to_lowercase()).select(expressions).collect().to_arrow(),
    }
    print(f"\n{N_BULK} text and number conditions over {table.num_rows:,} posts on one core, processor time\n")
    print(f"{'engine':22s} {'rows/s':>12s} {'ratio':>7s}")
    expected, ours = engines["evenhand"](), 0.0
    for name, run in engines.items():
        spent, made = [], expected
        for _ in range(RUNS if name == "evenhand" else 1):
            started = time.process_time()
            made = run()
            spent.append(time.process_time() - started)
        if not _same(made, expected):
            raise SystemExit(f"{name} says otherwise")
        speed = table.num_rows / statistics.median(spent)
        ours = ours or speed
        print(f"{name:22s} {speed:12,.0f} {ours / speed:7.1f}")


def _same(one: pa.Table, other: pa.Table) -> bool:
    return all(one[name].combine_chunks().equals(other[name].combine_chunks()) for name in other.column_names)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000)
    given = parser.parse_args()
    table = posts(given.events)
    single_events(table, Words.shipped(), with_batches=True)
    print()
    single_events(table, Words.short(), with_batches=False)
    bulk(posts(given.rows, seed=2))


if __name__ == "__main__":
    main()
