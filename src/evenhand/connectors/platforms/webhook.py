"""A platform behind an address: orders go out as signed HTTP requests, and its state is asked for again.

    POST {address}/orders               {"orders": […]}                     → {"replies": [{"key", "answer", "reference"}…]}
    GET  {address}/orders?key=…&key=…                                       → {"replies": [{"key", "standing"}…]}
    POST {address}/questions            {"orders": […], "want": "content"}  → {"replies": [{"key", "standing", "content"}…]}

Every request carries the headers of `signature`. Nothing is repeated here: a request that did not come through is the
worker's to repeat, under the same keys.
"""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

from evenhand.connectors.files.source import first_line
from evenhand.connectors.platforms import order_form
from evenhand.connectors.platforms.files import EVERYTHING
from evenhand.connectors.platforms.signature import Secret, signed
from evenhand.errors import ConfigError, DoorError, Problem, RateLimited, Unreachable, without_secrets
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.effect_state import Answer, Order, ReadBack, Receipt, Saved

BATCH = 100
"""Orders in one request: their keys have to fit into the address of a GET (8 KB is what servers commonly take)."""
SECONDS = 30.0
LARGEST_REPLY = 64 * 2**20


def _now() -> datetime:
    return datetime.now(UTC)


class WebhookPlatform:
    """Hands orders over to `address`, such as `https://moderation.example/evenhand`. It is a `Platform`.

    All of `secrets` sign, so that one can be replaced without a pause. Plain HTTP is refused except on this machine.
    """

    def __init__(self, address: str, *, secrets: Sequence[Secret], capabilities: Capabilities | None = None,
                 now: Callable[[], datetime] = _now) -> None:
        try:
            parts = urlsplit(address)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        shown = without_secrets(address, is_address=True)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
            raise ConfigError(Problem(what=f"`{shown}` is not the address of a webhook",
                                      hint="write it as in `https://moderation.example/evenhand`"))
        if parts.scheme == "http" and not _is_this_machine(parts.hostname):
            raise ConfigError(Problem(what=f"`{shown}` is not encrypted", hint="orders name people: use https"))
        if not secrets:
            raise ConfigError(Problem(what="the webhook has no secret", hint="orders that anybody could have sent are none"))
        self._host, self._port, self._is_tls = parts.hostname, parts.port, parts.scheme == "https"
        self._path, self._secrets, self._now = parts.path.rstrip("/"), tuple(secrets), now
        self._capabilities = capabilities or Capabilities(
            platform="webhook", authority="the platform's own administration", penalties=EVERYTHING, batch=BATCH,
            withholds_by_territory=True)
        self._connection: HTTPConnection | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What the platform behind the address can do."""
        return self._capabilities

    def save(self, orders: Sequence[Order]) -> list[Saved]:
        """What the platform holds of what the orders would remove."""
        asked = ",".join(map(order_form.asked, orders))
        return order_form.saved(orders, self._replies("POST", "/questions", f'{{"orders":[{asked}],"want":"content"}}'))

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        """One receipt for each order; `accepted` for all when the platform answers 202. See `Platform`."""
        lines = ",".join(order_form.line(order, attached) for order in orders)
        replies = self._replies("POST", "/orders", f'{{"orders":[{lines}]}}')
        if replies is ACCEPTED:
            return [Receipt(key=order.idempotency_key, answer=Answer.ACCEPTED) for order in orders]
        return order_form.receipts(orders, replies)

    def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
        """What the platform says now about each order."""
        query = urlencode([("key", order.idempotency_key) for order in orders])
        return order_form.read_backs(orders, self._replies("GET", f"/orders?{query}", None))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _replies(self, method: str, target: str, body: str | None) -> Sequence[Mapping[str, Any]]:
        status, headers, text = self._exchange(method, self._path + target, body)
        if status == HTTPStatus.ACCEPTED:
            return ACCEPTED
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in headers):
            raise RateLimited(Problem(what=f"{self._shown} asks to wait ({status})", hint="it is tried again by itself"),
                              retry_after=_seconds(headers.get("retry-after"), at=self._now()))
        if status != HTTPStatus.OK:
            raise Unreachable(Problem(what=f"{self._shown} answered {status} to {method} {target.partition('?')[0]}",
                                      hint="see its log; orders are repeated under the same keys"))
        try:
            replies = json.loads(text)["replies"]
        except (ValueError, KeyError, TypeError):
            replies = None
        if not isinstance(replies, list) or not all(isinstance(one, dict) for one in replies):
            raise DoorError(Problem(what=f"{self._shown} answered something else than replies",
                                    hint='it has to be JSON: {"replies": [{"key": …}]}'))
        return replies

    def _exchange(self, method: str, target: str, body: str | None) -> tuple[int, dict[str, str], bytes]:
        content = target.encode() if body is None else body.encode()
        message_id = f"orders_{hashlib.sha256(content).hexdigest()[:32]}"
        headers = {"content-type": "application/json", "accept": "application/json"} | signed(
            content, message_id=message_id, at=self._now(), secrets=self._secrets)
        connection = self._connected()
        try:
            connection.request(method, target, body=None if body is None else content, headers=headers)
            response = connection.getresponse()
            text = self._read(response)
        except (OSError, HTTPException) as error:
            self.close()  # what is left on it belongs to a request that was given up
            raise Unreachable(Problem(what=f"{self._shown} does not answer: {first_line(error)}",
                                      hint="see that it runs; orders are repeated under the same keys")) from error
        if response.will_close:
            self.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text

    def _read(self, response: HTTPResponse) -> bytes:
        text = response.read(LARGEST_REPLY + 1)
        if len(text) > LARGEST_REPLY:
            raise HTTPException(f"more than {LARGEST_REPLY} bytes")
        return text

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = HTTPSConnection(self._host, self._port, timeout=SECONDS, context=ssl.create_default_context()
                                               ) if self._is_tls else HTTPConnection(self._host, self._port, timeout=SECONDS)
        return self._connection

    @property
    def _shown(self) -> str:
        return f"`{self._host}`"


ACCEPTED: Sequence[Mapping[str, Any]] = ()
"""What stands for the replies when the platform took the orders and answers later."""


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _seconds(text: str | None, *, at: datetime) -> float | None:
    """What `Retry-After` asks for: a number of seconds, or a date (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - at).total_seconds())
    except (ValueError, TypeError):
        return None
