"""The registers are the same on SQLite and PostgreSQL: two people at once, counts, and what is published."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.refusal import Refusal
from evenhand.model.registers.demand import DemandAnswer
from evenhand.registers.people import By
from evenhand.workflows.campaigns.status import listed
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.registers import demands, referrals
from evenhand.workflows.registers.carrying import Done, carry_out
from evenhand.workflows.registers.publishing import register_counts

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
DEMANDS = ("demand_id,authority,territory,received_on,kind,legal_basis,targets\n"
           "d1,High Court,DE,2026-11-02,order,Media Act 5,https://example.org/app\n"
           "d2,Ministry,DE,2026-11-03,request,,https://example.org/b\n")


def by(person: str) -> By:
    return By(person=person, at=AT)


def test_a_demand_is_answered_withheld_and_counted(place: str, tmp_path: Path) -> None:
    (tmp_path / "demands.csv").write_text(DEMANDS, encoding="utf-8")
    simulated = SimulatedPlatform(tmp_path / "platform")
    with open_state(place) as state:
        found = demands.read(tmp_path / "demands.csv", columns={}, constants={})
        assert demands.import_demands(state, found, by=by("ana")).n_recorded == 2
        demands.answer(state, "d2", DemandAnswer.REFUSED, person_told=True, by=by("ana"))
        demands.withhold(state, demands.Wanted(demand_id="d1", target="https://example.org/app", account_id="a"), by=by("ana"))
        demands.agree(state, "w1", by=by("ben"))
        platform = FilesPlatform(tmp_path / "platform", answering=simulated.answer)
        assert carry_out(demands.demands_in(state), platform, now=lambda: AT) == {Done.IN_FORCE: 1, Done.TOLD: 1}
        counts = register_counts(state)
        assert (counts.demands["refused"], counts.demands["withheld_there"], counts.withholdings["in_force"]) == (1, 1, 1)
        assert listed(state) == ()
    simulated.close()


def test_of_two_who_approve_a_referral_at_once_one_is_second(place: str, tmp_path: Path) -> None:
    file = tmp_path / "referral.json"
    file.write_text(json.dumps({
        "ground": "threat_to_life", "channel": "police", "recipient": "Police", "account_id": "a", "why": "It says so.",
        "shared": {"account_address": "https://social.example/@x"}}), encoding="utf-8")
    with open_state(place) as state:
        referrals.propose(state, referrals.read(file), by=by("ana"))
        with ThreadPoolExecutor(2) as both:
            outcomes = list(both.map(lambda person: referrals.approve(state, "r1", file, by=by(person)), ("ben", "cem")))
        assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]
        assert register_counts(state).referrals["approved"] == 1
