"""What a person reads when a platform cannot be addressed, does not answer, or answers wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from answering_server import answering
from error_texts import error_texts

from evenhand.connectors.platforms.files import FilesPlatform, read_lines, write_lines
from evenhand.connectors.platforms.signature import Secret, signed, verify
from evenhand.connectors.platforms.webhook import WebhookPlatform
from evenhand.model.campaigns.effect_state import Act, Order

Golden = Callable[[str, str], None]
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ORDER = Order(order_id=1, campaign_id="autumn", key="k", act=Act.IMPOSE, of_key=None, decision_id="d", account_id="a",
              post_id="p", penalty="delete_post", stratum="p/delete_post/en", stage=0, turn=0, until=None, attempts=1,
              failures=0, unwanted=None)


class Answering(FilesPlatform):
    """A folder whose job writes the same lines whatever it is told."""

    def __init__(self, folder: Path, lines: Sequence[str]) -> None:
        def answer(name: str) -> None:
            kind, file = name.split("/")
            write_lines(folder / {"effects": "receipts", "questions": "answers"}[kind], lines, file)

        super().__init__(folder, answering=answer)


def test_folders_in_which_replies_cannot_be_read(golden: Golden, tmp_path: Path) -> None:
    def replying(name: str, *replies: object) -> FilesPlatform:
        return Answering(tmp_path / name, [one if isinstance(one, str) else json.dumps(one) for one in replies])

    def broken_off() -> object:
        file = tmp_path / "receipts.jsonl"
        file.write_text('{"key": "autumn/k"}\n{"key": \n')
        return read_lines(file)

    key = {"key": "autumn/k"}
    golden("errors/connectors/platforms/files.txt", error_texts({
        "nobody answers": lambda: FilesPlatform(tmp_path / "silent").save([ORDER]),
        "a file that breaks off": broken_off,
        "no reply to one order": lambda: replying("none", key).carry_out([ORDER, ORDER._replace(key="l")], {}),
        "an answer of another word": lambda: replying("word", key | {"answer": "fine"}).carry_out([ORDER], {}),
        "a standing of another word": lambda: replying("standing", key | {"standing": "well"}).read_back([ORDER]),
        "nothing of what is to be saved": lambda: replying("saved", key).save([ORDER]),
    }, hide={str(tmp_path): "/platform"}))


def asked(status: int, body: bytes = b"{}", **headers: str) -> object:
    """What comes of an order that such a server is sent."""
    with answering(status, body, **headers) as address:
        platform = WebhookPlatform(f"http://{address}/evenhand", secrets=[SECRET])
        try:
            return platform.carry_out([ORDER], {})
        finally:
            platform.close()


@pytest.mark.loopback
def test_webhooks_that_do_not_answer_as_they_should(golden: Golden) -> None:
    def nobody() -> object:
        with answering(200) as address:
            pass
        return WebhookPlatform(f"http://{address}/evenhand", secrets=[SECRET]).read_back([ORDER])

    golden("errors/connectors/platforms/webhook.txt", error_texts({
        "nobody listens": nobody,
        "it hangs up": lambda: asked(0),
        "it is too much": lambda: asked(429, retry_after="7"),
        "it refuses": lambda: asked(401),
        "no JSON": lambda: asked(200, b"<html>fine</html>"),
        "no replies": lambda: asked(200, b'{"replies": "fine"}'),
        "other keys": lambda: asked(200, b'{"replies": [{"key": "spring/k"}]}'),
    }))


def test_webhooks_that_are_not_sent_to(golden: Golden) -> None:
    def made(address: str, *secrets: Secret) -> object:
        return WebhookPlatform(address, secrets=secrets)

    golden("errors/connectors/platforms/addresses.txt", error_texts({
        "no address": lambda: made("moderation.example", SECRET),
        "no encryption": lambda: made("http://moderation.example/hook", SECRET),
        "no secret": lambda: made("https://moderation.example/hook"),
        "a secret that is none": lambda: Secret("hunter2"),
    }))


def test_messages_that_are_not_believed(golden: Golden) -> None:
    headers: dict[str, Any] = signed(b"x", message_id="m", at=NOON, secrets=[SECRET])

    def believed(content: bytes = b"x", *, at: datetime = NOON, **more: str) -> object:
        changed = headers | {name.replace("_", "-"): value for name, value in more.items()}
        return verify(content, changed, secrets=[SECRET], at=at)

    golden("errors/connectors/platforms/messages.txt", error_texts({
        "no headers": lambda: verify(b"x", {}, secrets=[SECRET], at=NOON),
        "a time beyond all clocks": lambda: believed(webhook_timestamp="9" * 20),
        "an old message": lambda: believed(at=NOON + timedelta(hours=1)),
        "another content": lambda: believed(b"y"),
    }))
