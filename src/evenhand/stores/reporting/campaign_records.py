"""A campaign's events and outbox read whole in one transaction, by the database and Arrow, without a loop over rows."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.json as pajson
from sqlalchemy import Connection, String, case, cast, func, literal, or_, select, text

from evenhand.errors import DataError, Problem
from evenhand.model.appeal import LOWERED, VARIED
from evenhand.model.campaigns.effect_state import Act
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.record import LIGHTER, ORDERS, SETTLED, SETTLING, CampaignRecord
from evenhand.stores.database import Database
from evenhand.stores.outbox import REASONS, REINSTATEMENT
from evenhand.stores.schema import CAMPAIGNS, EVENTS, OUTBOX
from evenhand.stores.undoing import UPHELD

PORTION = 100_000
"""Events whose texts become one text at a time: some 50 MB."""
_BLOCK_BYTES = 16 * 2**20
_BODY = [name for name in SETTLED.names if name not in ("kind", "at")]
_LINE = pa.schema([pa.field("kind", pa.string()), pa.field("at", pa.int64()),
                   pa.field("body", pa.struct([SETTLED.field(name) for name in _BODY]))])


def campaign_record(database: Database, campaign_id: str) -> CampaignRecord:
    """What `database` holds of a campaign at one moment. Raises `DataError` when an event cannot be read."""
    with database.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("set transaction isolation level repeatable read"))  # SQLite's reader always sees one state
        n_events = connection.scalar(select(CAMPAIGNS.c.n_events).where(CAMPAIGNS.c.campaign_id == campaign_id)) or 0
        kinds = {EventKind(kind): n for kind, n in connection.execute(
            select(EVENTS.c.kind, func.count()).where(EVENTS.c.campaign_id == campaign_id).group_by(EVENTS.c.kind))}
        portions = [_parsed(lines, campaign_id) for lines in _lines(connection, campaign_id, n_events=n_events)]
        orders, lighter = _orders(connection, campaign_id), _lighter(connection, campaign_id)
    return CampaignRecord(settled=pa.concat_tables([SETTLED.empty_table(), *portions]), orders=orders, lighter=lighter,
                          kinds=kinds, n_events=n_events)


def _lines(connection: Connection, campaign_id: str, *, n_events: int) -> Iterator[str]:
    """The events of `SETTLING` as JSON lines, a portion at a time: the database joins them."""
    line = (literal('{"kind":"') + EVENTS.c.kind + literal('","at":') + cast(EVENTS.c.at, String) + literal(',"body":')
            + EVENTS.c.body + literal("}"))
    for after in range(0, n_events, PORTION):
        query = select(func.aggregate_strings(line, "\n")).where(
            EVENTS.c.campaign_id == campaign_id, EVENTS.c.sequence > after, EVENTS.c.sequence <= after + PORTION,
            EVENTS.c.kind.in_([kind.value for kind in SETTLING]))
        if lines := connection.scalar(query):
            yield lines


def _parsed(lines: str, campaign_id: str) -> pa.Table:
    try:
        rows = pajson.read_json(pa.BufferReader(lines.encode()), pajson.ReadOptions(block_size=_BLOCK_BYTES),
                                pajson.ParseOptions(explicit_schema=_LINE, unexpected_field_behavior="ignore"))
    except pa.ArrowInvalid as error:
        raise DataError(Problem(what=f"an event of `{campaign_id}` cannot be read: {error}",
                                hint="the database was changed from outside; restore a copy, and compare it with the ledger",
                                )) from error
    body = rows["body"].combine_chunks()
    columns = {"kind": rows["kind"], "at": rows["at"]} | {name: body.field(name) for name in _BODY}
    return pa.table([columns[name] for name in SETTLED.names], schema=SETTLED)


def _orders(connection: Connection, campaign_id: str) -> pa.Table:
    kind = case(*((OUTBOX.c.key.like(f"%:{one}"), one) for one in (REASONS, REINSTATEMENT, UPHELD)),
                (OUTBOX.c.key.like(f"%:{UPHELD}-%"), UPHELD), else_="other")
    statement_kind = case((OUTBOX.c.act == Act.TELL.value, kind), else_="")
    keys = (OUTBOX.c.act, OUTBOX.c.state, statement_kind, OUTBOX.c.settled_at.is_not(None))
    grouped = select(*(key.label(f"k{place}") for place, key in enumerate(keys))).where(
        OUTBOX.c.campaign_id == campaign_id).subquery()
    rows = connection.execute(select(*grouped.c, func.count()).group_by(*grouped.c)).all()
    return pa.Table.from_pylist(sorted((
        dict(zip(ORDERS.names, (*row[:3], bool(row[3]), row[4]), strict=True)) for row in rows), key=str), schema=ORDERS)


def _lighter(connection: Connection, campaign_id: str) -> pa.Table:
    rows = connection.execute(select(OUTBOX.c.decision_id, OUTBOX.c.penalty, OUTBOX.c.until).where(
        OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value,
        or_(*(OUTBOX.c.decision_id.like(f"%{end}") for end in (VARIED, LOWERED)))).order_by(OUTBOX.c.order_id)).all()
    return pa.Table.from_pylist([dict(zip(LIGHTER.names, row, strict=True)) for row in rows], schema=LIGHTER)
