"""Signed messages, as the Standard Webhooks specification has them: HMAC-SHA256 over id, time and content.

    webhook-id: orders_5f2c…            the same when a message is sent again
    webhook-timestamp: 1793620800       seconds since 1970
    webhook-signature: v1,K5oZ…=        one for each secret in use, separated by spaces

The receiver's side needs only this file and the standard library.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from evenhand.errors import ConfigError, Problem, Unverified

PREFIX = "whsec_"
SECRET_BYTES = (24, 64)
"""How long a secret may be, from the specification."""
TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from the receiver's; an older message is a replay."""


class Secret:
    """A shared secret, written `whsec_` and base64."""

    def __init__(self, text: str) -> None:
        try:
            self._key = b64decode(text.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            self._key = b""
        least, most = SECRET_BYTES
        if not text.startswith(PREFIX) or not least <= len(self._key) <= most:
            raise ConfigError(Problem(what="this is not a webhook secret",
                                      hint=f"it is `{PREFIX}` and the base64 of {least} to {most} random bytes"))

    @staticmethod
    def new() -> str:
        """A new secret as text, to be given to both sides."""
        return PREFIX + b64encode(os.urandom(32)).decode()

    def signature(self, message_id: str, timestamp: str, content: bytes) -> str:
        """The signature of one message, such as `v1,K5oZ…=`."""
        signed = f"{message_id}.{timestamp}.".encode() + content
        return "v1," + b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()


def signed(content: bytes, *, message_id: str, at: datetime, secrets: Sequence[Secret]) -> dict[str, str]:
    """The headers of a message. While a secret is being replaced, sign with the old and the new one."""
    timestamp = str(int(at.timestamp()))
    return {"webhook-id": message_id, "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(secret.signature(message_id, timestamp, content) for secret in secrets)}


def verify(content: bytes, headers: Mapping[str, str], *, secrets: Sequence[Secret], at: datetime,
           tolerance: timedelta = TOLERANCE) -> str:
    """The message's id, when one of `secrets` signed it and it is not old. `content` is the body, of a GET its target.

    Raises `Unverified`, and says no more than which part does not hold. A receiver remembers the ids of `tolerance`, or
    relies on the orders' keys: carrying out the same key again changes nothing.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message_id or not timestamp.isascii() or not timestamp.isdigit():
        raise Unverified(Problem(what="the message has no id or no time", hint="send all three `webhook-` headers"))
    try:
        sent_at = datetime.fromtimestamp(int(timestamp), tz=UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise Unverified(Problem(what="the message's time is none", hint="send seconds since 1970")) from error
    if abs(at - sent_at) > tolerance:
        raise Unverified(Problem(what="the message is too old, or its clock is wrong",
                                 hint=f"set both clocks; {tolerance.total_seconds():.0f} seconds are allowed"))
    wanted = [secret.signature(message_id, timestamp, content).encode() for secret in secrets]
    offered = [one.encode() for one in given.get("webhook-signature", "").split()]
    if not any(hmac.compare_digest(one, other) for one in offered for other in wanted):
        raise Unverified(Problem(what="the message is not signed with the secret that is shared",
                                 hint="compare the secrets of both sides, and sign the bytes as they are sent"))
    return message_id
