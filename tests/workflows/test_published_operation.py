"""The task `published_operation`: an operation opened in one burst is found among genuine accounts, a scattered one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand.evaluation.card import Card
from evenhand.evaluation.outcome import Measured
from evenhand.workflows.evaluation.bench import open_bench
from evenhand.workflows.evaluation.cards import evaluate_on, named_cards
from evenhand.workflows.materials import SweepSettings

CARD = """id = "operation"
title = "A test"
task = "published_operation"
licence = "CC0-1.0"
source = "written for a test"
options = { genuine_a_day = 2 }
[[file]]
role = "accounts"
path = "accounts.csv"
columns = { handle = "account", created_second = "created_utc" }
[[file]]
role = "genuine"
path = "genuine.csv"
columns = { handle = "handle" }
"""
NAMES = ("ann", "Bea.Rose", "carl_h", "Dora", "emil-g", "FionaK", "gus", "Hal.Two")


def read(folder: Path, rows: list[tuple[str, int]]) -> Card:
    (folder / "card.toml").write_text(CARD, encoding="utf-8")
    (folder / "accounts.csv").write_text("account,created_utc\n" + "".join(f"{one},{at}.0\n" for one, at in rows))
    (folder / "genuine.csv").write_text("handle\n" + "".join(f"{name}\n" for name in NAMES))
    return named_cards([str(folder / "card.toml")])[0]


@pytest.mark.parametrize(("apart_seconds", "n_found"), [(30, 20), (9 * 86_400, 0)])
def test_a_burst_is_found_and_scattered_accounts_are_not(tmp_path: Path, apart_seconds: int, n_found: int) -> None:
    at = 1_700_000_000 - 1_700_000_000 % 86_400
    card = read(tmp_path, [(f"Xu{number}", at + nth * apart_seconds) for nth, number in enumerate(range(48_200, 48_220))])
    with open_bench(SweepSettings(threads=1)) as bench:
        (result,) = evaluate_on(bench, [card], data=tmp_path)
    assert isinstance(result.outcome, Measured)
    assert {metric.name: (metric.hits, metric.n) for metric in result.outcome.metrics} == {
        "recall": (n_found, 20), "genuine_found": (0, 730)}
