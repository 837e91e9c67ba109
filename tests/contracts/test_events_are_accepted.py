"""Every event that the worker, the outbox or an order to undo writes is one that the life of a campaign accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from effect_plans import NOON

from evenhand.campaign.effects.outcome import Rules, failed_for_now, found, gone, lost, settled
from evenhand.campaign.effects.retry import Retry
from evenhand.campaign.lifecycle.advance import ALLOWED
from evenhand.campaign.lifecycle.facts import FACTS, mistakes
from evenhand.connectors.platforms.files import EVERYTHING
from evenhand.ledger.entry import entry_of
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.effect_state import Act, Answer, Order, ReadBack, Receipt, Settlement, Standing
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.penalty import Penalty

RULES = Rules(capabilities=Capabilities(platform="own", authority="owner", penalties=EVERYTHING), retry=Retry())
IMPATIENT = replace(RULES, retry=Retry(max_failures=1))


def order(act: Act, penalty: Penalty) -> Order:
    return Order(order_id=1, campaign_id="autumn", key="d1:reasons" if act is Act.TELL else "k1", act=act,
                 of_key="k0" if act in {Act.UNDO, Act.LIFT} else None, decision_id="d1", account_id="a1", post_id=None,
                 penalty=str(penalty), stratum=f"media/{penalty}/en", stage=1, turn=0, until=None, attempts=1, failures=0,
                 unwanted="the registry was wrong" if act is Act.UNDO else None)


def outcomes(one: Order) -> list[Settlement]:
    """Whatever can become of an order, one way each."""
    key, at = one.idempotency_key, NOON + timedelta(minutes=1)
    imposed = Receipt(key=key, answer=Answer.IMPOSED)
    return [
        settled(one, imposed, ReadBack(key=key, standing=Standing.IN_FORCE), rules=RULES, at=at),
        settled(one, imposed, ReadBack(key=key, standing=Standing.GONE), rules=RULES, at=at),
        settled(one, imposed, ReadBack(key=key, standing=Standing.ABSENT), rules=IMPATIENT, at=at),
        *(settled(one, Receipt(key=key, answer=Answer.REFUSED, why=why), None, rules=RULES, at=at) for why in ("", " ", "no")),
        settled(one, Receipt(key=key, answer=Answer.LATER, why="\n"), None, rules=IMPATIENT, at=at),
        settled(one, Receipt(key=key, answer=Answer.GONE), None, rules=RULES, at=at),
        *(outcome for outcome in (found(one, ReadBack(key=key, standing=standing), rules=RULES, at=at)
                                  for standing in Standing) if outcome is not None),
        failed_for_now(one, "the platform is away", rules=IMPATIENT, at=at), gone(one, at=at), lost(one, at=at)]


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("penalty", [Penalty.LABEL, Penalty.SUSPEND, Penalty.DELETE_POST])
def test_what_becomes_of_an_order_is_an_event_that_is_accepted(act: Act, penalty: Penalty) -> None:
    events = [one.event for one in outcomes(order(act, penalty)) if one.event is not None]
    assert len(events) > 5
    assert {event.kind: mistakes(event) for event in events if mistakes(event)} == {}


def test_every_kind_of_event_has_its_place_in_the_life_of_a_campaign() -> None:
    assert set(EventKind) - set(ALLOWED) == {EventKind.DRAFTED}
    assert {kind for kind in EventKind if kind not in FACTS} == {
        EventKind.APPROVAL_WITHDRAWN, EventKind.COMPLETED, EventKind.REPORTED, EventKind.ROLLED_BACK,
        EventKind.DEMAND_RECORDED, EventKind.WITHHOLDING_RECORDED, EventKind.REFERRAL_RECORDED,
        EventKind.REPORTS_RECORDED}


class NoSalt:
    """Salts that a test can repeat."""

    def fresh(self) -> str:
        return "salt"

    def of_person(self, campaign_id: str, actor: str) -> str:
        return f"{campaign_id}:{actor}"


def test_the_public_reads_the_counts_and_checks_of_an_event_and_no_person() -> None:
    done = settled(order(Act.TELL, Penalty.LABEL), Receipt(key="autumn/d1:reasons", answer=Answer.IMPOSED),
                   ReadBack(key="autumn/d1:reasons", standing=Standing.IN_FORCE), rules=RULES, at=NOON).event
    halted = Event(campaign_id="autumn", kind=EventKind.HALTED, at=NOON, actor="dee", body={
        "reasons": [{"check": "statements", "text": "account a1 was told nothing"}], "n_imposed": 3})
    assert done is not None
    texts = [entry_of(event, NoSalt()).text.decode() for event in (done, halted)]
    assert '"stratum":"media/label/en"' in texts[0]
    assert '"statement_kind":"reasons"' in texts[0]
    assert '"check":"statements"' in texts[1]
    assert '"n_imposed":3' in texts[1]
    assert not any(private in text for text in texts for private in ('"a1"', '"d1"', "account a1", "dee"))
