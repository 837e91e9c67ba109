from __future__ import annotations

from importlib import resources

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import DataError
from evenhand.signals.words.claims import SCHEMA, STANCES, claims
from evenhand.signals.words.lexicon import Lexicon, Position

LEXICON = Lexicon.from_toml((resources.files("evenhand") / "data/lexicons/claims.toml").read_text(encoding="utf-8"))
KERNEL = claims(LEXICON)

CLAIMS = ("official_account", "self_named", "government", "public_body", "office", "military", "military_body", "news_media",
          "verified")


def accounts(rows: list[tuple[str | None, str | None]]) -> pa.RecordBatch:
    return pa.record_batch({"account_id": pa.array([f"a{nth}" for nth in range(len(rows))], pa.string()),
                            "display_name": pa.array([name for name, _ in rows], pa.string()),
                            "bio": pa.array([bio for _, bio in rows], pa.string())})


def said(bio: str) -> dict[str, str]:
    return {row["claim"]: row["stance"] for row in KERNEL.run(accounts([(None, bio)])).to_pylist()}


@pytest.mark.parametrize(("bio", "claim"), [
    ("Official account of City Bank", "official_account"),
    ("Cuenta oficial del banco", "official_account"),
    ("Conta oficial do banco", "official_account"),
    ("Compte officiel de la banque", "official_account"),
    ("Offizieller Account der Bank", "official_account"),
    ("Profilo ufficiale della banca", "official_account"),
    ("Officieel account van de bank", "official_account"),
    ("Officiellt konto för banken", "official_account"),
    ("Virallinen tili", "official_account"),
    ("Oficjalne konto banku", "official_account"),
    ("Oficiální účet banky", "official_account"),
    ("A bank hivatalos fiókja", "official_account"),
    ("Contul oficial al băncii", "official_account"),
    ("Επίσημος λογαριασμός της τράπεζας", "official_account"),
    ("Официальный аккаунт банка", "official_account"),
    ("Офіційний канал банку", "official_account"),
    ("Bankanın resmî hesabıdır", "official_account"),
    ("الحساب الرسمي للبنك", "official_account"),
    ("حساب رسمی بانک", "official_account"),
    ("החשבון הרשמי של הבנק", "official_account"),
    ("बैंक का आधिकारिक खाता", "official_account"),
    ("ব্যাংকের অফিসিয়াল পেজ", "official_account"),
    ("வங்கியின் அதிகாரப்பூர்வ பக்கம்", "official_account"),
    ("บัญชีทางการของธนาคาร", "official_account"),
    ("Tài khoản chính thức của ngân hàng", "official_account"),
    ("Akun resmi bank", "official_account"),
    ("銀行の公式アカウントです", "official_account"),
    ("银行官方账号", "official_account"),
    ("銀行官方帳號", "official_account"),
    ("은행 공식 계정입니다", "official_account"),
    ("ოფიციალური გვერდი", "official_account"),
    ("Ministry of Health", "government"),
    ("Ministère de la Santé", "government"),
    ("Министерство здравоохранения", "government"),
    ("وزارة الصحة", "government"),
    ("स्वास्थ्य मंत्रालय", "government"),
    ("外務省", "government"),
    ("疾控中心", "government"),
    ("대한민국 정부", "government"),
    ("กระทรวงสาธารณสุข", "government"),
    ("U.S. Senator for Ohio", "office"),
    ("Alcalde de Lima", "office"),
    ("Bundestagsabgeordnete für Ulm", "office"),
    ("衆議院議員", "office"),
    ("국회의원", "office"),
    ("سفير في باريس", "office"),
    ("Strategic Missile Force", "military_body"),
    ("Fuerzas Armadas", "military_body"),
    ("Вооружённые силы", "military_body"),
    ("القوات المسلحة", "military_body"),
    ("特种部队", "military_body"),
    ("Lt. Col., US Army", "military"),
    ("Полковник", "military"),
    ("大佐", "military"),
    ("Breaking news, day and night", "news_media"),
    ("Son dakika haberleri", "news_media"),
    ("أخبار عاجلة", "news_media"),
    ("最新ニュース", "news_media"),
    ("Verified account", "verified"),
    ("Cuenta verificada", "verified"),
])
def test_what_an_account_says_it_is_is_claimed_in_its_language(bio: str, claim: str) -> None:
    assert said(bio).get(claim) == "is"


@pytest.mark.parametrize(("bio", "claim", "stance"), [
    ("Not the official account of City Bank", "official_account", "not"),
    ("No es la cuenta oficial", "official_account", "not"),
    ("Kein offizieller Account", "official_account", "not"),
    ("Это не официальный аккаунт", "official_account", "not"),
    ("ليس الحساب الرسمي للبنك", "official_account", "not"),
    ("公式アカウントではありません", "official_account", "not"),
    ("这不是官方账号", "official_account", "not"),
    ("공식 계정이 아닙니다", "official_account", "not"),
    ("Bankanın resmi hesabı değildir", "official_account", "not"),
    ("यह आधिकारिक खाता नहीं है", "official_account", "not"),
    ("Not affiliated with the White House, Department of State", "government", "not"),
    ("Former senator", "office", "former"),
    ("Ex alcalde de Lima", "office", "former"),
    ("Ancien ministre de la Santé", "office", "former"),
    ("Бывший депутат", "office", "former"),
    ("前市長です", "office", "former"),
    ("전 국회의원", "office", "former"),
    ("Retired Lt. Col.", "military", "former"),
    ("US Army veteran", "military", "former"),
    ("Emekli orgeneral", "military", "former"),
    ("Proud wife of a colonel", "military", "about"),
    ("I work for the Ministry of Health", "government", "about"),
    ("Reporter covering the Supreme Court of Ohio", "government", "about"),
    ("Fan of breaking news", "news_media", "about"),
    ("Nurse. I read the newspaper every day", "news_media", "about"),
    ("市長を応援する会", "office", "about"),
    ("记者 报道外交部", "government", "about"),
    ("My sister once had lunch at a very small table with a senator", "office", "about"),
])
def test_what_an_account_denies_was_or_speaks_about_is_no_claim(bio: str, claim: str, stance: str) -> None:
    assert said(bio)[claim] == stance


def test_a_denial_does_not_reach_over_a_full_stop() -> None:
    assert said("Politics, not football. Official account of City Bank")["official_account"] == "is"


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert said("Retired. Colonel")["military"] == "is"   # a full stop after a long word ends one
    assert said("Retired Lt. Col. Roe")["military"] == "former"


def test_a_word_of_another_language_does_not_deny() -> None:
    assert said("O senador e a cuenta oficial")["official_account"] == "is"


@pytest.mark.parametrize("name", ["Officially", "Governors Island Café", "Senators Ottawa", "Colonels", "armyworm"])
def test_part_of_a_word_is_no_claim(name: str) -> None:
    found = [row for row in KERNEL.run(accounts([(name, name)])).to_pylist() if row["stance"] == "is"]
    assert found == []


@pytest.mark.parametrize(("name", "claim"), [
    ("City Bank ✔", "verified"), ("City Bank (official)", "official_account"), ("シティ銀行【公式】", "official_account"),
    ("Sen. Ann Roe", "office"), ("Red Army Command", "military_body"), ("City Herald News", "news_media"),
    ("Gen. Ann Roe", "military"), ("City of Ulm", "government"),
])
def test_names_claim_too(name: str, claim: str) -> None:
    found = KERNEL.run(accounts([(name, None)])).to_pylist()
    assert (claim, "display_name", "is") in {(row["claim"], row["where"], row["stance"]) for row in found}


def test_a_tick_in_a_bio_is_a_bullet_point() -> None:
    assert said("✅ cheap ✅ fast") == {}


def test_what_is_shown_is_what_the_account_wrote() -> None:
    rows = KERNEL.run(accounts([(None, "The OFFICIAL Account"), (None, "The ＯＦＦＩＣＩＡＬ  Account")])).to_pylist()
    assert [row["shown"] for row in rows if row["claim"] == "official_account"] == ["OFFICIAL Account", "official account"]


def test_each_word_that_counts_beside_the_own_name_is_told_and_of_other_claims_the_first() -> None:
    rows = KERNEL.run(accounts([(None, "This is the press office of Ulm, official page, official channel")])).to_pylist()
    assert {row["shown"] for row in rows if row["claim"] == "self_named"} >= {"This is", "press office of", "official"}
    assert [row["shown"] for row in rows if row["claim"] == "official_account"] == ["official page"]


def test_rows_are_in_the_order_of_the_accounts_and_one_for_each_claim_and_stance() -> None:
    rows = KERNEL.run(accounts([("Mayor of Ulm", "Mayor of Ulm, mayor of Ulm"), ("Ann", "Ministry of Health")])).to_pylist()
    assert [(row["account_id"], row["where"], row["claim"]) for row in rows] == [
        ("a0", "display_name", "office"), ("a0", "bio", "office"), ("a1", "bio", "government")]


def test_an_empty_batch_gives_an_empty_batch_of_the_schema() -> None:
    assert KERNEL.run(accounts([])).schema.equals(SCHEMA)


PIECES = st.sampled_from(["Official account", "not the ", "of ", "Ministry of Health", "former ", ". ", "\n", ", ", "senator",
                          "公式アカウント", "ではありません", "🎉", "前", "市長", "wife of a ", "colonel", " ret.", "é", "x"])
TEXT = st.one_of(st.none(), st.lists(PIECES, max_size=8).map("".join))


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8))
def test_a_bulk_result_is_the_union_of_the_one_row_results(rows: list[tuple[str | None, str | None]]) -> None:
    batch = accounts(rows)
    single = [row for nth in range(len(rows)) for row in KERNEL.run(batch.slice(nth, 1)).to_pylist()]
    assert KERNEL.run(batch).to_pylist() == single


def test_the_list_speaks_many_languages_and_knows_every_claim_and_stance() -> None:
    assert len(LEXICON.languages) >= 60
    assert {entry.group for entry in LEXICON.entries} == {*CLAIMS, "around_body"}
    assert {marker.stance for marker in LEXICON.markers} == set(STANCES)
    for claim in CLAIMS:
        assert len({lang for e in LEXICON.entries if e.group == claim for lang in e.languages}) >= 20


def test_a_lexicon_keeps_every_language_of_a_phrase_and_its_place() -> None:
    text = '[[group]]\nname = "g"\nfields = ["bio"]\nposition = "alone"\n[group.phrases]\nen = ["x"]\nfr = ["x"]\n'
    entry, = Lexicon.from_toml(text).entries
    assert (entry.languages, entry.fields, entry.position) == (("en", "fr"), {"bio"}, Position.ALONE)
    assert Lexicon.from_toml(text).digest != Lexicon.from_toml(text + "\n").digest


@pytest.mark.parametrize(("text", "said_so"), [
    ("x = ", "is not TOML"), ("group = 1", "must be an array of tables"), ('[[group]]\nname = "a"', "has no `phrases`"),
    ('[[group]]\n[group.phrases]\nen = ["a"]', "has no `name`"),
    ('[[group]]\nname = "a"\nfields = ["body"]\n[group.phrases]\nen = ["a"]', "has wrong `fields`"),
    ('[[group]]\nname = "a"\nposition = "up"\n[group.phrases]\nen = ["a"]', "has a wrong `position`"),
    ('[[group]]\nname = "a"\n[group.phrases]\nen = ["*"]', "has a phrase in `en` that is not a text"),
    ('[[marker]]\nstance = "not"\nside = "up"\n[marker.phrases]\nen = ["a"]', "has a wrong `side`"),
    ('[[marker]]\nstance = "not"\nside = "after"\nwithin = -1\n[marker.phrases]\nen = ["a"]', "has a wrong `within`"),
])
def test_a_mistake_in_a_word_list_is_named(text: str, said_so: str) -> None:
    with pytest.raises(DataError, match=said_so):
        Lexicon.from_toml(text)
