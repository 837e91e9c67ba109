"""What a person reads when a step fails, a file is gone, or there is no server to run on."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from error_texts import error_texts

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.engines.spark import SparkEngine
from evenhand.model.step import Kernel, Query, Step
from evenhand.ports import Engine

Golden = Callable[[str, str], None]
NUMBERS = pa.table({"n": [1, 2, 3]})
SAME = Kernel(name="same", source="numbers", columns=("n",), run=lambda batch: batch, schema=NUMBERS.schema, sentence="same")
OTHER = Kernel(name="other", source="numbers", columns=("n",), run=lambda batch: batch, schema=NUMBERS.schema, sentence="again")


def broken(sql: str) -> Query:
    return Query(name="broken", inputs=("numbers",), sql=sql, sentence="never")


def ran(engine: Engine, *steps: Step, numbers: pa.Table | tuple[str, ...] = NUMBERS) -> object:
    return engine.run(steps, tables={"numbers": numbers}, keep=[])


def test_steps_and_files_that_fail_in_the_embedded_engine(golden: Golden, tmp_path: Path) -> None:
    whole, cut, other = (tmp_path / f"{name}.parquet" for name in ("whole", "cut", "other"))
    pq.write_table(NUMBERS, whole, compression="none")
    cut.write_bytes(b"PAR1" + bytes(20) + whole.read_bytes()[24:])
    other.write_bytes(b"PAR1 this is not Parquet PAR1")
    with DuckDBEngine(threads=1, memory="32MB", spill=tmp_path) as engine:
        golden("errors/engines/duckdb.txt", error_texts({
            "a step of a column that there is not": lambda: ran(engine, broken("select nonsense\nfrom numbers")),
            "a step that is no SQL": lambda: ran(engine, broken("selekt n from numbers")),
            "a step of a value that does not fit": lambda: ran(engine, broken("select 'many'::int as n from numbers")),
            "a step that needs more memory than there is": lambda: ran(
                engine, broken("select list(range) as n from range(20000000), numbers")),
            "a file that is gone": lambda: ran(engine, numbers=(str(tmp_path / "gone.parquet"),)),
            "a file that is none": lambda: ran(engine, numbers=(str(other),)),
            "no files": lambda: ran(engine, numbers=()),
            "a file whose values are damaged": lambda: ran(engine, SAME, OTHER, numbers=(str(cut),)),
        }, hide={str(tmp_path): "/snapshot"}))


@pytest.fixture
def sail() -> Iterator[SparkEngine]:
    server_module = pytest.importorskip("pysail.spark", reason="Sail is not installed: `make setup-test` installs it")
    server = server_module.SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    try:
        with SparkEngine(f"sc://127.0.0.1:{server.listening_address[1]}") as engine:
            yield engine
    finally:
        server.stop()


@pytest.mark.loopback
def test_steps_that_fail_on_a_server(golden: Golden, sail: SparkEngine) -> None:
    golden("errors/engines/spark.txt", error_texts({
        "a step of a column that there is not": lambda: ran(sail, broken("select nonsense from numbers")),
        "no files": lambda: ran(sail, numbers=()),
    }))


@pytest.mark.loopback
def test_servers_that_are_not_there(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed() -> object:
        with monkeypatch.context() as here:
            for name in [name for name in sys.modules if name.startswith("pyspark")]:
                here.delitem(sys.modules, name)
            here.setitem(sys.modules, "pyspark", None)
            return SparkEngine("sc://localhost:50051")

    def nobody_listens() -> object:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            return SparkEngine(f"sc://127.0.0.1:{taken.getsockname()[1]}")

    text = error_texts({
        "the extra is not installed": not_installed,
        "another kind of address": lambda: SparkEngine("spark://localhost:7077"),
        "no address": lambda: SparkEngine("localhost"),
        "nobody listens": nobody_listens,
    })
    golden("errors/engines/servers.txt", "".join(
        line.partition("127.0.0.1:")[0] + "127.0.0.1:PORT`" + line.partition("127.0.0.1:")[2].partition("`")[2]
        if "127.0.0.1:" in line else line for line in text.splitlines(keepends=True)))
