"""Deceptive monetisation: what is found, what is left alone, and both sides of each border."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.campaign.pipeline import assemble
from evenhand.detectors.deceptive_monetisation import DETECTOR
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.open_promotion import GUARD as OPEN
from evenhand.guards.warns_of_scams import GUARD as WARNS
from evenhand.model.registry import LINK_LISTS, TOPICS
from evenhand.model.snapshot import ACCOUNTS, POSTS, TABLES
from evenhand.signals.topics.tags import topic_steps
from evenhand.signals.web.funnels import funnel_steps
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import addresses, links
from evenhand.signals.web.listed_links import listed_links
from evenhand.signals.web.paid_links import PAID_LINKS
from evenhand.signals.web.redirects import hops
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY
from evenhand.signals.words.promotions import INVITING_POSTS, LEADING_POSTS, profile_disclosures, promotions
from evenhand.workflows.signals import lexicon

Rows = list[dict[str, Any]]
CREAM = "Obsessed with this cream, use my code: https://skin.example.com/c"
APP = "My favourite app, promo code inside https://app.example.net/a"
TREND = "Berlin is trending, shop now https://shirts.example.com/{n}"
BAIT = "You won't believe this, full video: https://trap.example.com/{n}"
WARNING = "Phishing, do not click: https://trap.example.com/{n}"
DAY = datetime(2026, 9, 1, tzinfo=UTC)
BURSTS = pa.Table.from_pylist([
    {"topic": topic, "began_at": DAY + timedelta(days=nth), "ended_at": DAY + timedelta(days=nth + 2), "source": "a test",
     "as_of": date(2026, 10, 1)} for nth, topic in enumerate(("finale", "finale2026", "storm", "shirtshop"))], schema=TOPICS)
PAID = "https://www.shirtshop.com/x?affiliate_id=a1"


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    lists = pa.Table.from_pylist([{"host": "trap.example.com", "list_id": "a list", "label": "scam", "source": "a test",
                                   "as_of": date(2026, 1, 1)}], schema=LINK_LISTS)
    with DuckDBEngine(threads=1) as opened:
        opened.bind({"link_lists": lists, "topics": BURSTS})
        yield opened


PIPELINE = assemble(
    signals=(links(PublicSuffixes.bundled()), addresses(PublicSuffixes.bundled()), HOSTS_OF_MANY,
             listed_links(), *funnel_steps(), PAID_LINKS, hops(PublicSuffixes.bundled()), INVITING_POSTS, LEADING_POSTS,
             *topic_steps(), promotions(lexicon("promotions"), lexicon("lures")), profile_disclosures(lexicon("promotions"))),
    detectors=[DETECTOR], guards=[OPEN, WARNS])


def swept(engine: DuckDBEngine, texts: list[str], account: dict[str, Any] | None = None, *, media: Rows | None = None,
          sponsored: bool = False, days: list[float] | None = None,
          ways: Rows | None = None) -> dict[str, Rows]:
    tables = {name: TABLES[name].schema.empty_table() for name in PIPELINE.tables}
    tables["accounts"] = pa.Table.from_pylist([{"account_id": "a", "handle": "a"} | (account or {})], schema=ACCOUNTS.schema)
    tables["posts"] = pa.Table.from_pylist([{"account_id": "a", "post_id": str(nth), "text": text, "sponsored": sponsored,
                                             "created_at": DAY + timedelta(days=days[nth]) if days else None}
                                            for nth, text in enumerate(texts)], schema=POSTS.schema)
    tables["media"] = pa.Table.from_pylist(media or [], schema=TABLES["media"].schema)
    tables["redirects"] = pa.Table.from_pylist(ways or [], schema=TABLES["redirects"].schema)
    steps = (*PIPELINE.account_steps, *PIPELINE.platform_steps)
    kept = engine.run(steps, tables=tables, keep=[DETECTOR.found, DETECTOR.evidence, "guard_hits"]).relations
    return {name: table.to_pylist() for name, table in kept.items()}


def found(engine: DuckDBEngine, texts: list[str], account: dict[str, Any] | None = None, **more: Any) -> bool:
    return bool(swept(engine, texts, account, **more)[DETECTOR.found])


def test_two_undisclosed_promotions_with_a_code_are_found_with_three_families(engine: DuckDBEngine) -> None:
    rows = swept(engine, [CREAM, APP])
    assert {row["family"] for row in rows[DETECTOR.evidence]} == {"content", "behaviour", "money"}
    assert rows[DETECTOR.found][0]["confidence"] > 0.5


@pytest.mark.parametrize("texts", [
    [CREAM], [CREAM, "Our garden https://photos.example.org/1"], [TREND.format(n=1)], [BAIT.format(n=1)]])
def test_one_post_is_never_enough(engine: DuckDBEngine, texts: list[str]) -> None:
    assert not found(engine, texts, {"monetised": True})


DISCLOSURES = ("#ad", "#sponsored", "Paid partnership", "Anzeige:", "Werbung", "#publicité", "#publi", "Pubblicità", "#reklama",
               "#реклама", "Реклама:", "#reklam", "إعلان", "تبلیغ", "פרסומת", "विज्ञापन", "iklan", "โฆษณา", "【PR】", "#PR",
               "広告", "#광고", "광고", "广告", "廣告", "Διαφήμιση", "Quảng cáo")


@pytest.mark.parametrize("word", DISCLOSURES)
def test_whoever_says_that_it_is_paid_is_left_alone(engine: DuckDBEngine, word: str) -> None:
    assert not found(engine, [f"{word} {CREAM}", f"{word} {APP}"], {"monetised": True})


def test_a_denied_disclosure_is_none(engine: DuckDBEngine) -> None:
    assert found(engine, [f"Not sponsored! {CREAM}", f"Not sponsored! {APP}"])


def test_what_the_platform_marks_as_paid_is_disclosed(engine: DuckDBEngine) -> None:
    assert not found(engine, [CREAM, APP], sponsored=True)


def test_recommending_without_a_sign_of_money_is_free(engine: DuckDBEngine) -> None:
    texts = ["This tea! https://tea.example.org/1", "My favourite app https://birds.example.org/2"]
    assert not found(engine, texts)
    assert found(engine, texts, {"monetised": True})


def test_selling_on_ones_own_site_is_open(engine: DuckDBEngine) -> None:
    texts = ["Shop now, use code BREAD10 https://bakery.example.com/1", "20% off, order now https://bakery.example.com/2"]
    assert not found(engine, texts, {"monetised": True, "website": "https://bakery.example.com"})
    assert found(engine, texts, {"monetised": True, "website": "https://elsewhere.example.net"})


def test_a_link_that_pays_is_a_sign_of_money(engine: DuckDBEngine) -> None:
    plain = [f"Highly recommend https://shop.example.com/{n}" for n in (1, 2)]
    assert not found(engine, plain)
    assert found(engine, [f"{text}?affiliate_id=me" for text in plain])


def test_a_trend_counts_only_beside_something_for_sale(engine: DuckDBEngine) -> None:
    assert found(engine, [TREND.format(n=1), TREND.format(n=2)])
    talk = [f"Berlin is trending, read about the election https://paper.example.com/{n} #viral #breaking" for n in (1, 2, 3)]
    assert not found(engine, talk, {"monetised": True})


def test_bait_counts_only_beside_a_trap(engine: DuckDBEngine) -> None:
    assert found(engine, [BAIT.format(n=1), BAIT.format(n=2)])
    elsewhere = [BAIT.format(n=n).replace("trap", "paper") for n in (1, 2, 3)]
    assert not found(engine, elsewhere, {"monetised": True})


def test_warnings_are_no_evidence_and_spare_who_warns_as_often(engine: DuckDBEngine) -> None:
    assert not found(engine, [WARNING.format(n=n) for n in (1, 2, 3)])
    even = swept(engine, [WARNING.format(n=1), WARNING.format(n=2), BAIT.format(n=3), BAIT.format(n=4)])
    assert {row["strength"] for row in even["guard_hits"]} == {"spare"}
    seldom = swept(engine, [WARNING.format(n=1), BAIT.format(n=2), BAIT.format(n=3)])
    assert {row["strength"] for row in seldom["guard_hits"]} == {"ask"}


def test_a_profile_that_discloses_asks_a_person(engine: DuckDBEngine) -> None:
    rows = swept(engine, [CREAM, APP], {"bio": "Posts contain affiliate links"})
    assert rows[DETECTOR.found]
    assert {(row["strength"], row["expected"]) for row in rows["guard_hits"]} == {("ask", "profile")}


def test_a_promise_of_profit_and_a_wallet_in_the_picture(engine: DuckDBEngine) -> None:
    texts = ["Guaranteed profit, double your money", "Guaranteed returns, every week"]
    wallets = [{"account_id": "a", "media_id": str(n), "post_id": str(n), "text": "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}
               for n in (0, 1)]
    assert not found(engine, texts)
    assert found(engine, texts, media=wallets)
    assert not found(engine, texts, media=[row | {"text": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"} for row in wallets])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=st.lists(st.sampled_from([CREAM, APP, TREND.format(n=1), TREND.format(n=2)]), min_size=1, max_size=5),
       words=st.lists(st.sampled_from(DISCLOSURES), min_size=5, max_size=5), monetised=st.booleans())
def test_promise_nobody_who_discloses_every_promotion_is_found(engine: DuckDBEngine, texts: list[str], words: list[str],
                                                               monetised: bool) -> None:
    said = [f"{word} {text}" for word, text in zip(words, texts, strict=False)]
    assert not found(engine, said, {"monetised": monetised})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(topic=st.text(alphabet=st.characters(categories=("L", "Zs")), max_size=60),
       tag=st.sampled_from(["#viral", "#fyp", "#election"]))
def test_promise_a_topic_alone_is_never_evidence(engine: DuckDBEngine, topic: str, tag: str) -> None:
    rows = swept(engine, [f"{topic} {tag}", f"{topic} {tag} {tag}", topic], {"monetised": True})
    assert rows[DETECTOR.evidence] == []


def test_the_same_paid_link_beside_two_topics_of_the_day_is_found(engine: DuckDBEngine) -> None:
    rows = swept(engine, [f"#Finale wow {PAID}", f"thoughts with all in #Storm {PAID}"], days=[0.5, 2.5])
    assert rows[DETECTOR.found]
    assert {row["signal"] for row in rows[DETECTOR.evidence]} == {"rides_burst", "referral_link", "repeated_trend"}


@pytest.mark.parametrize(("texts", "days"), [
    ([f"#Finale wow {PAID}", f"#Finale again {PAID}"], [0.5, 0.6]),
    ([f"#Finale wow {PAID}", f"#Finale2026 {PAID}"], [0.5, 1.5]),
    ([f"#Finale and #Storm {PAID}", f"hello {PAID}"], [2.5, 2.5]),
    ([f"#Finale wow {PAID}", f"#Storm {PAID}"], [0.5, 1.9]),
    ([f"#Finale wow {PAID}", f"#Storm {PAID}"], [0.5, 4]),
    ([f"#Finale wow {PAID}", f"#Shirtshop {PAID}"], [0.5, 3.5]),
    ([f"#Finale wow {PAID}", "#Storm https://other.example.org/?affiliate_id=a1"], [0.5, 2.5]),
    (["#Finale wow https://paper.example.org/1", "#Storm https://paper.example.org/2"], [0.5, 2.5]),
    ([f"#ad #Finale wow {PAID}", f"#ad #Storm {PAID}"], [0.5, 2.5])], ids=[
        "one topic", "one topic in two spellings", "two topics in one post", "before the burst", "at its end",
        "the shop's own topic", "two shops", "no paid link", "disclosed"])
def test_a_topic_alone_is_never_enough(engine: DuckDBEngine, texts: list[str], days: list[float]) -> None:
    assert not found(engine, texts, {"monetised": True}, days=days)


def way(post: int, *addresses: str, start: str = "https://bit.ly/3x") -> dict[str, Any]:
    return {"account_id": "a", "post_id": str(post), "start": start, "addresses": list(addresses)}


SHORT = ["Obsessed with this cream, use my code: https://bit.ly/3x", "My favourite app, my code: https://bit.ly/3x"]


def test_a_short_link_to_the_own_site_is_open_and_one_elsewhere_is_not(engine: DuckDBEngine) -> None:
    own = {"website": "https://mine.example.com"}
    assert found(engine, SHORT, own)
    away = [way(nth, "https://mine.example.com/", "https://shop.example.net/") for nth in (0, 1)]
    home = [way(nth, "https://go.example.net/", "https://mine.example.com/") for nth in (0, 1)]
    assert found(engine, SHORT, own, ways=away)
    assert not found(engine, SHORT, own, ways=home)


def test_a_code_in_a_picture_leads_away_like_a_link(engine: DuckDBEngine) -> None:
    texts = ["Obsessed with this cream, use my code", "My favourite app, promo code inside"]
    assert not found(engine, texts)
    assert found(engine, texts, ways=[way(nth, "https://shop.example.net/", start=f"m{nth}") for nth in (0, 1)])
