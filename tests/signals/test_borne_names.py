"""Whose official account a profile says that it is: one sentence of a claim and a registered name, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from evenhand.model.step import Kernel
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.unicode_tables import UnicodeTables
from evenhand.signals.words.borne_names import BORNE_NAMES, borne_names
from evenhand.workflows.signals import lexicon

type_of_read = Callable[..., pa.RecordBatch]


@pytest.fixture(scope="module")
def read(index: HolderIndex, tables: UnicodeTables) -> type_of_read:
    _, kernel = borne_names(index, tables, said=lexicon("claims"), around=lexicon("bearers"))
    assert isinstance(kernel, Kernel)

    def run(*bios: str | None) -> pa.RecordBatch:
        return kernel.run(pa.record_batch({"account_id": pa.array([str(nth) for nth in range(len(bios))], pa.string()),
                                           "bio": pa.array(bios, pa.string())}))

    return run


@pytest.mark.parametrize(("bio", "holder"), [
    ("Official account of Der Spiegelsaal. DM to recover your funds", "mirror"),
    ("The official page of the Harbour Courier", "post"),
    ("Harbour Courier's official page | write to us", "post"),
    ("Official Account - Lynx News", "fox"),
    ("This is the official account of “Lynx News”.", "fox"),
    ("Cuenta oficial del Harbour Courier", "post"), ("Compte officiel du Harbour Courier", "post"),
    ("Offizieller Account von Der Spiegelsaal", "mirror"), ("Official account of the ABEKOM", "vvs"),
    ("Официальный аккаунт «Вестник Заречья»", "herald"), ("Lynx News'in resmi hesabı", "fox"),
    ("京都府警察本部の公式アカウントです。DMください", "kyoto"), ("國家統計局官方帳號", "statistics"),
    ("국립중앙도서관 공식 계정입니다. 제보는 DM으로", "seoul"),
    ("Lynx News official page. Write to us", "fox"),
    ("भारतीय रिज़र्व बैंक का आधिकारिक खाता", "delhi"),
    ("الحساب الرسمي لـ Lynx News", "fox")])
def test_a_claim_with_nothing_but_a_registered_name_says_whose_account_it_is(read: type_of_read, bio: str, holder: str) -> None:
    assert read(bio).column("holder_id").to_pylist() == [holder]


@pytest.mark.parametrize("bio", [
    "Official account of Der Spiegelsaal Boston", "Official account of the Lynx News fan club",
    "Official account of Lynx News, Ohio bureau", "Official account of Lynx News (Ohio)", "Lynx News official page Ohio",
    "Official account of the Harbour Courier 🇨🇦", "Official partner of Lynx News", "Official supporter club of Lynx News",
    "Reporter at Lynx News. Views my own", "Ex-Lynx News", "Worked for Lynx News", "We monitor Lynx News",
    "Views not those of Lynx News", "Fan of Lynx News", "Not affiliated with Lynx News",
    "Not the official account of Lynx News", "Unofficial account of Lynx News", "Parody of the official account of Lynx News",
    "Former official account of Lynx News", "Follow the official account of Lynx News",
    "Official account of Lynx News @lynxnews",
    "Official account of Lynx News: @lynxnews", "Official account of Lynx News.\n→ @lynxnews",
    "I run the official page of Lynx News", "Admin of the Lynx News official page", "Official spokesperson of Lynx News",
    "Official voice of Lynx News", "Official and verified: Lynx News", "Official account. Lynx News",
    "Official account. Lynx News readers",
    "Кanal Lynx News: не официальный аккаунт Lynx News", "Lynx Newsのファンによる公式アカウント",
    "Официальный аккаунт фанатов Lynx News"])
def test_whoever_works_there_likes_it_points_to_it_or_is_a_part_of_it_is_not_it(read: type_of_read, bio: str) -> None:
    assert read(bio).num_rows == 0


@pytest.mark.parametrize("bio", ["Official account of Daily News", "Official account of the City of Springfield", None, "",
                                 "Official account", "Official account of " + "very " * 60 + "Lynx News"])
def test_a_common_name_none_or_one_out_of_reach_is_nobody_s(read: type_of_read, bio: str | None) -> None:
    assert read(bio) == pa.RecordBatch.from_pylist([], schema=BORNE_NAMES)


def test_the_words_are_told_as_the_profile_has_them(read: type_of_read) -> None:
    assert read("Hello. Official account of Lynx NEWS!").column("shown").to_pylist() == ["Official account of Lynx NEWS"]


def test_a_holder_counts_once_for_each_account(read: type_of_read) -> None:
    twice = "Official account of Lynx News. Lynx News official page"
    assert read(twice, "nothing", twice).column("account_id").to_pylist() == ["0", "2"]
