"""False claims are found by two independent publishers and two families of evidence, and by nothing less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fact_check_register import CLAIM, TWICE, fact_check, register, swept

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.signals.fact_checks.likeness import MIN_LIKENESS

THRICE = [CLAIM, f"{CLAIM}!!", f"Everybody: {CLAIM}"]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def found(rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    return sorted(row["account_id"] for row in rows["false_claim_found"])


def test_three_posts_with_a_claim_that_two_publishers_rate_false(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*TWICE), THRICE)
    assert found(rows) == ["a"]
    evidence = rows["false_claim_evidence"]
    assert {row["family"] for row in evidence} == {"content", "behaviour"}
    content = [row for row in evidence if row["family"] == "content"]
    assert len(content) == 3
    assert all("one.example" in row["source"] and "two.example" in row["source"] for row in content)


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_posts_are_not_enough(engine: DuckDBEngine, n: int) -> None:
    assert found(swept(engine, register(*TWICE), THRICE[:n])) == []


def test_one_post_that_asks_for_money_beside_the_claim(engine: DuckDBEngine) -> None:
    assert found(swept(engine, register(*TWICE), [f"{CLAIM}. Send your private key and claim your prize now!"])) == ["a"]


SOLD = "The mayor of Oakfield secretly sold the town reservoir to a foreign chemical company"
SOLD_TWICE = (fact_check(SOLD), fact_check(SOLD, site="two.example"))
IN_OTHER_WORDS = ("Oakfield reservoir now belongs to a chemical company",
                  "The mayor gave the Oakfield reservoir away to chemical people")


def test_saying_it_again_in_other_words_counts_beside_saying_it_plainly(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*SOLD_TWICE), [SOLD, *IN_OTHER_WORDS])
    assert found(rows) == ["a"]
    assert [row["likeness"] >= MIN_LIKENESS for row in sorted(rows["claim_repeats"], key=lambda row: row["post_id"])] == [
        True, False, False]


def test_other_words_alone_never_count(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*SOLD_TWICE, *TWICE), [*IN_OTHER_WORDS * 2, *[CLAIM] * 2, ("b", SOLD)])
    assert {row["post_id"] for row in rows["claim_matches"]} > {"a0", "a1", "a2", "a3"}
    assert {row["post_id"] for row in rows["claim_repeats"]} == {"a4", "a5", "b6"}


def test_a_no_in_other_words_spares_nobody(engine: DuckDBEngine) -> None:
    not_sold = [f"{words}, not us" for words in IN_OTHER_WORDS] * 2
    rows = swept(engine, register(*SOLD_TWICE), [SOLD, f"{SOLD}!", f"Look: {SOLD}", *not_sold])
    assert {row["stance"] for row in rows["claim_matches"]} == {"repeats", "negates"}
    assert rows["refutes_claim_hits"] == []


@pytest.mark.parametrize("second", [
    {"site": "one.example"}, {"site": "news.one.example"}, {"site": "two.gov"},
    {"site": "two.example", "state_affiliated": True}, {"site": "two.example", "rating": "Misleading"},
    {"site": "two.example", "rating": "True"}, {"site": "two.example", "rating": "Satire"}])
def test_a_second_publisher_must_be_independent_and_say_false(engine: DuckDBEngine, second: dict[str, Any]) -> None:
    assert found(swept(engine, register(fact_check(), fact_check(f"{CLAIM}!", **second)), THRICE)) == []


@pytest.mark.parametrize("second", [
    {"publisher": "Check Desk", "publisher_site": None, "url": None}, {"publisher": " check desk ", "site": "two.example"},
    {"publisher": "CHECK DESK", "site": "facebook.com"}])
def test_a_publisher_under_the_same_name_is_no_second_one(engine: DuckDBEngine, second: dict[str, Any]) -> None:
    first = fact_check(publisher="Check Desk")
    assert found(swept(engine, register(first, fact_check(f"{CLAIM}!", **second)), THRICE)) == []


def test_sites_that_names_join_are_one_publisher(engine: DuckDBEngine) -> None:
    rows = (fact_check(publisher="Desk"), fact_check(f"{CLAIM}!", site="two.example", publisher="Desk Two"),
            fact_check("The sun is cold", site="two.example", publisher="Desk"))
    assert found(swept(engine, register(*rows), THRICE)) == []


def test_a_publisher_that_is_once_called_a_states_is_one_everywhere(engine: DuckDBEngine) -> None:
    rows = (*TWICE, fact_check("The sun is cold", site="two.example", state_affiliated=True))
    assert found(swept(engine, register(*rows), THRICE)) == []


def test_two_publishers_of_states_and_none_else(engine: DuckDBEngine) -> None:
    sites = (("a.gov", ""), ("b.gov.uk", "!"), ("c.mil", "?"))
    rows = register(*(fact_check(f"{CLAIM}{sign}", site=site) for site, sign in sites))
    assert found(swept(engine, rows, THRICE)) == []


def test_a_state_publisher_beside_two_others_changes_nothing(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*TWICE, fact_check(f"{CLAIM}!", site="c.gov", rating="True")), THRICE)
    assert found(rows) == ["a"]
    assert rows["verdict_in_doubt_hits"] == []


@pytest.mark.parametrize(("rating", "why"), [("Wibble", "rated_in_unknown_words"), ("True", "rated_true")])
def test_ratings_that_are_not_plain_go_to_a_person(engine: DuckDBEngine, rating: str, why: str) -> None:
    rows = swept(engine, register(*TWICE, fact_check(f"{CLAIM}!", site="three.example", rating=rating)), THRICE)
    assert found(rows) == ["a"]
    assert [(hit["strength"], hit["expected"]) for hit in rows["verdict_in_doubt_hits"]] == [("ask", why)]


def test_one_that_says_false_and_one_in_unread_words_go_to_a_person(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(fact_check(), fact_check(site="two.example", rating="Wibble")), THRICE)
    assert found(rows) == ["a"]
    assert [hit["strength"] for hit in rows["verdict_in_doubt_hits"]] == ["ask"]


def test_text_in_pictures_counts(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*TWICE), [CLAIM, CLAIM, "look"], images={2: CLAIM.upper()})
    assert found(rows) == ["a"]
    assert {row["signal"] for row in rows["false_claim_content"]} == {"repeats_false_claim", "picture_repeats_false_claim"}


@pytest.mark.parametrize(("caption", "stance"), [
    ("This is false, please do not share it", "refutes"), ("Es un bulo.", "refutes"), ("Это фейк!", "refutes"),
    ("辟谣", "refutes"), ("यह झूठ है", "refutes"), ("هذا غير صحيح", "refutes"), ("Is this true?", "asks"),
    ("This viral post goes round again", "reports")])
def test_a_picture_under_words_that_refute_report_or_ask_is_no_repetition(
        engine: DuckDBEngine, caption: str, stance: str) -> None:
    rows = swept(engine, register(*TWICE), [caption] * 4, images=dict.fromkeys(range(4), CLAIM))
    assert {row["stance"] for row in rows["claim_matches"]} == {"repeats"}
    assert {(row["where"], row["stance"]) for row in rows["claim_answers"]} == {("text", stance)}
    assert rows["claim_repeats"] == []
    assert found(rows) == []


@pytest.mark.parametrize("caption", [
    "Share before they delete it!", "No words. Not a joke", "Did you know?", "“Look at this, everybody”"])
def test_a_picture_under_other_words_counts(engine: DuckDBEngine, caption: str) -> None:
    assert found(swept(engine, register(*TWICE), [caption] * 3, images=dict.fromkeys(range(3), CLAIM))) == ["a"]


def test_a_stamp_on_the_picture_refutes_what_the_text_says(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*TWICE), [CLAIM] * 3, images=dict.fromkeys(range(3), "FACT CHECK: this is false"))
    assert found(rows) == []
    assert found(swept(engine, register(*TWICE), [CLAIM] * 3, images=dict.fromkeys(range(3), "According to doctors"))) == ["a"]


@pytest.mark.parametrize(("address", "counts"), [
    ("https://www.one.example/checks/12", False), ("https://two.example/moon?x=1", False),
    ("https://elsewhere.example/12", True)])
def test_a_post_that_leads_to_the_fact_check_is_no_repetition(engine: DuckDBEngine, address: str, counts: bool) -> None:
    rows = swept(engine, register(*TWICE), [f"{text} {address}" for text in THRICE])
    assert {row["stance"] for row in rows["claim_matches"]} == {"repeats"}
    assert bool(found(rows)) is counts


def test_only_a_publisher_that_rates_this_claim_false_is_its_fact_check(engine: DuckDBEngine) -> None:
    rows = register(*TWICE, fact_check("Bananas are radioactive waste", site="three.example"),
                    fact_check(f"{CLAIM}!", site="four.example", rating="True"))
    for site in ("three.example", "four.example"):
        assert found(swept(engine, rows, [f"{text} https://{site}/12" for text in THRICE])) == ["a"]


def test_pictures_that_are_refuted_spare_who_repeats_no_oftener(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*TWICE), [*THRICE, *["This is false"] * 3], images=dict.fromkeys((3, 4, 5), CLAIM))
    assert len(rows["claim_repeats"]) == 3
    assert [hit["strength"] for hit in rows["refutes_claim_hits"]] == ["spare"]


@pytest.mark.parametrize(("n", "strength"), [(0, None), (1, "ask"), (2, "ask"), (3, "spare"), (4, "spare")])
def test_who_refutes_as_often_as_repeats_is_spared(engine: DuckDBEngine, n: int, strength: str | None) -> None:
    rows = swept(engine, register(*TWICE), [*THRICE, *[f"Debunked: {CLAIM}"] * n])
    assert [hit["strength"] for hit in rows["refutes_claim_hits"]] == ([strength] if strength else [])


def test_a_fact_checkers_own_account_is_looked_at_by_a_person(engine: DuckDBEngine) -> None:
    rows = swept(engine, register(*TWICE), THRICE, account={"website": "https://www.one.example/about"})
    assert [(hit["strength"], hit["expected"]) for hit in rows["refutes_claim_hits"]] == [("ask", "publisher")]


@pytest.mark.parametrize(("days", "is_after"), [(-5, False), (2, False), (3, True)])
def test_repeating_after_the_fact_checks_weighs_more(engine: DuckDBEngine, days: int, is_after: bool) -> None:
    rows = swept(engine, register(*TWICE), THRICE, days_after=days)
    assert bool(rows["repeated_after_fact_check"]) is is_after


def test_accounts_do_not_add_up(engine: DuckDBEngine) -> None:
    assert found(swept(engine, register(*TWICE), [("a", CLAIM), ("b", CLAIM), ("c", CLAIM)])) == []


def test_accounts_together_give_what_each_gives_alone(engine: DuckDBEngine) -> None:
    posts = [("a", text) for text in THRICE] + [("b", CLAIM)] + [("c", f"Debunked: {CLAIM}")] * 3
    together = swept(engine, register(*TWICE), posts)["false_claim_near"]
    alone = [row for owner in "abc" for row in swept(engine, register(*TWICE), [one for one in posts if one[0] == owner])[
        "false_claim_near"]]

    def plain(rows: list[dict[str, Any]]) -> list[str]:
        return sorted(repr({key: value for key, value in row.items() if key not in ("post_id", "where")}) for row in rows)

    assert plain(together) == plain(alone)


def test_an_empty_register_finds_nothing(engine: DuckDBEngine) -> None:
    assert found(swept(engine, register(), THRICE)) == []
