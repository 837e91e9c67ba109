"""Leasing and settling read the rows they are about, not the whole campaign: millions of rows wait beside them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from effect_plans import NOON, effects, statements
from sqlalchemy import event

from evenhand.model.campaigns.effect_state import EffectState, Settlement, Term
from evenhand.stores.database import open_database
from evenhand.stores.outbox import OutboxTable

WHOLE_CAMPAIGN = ("SCAN outbox", "SCAN statements", "(campaign_id=?)")
"""What SQLite says when a query looks at every row of a campaign."""


def test_no_query_of_a_worker_reads_the_whole_campaign(tmp_path: Path) -> None:
    asked: list[tuple[str, Any]] = []
    with open_database(tmp_path / "campaign.db") as database:
        outbox = OutboxTable(database)
        outbox.load("autumn", effects=effects(), statements=statements())

        @event.listens_for(database.engine, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
            asked.append((statement, parameters[0] if is_many else parameters))

        outbox.take_back("autumn", owner="one")
        for state in (EffectState.DONE, EffectState.FAILED):
            orders = outbox.lease("autumn", owner="one", stages=(0,), term=Term(NOON, timedelta(minutes=1)), limit=5)
            outbox.statements(orders)
            outbox.settle("autumn", [Settlement(order=order, state=state, due_at=0, failures=0, reference="", why="",
                                                read_back="") for order in orders], owner="one", at=NOON)
        outbox.next_due("autumn", stages=(0,))
        queries = [one for one in asked if one[0].lstrip().lower().startswith(("select", "update", "insert", "delete"))]
        event.remove(database.engine, "before_cursor_execute", note)
        wide = []
        with database.read() as connection:
            for statement, parameters in queries:
                plan = connection.exec_driver_sql(f"explain query plan {statement}", parameters).all()
                wide += [f"{row[3]}: {statement}" for row in plan
                         if "campaigns" not in row[3] and any(sign in row[3] for sign in WHOLE_CAMPAIGN)]
    assert len(queries) > 10
    assert wide == []
