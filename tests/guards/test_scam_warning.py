"""Who posts a listed address to warn of it is spared; who only says a word of warning is not."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.scam_warning import GUARD
from evenhand.model.step import Step
from evenhand.signals.words.warnings import warnings
from evenhand.workflows.signals import lexicon

KERNEL = warnings(lexicon("warnings"))
LISTED_POSTS = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "text")])
LISTED = pa.schema([(name, pa.string()) for name in ("account_id", "post_id")])
STEPS: tuple[Step, ...] = (KERNEL, *GUARD.steps)
PLAIN = "Do not click, this is a scam: scam.example"


def strength(*texts: str, listed: int | None = None, lured: tuple[int, ...] = (), in_profile: bool = False) -> str | None:
    """What the guard says of an account with these posts, of which the first `listed` (else all) hold a listed address."""
    posts = [{"account_id": "1", "post_id": f"p{n}", "text": text} for n, text in enumerate(texts)]
    with_link = [{"account_id": "1", "post_id": f"p{n}"} for n in range(len(texts) if listed is None else listed)]
    with_link += [{"account_id": "1", "post_id": None}] if in_profile else []
    lures = [{"account_id": "1", "post_id": f"p{n}"} for n in lured]
    with DuckDBEngine(threads=1) as engine:
        left = engine.run(STEPS, keep=[GUARD.hits], tables={
            "listed_posts": pa.Table.from_pylist(posts, schema=LISTED_POSTS),
            "listed_content": pa.Table.from_pylist(with_link, schema=LISTED),
            "money_lures": pa.Table.from_pylist(lures, schema=LISTED)})
    rows: list[dict[str, Any]] = left.relations[GUARD.hits].to_pylist()
    assert len(rows) <= 1
    return rows[0]["strength"] if rows else None


def kinds(text: str) -> set[str]:
    posts = pa.record_batch({"account_id": ["1"], "post_id": ["p"], "text": [text]})
    return {row["kind"] for row in KERNEL.run(posts).to_pylist()}


@pytest.mark.parametrize("text", [
    PLAIN, "Stay away from this one, fake shop", "No hagan clic, es una estafa", "Não clique, é golpe",
    "N'ouvrez pas, faux site", "Finger weg, Fake-Shop!", "Non cliccate, è una truffa", "Niet klikken, nepwebshop",
    "Nie klikajcie, to oszustwo", "Не переходите по ссылке, это обман", "Не натискайте, це шахрайство",
    "Μην πατάτε, είναι απάτη", "Tıklamayın, sahte site", "لا تضغطوا على الرابط، موقع مزيف", "کلیک نکنید، سایت جعلی",
    "אל תלחצו, אתר מזויף", "क्लिक न करें, फर्जी साइट", "Jangan klik, situs palsu", "Đừng bấm, trang lừa đảo", "อย่ากด เว็บปลอม",
    "クリックしないで、詐欺サイトです", "클릭하지 마세요, 사기 사이트", "别点，钓鱼网站", "別點，釣魚網站",
    "Tahadhari! Ni utapeli, usitume pesa", "ფრთხილად! ეს თაღლითობაა", "Je to podvod, neklikejte", "Detta är bedrägeri",
    "Ez csalás! Ez átverés, ne kattints", "New phishing kit seen here"])
def test_plain_words_about_the_address_spare_in_many_languages(text: str) -> None:
    assert "points" in kinds(text)
    assert strength(text) == "spare"


@pytest.mark.parametrize("text", [
    "This is not a scam: scam.example", "100% legit, no fake site here", "Esto no es una estafa", "Das ist kein Fake-Shop",
    "これは詐欺ではありません", "这不是诈骗网站", "Free coins for all", "Good morning"])
def test_a_denied_warning_and_none_at_all_say_nothing(text: str) -> None:
    assert kinds(text) == set()
    assert strength(text) is None


@pytest.mark.parametrize("text", ["Is this legit? Someone sent it to my dad", "My father lost 4,000 euros here", "¿Es de fiar?",
                                  "Ist das seriös?", "Mon père a perdu 900 euros", "Можно ли доверять этому сайту?"])
def test_who_asks_or_tells_of_a_loss_is_looked_at_by_a_person(text: str) -> None:
    assert kinds(text) == {"alert"}
    assert strength(text) == "ask"


def test_a_general_alert_is_looked_at_by_a_person() -> None:
    assert strength("Scam alert! Make your wallet safe here: scam.example") == "ask"


def test_every_post_with_the_address_has_to_warn_of_it() -> None:
    assert strength(PLAIN, PLAIN) == "spare"
    assert strength(PLAIN, "Free coins: scam.example") == "ask"
    assert strength(PLAIN, "Good morning", listed=1) == "spare"
    assert strength("Free coins: scam.example", PLAIN, listed=1) is None, "it warns of something else"


def test_who_asks_for_a_wallet_beside_or_leads_there_from_the_profile_is_only_asked_about() -> None:
    assert strength(PLAIN, lured=(0,)) == "ask"
    assert strength(PLAIN, in_profile=True) == "ask"
