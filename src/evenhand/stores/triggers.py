"""The promises that the database itself keeps: events stay as they are, and no penalty is done without its statement."""

from __future__ import annotations

from typing import Final

KEPT: Final = "events are only ever added"
TOLD: Final = "an effect is done only when its statement of reasons is queued"

_SQLITE_EVENTS = (
    f"create trigger events_not_updated before update on events begin select raise(abort, '{KEPT}'); end",
    f"create trigger events_not_deleted before delete on events begin select raise(abort, '{KEPT}'); end",
)
SQLITE_OUTBOX = (
    f"""create trigger outbox_told before update of state on outbox
    when new.state = 'done' and new.act = 'impose' and not exists (
        select 1 from outbox t where t.campaign_id = new.campaign_id and t.key = new.decision_id || ':reasons')
    begin select raise(rollback, '{TOLD}'); end""",
    f"""create trigger outbox_not_born_done before insert on outbox when new.state = 'done'
    begin select raise(rollback, '{TOLD}'); end""",
)
"""They end the whole transaction: one that ends only its statement makes SQLite keep a copy of each page that the statement
touches, which doubles the cost of an order (measured)."""
_POSTGRESQL = (
    f"""create function events_kept() returns trigger language plpgsql as
    $$ begin raise exception '{KEPT}' using errcode = 'integrity_constraint_violation'; end $$""",
    "create trigger events_kept before update or delete on events for each row execute function events_kept()",
    "create trigger events_not_emptied before truncate on events for each statement execute function events_kept()",
    f"""create function outbox_told() returns trigger language plpgsql as $$ begin
    if tg_op = 'INSERT' or not exists (
        select 1 from outbox t where t.campaign_id = new.campaign_id and t.key = new.decision_id || ':reasons')
    then raise exception '{TOLD}' using errcode = 'integrity_constraint_violation'; end if;
    return new; end $$""",
    """create trigger outbox_told before update of state on outbox for each row
    when (new.state = 'done' and new.act = 'impose') execute function outbox_told()""",
    """create trigger outbox_not_born_done before insert on outbox for each row
    when (new.state = 'done') execute function outbox_told()""",
)


def triggers(dialect: str) -> tuple[str, ...]:
    """The statements that create the triggers, for `sqlite` or `postgresql`."""
    return _SQLITE_EVENTS + SQLITE_OUTBOX if dialect == "sqlite" else _POSTGRESQL
