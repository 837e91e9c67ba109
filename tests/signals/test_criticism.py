from __future__ import annotations

from importlib import resources

import pyarrow as pa
import pytest

from evenhand.signals.words.criticism import KINDS, SCHEMA, criticisms
from evenhand.signals.words.lexicon import Lexicon

LEXICON = Lexicon.from_toml((resources.files("evenhand") / "data/lexicons/criticism.toml").read_text(encoding="utf-8"))
KERNEL = criticisms(LEXICON)


def shows(name: str | None = None, handle: str | None = "x", bio: str | None = None) -> set[tuple[str, str]]:
    batch = pa.record_batch({"account_id": pa.array(["a"]), "display_name": pa.array([name], pa.string()),
                             "handle": pa.array([handle], pa.string()), "bio": pa.array([bio], pa.string())})
    result = KERNEL.run(batch)
    assert result.schema.equals(SCHEMA)
    return {(row["where"], row["kind"]) for row in result.to_pylist()}


@pytest.mark.parametrize(("text", "kind"), [
    ("The truth about City Bank", "criticism"), ("Boycott City Bank", "criticism"), ("La verdad sobre el banco", "criticism"),
    ("A verdade sobre o banco", "criticism"), ("Victimes de la banque", "criticism"), ("Kritik an der Stadt", "criticism"),
    ("Boicotta la banca", "criticism"), ("Slachtoffers van de bank", "criticism"), ("Правда о банке", "criticism"),
    ("Правда про банк", "criticism"), ("Bojkot banku", "criticism"), ("Banka mağdurları", "criticism"),
    ("نفضح الفساد", "criticism"), ("افشاگری بانک", "criticism"), ("市政府に抗議します", "criticism"),
    ("银行客户维权", "criticism"),
    ("은행 피해자 모임", "criticism"), ("Keadilan untuk korban bank", "criticism"), ("Tẩy chay ngân hàng", "criticism"),
    ("बैंक का सच", "criticism"), ("Journalist covering the State Department", "journalism"), ("Periodista", "journalism"),
    ("Korrespondentin in Paris", "journalism"), ("记者", "journalism"), ("기자", "journalism"), ("صحفي", "journalism"),
    ("Documenting abuses", "documentation"), ("Dokumentujemy", "documentation"), ("توثيق", "documentation"),
    ("News about the army", "commentary"), ("Opiniones sobre política", "commentary"), ("Мнения о городе", "commentary"),
])
def test_criticism_reporting_and_commentary_are_seen_in_their_language(text: str, kind: str) -> None:
    assert ("bio", kind) in shows(bio=text)


@pytest.mark.parametrize("bio", [
    "We keep an archive of deleted posts", "Recopilamos lo que borran", "Documentação de obras paradas",
    "Nous documentons les retards", "Wir dokumentieren Funklöcher", "Documentazione sui ritardi",
    "Wij documenteren wachttijden", "Vi dokumenterar förseningar",
    "Vi dokumenterer forsinkelser", "Dokumentoimme viivästyksiä", "Zbieramy dowody opóźnień", "Mapujeme výpadky",
    "Bizonyítékokat gyűjtünk", "Strângem dovezi", "Καταγράφουμε καθυστερήσεις", "Собираем свидетельства", "Збираємо свідчення",
    "Събираме доказателства", "Прикупљамо доказе", "Gecikmeleri belgeliyoruz", "نرصد التأخير", "ثبت موارد تأخیر",
    "שומרים ומתעדים: מתעדת עיכובים", "देरी का दस्तावेज़ीकरण", "তথ্যপ্রমাণ সংগ্রহ", "தாமதங்களை ஆவணப்படுத்துகிறோம்",
    "เราบันทึกความล่าช้า", "Thu thập bằng chứng", "Mengumpulkan bukti", "Tunakusanya ushahidi", "発言を記録するアカウント",
    "我们记录延误", "我們記錄延誤", "사건을 기록", "شواہد جمع کرتے ہیں",
    "ვადოკუმენტირებთ დაგვიანებას", "Փաստագրում ենք ուշացումները"])
def test_whoever_documents_is_seen_in_every_script(bio: str) -> None:
    assert ("bio", "documentation") in shows(bio=bio)


@pytest.mark.parametrize("name", [
    "我们记录", "发言存档", "Chronik der Stadt", "Documentation de Paris", "Zbieramy dowody", "نرصد", "दस्तावेज़ीकरण केंद्र",
    "事実を記録する新聞", "Tunarekodi News", "Documentation Project"])
def test_the_wider_words_for_documenting_count_in_no_name(name: str) -> None:
    assert ("display_name", "documentation") not in shows(name)


@pytest.mark.parametrize("bio", [
    "La verità sulla banca", "La verità sul comune", "La verità sull'ospedale", "La verità sui vaccini comunali",
    "Vittime della banca", "Critiche alla giunta"])
def test_italian_criticism_is_seen_with_its_article(bio: str) -> None:
    assert ("bio", "criticism") in shows(bio=bio)


@pytest.mark.parametrize("bio", [
    "Vi dokumenterer. Ministry of Health, official account", "Official documentation of the API", "We record music",
    "日常を記録しています", "Notre documentation", "Technical documentation", "일상을 기록", "ghi lại khoảnh khắc"])
def test_only_documenting_aimed_at_something_counts(bio: str) -> None:
    assert (("bio", "documentation") in shows(bio=bio)) == bio.startswith(("Vi ", "Official doc"))


@pytest.mark.parametrize(("name", "handle"), [
    ("Police Watch", "x"), ("x", "PoliceWatchNY"), ("City Bank Exposed", "x"), ("Stop City Bank", "x"), ("x", "stop_city_bank"),
    ("Boykott Stadtbank", "x"), ("Fora Banco", "x"), ("打倒シティ銀行", "x"), ("x", "boycottcitybank")])
def test_a_critic_is_seen_by_name_or_handle(name: str, handle: str) -> None:
    assert any(kind == "criticism" for _, kind in shows(name, handle))


@pytest.mark.parametrize(("name", "bio"), [
    ("Anti-Terrorist Force", "Official account"), ("反恐部队", "官方账号"), ("Fire Department", "Report fires here"),
    ("City Reporter", "Daily newspaper"), ("Contra Costa County", "County government"), ("Disease Control", "Official page"),
    ("Ministry of Health", "We protect you"), ("Ban Ki-moon", "Diplomat"), ("Stopford Town", "Council"), ("Watchet", "Town")])
def test_a_body_or_outlet_with_an_ordinary_name_does_not_pass_as_a_critic(name: str, bio: str) -> None:
    assert shows(name, name.replace(" ", ""), bio) == set()


def test_the_list_speaks_many_languages_and_knows_every_kind() -> None:
    assert len(LEXICON.languages) >= 50
    assert {entry.group for entry in LEXICON.entries} == set(KINDS)
    for kind in KINDS:
        assert len({lang for e in LEXICON.entries if e.group == kind for lang in e.languages}) >= 15
