"""What carrying out says of a platform that cannot do what was decided, or answers about something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from effect_plans import effects, statements
from error_texts import error_texts
from fake_platform import Clock, FakePlatform

from evenhand.model.campaigns.campaign import Lowered
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.effect_state import Answer, Order, Receipt
from evenhand.model.penalty import Penalty
from evenhand.stores.database import open_database
from evenhand.stores.evidence import EvidenceTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.seal import Seal
from evenhand.workflows.effects.lowering import fill_lowered
from evenhand.workflows.effects.worker import Doors, Shift, _check, work


def test_platforms_that_do_not_do_what_was_decided(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    asked: list[Order] = []
    platform = FakePlatform(trouble=lambda _call, orders: asked.extend(orders))
    small = Capabilities(platform="small", authority="owner", penalties={Penalty.WARN: platform.capabilities.of(Penalty.WARN)})
    with open_database(tmp_path / "campaign.db") as database:
        outbox, clock = OutboxTable(database), Clock()
        outbox.load("autumn", effects=effects(), statements=statements())
        doors = Doors(outbox=outbox, evidence=EvidenceTable(database, Seal(b"k" * 32)), platform=platform, now=clock.now,
                      sleep=clock.sleep)
        next(iter(work(Shift(campaign_id="autumn", owner="one", batch=3), doors)))
        golden("errors/effects.txt", error_texts({
            "a lighter penalty that the platform does not have": lambda: fill_lowered(
                Path("plan"), outbox, {"media/close/en": Lowered(penalty=Penalty.LABEL)}, campaign_id="autumn",
                capabilities=small, turns=lambda table: table),
            "a platform that answers about others": lambda: _check(asked[:2], [Receipt("other", Answer.IMPOSED)]),
        }))
