"""What discloses a paid promotion depends on the territory, in both directions; plain words count everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.campaign.pipeline import Pipeline, assemble
from evenhand.detectors.deceptive_monetisation import DETECTOR
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError
from evenhand.guards.open_promotion import GUARD
from evenhand.model.harm import Harm
from evenhand.model.registry import LINK_LISTS, TOPICS
from evenhand.model.snapshot import ACCOUNTS, POSTS, TABLES
from evenhand.policy.territories import disclosing_territories
from evenhand.signals.topics.tags import topic_steps
from evenhand.signals.web.funnels import funnel_steps
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import addresses, links
from evenhand.signals.web.listed_links import listed_links
from evenhand.signals.web.paid_links import PAID_LINKS
from evenhand.signals.web.redirects import hops
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY
from evenhand.signals.words.disclosure_rules import CLEAR, DisclosureRules
from evenhand.signals.words.promotions import INVITING_POSTS, LEADING_POSTS, profile_disclosures, promotions
from evenhand.workflows.packs import shipped_pack
from evenhand.workflows.signals import disclosure_rules, lexicon

PITCH = ("Obsessed with this cream, use my code: https://skin.example.com/c",
         "My favourite app, promo code inside https://app.example.net/a")
WITH_RULES = sorted(rule.territory for rule in disclosure_rules().rules)
TERRITORIES = [*WITH_RULES, "ES", "ZZ"]
PLAIN = ("#ad", "#sponsored", "Advertisement", "Paid partnership", "Werbung", "Anzeige:", "#publicité", "#publi", "Pubblicità",
         "#reklama", "#реклама", "#reklam", "إعلان", "تبلیغ", "פרסומת", "विज्ञापन", "iklan", "โฆษณา", "【PR】", "広告", "광고",
         "广告", "廣告", "Διαφήμιση", "Quảng cáo")


@cache
def pipeline(territories: tuple[str, ...]) -> Pipeline:
    public = PublicSuffixes.bundled()
    words = disclosure_rules().read_in(lexicon("promotions"), territories)
    return assemble(
        signals=(links(public), addresses(public), HOSTS_OF_MANY, listed_links(), *funnel_steps(), PAID_LINKS,
                 hops(public), INVITING_POSTS, LEADING_POSTS, *topic_steps(), promotions(words, lexicon("lures")),
                 profile_disclosures(lexicon("promotions"))),
        detectors=[DETECTOR], guards=[GUARD])


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as opened:
        opened.bind({"link_lists": LINK_LISTS.empty_table(), "topics": TOPICS.empty_table()})
        yield opened


def outcome(engine: DuckDBEngine, word: str, *territories: str, n_bare: int = 0) -> str:
    """`free` when nothing is found, `ask` when a guard asks a person, `found` otherwise; `n_bare` posts lack the word."""
    steps = pipeline(territories)
    said = [f"{word} {text}" for text in PITCH] + [PITCH[0].replace("/c", f"/{nth}") for nth in range(n_bare)]
    tables = {name: TABLES[name].schema.empty_table() for name in steps.tables}
    tables["accounts"] = pa.Table.from_pylist([{"account_id": "a", "handle": "a"}], schema=ACCOUNTS.schema)
    tables["posts"] = pa.Table.from_pylist([{"account_id": "a", "post_id": str(nth), "text": text}
                                            for nth, text in enumerate(said)], schema=POSTS.schema)
    kept = engine.run((*steps.account_steps, *steps.platform_steps), tables=tables,
                      keep=[DETECTOR.found, "guard_hits"]).relations
    if not kept[DETECTOR.found].num_rows:
        return "free"
    return "ask" if kept["guard_hits"].num_rows else "found"


@pytest.mark.parametrize(("word", "territories", "expected"), [
    ("#spon", ("US",), "ask"), ("#spon", ("GB",), "ask"), ("#spon", ("AU",), "ask"), ("#spon", ("FR",), "free"),
    ("#spon", ("US", "GB"), "ask"), ("#spon", ("US", "FR"), "free"), ("#spon", (), "free"),
    ("#partner", ("US",), "ask"), ("#partner", ("GB",), "free"),
    ("#collaboration", ("US",), "found"), ("#collaboration", ("IN",), "free"), ("#collaboration", ("US", "IN"), "free"),
    ("#commandité", ("FR",), "found"), ("#commandité", ("IE",), "free"),
    ("#collaboration", ("US", "ZZ"), "free"), ("#commandité", ("CA",), "free"), ("宣伝", ("KR",), "free"),
    ("宣伝", ("JP",), "free"),
    ("금전적 지원", ("JP",), "free"), ("금전적 지원", ("KR",), "free"), ("#sp", (), "found"), ("#콜라보", ("KR",), "ask"),
    ("", (), "found"), ("", ("US",), "found"), ("thx to my friends", ("US",), "found")])
def test_a_wording_counts_where_the_rules_say_so(engine: DuckDBEngine, word: str, territories: tuple[str, ...],
                                                 expected: str) -> None:
    assert outcome(engine, word, *territories) == expected


@pytest.mark.parametrize(("n_bare", "expected"), [(0, "ask"), (1, "ask"), (2, "ask"), (3, "found")])
def test_shorthand_in_as_many_posts_as_say_nothing_asks_a_person(engine: DuckDBEngine, n_bare: int, expected: str) -> None:
    assert outcome(engine, "#spon", "US", n_bare=n_bare) == expected


@pytest.mark.parametrize("territory", TERRITORIES)
def test_plain_words_disclose_everywhere(territory: str) -> None:
    words = disclosure_rules().read_in(lexicon("promotions"), [territory])
    ids = [str(nth) for nth in range(len(PLAIN))]
    posts = pa.record_batch({"account_id": ids, "post_id": ids, "text": [f"{word} {PITCH[0]}" for word in PLAIN]})
    rows = promotions(words, words).run(posts).to_pylist()
    assert {row["post_id"] for row in rows if row["kind"] == CLEAR} == set(ids)


def clear(territories: frozenset[str]) -> set[str]:
    words = disclosure_rules().read_in(lexicon("promotions"), territories)
    return {entry.text.lower() for entry in words.entries if entry.group == CLEAR}


@given(some=st.frozensets(st.sampled_from(TERRITORIES), min_size=1), more=st.sampled_from(TERRITORIES))
def test_promise_one_more_territory_only_adds_disclosures(some: frozenset[str], more: str) -> None:
    assert clear(some) <= clear(some | {more}) <= clear(frozenset())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.sampled_from(["US", "IN", "KR"]), more=st.sampled_from(["US", "IN", "KR"]),
       word=st.sampled_from(["#spon", "#collaboration", "#콜라보", "금전적 지원", "#ad", ""]))
def test_promise_one_more_territory_never_makes_a_finding(engine: DuckDBEngine, some: str, more: str, word: str) -> None:
    if outcome(engine, word, some) == "free":
        assert outcome(engine, word, *sorted({some, more})) == "free"


def test_no_rule_makes_a_plain_word_unclear() -> None:
    for rule in disclosure_rules().rules:
        assert all(text.startswith("#") for _, text in rule.unclear), rule.territory
    kept = {entry.text.lower() for entry in lexicon("promotions").entries if entry.group == CLEAR}
    unclear = {text for rule in disclosure_rules().rules for _, text in rule.unclear}
    assert unclear & kept == {"#spon", "#partner"}


def test_every_rule_says_whose_it_is_and_where_it_stands() -> None:
    for rule in disclosure_rules().rules:
        assert rule.url.startswith("http")
        assert rule.clear
        assert rule.published[:4].isdecimal()


def test_a_rule_that_contradicts_itself_is_refused() -> None:
    text = ('[[rule]]\nterritory = "US"\nname = "n"\nurl = "u"\npublished = "2020"\n[rule.clear]\nen = ["#ad"]\n'
            '[rule.unclear]\nen = ["#AD"]')
    with pytest.raises(DataError, match="clear and unclear"):
        DisclosureRules.from_toml(text)


def test_the_territories_are_the_policys_or_else_the_packs() -> None:
    pack = shipped_pack()
    assert disclosing_territories(pack) == ()
    assert disclosing_territories(replace(pack, territory=("US",))) == ("US",)
    own = tuple(replace(policy, territory=("IN", "FR")) if policy.harm is Harm.DECEPTIVE_MONETISATION else policy
                for policy in pack.policies)
    assert disclosing_territories(replace(pack, territory=("US",), policies=own)) == ("FR", "IN")


def test_the_digest_of_the_steps_follows_the_territories() -> None:
    assert len({pipeline(territories).digest for territories in ((), ("US",), ("US", "FR"), ("FR",))}) == 4
