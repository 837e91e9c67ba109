"""ClaimReviews are read from feeds, pages and folders; one that cannot be read is told with its place and left out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from evenhand.connectors.registries.claim_reviews import holds_claim_reviews, read_claim_reviews
from evenhand.errors import DataError
from evenhand.workflows.import_registry import Provenance, RegistryDiff, apply_import, import_registry


def review(claim: str = "The moon is cheese", **more: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "ClaimReview", "url": "https://www.check.example/moon",
            "claimReviewed": claim, "datePublished": "2026-02-03", "author": {"@type": "Organization", "name": "Check"},
            "reviewRating": {"@type": "Rating", "ratingValue": "1", "bestRating": "5", "alternateName": "False"}, **more}


def put(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    file.write_text(text, encoding="utf-8")
    return file


def page(*documents: object) -> str:
    scripts = "\n".join(f'<script type="application/ld+json">\n{one if isinstance(one, str) else json.dumps(one)}\n</script>'
                        for one in documents)
    return f"<html>\n<head>\n{scripts}\n</head></html>"


def imported(path: Path, into: Path, **more: Any) -> RegistryDiff:
    return import_registry(path, "fact_checks", into=into, provenance=Provenance(source="feed", as_of=date(2026, 3, 1)), **more)


@pytest.mark.parametrize("document", [
    review(), [review()], {"@graph": [{"@type": "WebPage"}, review()]},
    {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [review()]}]},
    {"@type": "NewsArticle", "headline": "x", "review": review()},
    review() | {"@type": ["Review", "http://schema.org/ClaimReview"]},
    review() | {"claimReviewed": {"@value": "The moon is cheese", "@language": "en"}},
    {key: value for key, value in review().items() if key != "claimReviewed"}
    | {"itemReviewed": {"@type": "Claim", "name": "The moon is cheese"}},
])
def test_a_review_is_found_wherever_it_stands(document: object, tmp_path: Path) -> None:
    [record] = read_claim_reviews(put(tmp_path, "feed.json", document)).records
    assert record.values["claim"] == "The moon is cheese"
    assert (record.values["rating"], record.values["rating_value"]) == ("False", 1.0)
    [of_page] = read_claim_reviews(put(tmp_path, "page.html", page({"@type": "Person"}, document))).records
    assert of_page.values == record.values


def test_words_where_the_number_belongs_and_numbers_where_the_words_belong(tmp_path: Path) -> None:
    odd = [review(reviewRating={"ratingValue": "Pants on Fire"}), review(reviewRating={"ratingValue": 2, "alternateName": "2"})]
    first, second = read_claim_reviews(put(tmp_path, "feed.json", odd)).records
    assert (first.values["rating"], first.values["rating_value"]) == ("Pants on Fire", None)
    assert (second.values["rating"], second.values["rating_value"]) == (None, 2.0)


def test_entities_and_tags_are_read(tmp_path: Path) -> None:
    [record] = read_claim_reviews(put(tmp_path, "feed.json", review("<p>Salt &amp; water</p>"))).records
    assert record.values["claim"] == "Salt & water"


def test_what_cannot_be_read_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    put(tmp_path, "pages/a.html", page(review()))
    put(tmp_path, "pages/b.html", page('{"@type": "ClaimReview",\n"claimReviewed": }', review("")))
    read = read_claim_reviews(tmp_path / "pages")
    assert len(read.records) == 1
    assert [(Path(one.file or "").name, one.line) for one in read.problems] == [("b.html", 5), ("b.html", 8)]
    assert read.n_read == 3


def test_the_line_of_each_review_in_a_feed_is_its_own(tmp_path: Path) -> None:
    file = put(tmp_path, "feed.json", [review("one"), review("two"), review("")])
    read = read_claim_reviews(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert all("ClaimReview" in lines[record.line - 1] for record in read.records)
    assert [record.line for record in read.records] == sorted({record.line for record in read.records})
    assert (read.problems[0].line or 0) > read.records[-1].line


def test_an_import_fills_in_verdict_site_and_state(tmp_path: Path) -> None:
    feed = put(tmp_path, "feed.jsonl", "\n".join(json.dumps(one) for one in (
        review("a"), review("b", url="https://truth.health.gov/x"), review("c", url="https://factcheck.state-news.example/x"),
        review("d", reviewRating={"alternateName": "hm"}))))
    assert holds_claim_reviews(feed)
    diff = imported(feed, tmp_path / "registries", state_sites=("https://www.state-news.example/about",))
    rows = {row["claim"]: row for row in diff.merged.to_pylist()}
    assert (rows["a"]["verdict"], rows["a"]["publisher_site"]) == ("false", "check.example")
    assert rows["a"]["state_affiliated"] is False
    assert (rows["b"]["publisher_site"], rows["b"]["state_affiliated"]) == ("health.gov", True)
    assert rows["c"]["state_affiliated"] is True
    assert rows["a"]["published_at"] == datetime(2026, 2, 3, tzinfo=UTC)
    assert diff.unread_ratings == (("hm", 1),)
    apply_import(diff)
    assert imported(feed, tmp_path / "registries", state_sites=("state-news.example",)).n_unchanged == 4


def test_a_review_with_a_wrong_date_is_left_out_whole(tmp_path: Path) -> None:
    diff = imported(put(tmp_path, "feed.json", [review("a"), review("b", datePublished="last Tuesday")]), tmp_path)
    assert (diff.n_read, len(diff.added), diff.n_rejected) == (2, 1, 1)
    assert "last Tuesday" in diff.rejected[0].what


def test_a_csv_of_fact_checks_needs_no_verdict(tmp_path: Path) -> None:
    file = put(tmp_path, "list.csv", "claim,publisher,url,rating\nThe moon is cheese,Check,https://check.example/1,Falso\n")
    [row] = imported(file, tmp_path).merged.to_pylist()
    assert (row["verdict"], row["publisher_site"]) == ("false", "check.example")


@pytest.mark.parametrize(("name", "content"), [("feed.json", "{"), ("page.html", page("{"))])
def test_a_file_with_nothing_to_read_is_refused(name: str, content: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not readable as JSON-LD"):
        read_claim_reviews(put(tmp_path, name, content))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no page and no feed"):
        read_claim_reviews(tmp_path)


@pytest.mark.parametrize(("text", "n_kept", "n_left_out"), [
    (json.dumps([review(), review("\ud800 alone")]), 1, 1),
    ("[" + json.dumps(review())[:-1] + ', "url": "https://x.example"}, ' + json.dumps(review("The sun")) + "]", 1, 1),
    (json.dumps([review("nul \0 in it"), review()]), 1, 1)])
def test_a_review_that_is_no_text_or_says_two_things_is_left_out_alone(
        text: str, n_kept: int, n_left_out: int, tmp_path: Path) -> None:
    read = read_claim_reviews(put(tmp_path, "feed.json", text))
    assert (len(read.records), len(read.problems), read.n_read) == (n_kept, n_left_out, n_kept + n_left_out)


def test_a_script_that_is_never_closed_is_read_or_told(tmp_path: Path) -> None:
    start = '<script type="application/ld+json">'
    whole = read_claim_reviews(put(tmp_path, "page.html", start + json.dumps(review())))
    assert (len(whole.records), len(whole.problems)) == (1, 0)
    both = f"{start}{json.dumps(review())}</script>{start}{json.dumps(review())[:60]}"
    cut = read_claim_reviews(put(tmp_path, "cut.html", both))
    assert (len(cut.records), len(cut.problems)) == (1, 1)


def feed(*reviews: dict[str, Any], wrapped: bool) -> str:
    return json.dumps({"@type": "DataFeed", "dataFeedElement": reviews} if wrapped else reviews, indent=2)


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize(("claim", "torn"), [
    ('"The moon is 1"', '"The moon is "1""'), ('"The moon is 1",', '"The moon is 1"'),
    ('": "The moon is 1"', '" "The moon is 1"'),
    ('"The moon is 1"', '"The moon is 1'), ('"The moon is 1"', '{"The moon is 1"')])
def test_a_broken_element_of_a_feed_costs_itself_alone(claim: str, torn: str, wrapped: bool, tmp_path: Path) -> None:
    text = feed(*(review(f"The moon is {nth}", url=f"https://check.example/{nth}") for nth in range(3)), wrapped=wrapped)
    assert claim in text
    read = read_claim_reviews(put(tmp_path, "feed.json", text.replace(claim, torn)))
    assert [one.values["claim"] for one in read.records] == ["The moon is 0", "The moon is 2"]
    [problem] = read.problems
    assert text.split("\n")[(problem.line or 0) - 1].strip() in {'"claimReviewed": "The moon is 1",',
                                                                '"datePublished": "2026-02-03",'}
    assert problem.column is not None


@pytest.mark.parametrize("text", [
    json.dumps([review(), review("another")]).replace('"another"', '"an"other"'),        # nobody can tell where the next begins
    feed(review(), review("another"), wrapped=False)[:-40],                              # it was cut off
    feed(review(), review("another"), wrapped=False).replace('"another"', '"an"other"')[:-1],
    json.dumps({"about": {"@graph": [review()]}, "dataFeedElement": [review("a"), review("another")]}, indent=1).replace(
        '"another"', '"an"other"'),                                                      # reviews stand before the list too
    json.dumps({"@graph": [review("a"), review("another")], "more": [review("b"), 1]}, indent=1).replace(
        '"a"', '"a" "b"').replace("\n  1\n", "\n  {,\n"),
])
def test_a_feed_whose_elements_cannot_be_told_apart_is_one_record_and_other_files_are_read(text: str, tmp_path: Path) -> None:
    put(tmp_path, "feeds/broken.json", text)
    put(tmp_path, "feeds/sound.json", [review()])
    (tmp_path / "feeds/gone.json").symlink_to("nowhere.json")
    difference = imported(tmp_path / "feeds", tmp_path / "registries")
    assert (difference.n_read, len(difference.added), difference.n_rejected) == (3, 1, 2)
    broken, gone = difference.rejected
    assert Path(broken.file or "").name == "broken.json"
    assert broken.line is not None
    assert gone.what.endswith("cannot be read: no such file or directory")
    with pytest.raises(DataError, match="not readable as JSON-LD"):
        read_claim_reviews(tmp_path / "feeds/broken.json")
