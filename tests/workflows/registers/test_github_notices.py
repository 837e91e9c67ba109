"""Real demands, where somebody has them: they are recorded whole, and none leads to anything by itself.

`github_notices.parquet` is a list of the notices that GitHub publishes (github/gov-takedowns). It has no licence that allows
shipping it, so the tests beside this one use made-up demands of the same shape.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evenhand.model.refusal import Refusal
from evenhand.registers.people import By
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.registers.demands import Wanted, demands_in, import_demands, read, withhold

FILE = os.environ.get("EVENHAND_DEMANDS_FILE", "")
BY = By(person="ana", at=datetime(2026, 11, 26, tzinfo=UTC))
COLUMNS = {"authority": "agency", "territory": "country", "received_on": "date", "order_id": "path", "targets": "github_urls",
           "n_targets": "n_urls"}


@pytest.mark.skipif(not FILE, reason="no real demands at hand: set EVENHAND_DEMANDS_FILE to the path of github_notices.parquet")
def test_every_notice_is_recorded_and_none_can_be_withheld_as_it_stands(tmp_path: Path) -> None:
    with open_state(tmp_path / "state.db") as state:
        done = import_demands(state, read(
            Path(FILE), columns=COLUMNS, constants={"kind": "request", "asks": "remove"}), by=BY)
        assert done.n_read == done.n_recorded + len(done.problems)
        assert done.problems == ()
        records = demands_in(state).book().records
        assert Counter(one.facts["territory"] for one in records.values()) == {
            "Russia": 95, "China": 9, "Hong Kong": 2, "Spain": 2, "Singapore": 1}
        assert {one.answer for one in records.values()} == {"pending"}
        outcomes = [withhold(state, Wanted(demand_id=name, target="x", account_id="a"), by=BY) for name in records]
        assert all(isinstance(one, Refusal) and one.code == "only_asks" for one in outcomes)
