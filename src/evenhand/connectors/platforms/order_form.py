"""How an order travels: one JSON object, the same in files and over HTTP, and the replies to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evenhand.errors import DoorError, Problem
from evenhand.model.campaigns.effect_state import Act, Answer, Order, ReadBack, Receipt, Saved, Standing
from evenhand.model.campaigns.instants import instant

quoted = json.encoder.encode_basestring
"""A text as JSON. Orders are put together from it: there are millions, and an encoder takes ten times as long."""
_ATTACHED = {Act.TELL: "statement", Act.UNDO: "restore", Act.IMPOSE: "withholding"}
_ANSWERS = {answer.value: answer for answer in Answer}
_STANDINGS = {standing.value: standing for standing in Standing}


def line(order: Order, attached: Mapping[str, str]) -> str:
    """The order as a JSON object in one line. `key` is its idempotency key; what does not apply is left out."""
    more = f',"decision_id":{quoted(order.decision_id)}'
    if order.of_key is not None and order.act is not Act.TELL:
        more += f',"of_key":{quoted(f"{order.campaign_id}/{order.of_key}")}'
    if order.until is not None and order.act is Act.IMPOSE:
        more += f',"until":"{instant(order.until).isoformat()}"'
    if order.key in attached:
        more += f',"{_ATTACHED[order.act]}":{attached[order.key]}'
    return asked(order, more)


def asked(order: Order, more: str = "") -> str:
    """What is said of an order when the platform is asked about it, as a JSON object in one line."""
    post = "" if order.post_id is None else f',"post_id":{quoted(order.post_id)}'
    return (f'{{"key":{quoted(order.idempotency_key)},"act":"{order.act}","account_id":{quoted(order.account_id)},'
            f'"penalty":{quoted(order.penalty)}{post}{more}}}')


def receipts(orders: Sequence[Order], replies: Sequence[Mapping[str, Any]]) -> list[Receipt]:
    """One receipt for each order, whatever the order of the replies. Raises `DoorError` when one is missing or unreadable."""
    by_key = _by_key(orders, replies)
    try:
        return [Receipt(key=key, answer=_ANSWERS[one["answer"]], reference=str(one.get("reference") or ""),
                        why=str(one.get("why") or ""), retry_after=one.get("retry_after")) for key, one in by_key]
    except (KeyError, TypeError) as error:
        raise _unreadable("a receipt", f"`answer` is one of {', '.join(Answer)}") from error


def read_backs(orders: Sequence[Order], replies: Sequence[Mapping[str, Any]]) -> list[ReadBack]:
    """What the platform says about each order. Raises `DoorError` as `receipts` does."""
    by_key = _by_key(orders, replies)
    try:
        return [ReadBack(key=key, standing=_STANDINGS[one["standing"]], reference=str(one.get("reference") or ""))
                for key, one in by_key]
    except (KeyError, TypeError) as error:
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
