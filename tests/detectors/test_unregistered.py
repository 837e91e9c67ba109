"""Bodies that no register lists: the name of a kind of body and a claim to be it, and a person for each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from evenhand.detectors.identity import SELF_NAMED
from evenhand.detectors.unregistered import BODIES, UNREGISTERED
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.unregistered import GUARD
from evenhand.model.snapshot import ACCOUNTS
from evenhand.model.step import Step
from evenhand.signals.candidates import CANDIDATES
from evenhand.signals.web.links import addresses
from evenhand.signals.words.claims import claims
from evenhand.workflows.signals import lexicon

NOBODY = {  # what else makes a candidate: none of it is about a body in no register
    "name_matches": pa.table({"account_id": pa.array([], pa.string())}),
    "avatar_matches": pa.table({"account_id": pa.array([], pa.string())}),
    "address_matches": pa.table({"account_id": pa.array([], pa.string()), "where": pa.array([], pa.string())}),
    "listed_links": pa.table({"account_id": pa.array([], pa.string())})}
STEPS: tuple[Step, ...] = (claims(lexicon("claims")), addresses(), CANDIDATES, SELF_NAMED, BODIES, *GUARD.steps)


def seen(name: str, bio: str, website: str | None = None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The evidence of both kinds, and what the guard says, of one account."""
    account = {"account_id": "1", "handle": "a", "display_name": name, "bio": bio, "website": website, "platform": "twitter"}
    with DuckDBEngine(threads=1) as engine:
        left = engine.run(STEPS, keep=[BODIES.name, GUARD.hits],
                          tables=NOBODY | {"accounts": pa.Table.from_pylist([account], schema=ACCOUNTS.schema)})
    return left.relations[BODIES.name].to_pylist(), left.relations[GUARD.hits].to_pylist()


@pytest.mark.parametrize(("name", "bio", "kind"), [
    ("Springfield Centre for Disease Control", "Official page of the centre.", "institution"),
    ("Strategic Missile Force", "Official account of the force.", "military"),
    ("Agencia de Salud Pública de Altea", "Somos Agencia de Salud Pública de Altea.", "institution"),
    ("名古屋疾病対策センター", "名古屋疾病対策センターの公式アカウントです。", "institution"),
    ("Штаб противовоздушной обороны Заречья", "Официальный аккаунт.", "military"),
    ("هيئة الصحة العامة", "الحساب الرسمي", "institution")])
def test_a_name_of_such_a_body_and_a_claim_are_two_families_and_a_person_decides(name: str, bio: str, kind: str) -> None:
    evidence, hits = seen(name, bio)
    assert {row["family"] for row in evidence} == {"identity", "claim"}
    assert {row["holder_id"] for row in evidence} == {f"{UNREGISTERED}{kind}"}
    assert {(hit["strength"], hit["holder_id"]) for hit in hits} == {("ask", f"{UNREGISTERED}{kind}")}


@pytest.mark.parametrize(("name", "bio", "website"), [
    ("Springfield Centre for Disease Control", "We count cases.", None),
    ("Springfield Centre for Disease Control", "Official page of the centre.", "https://cdc.springfield.gov"),
    ("福岡疾病対策センター", "公式アカウント", "https://www.city.fukuoka.lg.jp"),
    ("Ann, works at the Centre for Disease Control, loves cats and dogs", "My official account.", None),
    ("Ann Roe", "Official account of the Centre for Disease Control", None)])
def test_no_claim_a_government_address_or_another_name_is_no_suspicion(name: str, bio: str, website: str | None) -> None:
    assert seen(name, bio, website) == ([], [])


@pytest.mark.parametrize(("name", "bio"), [
    ("Counter-Terrorism Command", "Official account."), ("Fuerzas de Misiles Estratégicos", "Cuenta oficial"),
    ("Force des missiles stratégiques", "Compte officiel"), ("Strategische Raketenstreitkräfte", "Offizieller Account"),
    ("Unidade Antiterrorismo", "Conta oficial"), ("Стратегические ракетные силы", "Официальный аккаунт"),
    ("Δύναμη Στρατηγικών Πυραύλων", "Επίσημος λογαριασμός"), ("Stratejik Roket Kuvvetleri", "Resmi hesabı"),
    ("القوات الصاروخية الاستراتيجية", "الحساب الرسمي"), ("یگان ضد تروریسم", "حساب رسمی"), ("כוח נגד טרור", "חשבון רשמי"),
    ("आतंकवाद विरोधी बल", "आधिकारिक खाता"), ("হাই লাল ফৌজ কমান্ড", "অফিসিয়াল পেজ"), ("หน่วยต่อต้านการก่อการร้าย", "เพจทางการ"),
    ("Đơn vị Chống khủng bố", "trang chính thức"), ("Satuan Antiteror", "Akun resmi"), ("戦略ロケット軍", "公式アカウント"),
    ("战略火箭部队", "官方账号"), ("대테러 특공대", "공식 계정")])
def test_an_arm_and_a_unit_in_whichever_words_name_a_military_body(name: str, bio: str) -> None:
    assert {row["holder_id"] for row in seen(name, bio)[0]} == {f"{UNREGISTERED}military"}


@pytest.mark.parametrize(("name", "bio"), [
    ("Red Army Reenactors", "Official account."), ("Historia del Ejército Rojo", "Cuenta oficial"),
    ("Anciens de la Force de missiles stratégiques", "Compte officiel"), ("Geschichte der Roten Armee", "Offizieller Account"),
    ("História do Exército Vermelho", "Conta oficial"), ("Ветераны: Ракетные войска", "Официальный аккаунт"),
    ("Βετεράνοι Δύναμη Στρατηγικών Πυραύλων", "Επίσημος λογαριασμός"), ("Kızıl Ordu Tarihi", "Resmi hesap"),
    ("تاريخ الجيش الأحمر", "الحساب الرسمي"), ("هواداران یگان ضد تروریسم", "حساب رسمی"),
    ("היסטוריה של הצבא האדום", "חשבון רשמי"), ("लाल सेना का इतिहास", "आधिकारिक खाता"),
    ("ประวัติศาสตร์กองทัพแดง", "เพจทางการ"), ("Lịch sử Hồng quân", "trang chính thức"), ("Sejarah Tentara Merah", "Akun resmi"),
    ("赤軍の歴史", "公式アカウント"), ("反恐部队游戏公会", "官方账号"), ("전략미사일부대 전우회", "공식 계정")])
def test_history_veterans_fans_and_players_of_a_force_are_not_the_force(name: str, bio: str) -> None:
    assert seen(name, bio) == ([], [])


@pytest.mark.parametrize(("name", "bio"), [
    ("Centro de Controlo e Prevenção de Doenças", "Conta oficial"),
    ("Центр контроля и профилактики заболеваний", "Официальный аккаунт"),
    ("Κέντρο Ελέγχου και Πρόληψης Νοσημάτων", "Επίσημη σελίδα"), ("Εθνικό Ινστιτούτο Ερευνών", "Επίσημη σελίδα"),
    ("مركز السيطرة على الأمراض", "الحساب الرسمي"), ("المعهد الوطني للبحوث", "الحساب الرسمي"),
    ("疾病予防管理センター", "公式アカウント"), ("국가연구소", "공식 계정"),
    ("Pusat Pencegahan dan Pengendalian Penyakit", "Akun resmi"),
    ("राष्ट्रीय शोध संस्थान", "आधिकारिक खाता")])
def test_centres_against_disease_and_institutes_of_the_state_are_public_bodies(name: str, bio: str) -> None:
    assert {row["holder_id"] for row in seen(name, bio)[0]} == {f"{UNREGISTERED}institution"}


def self_named(name: str, bio: str) -> int:
    account = {"account_id": "1", "handle": "a", "display_name": name, "bio": bio}
    with DuckDBEngine(threads=1) as engine:
        left = engine.run(STEPS[:4], keep=[SELF_NAMED.name],
                          tables=NOBODY | {"accounts": pa.Table.from_pylist([account], schema=ACCOUNTS.schema)})
    return left.relations[SELF_NAMED.name].num_rows


@pytest.mark.parametrize(("name", "bio"), [
    ("The Daily Herold", "We are The Daily Herold."), ("The Daily Herold", "New account of The Daily Herold, ours was hacked"),
    ("Irish Daily", "Nous sommes Irish Daily, votre rédaction"), ("中央新報", "我們是中央新報。"),
    ("Bucks Herald", "Bucks Herald का नया खाता"), ("Bucks Herald", "Мы — Bucks Herald, ваша редакция")])
def test_who_speaks_as_the_body_of_its_own_name_claims_to_be_it(name: str, bio: str) -> None:
    assert self_named(name, bio) == 1


@pytest.mark.parametrize(("name", "bio"), [
    ("The Daily Herold", "We are readers of many papers, among them The Daily Herold."),
    ("The Daily Herold", "We are not The Daily Herold."), ("Die Zeitung", "Wir sind nicht Die Zeitung."),
    ("Ann", "We are farmers."), ("", "We are."),
    ("AB", "We are AB."), ("Bucks Herald", "Just a fan of Bucks Herald")])
def test_away_from_its_name_or_denied_such_words_say_nothing(name: str, bio: str) -> None:
    assert self_named(name, bio) == 0
