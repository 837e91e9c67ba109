"""What a person is told when an authority's order keeps something of theirs from being shown in its territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from evenhand.model.decision import in_a_row
from evenhand.statements.messages import Messages
from evenhand.statements.quoting import neutral


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order, in its own words."""

    authority: str
    received_on: date
    legal_basis: str
    order_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whom and what it concerns."""

    account: str
    """As its owner knows it."""
    post: str = ""
    territories: tuple[str, ...]


def withheld(messages: Messages, order: Order, concerned: Concerned, *, until: datetime) -> dict[str, str]:
    """The statement by its parts: `language`, `subject`, `what`, `order`, `no_finding`, `duration`, `contest`, `text` (all)."""
    places = ", ".join(concerned.territories)
    parts = {
        "subject": messages.say("withheld.subject", account=neutral(concerned.account), places=places),
        "what": messages.say("withheld.what_post", post=neutral(concerned.post), places=places) if concerned.post else
        messages.say("withheld.what", places=places),
        "order": messages.say("withheld.order", authority=neutral(order.authority), day=order.received_on.isoformat(),
                              order=neutral(order.order_id), basis=neutral(order.legal_basis)),
        "no_finding": messages.say("withheld.no_finding"),
        "duration": messages.say("duration.until", until=f"{until:%Y-%m-%d}"),
        "contest": messages.say("withheld.contest")}
    return _whole(messages, parts)


def shown_again(messages: Messages, order: Order, concerned: Concerned) -> dict[str, str]:
    """The statement that it is over: `language`, `subject`, `what` and all as `text`."""
    places = ", ".join(concerned.territories)
    return _whole(messages, {
        "subject": messages.say("withheld.lifted_subject", account=neutral(concerned.account), places=places),
        "what": messages.say("withheld.lifted", authority=neutral(order.authority), places=places)})


def _whole(messages: Messages, parts: Mapping[str, str]) -> dict[str, str]:
    subject, *rest = parts.values()
    paragraphs = (subject, in_a_row(*rest[:1]), *rest[1:])
    return {"language": messages.language, **parts, "text": "\n\n".join(paragraphs)}
