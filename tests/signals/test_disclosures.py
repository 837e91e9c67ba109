from __future__ import annotations

from importlib import resources

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.words.disclosures import KINDS, SCHEMA, disclosures
from evenhand.signals.words.handle_words import handle_words
from evenhand.signals.words.lexicon import Lexicon

LEXICON = Lexicon.from_toml((resources.files("evenhand") / "data/lexicons/disclosures.toml").read_text(encoding="utf-8"))
KERNEL = disclosures(LEXICON)


def account(name: str | None = None, handle: str | None = "x", bio: str | None = None) -> pa.RecordBatch:
    return pa.record_batch({"account_id": pa.array(["a"]), "display_name": pa.array([name], pa.string()),
                            "handle": pa.array([handle], pa.string()), "bio": pa.array([bio], pa.string())})


def disclosed(name: str | None = None, handle: str | None = "x", bio: str | None = None) -> set[tuple[str, str]]:
    return {(row["where"], row["kind"]) for row in KERNEL.run(account(name, handle, bio)).to_pylist()}


@pytest.mark.parametrize(("name", "place"), [
    ("Parody: City Bank", ("display_name_start", "parody")),
    ("[Parody] City Bank", ("display_name_start", "parody")),
    ("🎭 Parody City Bank", ("display_name_start", "parody")),
    ("City Bank (parody)", ("display_name", "parody")),
    ("City Bank Parody", ("display_name", "parody")),
    ("Fake - City Bank", ("display_name_start", "parody")),
    ("Not City Bank", ("display_name_start", "parody")),
    ("City Bank | Satire", ("display_name", "satire")),
    ("Fans of City Bank", ("display_name_start", "fan")),
    ("City Bank Fans", ("display_name", "fan")),
    ("City Bank (fan)", ("display_name", "fan")),
    ("City Bank [unofficial]", ("display_name", "unofficial")),
    ("外務省(非公式)", ("display_name", "unofficial")),
    ("【非官方】外交部", ("display_name_start", "unofficial")),
    ("비공식 청와대", ("display_name_start", "unofficial")),
    ("Commentary: City Bank", ("display_name_start", "commentary")),
    ("City Bank bot", ("display_name", "unofficial")),
])
def test_a_disclosure_in_a_name_is_found_with_its_place(name: str, place: tuple[str, str]) -> None:
    assert place in disclosed(name=name)


@pytest.mark.parametrize(("bio", "kind"), [
    ("Parody account. Not affiliated.", "parody"), ("Cuenta parodia", "parody"), ("Conta de paródia", "parody"),
    ("Compte parodique", "parody"), ("Parodie-Account", "parody"), ("Account parodia", "parody"),
    ("Parodie-account van de bank", "parody"), ("Parodikonto", "parody"), ("Parodiatili", "parody"),
    ("Konto parodystyczne", "parody"), ("Parodický účet", "parody"), ("Λογαριασμός παρωδίας", "parody"),
    ("Пародийный аккаунт", "parody"), ("Пародійний акаунт", "parody"), ("Parodi hesabı", "parody"), ("حساب ساخر", "parody"),
    ("اکانت طنز", "parody"), ("חשבון פרודיה", "parody"), ("पैरोडी अकाउंट", "parody"), ("প্যারোডি অ্যাকাউন্ট", "parody"),
    ("บัญชีล้อเลียน", "parody"), ("Tài khoản nhại", "parody"), ("Akun parodi", "parody"), ("パロディ垢です", "parody"),
    ("恶搞账号", "parody"), ("惡搞帳號", "parody"), ("패러디 계정", "parody"), ("Satire, humour", "satire"),
    ("#satire", "satire"), ("Sátira política", "satire"), ("Сатирический аккаунт", "satire"), ("Fan account, she/her", "fan"),
    ("Club de fans", "fan"), ("ファンアカウント", "fan"), ("粉丝后援会", "fan"), ("Fankonto", "fan"),
    ("Commentary and opinion", "commentary"), ("Inoffizieller Account", "unofficial"), ("Неофициальная страница", "unofficial"),
    ("حساب غير رسمي", "unofficial"), ("公式とは無関係です", "unofficial"), ("A bot that posts the feed", "unofficial"),
    ("nieoficjalne", "unofficial"), ("Not endorsed by City Bank", "unofficial"),
])
def test_a_disclosure_in_a_bio_is_found_in_its_language(bio: str, kind: str) -> None:
    assert ("bio", kind) in disclosed(bio=bio)


@pytest.mark.parametrize(("bio", "kind"), [
    ("Conta de fã", "fan"), ("Perfil fã da banda", "fan"), ("Account dei fan", "fan"), ("Profilo fan", "fan"),
    ("Cuenta de fan", "fan"), ("Compte tenu par une fan", "fan"), ("Fankonto", "fan"), ("Аккаунт поклонника", "fan"),
    ("حساب معجبة", "fan"), ("پیج طرفداران", "fan"), ("חשבון מעריצה", "fan"), ("प्रशंसक खाता", "fan"), ("Akun fan", "fan"),
    ("粉丝账户", "fan"), ("粉絲帳戶", "fan"), ("Página de sátira", "satire"), ("Perfil satírico", "satire"),
    ("Compte de satire", "satire"), ("Pagina di satira", "satire"), ("Σελίδα σάτιρας", "satire"), ("บัญชีเสียดสี", "satire")])
def test_fans_and_satirists_are_seen_in_the_singular_and_the_plural(bio: str, kind: str) -> None:
    assert ("bio", kind) in disclosed(bio=bio)


@pytest.mark.parametrize("bio", ["Não é conta de fã", "Non è un account dei fan", "Conta de família", "Fã de café e de fado"])
def test_a_denied_or_another_word_discloses_no_fan_account(bio: str) -> None:
    assert ("bio", "fan") not in disclosed(bio=bio)


@pytest.mark.parametrize(("handle", "kind"), [
    ("NotTheFBI", "parody"), ("fbi_parody", "parody"), ("cityBankParody", "parody"), ("citybankparody", "parody"),
    ("notthecitybank", "parody"), ("CityBankFans", "fan"), ("city_bank_fan", "fan"), ("citybankfanpage", "fan"),
    ("UnofficialCityBank", "unofficial"), ("citybank-bot", "unofficial"), ("SatireCity", "satire"),
])
def test_a_disclosure_in_a_handle_is_found(handle: str, kind: str) -> None:
    assert ("handle", kind) in disclosed(handle=handle)


@pytest.mark.parametrize("bio", [
    "This is not a parody", "Esto no es una parodia account", "Keine Parodie", "Это не пародия", "패러디 계정이 아닙니다",
    "パロディではありません", "不是恶搞账号", "I love parody songs", "books, satire, cats", "No fan account",
    "We block every fake account"])
def test_a_denied_disclosure_and_talk_about_others_disclose_nothing(bio: str) -> None:
    assert disclosed(bio=bio) == set()


@pytest.mark.parametrize(("name", "handle"), [
    ("Fan Bingbing", "fanbingbing"), ("Fan Weekly", "FanWeekly1"), ("Stefan Müller", "stefan"), ("Daily Mirror", "DailyMirror"),
    ("Fantasy Football", "fantasyfootball"), ("National Archives", "natarchives"), ("Talbot", "talbot"),
    ("Notre-Dame", "notredame"), ("Fakenham Town", "fakenham"), ("Pas-de-Calais", "pasdecalais"), ("Satirev", "satirev")])
def test_a_name_that_only_looks_like_a_disclosure_is_none(name: str, handle: str) -> None:
    assert [row for row in KERNEL.run(account(name, handle)).to_pylist() if row["where"] != "handle"] == []


def test_nothing_is_disclosed_by_nothing() -> None:
    batch = account(None, None, None)
    assert KERNEL.run(batch).schema.equals(SCHEMA)
    assert KERNEL.run(batch).num_rows == 0


PIECES = st.sampled_from(["parody", "Parody ", "FB", "I", "fan", " not a ", "(", ")", " - ", ", ", "satire",
                          "非公式", "ではありません", "The", "x", "unofficial ", "\n", "🎭", "é"])
TEXT = st.one_of(st.none(), st.lists(PIECES, max_size=6).map("".join))


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=6))
def test_a_bulk_result_is_the_union_of_the_one_row_results(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    batch = pa.record_batch({"account_id": pa.array([str(nth) for nth in range(len(rows))], pa.string()), **{
        name: pa.array([row[nth] for row in rows], pa.string()) for nth, name in enumerate(("display_name", "handle", "bio"))}})
    single = [row for nth in range(len(rows)) for row in KERNEL.run(batch.slice(nth, 1)).to_pylist()]
    assert KERNEL.run(batch).to_pylist() == single


@pytest.mark.parametrize(("handle", "words"), [
    ("NotTheFBI", "Not The FBI"), ("FBIWatch", "FBI Watch"), ("a1b22", "a 1 b 22"), ("x_y.z-w", "x y z w"),
    ("été2024", "été 2024"), ("", ""), ("A", "A"), ("ABc", "A Bc"), ("日本2024", "日本 2024")])
def test_the_words_of_a_handle_part_at_capitals_digits_and_separators(handle: str, words: str) -> None:
    assert handle_words(pa.array(["zZ", handle, "aa"])).to_pylist() == ["z Z", words, "aa"]


@pytest.mark.parametrize(("bio", "kind"), [
    ("Parody account. News that never happened.", "parody"), ("Satire. Author: Bob.", "satire"),
    ("Official account of The Mirror hair salon. News and offers.", "trade"),
    ("Parody account.\nAccounts of nothing", "parody")])
def test_what_the_next_sentence_says_takes_no_disclosure_back(bio: str, kind: str) -> None:
    assert ("bio", kind) in disclosed(bio=bio)


@pytest.mark.parametrize(("bio", "kind"), [
    ("Cyfrif swyddogol yr FBI. Dychan yn unig.", "satire"), ("FBI-ის ოფიციალური ანგარიში. პაროდია, სატირა.", "satire"),
    ("የFBI ይፋዊ ገጽ። ፌዝ ብቻ፣ ቀልድ።", "satire"), ("FBI තරාවදියාව. උපහාසය", "satire"), ("Kont uffiċjali. Satira.", "satire"),
    ("Àkàǹtì FBI. Àwàdà ni o.", "satire"), ("FBI албан ёсны хуудас. Шог хошин.", "satire"),
    ("Cuntas oifigiúil. Aoir, magadh.", "satire"), ("Opisyal na account. Parodya lang ito.", "satire"),
    ("Compte officiel du salon de coiffure", "trade"), ("ピザ屋です", "trade"), ("Официальный аккаунт пиццерии", "trade")])
def test_small_languages_and_other_trades_are_understood(bio: str, kind: str) -> None:
    assert ("bio", kind) in disclosed(bio=bio)


def test_the_list_speaks_many_languages_and_knows_every_kind() -> None:
    assert len(LEXICON.languages) >= 60
    assert {entry.group for entry in LEXICON.entries} == set(KINDS)
    for kind in KINDS:
        assert len({lang for e in LEXICON.entries if e.group == kind for lang in e.languages}) >= 25
