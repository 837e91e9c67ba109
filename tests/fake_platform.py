"""A platform in memory that forgets keys: whoever asks twice changes twice. And a clock that sleeping moves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from effect_plans import NOON

from evenhand.connectors.platforms.files import EVERYTHING
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.effect_state import Act, Answer, Order, ReadBack, Receipt, Saved, Standing


class Clock:
    """Stands still until somebody sleeps."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass
class FakePlatform:
    """Remembers what is so and how often each order changed something."""

    capabilities: Capabilities = field(default_factory=lambda: Capabilities(
        platform="fake", authority="test", penalties=EVERYTHING, batch=3))
    changes: Counter[str] = field(default_factory=Counter)
    standing: dict[str, bool] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str | None] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    trouble: Callable[[str, Sequence[Order]], None] = lambda _call, _orders: None
    """Called before each call; it may raise."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """What to answer, by penalty, instead of doing it."""
    lies: set[str] = field(default_factory=set)
    """Keys that get a receipt although nothing happens."""
    calls: list[tuple[str, int]] = field(default_factory=list)

    def save(self, orders: Sequence[Order]) -> list[Saved]:
        self._called("save", orders)
        return [Saved(order.idempotency_key, self._is_gone(order), {"text": self.posts.get(order.post_id or "", "text")})
                for order in orders]

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        self._called("carry_out", orders)
        receipts = []
        for order in orders:
            self.trouble("within", [order])
            answer = self.answers.get(order.penalty, Answer.IMPOSED)
            if answer is Answer.IMPOSED and order.idempotency_key not in self.lies:
                self._change(order, attached)
            receipts.append(Receipt(order.idempotency_key, answer, reference=f"f-{order.key}"))
        return receipts

    def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
        self._called("read_back", orders)
        return [ReadBack(order.idempotency_key, Standing.GONE if self._is_gone(order) else
                         Standing.IN_FORCE if self.standing.get(order.key) else Standing.ABSENT) for order in orders]

    def _change(self, order: Order, attached: Mapping[str, str]) -> None:
        self.changes[order.key] += 1
        self.standing[order.key] = True
        if order.act is Act.TELL:
            self.told[order.key] = attached[order.key]
        if order.act in {Act.UNDO, Act.LIFT} and order.of_key:
            self.standing[order.of_key] = False
        if order.post_id and order.act is Act.IMPOSE:
            assert ("save", order.order_id) in self.calls, "evidence is sealed first"
            self.posts[order.post_id] = None
        if order.post_id and order.act is Act.UNDO:
            self.posts[order.post_id] = json.loads(attached[order.key])["text"]

    def _called(self, name: str, orders: Sequence[Order]) -> None:
        self.calls += [(name, order.order_id) for order in orders]
        self.trouble(name, orders)

    def _is_gone(self, order: Order) -> bool:
        return order.account_id in self.gone
