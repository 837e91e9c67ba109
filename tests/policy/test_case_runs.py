"""Cases as a small snapshot, and what its outcomes say."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand.model.policy_case import CaseOutcome, Expectation
from evenhand.model.snapshot import ACCOUNTS, MEDIA, POSTS
from evenhand.policy.cases.keys import ACCOUNT_KEYS, MEDIA_KEYS, POST_KEYS
from evenhand.policy.cases.runs import case_failures, case_media, case_runs, case_tables, swap_failures
from evenhand.policy.pack import read_pack
from evenhand.policy.swap import read_sides

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "policy_mistakes"
POSTED = """[[case]]
name = "with posts"
expect = "nothing"
account = { handle = "h", created_at = 2026-01-01, followers = 3 }
posts = [{ text = "one", links = ["https://example.org"] }, { text = "two", created_at = 2026-01-02T03:04:05+01:00 }]
media = [{ post = 2, kind = "video", ai_label = true }, { path = "a.jpg", pdq_quality = 90 }]
"""
PACK = read_pack({"pack.toml": (GOLDEN / "_pack.toml").read_text(encoding="utf-8"),
                  "media.toml": (GOLDEN / "_policy.toml").read_text(encoding="utf-8") + POSTED})
SIDES = read_sides((ROOT / "src/evenhand/data/lexicons/sides.toml").read_text(encoding="utf-8"))
RUNS = case_runs(PACK, SIDES)
AS_EXPECTED = {"posing-as-media/1": CaseOutcome(is_finding=True), "posing-as-media/1/1": CaseOutcome(is_finding=True),
               "posing-as-media/2": CaseOutcome(is_finding=False, guards=("criticism", "disclosure"))}


def test_every_case_and_every_swapped_case_is_an_account_of_its_own() -> None:
    assert [(run.account_id, run.original) for run in RUNS] == [
        ("posing-as-media/1", None), ("posing-as-media/1/1", "posing-as-media/1"), ("posing-as-media/2", None),
        ("posing-as-media/3", None)]


def test_cases_become_tables_of_the_snapshot_contract() -> None:
    accounts, posts = case_tables(RUNS)
    assert accounts.schema == ACCOUNTS.schema
    assert posts.schema == POSTS.schema
    assert accounts["account_id"].to_pylist() == [run.account_id for run in RUNS]
    assert posts["post_id"].to_pylist() == ["posing-as-media/3#1", "posing-as-media/3#2"]
    assert posts["links"].to_pylist() == [["https://example.org"], []]
    assert str(posts["created_at"][1].as_py()) == "2026-01-02 02:04:05+00:00"
    assert str(accounts["created_at"][3].as_py()) == "2026-01-01 00:00:00+00:00"


def test_media_belong_to_a_post_or_are_the_profile_picture() -> None:
    accounts, _ = case_tables(RUNS)
    media = case_media(RUNS)
    assert media.schema == MEDIA.schema
    assert [tuple(row.values()) for row in media.select(
        ["media_id", "post_id", "kind", "path", "pdq_quality", "ai_label"]).to_pylist()] == [
        ("posing-as-media/3~1", "posing-as-media/3#2", "video", None, None, True),
        ("posing-as-media/3~2", None, None, "a.jpg", 90, None)]
    assert accounts["avatar_media_id"].to_pylist() == [None, None, None, "posing-as-media/3~2"]


def test_the_keys_of_a_case_are_columns_of_the_contract() -> None:
    assert {key.name for key in ACCOUNT_KEYS} <= set(ACCOUNTS.schema.names)
    assert {key.name for key in POST_KEYS} <= {*POSTS.schema.names, "leads_to"}
    assert {key.name for key in MEDIA_KEYS} <= {*MEDIA.schema.names, "post"}


def test_cases_that_end_as_expected_are_no_problem() -> None:
    assert case_failures(RUNS, AS_EXPECTED) == ()
    assert swap_failures(RUNS, AS_EXPECTED) == ()


def test_a_case_that_ends_otherwise_is_a_problem_at_its_place() -> None:
    (problem,) = case_failures(RUNS, AS_EXPECTED | {"posing-as-media/2": CaseOutcome(is_finding=True)})
    assert problem.what == "the case `labelled parody` expects spared:disclosure, and the outcome is finding"
    assert problem.source == 'name = "labelled parody"'


def test_a_swapped_case_that_ends_otherwise_is_a_problem() -> None:
    (problem,) = swap_failures(RUNS, AS_EXPECTED | {"posing-as-media/1/1": CaseOutcome(is_finding=False)})
    assert problem.what == (
        "the outcome changes with the side: `one-letter twin of a newspaper, with government and opposition exchanged` "
        "gives nothing in place of finding")


@pytest.mark.parametrize(("outcome", "meets"), [
    (CaseOutcome(is_finding=True), {"finding"}),
    (CaseOutcome(is_finding=True, guards=("disclosure",)), {"finding"}),
    (CaseOutcome(is_finding=False), {"nothing"}),
    (CaseOutcome(is_finding=False, guards=("disclosure",)), {"spared:disclosure"}),
    (CaseOutcome(is_finding=False, guards=("criticism", "disclosure")), {"spared:disclosure"}),
    (CaseOutcome(is_finding=False, guards=("criticism",)), set()),
])
def test_an_outcome_meets_just_what_it_should(outcome: CaseOutcome, meets: set[str]) -> None:
    every = (Expectation(is_finding=True), Expectation(is_finding=False), Expectation(is_finding=False, guard="disclosure"))
    assert {str(expectation) for expectation in every if outcome.meets(expectation)} == meets
