"""A referral takes two people, hands on what a closed list allows, and is counted; what was handed on is not kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import DataError
from evenhand.ledger.entry import entry_of
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal
from evenhand.model.registers.referral import (
    CHANNELS,
    FIELDS_OF_CHANNEL,
    FIELDS_OF_GROUND,
    Channel,
    Referral,
    ReferralGround,
    SharedField,
)
from evenhand.registers.people import By
from evenhand.registers.referrals.steps import ReferralRefusal, beyond_the_least
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.registers import referrals
from evenhand.workflows.registers.publishing import register_counts

Golden = Callable[[str, str], None]
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ANA, BEN, CEM = (By(person=name, at=AT) for name in ("ana", "ben", "cem"))
THREAT: dict[str, Any] = {
    "ground": "threat_to_life", "channel": "police", "recipient": "State police, control room", "account_id": "a17",
    "why": "A post of today names a school, a day and a weapon.",
    "shared": {"account_address": "https://social.example/@x", "post_text": ["Tomorrow at noon …"]}}


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def written(folder: Path, **more: Any) -> Path:
    file = folder / "referral-in.json"
    file.write_text(json.dumps(THREAT | more), encoding="utf-8")
    return file


def refused(outcome: object) -> Refusal:
    assert isinstance(outcome, Refusal), outcome
    return outcome


def test_two_people_hand_on_exactly_what_was_approved(state: State, tmp_path: Path) -> None:
    file = written(tmp_path)
    assert isinstance(referrals.propose(state, referrals.read(file), by=ANA), Event)
    assert isinstance(referrals.approve(state, "r1", file, by=BEN), Event)
    done = referrals.send(state, "r1", file, into=tmp_path / "out", by=ANA)
    assert isinstance(done, referrals.HandedOn)
    assert json.loads(done.file.read_text(encoding="utf-8")) == {
        "ground": "threat_to_life", "why": THREAT["why"],
        "shared": {"account_address": ["https://social.example/@x"], "post_text": ["Tomorrow at noon …"]}}
    assert done.file.stat().st_mode & 0o077 == 0
    assert register_counts(state).referrals == {"proposed": 0, "declined": 0, "approved": 0, "sent": 1}
    assert register_counts(state).referrals_by_ground["threat_to_life"]["sent"] == 1


def test_neither_database_nor_ledger_holds_what_was_handed_on(state: State, tmp_path: Path) -> None:
    class NoSalt:
        def fresh(self) -> str:
            return "salt"

        def of_person(self, campaign_id: str, actor: str) -> str:
            return f"{campaign_id}:{actor}"

    referrals.propose(state, referrals.read(written(tmp_path)), by=ANA)
    [(_, event)] = state.events.read("referrals")
    assert "noon" not in json.dumps(dict(event.body))
    entry = entry_of(event, NoSalt()).text.decode()
    assert all(word in entry for word in ('"ground":"threat_to_life"', '"referral_id":"r1"', '"n_values":2', "State police"))
    assert not any(word in entry for word in ("a17", "ana", str(event.body["content"])))


def refusals(state: State, folder: Path) -> list[Refusal]:
    """One refusal of every kind."""
    file = written(folder)
    found = [
        referrals.propose(state, referrals.read(file), by=By(person="evenhand", at=AT)),
        referrals.propose(state, referrals.read(written(folder, channel="platform")), by=ANA),
        referrals.propose(state, referrals.read(written(
            folder, shared={"email": "x@example.org", "payment_address": "bc1"})), by=ANA),
        referrals.propose(state, referrals.read(written(folder, shared={"post_text": ["x"] * 21})), by=ANA),
        referrals.propose(state, referrals.read(written(folder, shared={})), by=ANA),
        referrals.propose(state, referrals.read(written(folder, why=" ")), by=ANA),
        referrals.approve(state, "r9", file, by=BEN)]
    file = written(folder)
    assert isinstance(referrals.propose(state, referrals.read(file), by=ANA), Event)
    found += [referrals.propose(state, referrals.read(file), by=BEN), referrals.approve(state, "r1", file, by=ANA),
              referrals.send(state, "r1", file, into=folder / "out", by=ANA)]
    found.append(referrals.approve(state, "r1", written(folder, why="Another reason."), by=BEN))
    assert isinstance(referrals.decline(state, "r1", why="no longer", by=BEN), Event)
    found.append(referrals.send(state, "r1", written(folder), into=folder / "out", by=ANA))
    return [refused(one) for one in found]


def test_every_refusal_says_why_and_what_to_do(state: State, tmp_path: Path, golden: Golden) -> None:
    found = refusals(state, tmp_path)
    assert {one.code for one in found} == set(ReferralRefusal)
    assert not (tmp_path / "out").exists()
    golden("registers/referral_refusals.txt", "\n\n".join(f"[{one.code}]\n{one.render()}" for one in found) + "\n")


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path, state: State, golden: Golden) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps({"ground": "criticism", "channel": "ministry", "why": 3, "phone": "1",
                                "shared": {"post_text": 7}}), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        referrals.propose(state, referrals.read(file), by=ANA)
    golden("registers/referral_mistakes.txt", str(raised.value).replace(str(tmp_path), "") + "\n")


def test_what_was_declined_may_be_proposed_again_and_a_stranger_to_it_may_approve(state: State, tmp_path: Path) -> None:
    file = written(tmp_path)
    referrals.propose(state, referrals.read(file), by=ANA)
    referrals.decline(state, "r1", why="not now", by=BEN)
    assert isinstance(referrals.propose(state, referrals.read(file), by=BEN), Event)
    assert isinstance(referrals.approve(state, "r2", file, by=CEM), Event)


names = st.sampled_from([*map(str, SharedField), "email", "ip_address", "phone", "contacts", "reporter_id", "private_message"])


@settings(max_examples=200)
@given(ground=st.sampled_from(ReferralGround), channel=st.sampled_from(Channel),
       shared=st.dictionaries(names, st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=3).map(tuple), max_size=5))
def test_nothing_outside_the_closed_list_is_ever_handed_on(
        ground: ReferralGround, channel: Channel, shared: dict[str, tuple[str, ...]]) -> None:
    referral = Referral(ground=ground, channel=channel, recipient="office", account_id="a", why="because", shared=shared)
    if beyond_the_least(referral) is None:
        assert set(shared) <= {str(one) for one in FIELDS_OF_GROUND[ground] & FIELDS_OF_CHANNEL[channel]}
        assert channel in CHANNELS[ground]
    else:
        assert not shared or channel not in CHANNELS[ground] or set(shared) - {
            str(one) for one in FIELDS_OF_GROUND[ground] & FIELDS_OF_CHANNEL[channel]}


def test_no_ground_speaks_of_an_opinion_and_every_channel_is_reached_by_one() -> None:
    assert set(ReferralGround) == {"threat_to_life", "fraud_with_victims"}
    assert {channel for allowed in CHANNELS.values() for channel in allowed} == set(Channel)
