"""A ledger to test with: the reference leaves of Certificate Transparency, events, and salts that can be foretold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from evenhand.model.campaigns.event import Event, EventKind, Json

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
"""The reference leaves of Certificate Transparency's own tests."""
ROOTS = [bytes.fromhex(text) for text in (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
"""The roots over the first one to eight of them."""
FIRST_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


class CountedSalts:
    """Salts for tests, each another one."""

    def __init__(self) -> None:
        self.n_given = 0

    def fresh(self) -> str:
        self.n_given += 1
        return f"{self.n_given:022d}"

    def several(self, n: int) -> list[str]:
        return [self.fresh() for _ in range(n)]

    def of_person(self, campaign_id: str, actor: str) -> str:
        return f"{campaign_id}/{actor}"


def event(number: int = 0, *, actor: str = "evenhand", body: dict[str, Json] | None = None) -> Event:
    """The event with a number: an effect on one account."""
    said: dict[str, Json] = {"account_id": f"acct-{number:06d}", "penalty": "label", "policy": "news-media", "position": number}
    return Event(campaign_id="spring-2026", kind=EventKind.EFFECT_IMPOSED, at=FIRST_AT + timedelta(seconds=number),
                 actor=actor, body=said if body is None else body)


def events(start: int, end: int) -> Sequence[Event]:
    """The events from number `start` up to `end`."""
    return [event(number) for number in range(start, end)]
