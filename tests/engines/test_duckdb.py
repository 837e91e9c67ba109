"""The embedded engine: what it keeps, what it forgets, and how it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.engines.duckdb import WORTH_THREADS_BYTES, DuckDBEngine
from evenhand.errors import DataError
from evenhand.model.step import Kernel, Query

NUMBERS = pa.table({"n": [1, 2, 3]})
DOUBLED = Query(name="doubled", inputs=("numbers",), sql="select n * 2 as n from numbers", sentence="twice each number")


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as engine:
        yield engine


def test_it_returns_what_was_asked_for_and_counts_every_step(engine: DuckDBEngine) -> None:
    outcome = engine.run([DOUBLED], tables={"numbers": NUMBERS}, keep=["doubled"])
    assert sorted(outcome.relations["doubled"]["n"].to_pylist()) == [2, 4, 6]
    assert [(count.name, count.n_rows) for count in outcome.counts] == [("doubled", 3)]


def test_a_kernel_sees_only_its_columns_in_batches(engine: DuckDBEngine) -> None:
    seen: list[list[str]] = []

    def plus_one(batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.append(batch.schema.names)
        return pa.record_batch({"n": [n + 1 for n in batch["n"].to_pylist()]})

    kernel = Kernel(name="next", source="numbers", columns=("n",), run=plus_one, schema=pa.schema([("n", pa.int64())]),
                    sentence="the next number")
    outcome = engine.run([kernel], tables={"numbers": NUMBERS.append_column("other", [["a", "b", "c"]])}, keep=["next"])
    assert sorted(outcome.relations["next"]["n"].to_pylist()) == [2, 3, 4]
    assert seen == [["n"]]


def test_a_kernel_on_no_rows_leaves_an_empty_relation(engine: DuckDBEngine) -> None:
    kernel = Kernel(name="same", source="numbers", columns=("n",), run=lambda batch: batch, schema=NUMBERS.schema,
                    sentence="the same")
    outcome = engine.run([kernel], tables={"numbers": NUMBERS.slice(0, 0)}, keep=["same"])
    assert outcome.relations["same"].num_rows == 0


def test_what_depends_on_the_registers_alone_is_done_once_until_they_change(engine: DuckDBEngine) -> None:
    seen: list[list[int]] = []

    def plus_one(batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.append(batch["n"].to_pylist())
        return pa.record_batch({"n": [n + 1 for n in batch["n"].to_pylist()]})

    following = Kernel(name="next", source="numbers", columns=("n",), run=plus_one, schema=NUMBERS.schema, sentence="the next")
    large = Query(name="large", inputs=("next",), sql="select n from next where n > 2", sentence="a large one")
    both = Query(name="both", inputs=("large", "others"), sql="select n from large join others using (n)", sentence="in both")
    steps = [following, large, both]

    def left(others: list[int], **tables: pa.Table) -> tuple[list[int], list[int]]:
        outcome = engine.run(steps, tables={"others": pa.table({"n": others}), **tables}, keep=["both"])
        return sorted(outcome.relations["both"]["n"].to_pylist()), [count.n_rows for count in outcome.counts]

    engine.bind({"numbers": NUMBERS})
    assert left([3]) == ([3], [3, 2, 1])
    assert left([3, 4]) == ([3, 4], [3, 2, 2])
    assert seen == [[1, 2, 3]]
    assert left([8], numbers=pa.table({"n": [7]})) == ([8], [1, 1, 1])          # a table of this run goes before what is bound
    engine.bind({"numbers": pa.table({"n": [4]})})
    assert left([3, 5]) == ([5], [1, 1, 1])
    assert seen == [[1, 2, 3], [7], [4]]


def test_what_is_kept_is_done_again_when_a_step_before_it_is_another(engine: DuckDBEngine) -> None:
    def first(factor: int) -> Query:
        return Query(name="first", inputs=("numbers",), sql=f"select n * {factor} as n from numbers", sentence="a multiple")

    second = Query(name="second", inputs=("first",), sql="select n from first", sentence="the same")
    engine.bind({"numbers": NUMBERS})
    for factor in (1, 10, 1):
        outcome = engine.run([first(factor), second], tables={}, keep=["second"])
        assert sorted(outcome.relations["second"]["n"].to_pylist()) == [factor, 2 * factor, 3 * factor]


def test_a_kernel_reads_what_another_left(engine: DuckDBEngine) -> None:
    def next_to(name: str, source: str) -> Kernel:
        return Kernel(name=name, source=source, columns=("n",), schema=NUMBERS.schema, sentence="the next number",
                      run=lambda batch: pa.record_batch({"n": [n + 1 for n in batch["n"].to_pylist()]}))

    outcome = engine.run([next_to("one", "numbers"), next_to("two", "one")], tables={"numbers": NUMBERS}, keep=["one", "two"])
    assert [sorted(outcome.relations[name]["n"].to_pylist()) for name in ("one", "two")] == [[2, 3, 4], [3, 4, 5]]


@pytest.mark.parametrize(("n_rows", "n_threads"), [(3, 1), (WORTH_THREADS_BYTES // 8, 1), (WORTH_THREADS_BYTES // 8 + 1, 2)])
def test_little_input_is_the_work_of_one_thread(n_rows: int, n_threads: int) -> None:
    threads = Query(name="threads", inputs=("numbers",), sentence="how many threads work",
                    sql="select current_setting('threads') as n")
    with DuckDBEngine(threads=2) as engine:
        for _ in range(2):
            outcome = engine.run([threads], tables={"numbers": pa.table({"n": np.arange(n_rows)})},
                                 keep=["threads"])
            assert outcome.relations["threads"]["n"].to_pylist() == [n_threads]


def test_nothing_of_a_run_is_left_for_the_next(engine: DuckDBEngine) -> None:
    engine.run([DOUBLED], tables={"numbers": NUMBERS}, keep=[])
    with pytest.raises(DataError, match="step `doubled` failed"):
        engine.run([DOUBLED], tables={}, keep=[])


def test_what_was_bound_stays(engine: DuckDBEngine) -> None:
    engine.bind({"numbers": NUMBERS})
    for _ in range(2):
        assert engine.run([DOUBLED], tables={}, keep=["doubled"]).relations["doubled"].num_rows == 3


def test_a_failing_step_is_named_with_its_sql(engine: DuckDBEngine) -> None:
    broken = Query(name="broken", inputs=("numbers",), sql="select nonsense from numbers", sentence="never")
    with pytest.raises(DataError, match=r"step `broken` failed(.|\n)*select nonsense from numbers"):
        engine.run([broken], tables={"numbers": NUMBERS}, keep=[])


def test_what_a_kernel_raises_is_what_is_heard_of(engine: DuckDBEngine) -> None:
    def fails(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise LookupError(f"no such number among {batch.num_rows}")

    kernel = Kernel(name="fails", source="doubled", columns=("n",), run=fails, schema=NUMBERS.schema, sentence="never")
    with pytest.raises(LookupError, match="no such number among 3"):
        engine.run([DOUBLED, kernel], tables={"numbers": NUMBERS}, keep=[])


def test_a_vanished_file_is_named(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "numbers.parquet"
    pq.write_table(NUMBERS, path)
    assert engine.run([DOUBLED], tables={"numbers": (str(path),)}, keep=["doubled"]).relations["doubled"].num_rows == 3
    path.unlink()
    with pytest.raises(DataError, match=r"a file of `numbers` is gone(.|\n)*numbers\.parquet"):
        engine.run([DOUBLED], tables={"numbers": (str(path),)}, keep=["doubled"])


def test_a_damaged_file_is_named(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "numbers.parquet"
    path.write_bytes(b"PAR1 this is not Parquet PAR1")
    with pytest.raises(DataError, match=r"`numbers` cannot be read"):
        engine.run([DOUBLED], tables={"numbers": (str(path),)}, keep=["doubled"])
