"""A condition holds for the same accounts on every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sample_conditions import ACCOUNTS, MEANINGS

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.engines.spark import SparkEngine
from evenhand.model.step import Query
from evenhand.policy.language.condition import parse_condition
from evenhand.ports import Engine

STEPS = [Query(name=f"condition_{number}", inputs=("account",), sentence=text,
               sql=f"select account_id from account where {parse_condition(text).sql()}")
         for number, (text, _) in enumerate(MEANINGS)]


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "duckdb":
        with DuckDBEngine() as embedded:
            yield embedded
        return
    server_module = pytest.importorskip("pysail.spark", reason="Sail is not installed: `make setup-test` installs it")
    server = server_module.SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    try:
        with SparkEngine(f"sc://127.0.0.1:{server.listening_address[1]}") as remote:
            yield remote
    finally:
        server.stop()


@pytest.mark.contract
@pytest.mark.loopback
def test_every_condition_means_the_same(engine: Engine) -> None:
    outcome = engine.run(STEPS, tables={"account": ACCOUNTS}, keep=[step.name for step in STEPS])
    found = {step.sentence: "".join(sorted(outcome.relations[step.name]["account_id"].to_pylist())) for step in STEPS}
    assert found == dict(MEANINGS)
