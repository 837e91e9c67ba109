"""Open the platform that somebody names: a folder, a simulated one, or an address."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.signature import Secret
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.connectors.platforms.webhook import WebhookPlatform
from evenhand.errors import ConfigError, Problem, without_secrets
from evenhand.ports import Platform

SECRET = "EVENHAND_WEBHOOK_SECRET"  # noqa: S105  (the variable's name)
FORMS = "`files:FOLDER`, `simulated:FOLDER` or `webhook:ADDRESS`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A platform, and what has to be closed after it."""

    platform: Platform
    is_simulated: bool = False
    close: Callable[[], None] = lambda: None


def open_platform(text: str) -> Opened:
    """The platform that `text` names. Raises `ConfigError`."""
    kind, colon, place = text.partition(":")
    if not colon or not place or kind not in {"files", "simulated", "webhook"}:
        raise ConfigError(Problem(what=f"`{without_secrets(text, is_address=True)}` names no platform", hint=f"write {FORMS}"))
    if kind == "webhook":
        written = os.environ.get(SECRET, "")
        if not written:
            raise ConfigError(Problem(what="the secret of the webhook is not there",
                                      hint=f"put it into the environment as `{SECRET}`; several are separated by spaces"))
        webhook = WebhookPlatform(place, secrets=[Secret(one) for one in written.split()])
        return Opened(platform=webhook, close=webhook.close)
    folder = Path(place)
    if kind == "files":
        return Opened(platform=FilesPlatform(folder, waits=timedelta(seconds=5)))
    simulated = SimulatedPlatform(folder)
    return Opened(platform=FilesPlatform(folder, answering=simulated.answer), is_simulated=True, close=simulated.close)
