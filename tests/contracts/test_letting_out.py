"""Contract of letting effects out: what somebody else has let out, or settled, meanwhile stays as it is."""

from __future__ import annotations

import pytest
from effect_plans import effects, statements
from sqlalchemy import select, update

from evenhand.model.campaigns.instants import HELD
from evenhand.stores.database import Database
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.releasing import ReleaseTable
from evenhand.stores.schema import OUTBOX

pytestmark = pytest.mark.contract


def test_only_what_is_still_held_is_let_out(database: Database) -> None:
    OutboxTable(database).load("autumn", effects=effects(), statements=statements())
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(due_at=HELD))
        ids = list(connection.scalars(select(OUTBOX.c.order_id).order_by(OUTBOX.c.order_id)))
    release = ReleaseTable(database)
    assert release.release(ids[:2], [5, 6]) == 2
    assert release.release(ids, [7] * len(ids)) == len(ids) - 2
    with database.read() as connection:
        due = list(connection.scalars(select(OUTBOX.c.due_at).order_by(OUTBOX.c.order_id)))
    assert due == [5, 6, *[7] * (len(ids) - 2)]
