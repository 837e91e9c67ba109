"""How an order travels: one JSON object, the same in files and over HTTP, and the replies to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evenhand.errors import DoorError, Problem
from evenhand.model.effect_state import Act, Answer, Order, ReadBack, Receipt, Saved, Standing
from evenhand.model.event import Json
from evenhand.model.instants import instant

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value as JSON text in one line."""
_ATTACHED = {Act.TELL: "statement", Act.UNDO: "restore"}


def line(order: Order, attached: Mapping[str, str]) -> str:
    """The order as JSON text. `key` is its idempotency key; what does not apply is left out."""
    form = asked(order)
    form["decision_id"] = order.decision_id
    if order.of_key is not None:
        form["of_key"] = f"{order.campaign_id}/{order.of_key}"
    if order.until is not None and order.act is Act.IMPOSE:
        form["until"] = instant(order.until).isoformat()
    text = encode(form)
    extra = attached.get(order.key)
    return text if extra is None else f'{text[:-1]},"{_ATTACHED[order.act]}":{extra}}}'


def asked(order: Order) -> dict[str, Json]:
    """What is said of an order when the platform is asked about it."""
    form: dict[str, Json] = {"key": order.idempotency_key, "act": order.act.value, "account_id": order.account_id,
                             "penalty": str(order.penalty)}
    if order.post_id is not None:
        form["post_id"] = order.post_id
    return form


def receipts(orders: Sequence[Order], replies: Sequence[Mapping[str, Any]]) -> list[Receipt]:
    """One receipt for each order, whatever the order of the replies. Raises `DoorError` when one is missing or unreadable."""
    by_key = _by_key(orders, replies)
    try:
        return [Receipt(key=key, answer=Answer(one["answer"]), reference=str(one.get("reference") or ""),
                        why=str(one.get("why") or ""), retry_after=one.get("retry_after")) for key, one in by_key]
    except (KeyError, ValueError) as error:
        raise _unreadable("a receipt", f"`answer` is one of {', '.join(Answer)}") from error


def read_backs(orders: Sequence[Order], replies: Sequence[Mapping[str, Any]]) -> list[ReadBack]:
    """What the platform says about each order. Raises `DoorError` as `receipts` does."""
    by_key = _by_key(orders, replies)
    try:
        return [ReadBack(key=key, standing=Standing(one["standing"]), reference=str(one.get("reference") or ""))
                for key, one in by_key]
    except (KeyError, ValueError) as error:
        raise _unreadable("a read-back", f"`standing` is one of {', '.join(Standing)}") from error


def saved(orders: Sequence[Order], replies: Sequence[Mapping[str, Any]]) -> list[Saved]:
    """What the platform holds of each order's subject. Raises `DoorError` as `receipts` does."""
    by_key = _by_key(orders, replies)
    try:
        return [Saved(key=key, is_gone=one["standing"] == Standing.GONE, content=one.get("content")) for key, one in by_key]
    except KeyError as error:
        raise _unreadable("what is to be saved", "it has `standing` and `content`") from error


def _by_key(orders: Sequence[Order], replies: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    replied = {str(one.get("key")): one for one in replies}
    keys = [order.idempotency_key for order in orders]
    if missing := [key for key in keys if key not in replied]:
        raise DoorError(Problem(what=f"{len(missing)} of {len(keys)} orders got no reply, `{missing[0]}` first",
                                hint="the platform's side has to reply to every key that it was sent"))
    return [(key, replied[key]) for key in keys]


def _unreadable(what: str, hint: str) -> DoorError:
    return DoorError(Problem(what=f"{what} cannot be read", hint=f"every reply needs its `key`; {hint}"))
