"""Contract of platforms: the same promises of the folder and of the webhook, each against a platform that keeps state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from effect_plans import UNTIL
from webhook_receiver import Receiver, receiving

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.signature import Secret
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.connectors.platforms.webhook import WebhookPlatform
from evenhand.model.campaigns.capability import Reversible
from evenhand.model.campaigns.effect_state import Act, Answer, Order, Standing
from evenhand.model.penalty import Penalty
from evenhand.ports import Platform

pytestmark = [pytest.mark.contract, pytest.mark.loopback]
PENALTIES = [penalty for penalty in Penalty if penalty is not Penalty.NONE]


@dataclass
class World:
    """A connector, and a look at the platform behind it that does not go through the connector."""

    platform: Platform
    stock: Callable[..., None]
    post: Callable[[str], Any]
    follows: Callable[[str], list[str]]


@pytest.fixture(params=["files", "webhook"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "files":
        simulated = SimulatedPlatform(tmp_path)
        yield World(FilesPlatform(tmp_path, answering=simulated.answer), simulated.stock, simulated.post, simulated.follows)
        simulated.close()
        return
    secret = Secret.new()
    receiver = Receiver(secret)

    def stock(*, posts: dict[str, Any] | None = None, follows: Sequence[tuple[str, str]] = (),
              gone: Sequence[str] = ()) -> None:
        receiver.posts |= posts or {}
        receiver.gone |= set(gone)
        for who, whom in follows:
            receiver.follows.setdefault(who, []).append(whom)

    with receiving(receiver) as address:
        platform = WebhookPlatform(address, secrets=[Secret(secret)])
        yield World(platform, stock, receiver.posts.get, lambda account: receiver.follows.get(account, []))
        platform.close()


def order(key: str = "k", *, act: Act = Act.IMPOSE, penalty: Penalty = Penalty.LABEL, of_key: str | None = None,
          account: str = "ä/1", post: str | None = None) -> Order:
    return Order(order_id=1, campaign_id="autumn", key=key, act=act, of_key=of_key, decision_id="d", account_id=account,
                 post_id=post, penalty=penalty, stratum="p/label/en", stage=0, turn=0,
                 until=UNTIL if penalty is Penalty.SUSPEND else None,
                 attempts=1, failures=0, unwanted=None)


def test_it_declares_every_penalty_its_authority_and_its_rate(world: World) -> None:
    capabilities = world.platform.capabilities
    assert capabilities.supported == set(PENALTIES)
    assert capabilities.authority
    assert capabilities.batch > 1
    for penalty in PENALTIES:
        assert capabilities.of(penalty).reversible in Reversible


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_is_so_after_it_was_carried_out_and_not_before(world: World, penalty: Penalty) -> None:
    one = order(penalty=penalty, post="p" if penalty is Penalty.DELETE_POST else None)
    assert world.platform.read_back([one])[0].standing is Standing.ABSENT
    receipt = world.platform.carry_out([one], {})[0]
    assert (receipt.key, receipt.answer) == ("autumn/k", Answer.IMPOSED)
    assert receipt.reference
    assert world.platform.read_back([one])[0].standing is Standing.IN_FORCE


def test_the_same_key_again_changes_nothing_more(world: World) -> None:
    world.stock(posts={"p": {"text": "before"}})
    deletes = order(penalty=Penalty.DELETE_POST, post="p")
    first = world.platform.carry_out([deletes], {})
    world.stock(posts={"p": {"text": "written since"}})
    assert world.platform.carry_out([deletes], {}) == first
    assert world.post("p") == {"text": "written since"}


def test_replies_come_in_the_order_of_the_orders(world: World) -> None:
    many = [order(f"k{number}", account=f"a{number}") for number in range(50)]
    assert [one.key for one in world.platform.carry_out(many, {})] == [one.idempotency_key for one in many]
    mixed = [order("new"), *reversed(many)]
    assert [one.standing for one in world.platform.read_back(mixed)] == [Standing.ABSENT] + [Standing.IN_FORCE] * 50


def test_a_deleted_post_comes_back_as_it_was_saved(world: World) -> None:
    content = {"text": "“what” it said\nin two lines ✊", "tags": ["a"]}
    world.stock(posts={"p": content})
    deletes = order(penalty=Penalty.DELETE_POST, post="p")
    saved = world.platform.save([deletes])[0]
    assert (saved.is_gone, saved.content) == (False, content)
    world.platform.carry_out([deletes], {})
    assert world.post("p") is None
    undo = order("k:undo", act=Act.UNDO, of_key="k", penalty=Penalty.DELETE_POST, post="p")
    world.platform.carry_out([undo], {"k:undo": json.dumps(saved.content)})
    assert world.post("p") == content
    assert [one.standing for one in world.platform.read_back([deletes, undo])] == [Standing.ABSENT, Standing.IN_FORCE]


def test_whom_an_account_followed_is_saved_and_restored(world: World) -> None:
    world.stock(follows=[("ä/1", "b"), ("ä/1", "c"), ("other", "b")])
    removes = order(penalty=Penalty.REMOVE_FOLLOWERS)
    saved = world.platform.save([removes])[0]
    world.platform.carry_out([removes], {})
    assert (world.follows("ä/1"), world.follows("other")) == ([], ["b"])
    world.platform.carry_out([order("k:undo", act=Act.UNDO, of_key="k", penalty=Penalty.REMOVE_FOLLOWERS)],
                             {"k:undo": json.dumps(saved.content)})
    assert world.follows("ä/1") == ["b", "c"]


def test_a_suspension_is_lifted(world: World) -> None:
    suspends = order(penalty=Penalty.SUSPEND)
    world.platform.carry_out([suspends], {})
    world.platform.carry_out([order("k:lift", act=Act.LIFT, of_key="k", penalty=Penalty.SUSPEND)], {})
    assert world.platform.read_back([suspends])[0].standing is Standing.ABSENT


def test_a_statement_is_delivered_once(world: World) -> None:
    tells = order("d:reasons", act=Act.TELL)
    receipts = world.platform.carry_out([tells], {"d:reasons": json.dumps({"subject": "Why", "facts": ["“a”"]})})
    assert receipts[0].answer is Answer.IMPOSED
    assert world.platform.read_back([tells])[0].standing is Standing.IN_FORCE


def test_what_is_gone_is_said_and_nothing_is_imposed(world: World) -> None:
    world.stock(gone=["ä/1"])
    one = order(penalty=Penalty.DELETE_POST, post="p")
    assert world.platform.save([one])[0].is_gone
    assert world.platform.carry_out([one], {})[0].answer is Answer.GONE
