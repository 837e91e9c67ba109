"""Synthetic presenters: what is found, what is left alone, and both sides of each border."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
from shipped_materials import shipped_materials

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.media import SOURCE_TYPE_ADDRESSES, SOURCE_TYPES, AiMark, Provenance
from evenhand.model.snapshot import ACCOUNTS, MEDIA, POSTS, TABLES
from evenhand.workflows.plan import Materials

ANCHOR: dict[str, Any] = {"handle": "evening", "display_name": "Evening Desk", "bio": "Your news anchor."}
VIDEO: dict[str, Any] = {"kind": "video", "path": "v.mp4", "digital_source_type": "trainedAlgorithmicMedia", "ai_mark": "c2pa",
                         "provenance": "intact"}
PICTURE = VIDEO | {"kind": "image", "path": "i.png"}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Sweeps:
    """The account steps of the shipped pack, ready to run."""

    materials: Materials
    engine: DuckDBEngine


@pytest.fixture(scope="module")
def sweeps() -> Iterator[Sweeps]:
    materials = shipped_materials()
    with DuckDBEngine(threads=1) as engine:
        engine.bind(materials.registries)
        yield Sweeps(materials=materials, engine=engine)


def swept(sweeps: Sweeps, accounts: Rows, posts: Rows, media: Rows) -> dict[str, pa.Table]:
    pipeline = sweeps.materials.pipeline
    tables: dict[str, pa.Table] = {name: TABLES[name].schema.empty_table() for name in pipeline.tables}
    tables |= {"accounts": pa.Table.from_pylist(accounts, schema=ACCOUNTS.schema),
               "posts": pa.Table.from_pylist(posts, schema=POSTS.schema),
               "media": pa.Table.from_pylist(media, schema=MEDIA.schema)}
    steps = pipeline.account_steps
    return dict(sweeps.engine.run(steps, tables=tables, keep=[step.name for step in steps]).relations)


def found(sweeps: Sweeps, *media: dict[str, Any], account: dict[str, Any] | None = None,
          text: str | None = "Good evening.") -> Rows:
    """What is found of an account with one post for each of its media files."""
    posts = [{"account_id": "1", "post_id": str(nth), "text": text} for nth in range(len(media))]
    files = [{"account_id": "1", "media_id": str(nth), "post_id": str(nth)} | one for nth, one in enumerate(media)]
    left = swept(sweeps, [{"account_id": "1"} | (account or ANCHOR)], posts, files)
    rows: Rows = left["synthetic_presenter_found"].to_pylist()
    return rows


def test_an_anchors_undisclosed_video_is_found(sweeps: Sweeps) -> None:
    [row] = found(sweeps, VIDEO)
    assert (row["holder_id"], row["confidence"]) == ("", pytest.approx(0.95 * 0.9))


@pytest.mark.parametrize("kind", SOURCE_TYPES)
def test_the_platforms_word_is_enough_without_a_mark_in_the_file(sweeps: Sweeps, kind: str) -> None:
    assert found(sweeps, {"kind": "video", "digital_source_type": kind})


@pytest.mark.parametrize("address", SOURCE_TYPE_ADDRESSES)
@pytest.mark.parametrize("kind", SOURCE_TYPES)
def test_a_term_may_be_given_with_its_whole_address(sweeps: Sweeps, kind: str, address: str) -> None:
    assert found(sweeps, {"kind": "video", "digital_source_type": address + kind})
    assert found(sweeps, {"kind": "video", "digital_source_type": f"{address}digitalCapture"}) == []


@pytest.mark.parametrize("mark", [mark for mark in AiMark if mark is not AiMark.C2PA])
def test_each_mark_in_a_file_counts(sweeps: Sweeps, mark: AiMark) -> None:
    assert found(sweeps, {"kind": "video", "ai_mark": str(mark)})


@pytest.mark.parametrize("media", [
    {"kind": "video"}, {"kind": "video", "provenance": "none"}, {"kind": "video", "provenance": "trusted"},
    {"kind": "video", "generator": "Example Camera"}, {"kind": "video", "digital_source_type": "digitalCapture"},
    {"kind": "video", "digital_source_type": "algorithmicMedia"},
    {"kind": "video", "digital_source_type": "compositeSynthetic"},
])
def test_that_nothing_is_stated_is_never_evidence(sweeps: Sweeps, media: dict[str, Any]) -> None:
    assert found(sweeps, media, text="Breaking news") == []


def test_a_tampered_manifest_counts_for_nothing_but_other_marks_stay(sweeps: Sweeps) -> None:
    tampered = VIDEO | {"provenance": str(Provenance.INVALID)}
    assert found(sweeps, tampered) == []
    assert found(sweeps, tampered | {"ai_mark": "xmp"})


def test_the_platforms_label_discloses(sweeps: Sweeps) -> None:
    assert found(sweeps, VIDEO | {"ai_label": True}) == []
    assert found(sweeps, VIDEO | {"ai_label": False})


@pytest.mark.parametrize("text", [
    "Breaking news. Made with AI.", "Última hora, video generado con IA", "Срочные новости, создано нейросетью",
    "خبر عاجل بالذكاء الاصطناعي", "突发新闻（AI生成）", "速報です（AIで作成）", "[속보] AI로 제작",
    "Son dakika, yapay zeka ile",
    "ब्रेकिंग न्यूज़, एआई द्वारा", "Breaking news: satire!"])
def test_a_post_that_says_so_is_left_alone(sweeps: Sweeps, text: str) -> None:
    assert found(sweeps, VIDEO, text=text) == []


@pytest.mark.parametrize("text", ["Breaking news. This is not AI-generated.",
                                  "Kein Deepfake: Eilmeldung", "突发新闻，不是AI生成"])
def test_a_post_that_denies_it_is_not(sweeps: Sweeps, text: str) -> None:
    assert found(sweeps, VIDEO, text=text)


def test_one_disclosed_post_does_not_speak_for_another(sweeps: Sweeps) -> None:
    left = swept(sweeps, [{"account_id": "1"} | ANCHOR], [
        {"account_id": "1", "post_id": "a", "text": "Made with AI"},
        {"account_id": "1", "post_id": "b", "text": "Good evening"}],
        [{"account_id": "1", "media_id": one, "post_id": one} | VIDEO for one in "ab"])
    assert left["undisclosed_media"]["post_id"].to_pylist() == ["b"]
    assert left["synthetic_presenter_found"].num_rows == 1


@pytest.mark.parametrize(("n_pictures", "is_found"), [(1, False), (2, False), (3, True)])
def test_one_picture_is_an_illustration_and_three_posts_are_not(
        sweeps: Sweeps, n_pictures: int, *, is_found: bool) -> None:
    account = {"handle": "gazette", "display_name": "Valley Gazette", "bio": "Local news and analysis."}
    assert bool(found(sweeps, *[PICTURE] * n_pictures, account=account)) is is_found


def test_a_presenters_own_words_beside_one_picture_are_enough(sweeps: Sweeps) -> None:
    account = {"handle": "x", "display_name": "X", "bio": None}
    assert found(sweeps, PICTURE, account=account, text="I'm your host tonight.")
    assert found(sweeps, PICTURE, account=account, text="A castle.") == []


def test_an_avatar_alone_is_never_found(sweeps: Sweeps) -> None:
    left = swept(sweeps, [{"account_id": "1", "avatar_media_id": "m"} | ANCHOR], [
        {"account_id": "1", "post_id": "p", "text": "Breaking news"}], [{"account_id": "1", "media_id": "m"} | PICTURE])
    assert left["synthetic_presenter_found"].num_rows == 0


def test_art_that_is_not_news_is_left_alone(sweeps: Sweeps) -> None:
    account = {"handle": "dreams", "display_name": "Dreamscapes", "bio": "Castles and dragons."}
    assert found(sweeps, VIDEO, PICTURE, PICTURE, account=account, text="A dragon over the bay.") == []


def test_what_is_said_in_the_video_counts(sweeps: Sweeps) -> None:
    account = {"handle": "x", "display_name": "X", "bio": None}
    assert found(sweeps, VIDEO | {"text": "Good evening, live from our studio."}, account=account, text=None)
    assert found(sweeps, VIDEO | {"text": "Live from our studio. AI-generated."}, account=account, text=None) == []


def test_a_named_outlet_without_proof_is_posed_as_and_with_proof_is_not(sweeps: Sweeps) -> None:
    account = {"handle": "washpost_video", "display_name": "The Washington Post", "bio": None, "platform": "twitter"}
    [row] = found(sweeps, PICTURE, account=account)
    assert (row["holder_kind"], row["confidence"] >= 0.5) == ("media", True)
    assert found(sweeps, PICTURE, account=account | {"verified": True}) == []


def test_a_site_in_the_profile_is_not_the_name_that_a_presenter_speaks_under(sweeps: Sweeps) -> None:
    account = {"handle": "ann1987", "display_name": "Ann", "bio": None, "website": "https://washingtonp0st.com"}
    left = swept(sweeps, [{"account_id": "1"} | account], [{"account_id": "1", "post_id": "p", "text": "A castle."}],
                 [{"account_id": "1", "media_id": "m", "post_id": "p"} | PICTURE])
    assert left["identity_evidence"].num_rows
    assert left["synthetic_presenter_found"].num_rows == 0


@pytest.mark.parametrize("text", [
    "My cat as a news anchor", "A bear dressed as a newsreader", "Ein Hund als Nachrichtensprecher"])
def test_a_picture_of_somebody_in_the_role_is_no_presenter(sweeps: Sweeps, text: str) -> None:
    assert found(sweeps, PICTURE, account={"handle": "x", "display_name": "X", "bio": None}, text=text) == []


def test_no_one_family_is_ever_enough(sweeps: Sweeps) -> None:
    left = swept(sweeps, [{"account_id": str(n)} | ANCHOR for n in range(2)], [
        {"account_id": "0", "post_id": "p", "text": "Breaking news"}],
        [{"account_id": "1", "media_id": "m", "post_id": "q"} | VIDEO])
    families = left["synthetic_presenter_evidence"].group_by("account_id").aggregate([("family", "count_distinct")])
    assert {row["account_id"] for row in left["synthetic_presenter_found"].to_pylist()} <= {
        row["account_id"] for row in families.to_pylist() if row["family_count_distinct"] >= 2}
    assert "0" not in left["synthetic_presenter_evidence"]["account_id"].to_pylist()


@pytest.mark.parametrize(("bio", "spared"), [
    ("News anchor, made with AI", True), ("AI news anchor", True), ("虚拟主播", True), ("Виртуальная ведущая", True),
    ("News anchor. Not AI.", False), ("News anchor", False), ("Kein Deepfake", False)])
def test_the_guard_hears_disclosures_and_not_denials(sweeps: Sweeps, bio: str, *, spared: bool) -> None:
    left = swept(sweeps, [{"account_id": "1", "handle": "x", "bio": bio}], [{"account_id": "1", "post_id": "p"}],
                 [{"account_id": "1", "media_id": "m", "post_id": "p"} | VIDEO])
    assert bool(left["ai_disclosure_hits"].num_rows) is spared


def test_without_media_nothing_of_it_runs(sweeps: Sweeps) -> None:
    left = swept(sweeps, [{"account_id": "1"} | ANCHOR], [{"account_id": "1", "post_id": "p", "text": "Breaking news"}], [])
    mine = ("synthetic_media", "synthetic_accounts", "synthetic_texts", "presenter_claims", "news_formats", "account_avatars")
    assert {name: left[name].num_rows for name in mine} == dict.fromkeys(mine, 0)
