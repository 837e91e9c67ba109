"""The webhook: signatures that hold and those that do not, and a server that misbehaves in every known way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from effect_plans import NOON, PENALTIES, effects, statements
from hypothesis import given
from hypothesis import strategies as st
from webhook_receiver import Receiver, receiving

from evenhand.campaign.effects.retry import Retry
from evenhand.connectors.platforms.signature import TOLERANCE, Secret, signed, verify
from evenhand.connectors.platforms.webhook import WebhookPlatform
from evenhand.errors import ConfigError, DoorError, RateLimited, Unreachable, Unverified
from evenhand.model.campaigns.effect_state import Act, Answer, Order
from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import open_database
from evenhand.stores.events import EventTable
from evenhand.stores.evidence import EvidenceTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.seal import Seal
from evenhand.workflows.effects.worker import Doors, Shift, work

SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ORDER = Order(order_id=1, campaign_id="autumn", key="k", act=Act.IMPOSE, of_key=None, decision_id="d", account_id="a",
              post_id=None, penalty="label", stratum="p/label/en", stage=0, turn=0, until=None, attempts=1, failures=0,
              unwanted=None)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@pytest.fixture
def platform(receiver: Receiver) -> Iterator[WebhookPlatform]:
    with receiving(receiver) as address:
        webhook = WebhookPlatform(address, secrets=[SECRET])
        yield webhook
        webhook.close()


def test_the_signature_is_the_one_in_the_specification() -> None:
    headers = signed(b'{"test": 2432232314}', message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
                     at=datetime.fromtimestamp(1614265330, tz=UTC), secrets=[SECRET])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(content=st.binary(max_size=200), flipped=st.integers(0, 10_000))
def test_a_message_of_which_anything_was_changed_is_not_verified(content: bytes, flipped: int) -> None:
    headers = signed(content, message_id="m", at=NOON, secrets=[SECRET])
    assert verify(content, headers, secrets=[SECRET], at=NOON) == "m"
    forged = bytearray(content + b".")
    forged[flipped % len(forged)] ^= 1
    for wrong in ((bytes(forged), headers), (content, headers | {"webhook-id": "n"}),
                  (content, headers | {"webhook-timestamp": str(int(NOON.timestamp()) + 1)}),
                  (content, headers | {"webhook-signature": "v1,"}), (content, {}),
                  (content, headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")})):
        with pytest.raises(Unverified):
            verify(*wrong, secrets=[SECRET], at=NOON)


def test_a_replay_is_refused_once_it_is_old_and_a_clock_ahead_likewise() -> None:
    headers = signed(b"x", message_id="m", at=NOON, secrets=[SECRET])
    second = timedelta(seconds=1)
    for at in (NOON + TOLERANCE, NOON - TOLERANCE):
        assert verify(b"x", headers, secrets=[SECRET], at=at) == "m"
    for at in (NOON + TOLERANCE + second, NOON - TOLERANCE - second):
        with pytest.raises(Unverified, match="too old"):
            verify(b"x", headers, secrets=[SECRET], at=at)


def test_a_secret_is_replaced_without_a_pause() -> None:
    new = Secret(Secret.new())
    both = signed(b"x", message_id="m", at=NOON, secrets=[SECRET, new])
    assert verify(b"x", both, secrets=[SECRET], at=NOON) == verify(b"x", both, secrets=[new], at=NOON) == "m"
    with pytest.raises(Unverified):
        verify(b"x", both, secrets=[Secret(Secret.new())], at=NOON)


@pytest.mark.parametrize("text", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsec_c2hvcnQ=", "whsec_" + "QUFB" * 30])
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="not a webhook secret"):
        Secret(text)


@pytest.mark.parametrize(("address", "why"), [
    ("http://moderation.example/hook", "not encrypted"), ("ftp://moderation.example", "not the address"),
    ("moderation.example", "not the address"), ("https://moderation.example/?a=1", "not the address")])
def test_an_address_that_will_not_do_is_refused(address: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        WebhookPlatform(address, secrets=[SECRET])
    with pytest.raises(ConfigError, match="no secret"):
        WebhookPlatform("https://moderation.example", secrets=[])


@pytest.mark.loopback
def test_a_receiver_with_another_secret_carries_out_nothing(receiver: Receiver, platform: WebhookPlatform) -> None:
    receiver.secrets = [Secret(Secret.new())]
    with pytest.raises(Unreachable, match="answered 401 to POST"):
        platform.carry_out([ORDER], {})
    with pytest.raises(Unreachable, match="answered 401 to GET"):
        platform.read_back([ORDER])
    assert receiver.orders == {}


@pytest.mark.loopback
@pytest.mark.parametrize(("status", "headers", "asked"), [
    (429, {"Retry-After": "17"}, 17.0), (429, {}, None), (503, {"Retry-After": "3"}, 3.0),
    (429, {"Retry-After": "soon"}, None)])
def test_a_server_that_asks_to_wait_says_for_how_long(receiver: Receiver, platform: WebhookPlatform, status: int,
                                                      headers: dict[str, str], asked: float | None) -> None:
    receiver.refusals = [(status, headers)]
    with pytest.raises(RateLimited) as caught:
        platform.carry_out([ORDER], {})
    assert caught.value.retry_after == asked
    assert platform.carry_out([ORDER], {})[0].answer is Answer.IMPOSED


@pytest.mark.loopback
def test_a_date_is_as_good_as_seconds(receiver: Receiver, platform: WebhookPlatform) -> None:
    receiver.refusals = [(429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)})]
    with pytest.raises(RateLimited) as caught:
        platform.carry_out([ORDER], {})
    assert caught.value.retry_after is not None
    assert 50 < caught.value.retry_after <= 60


@pytest.mark.loopback
@pytest.mark.parametrize("status", [500, 502, 503, 404, 301])
def test_another_status_is_trouble_and_the_next_request_is_not_harmed(receiver: Receiver, platform: WebhookPlatform,
                                                                      status: int) -> None:
    receiver.refusals = [(status, {})]
    with pytest.raises(Unreachable, match=f"answered {status}"):
        platform.carry_out([ORDER], {})
    assert platform.carry_out([ORDER], {})[0].answer is Answer.IMPOSED


@pytest.mark.loopback
def test_accepted_for_later_is_accepted_for_every_order(receiver: Receiver, platform: WebhookPlatform) -> None:
    receiver.refusals = [(202, {})]
    assert [one.answer for one in platform.carry_out([ORDER, ORDER._replace(key="l")], {})] == [Answer.ACCEPTED] * 2


@pytest.mark.loopback
def test_an_answer_that_is_none_is_named(receiver: Receiver, platform: WebhookPlatform) -> None:
    receiver.refusals = [(200, {})]
    with pytest.raises(DoorError, match="something else than replies"):
        platform.carry_out([ORDER], {})


def test_nobody_at_the_address_is_said(socket_enabled: None) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        WebhookPlatform("http://127.0.0.1:9/evenhand", secrets=[SECRET]).read_back([ORDER])


@pytest.mark.loopback
def test_a_campaign_goes_through_whatever_the_server_does_and_nothing_is_done_twice(
        receiver: Receiver, platform: WebhookPlatform, tmp_path: Path) -> None:
    receiver.posts = {"post4.0": "first", "post4.1": "second"}
    receiver.refusals = [(500, {}), (429, {"Retry-After": "0"}), (503, {})]
    receiver.drops_after_doing = 2
    with open_database(tmp_path / "campaign.db") as database:
        outbox = OutboxTable(database)
        outbox.load("autumn", effects=effects(), statements=statements())
        doors = Doors(outbox=outbox, evidence=EvidenceTable(database, Seal(b"k" * 32)), platform=platform,
                      now=lambda: datetime.now(UTC), sleep=time.sleep)
        shift = Shift(campaign_id="autumn", owner="one", batch=4, patience=timedelta(minutes=1),
                      retry=Retry(first=timedelta(milliseconds=2), longest=timedelta(milliseconds=20)))
        list(work(shift, doors))
        counts = EventTable(database).counts("autumn")
    assert counts == {EventKind.EFFECT_IMPOSED: len(PENALTIES) + 1, EventKind.STATEMENT_DELIVERED: len(PENALTIES)}
    assert receiver.n_changes == len(receiver.orders) == 2 * len(PENALTIES) + 1
    assert receiver.refusals == []
    assert receiver.drops_after_doing == 0
    assert receiver.orders["autumn/decision4:reasons"]["statement"]["facts"] == []
