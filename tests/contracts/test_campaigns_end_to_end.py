"""A campaign on SQLite and PostgreSQL over a real HTTP webhook: audited, approved, applied by two at once, rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pytest
from campaign_plans import written_plan
from webhook_receiver import Receiver, receiving

from evenhand.connectors.platforms.signature import Secret
from evenhand.connectors.platforms.webhook import WebhookPlatform
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.refusal import Refusal
from evenhand.stores.seal import Seal
from evenhand.workflows.audits.reading import Truths, conclude_audit, take_verdicts
from evenhand.workflows.audits.sampling import Drawn, Reading, draw
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.clock import Clock
from evenhand.workflows.campaigns.conduct import Applied, Conduct
from evenhand.workflows.campaigns.preparing import Draft, approve, draft, planned
from evenhand.workflows.campaigns.rolling_back import RollbackTerms, RolledBack, roll_back
from evenhand.workflows.campaigns.status import status
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.effects.opening import open_state

pytestmark = [pytest.mark.contract, pytest.mark.loopback]
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvbmx5ISEh"
KEY = Seal.new_key()
N, N_EFFECTS = 30, 35


class Hours:
    """A clock that the test sets: the database's own times need no waiting."""

    def __init__(self) -> None:
        self.past = timedelta(0)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: datetime.now(UTC) + self.past, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.past += timedelta(seconds=seconds)


@contextmanager
def desk_at(place: str, hours: Hours) -> Iterator[Desk]:
    with open_state(place, evidence_key=KEY) as state:
        yield Desk(state=state, campaign_id="autumn", clock=hours.clock)


def audited(desk: Desk, plan: Path, folder: Path) -> None:
    assert isinstance(draft(desk, Draft(), person="ana", plan=planned(plan)), Campaign)
    spoken = dict.fromkeys(("ben", "cem", "dee"), ("en", "pt"))
    drawn = draw(desk, plan, Reading(seed="1", readers=spoken), person="ben", into=folder / "readings")
    assert isinstance(drawn, Drawn)
    readings = drawn.sample.assignment.readings
    words = {name: pa.array([word] * readings.num_rows) for name, word in (("verdict", "right"), ("rationale", ""))}
    pacsv.write_csv(readings.append_column("verdict", words["verdict"]).append_column("rationale", words["rationale"]),
                    folder / "verdicts.csv")
    assert not isinstance(take_verdicts(desk, plan, folder / "verdicts.csv", golden=None, into=None), Refusal)
    assert not isinstance(conclude_audit(desk, plan, Truths(without_because="a test"), person="ben"), Refusal)


def test_a_campaign_over_http_with_two_approvers_and_two_workers_at_once(place: str, tmp_path: Path) -> None:
    plan, hours, receiver = tmp_path / "plan", Hours(), Receiver(SECRET)
    written_plan(plan, n=N)
    with desk_at(place, hours) as desk:
        audited(desk, plan, tmp_path)
    hours.past += timedelta(hours=2)

    def approving(person: str) -> Campaign | Refusal:
        with desk_at(place, hours) as desk:
            return approve(desk, plan, person=person)

    def applying(_number: int) -> Applied | Refusal:
        with desk_at(place, hours) as desk, closing(WebhookPlatform(address, secrets=[Secret(SECRET)])) as platform:
            return carry_out(desk, plan, platform, Conduct(caps=None, until_done=True, batch=7), person="ben")

    with ThreadPoolExecutor(3) as pool, receiving(receiver) as address:
        approved = list(pool.map(approving, ("ben", "cem", "ben")))
        refused = [one.code for one in approved if isinstance(one, Refusal)]
        assert len(refused) == 1
        assert refused[0] in {RefusalCode.APPROVED_TWICE, RefusalCode.WRONG_STATE}
        list(pool.map(applying, (1, 2)))
        applying(3)
        with desk_at(place, hours) as desk, closing(WebhookPlatform(address, secrets=[Secret(SECRET)])) as platform:
            found = status(desk)
            assert found.campaign.state is CampaignState.COMPLETED
            assert found.reconciles
            assert (found.events[EventKind.EFFECT_IMPOSED], found.events[EventKind.STATEMENT_DELIVERED]) == (N_EFFECTS, N)
            assert found.events[EventKind.STARTED] == found.events[EventKind.COMPLETED] == 1
            assert receiver.n_changes == N_EFFECTS + N, "nothing was done twice at the platform"
            back = roll_back(desk, plan, platform, why="a rehearsal", person="cem",
                             terms=RollbackTerms(unread_because="nobody is there"))
            assert isinstance(back, RolledBack)
            assert (back.campaign.state, back.n_undone, back.n_failed) == (CampaignState.ROLLED_BACK, N_EFFECTS, 0)
            assert status(desk).reconciles
    in_force = [order for order in receiver.orders.values() if order["act"] == "impose" and order["in_force"]]
    assert in_force == []
