"""Promise: every restriction has a statement that the database would take, or is refused with every reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from eu_filing import FILING, LAW, NOWHERE, one, rows, table
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.model.decision import Automation
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.harm import Harm
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.transparency.eu_database.checked import checked
from evenhand.transparency.eu_database.mapping import FOLLOWERS, puids, statements
from evenhand.transparency.eu_database.validator import problems
from evenhand.transparency.eu_database.wire import json_texts

IMPOSED = [penalty for penalty in Penalty if penalty is not Penalty.NONE]
DAYS = st.one_of(st.none(), st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds are naive
NAMES = st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["link", "posts", "a@b.example", "+49 30 1234567"]))
decisions = st.builds(
    one, harm=st.sampled_from(Harm), penalty=st.sampled_from(IMPOSED), created_at=DAYS, posted_at=DAYS, handle=NAMES,
    display_name=NAMES, language=st.sampled_from([None, "", "de", "pt-BR", "zh_Hant", "haw", "xx", "EN"]),
    automation=st.sampled_from([*map(str, Automation)]), until=DAYS,
    policy_id=st.sampled_from([*(policy.policy_id for policy in FILING.policies), "unknown"]),
    post_ids=st.lists(st.sampled_from("pqr"), max_size=2), reasons=st.lists(st.fixed_dictionaries({
        "signal": st.sampled_from(["links_listed", "asks_for_money", "of_a_plugin"]),
        "family": st.sampled_from([*map(str, EvidenceFamily)]), "fact": NAMES, "where": NAMES, "shown": NAMES,
        "expected": NAMES, "source": NAMES}), max_size=3))


def _numbered(made: list[dict[str, Any]]) -> pa.Table:
    return table(*({**row, "decision_id": f"d{i}"} for i, row in enumerate(made)))


@settings(max_examples=60)
@given(made=st.lists(decisions, max_size=5))
def test_ready_and_refused_add_up_and_what_is_ready_passes(made: list[dict[str, Any]]) -> None:
    plan = _numbered(made)
    done = checked(plan, FILING)
    n_due = sum(MEANINGS[Penalty(row["penalty"])].dsa_field is not None for row in made)
    refused = set(done.refused["decision_id"].to_pylist())
    ready = {puid.removeprefix("c1-") for puid in done.ready["puid"].to_pylist()}
    assert done.ready.num_rows + done.n_refused == done.n_restrictions == n_due
    assert len(refused) == done.n_refused
    assert not refused & ready
    assert problems(done.ready).num_rows == 0
    texts = [json.loads(text) for text in json_texts(done.ready).to_pylist()]
    assert [text["puid"] for text in texts] == done.ready["puid"].to_pylist()
    assert all("" not in text.values() and None not in text.values() for text in texts)


@settings(max_examples=40)
@given(made=st.lists(decisions, min_size=1, max_size=4), order=st.randoms(use_true_random=False))
def test_a_decision_gives_the_same_statement_whatever_stands_beside_it(made: list[dict[str, Any]], order: Any) -> None:
    plan = _numbered(made)
    whole = {row["puid"]: row for row in statements(plan.filter(_is_due(plan)), FILING).to_pylist()}
    shuffled = list(range(plan.num_rows))
    order.shuffle(shuffled)
    for i in shuffled:
        part = plan.slice(i, 1)
        alone = statements(part.filter(_is_due(part)), FILING).to_pylist()
        assert [whole[row["puid"]] for row in alone] == alone


def _is_due(plan: pa.Table) -> pa.Array:
    return pa.array([MEANINGS[Penalty(penalty)].dsa_field is not None for penalty in plan["penalty"].to_pylist()])


def test_the_decisions_of_a_campaign_are_ready() -> None:
    made = rows(120)
    done = checked(table(*made), FILING)
    assert done.n_refused == 0
    assert done.n_restrictions == sum(row["penalty"] != "warn" for row in made) > 50


@pytest.mark.parametrize("penalty", [penalty for penalty in IMPOSED if penalty is not Penalty.WARN])
def test_the_statement_of_each_penalty_reads_well(penalty: Penalty, golden: Callable[[str, str], None]) -> None:
    done = checked(table(one(Harm.IMPERSONATION_MEDIA, penalty)), FILING)
    assert done.n_refused == 0, done.refused.to_pylist()
    shown = json.dumps(json.loads(json_texts(done.ready)[0].as_py()), indent=2, ensure_ascii=False)
    golden(f"eu_database/{penalty}.json", shown + "\n")


def test_what_each_harm_is_called_is_a_reviewed_table(golden: Callable[[str, str], None]) -> None:
    made = statements(table(*(one(harm) for harm in Harm)), FILING).to_pylist()
    lines = [f"{harm}: {row['category']} [{', '.join(row['category_specification'])}]"
             for harm, row in zip(Harm, made, strict=True)]
    golden("eu_database/categories.txt", "\n".join(lines) + "\n")


def test_a_warning_needs_no_statement_and_losing_followers_is_described() -> None:
    done = checked(table(one(penalty=Penalty.WARN), one(penalty=Penalty.REMOVE_FOLLOWERS)), FILING)
    assert (done.n_restrictions, done.n_refused) == (1, 0)
    assert done.ready["decision_visibility_other"].to_pylist() == [FOLLOWERS]


def test_the_law_as_ground_and_a_territory_are_stated() -> None:
    made = checked(table(one(policy_id=LAW.policy_id)), FILING).ready.to_pylist()[0]
    assert made["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert made["illegal_content_legal_ground"] == LAW.ground.name
    assert made["incompatible_content_ground"] is None
    assert made["territorial_scope"] == ["DE", "FR"]


@pytest.mark.parametrize(("change", "field", "what"), [
    ({"policy_id": NOWHERE.policy_id}, "territorial_scope", "applies in none of the 30 countries"),
    ({"policy_id": "unknown"}, "decision_ground", "is required"),
    ({"created_at": None}, "content_date", "the snapshot does not say"),
    ({"created_at": datetime(1999, 12, 31, tzinfo=UTC)}, "content_date", "is not from 2000-01-01"),
    ({"penalty": "suspend", "until": datetime(2026, 11, 2, tzinfo=UTC)}, "end_date_account_restriction", "before"),
    ({"display_name": "phishing"}, "decision_facts", "a name of the account"),
])
def test_a_refusal_says_in_which_field_and_why(change: dict[str, Any], field: str, what: str,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    if "display_name" in change:  # a text of ours that is not in stock, as a plugin's signal would be
        monkeypatch.setattr("evenhand.transparency.eu_database.checked.stock", lambda _titles: frozenset())
        change = change | {"reasons": [{"signal": "phishing", "family": "content"}]}
    done = checked(table(one(Harm.SCAM, **change)), FILING)
    assert any(row["field"] == field and what in row["what"] for row in done.refused.to_pylist()), done.refused.to_pylist()
    assert done.ready.num_rows == 0


@given(st.text(alphabet="0123456789abcdef", min_size=24, max_size=24))
def test_a_key_follows_from_campaign_and_decision_alone(decision_id: str) -> None:
    column = pa.chunked_array([[decision_id]])
    assert puids(column, campaign_id="c1").to_pylist() == [f"c1-{decision_id}"] == puids(column, campaign_id="c1").to_pylist()


def test_no_statement_quotes_what_an_account_wrote() -> None:
    made = rows(120)
    done = checked(table(*made), FILING)
    shown = {reason[name] for row in made for reason in row["reasons"] for name in ("shown", "where")
             if len(reason[name]) > 6 and reason["signal"] != "of"}
    facts = " ".join(done.ready["decision_facts"].to_pylist())
    assert {text for text in shown if text in facts and text not in ("display_name", "profile")} == set()


def test_flags_that_are_the_wrong_way_round_are_seen_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    inverted = {Automation.FULLY: "AUTOMATED_DECISION_PARTIALLY", Automation.PARTIALLY: "AUTOMATED_DECISION_FULLY"}
    monkeypatch.setattr("evenhand.transparency.eu_database.mapping.DECIDED", inverted)
    done = checked(table(*rows(40)), FILING)
    assert done.ready.num_rows == 0
    assert sum(row.n_differing for row in done.flags) == done.n_restrictions


def test_what_a_person_confirmed_is_partly_automated_and_what_nobody_confirmed_is_not_sent() -> None:
    by_person, by_machine = (one(decision_id=name, automation=str(how)) for name, how in
                             (("p", Automation.PARTIALLY), ("m", Automation.FULLY)))
    done = checked(table(by_person, by_machine), FILING, confirmed=pa.array(["p"]))
    assert done.ready["automated_decision"].to_pylist() == ["AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_FULLY"]
    nobody = checked(table(by_person, by_machine), FILING, confirmed=pa.array([], pa.string()))
    assert nobody.refused["decision_id"].to_pylist() == ["p"]
    assert nobody.ready["puid"].to_pylist() == ["c1-m"]
