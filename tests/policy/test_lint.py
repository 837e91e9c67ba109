"""The neutrality lint: no condition may single anybody out, and every policy is proven by its cases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from evenhand.policy.lint import lint_pack
from evenhand.policy.pack import read_pack
from evenhand.policy.protected_names import ProtectedNames, fold, protected_names, read_bodies
from evenhand.policy.swap import read_sides

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "src/evenhand/data"
GOLDEN = ROOT / "tests" / "golden" / "policy_mistakes"
PACK = (GOLDEN / "_pack.toml").read_text(encoding="utf-8")
POLICY = (GOLDEN / "_policy.toml").read_text(encoding="utf-8").replace(
    'handle = "dailyherold"', 'handle = "dh", language = "en"').replace(
    'harm = "impersonation_media"', 'harm = "deceptive_monetisation"')
IMPERSONATION = POLICY.replace('harm = "deceptive_monetisation"', 'harm = "impersonation_media"')
SIDES = read_sides((DATA / "lexicons/sides.toml").read_text(encoding="utf-8"))
HOLDERS = (("Maria Cantwell", "official"), ("Martha Okonkwo-Lindqvist", "official"), ("The Daily Herald", "media"),
           ("Herald", "media"), ("札幌市", "institution"), ("FBI", "institution"),
           ("Federal Bureau of Investigation", "institution"))


@cache
def names() -> ProtectedNames:
    return protected_names(HOLDERS, bodies=read_bodies((DATA / "lexicons/bodies.toml").read_text(encoding="utf-8")))


def lint(policy: str) -> list[str]:
    pack = read_pack({"pack.toml": PACK, "media.toml": policy})
    return [problem.what for problem in lint_pack(pack, names=names(), sides=SIDES)]


def lint_condition(condition: str) -> list[str]:
    return lint(POLICY.replace("confidence >= 0.7 and has_identity", condition))


@pytest.mark.parametrize("condition", [
    "contains(bio, 'Maria Cantwell')", "lower(display_name) = 'cantwell'", "contains(handle, 'okonkwo')",
    "contains_any(bio, 'airdrop', 'the daily herald')", "display_name = 'Herald'", "contains(bio, '札幌市役所')",
    "display_name like '%FBI%'", "contains(bio, 'federal bureau OF investigation')",
    "contains(bio, 'democrat')", "contains(bio, 'democr')", "bio like '%emocrat%'", "contains(bio, 'our Government')",
    "contains(bio, '政府')", "contains(bio, '共产党万岁')", "contains(bio, 'правительство')", "contains(bio, 'حكومة')",
    "contains(bio, 'सरकार')", "contains(bio, 'ukrainian')", "contains(bio, 'USA')", "contains(bio, '🇫🇷')",
    "bio = 'Nippon 日本'", "ends_with(website, '.ru')", "website like '%.cn/%'", "coalesce(bio, '') = 'Kremlin'",
    "case when bio = 'regime' then true else false end", "not contains(bio, 'police')", "bio in ('x', 'Bundestag')",
])
def test_a_condition_may_not_name_anybody(condition: str) -> None:
    assert [what for what in lint_condition(condition) if ", which names a " in what], "this names somebody"


@pytest.mark.parametrize("condition", [
    "confidence >= 0.7", "contains_any(bio, 'airdrop', 'giveaway', '空投', 'раздача')", "contains(bio, 'free')",
    "website like 'https://%'", "platform = 'mastodon'", "holder_kind = 'official'", "ends_with(handle, '_official')",
    "contains(bio, 'news')", "contains(bio, 'official')", "country = holder_country", "language is null",
    "contains(bio, 'herald of spring')", "ends_with(website, '.example')",
    "contains(bio, 'cantwell')",     # a surname alone, where people write about anything
])
def test_a_condition_may_look_for_what_is_nobody(condition: str) -> None:
    assert lint_condition(condition) == []


@pytest.mark.parametrize(("condition", "what"), [
    ("country = 'FR'", "the condition singles out a state: 'FR'"),
    ("holder_country in ('US')", "the condition singles out a state: 'US'"),
    ("language <> 'ru'", "the condition singles out speakers of a language: 'ru'"),
])
def test_a_condition_may_not_single_out_states_or_languages(condition: str, what: str) -> None:
    assert lint_condition(condition) == [what]


@pytest.mark.parametrize("condition", ["account_id = '12345'", "has_identity and account_id <> 'x'"])
def test_a_condition_may_not_aim_at_an_account(condition: str) -> None:
    assert "the condition looks at `account_id`, so it aims at certain accounts" in lint_condition(condition)


@pytest.mark.parametrize("condition", ["contains(bio, 'airdrop')", "handle = 'x1y2'", "length(display_name) > 3"])
def test_a_condition_on_impersonation_does_not_read_what_people_say(condition: str) -> None:
    found = lint(IMPERSONATION.replace("confidence >= 0.7 and has_identity", condition))
    assert [what for what in found if what.startswith("the condition of a policy on impersonation reads `")]


def test_a_policy_on_impersonation_listens_to_every_guard() -> None:
    every = ["disclosure", "criticism", "namesake", "precedence", "proven_control", "named_in_profile", "renamed",
             "adjudicated"]
    for missing in every[1:]:  # without the first, its case does not load
        listed = json.dumps([guard for guard in every if guard != missing])
        found = lint(re.sub(r"^guards = .*$", f"guards = {listed}", IMPERSONATION, flags=re.MULTILINE))
        assert found == [f"a policy on `impersonation_media` must listen to `{missing}`"]
    assert lint(re.sub(r"^guards = .*$", f"guards = {json.dumps(every)}", IMPERSONATION, flags=re.MULTILINE)) == []


def test_a_policy_is_validated_only_for_languages_that_its_cases_speak() -> None:
    assert lint(POLICY.replace('languages = ["en"]', 'languages = ["en", "ja"]')) == [
        "no case is in `ja`, so the policy is not validated for it"]
    assert lint(POLICY.replace('languages = ["en"]', 'languages = ["*"]')) == []


def test_a_policy_needs_a_case_that_can_be_swapped() -> None:
    nothing_proven = ["no case names a side, so the swap test proves nothing"]
    assert lint(POLICY.replace("says the government", "says everybody")) == nothing_proven
    assert lint(POLICY.replace('expect = "finding"', 'expect = "finding"\nswap = false')) == nothing_proven


def test_a_rule_must_be_long_enough_to_be_understood() -> None:
    short = re.sub(r"^text = .*$", 'text = "No fakes."', POLICY, flags=re.MULTILINE)
    assert lint(short) == ["the rule has 9 characters, too few to be understood"]


def test_a_lint_problem_points_at_the_word(golden: Callable[[str, str], None]) -> None:
    condition = """'''
confidence >= 0.7 and has_identity
  and contains_any(bio, 'airdrop', 'democrats')
  and country = 'FR' and website like '%.ru'
'''"""
    pack = read_pack({"pack.toml": PACK, "media.toml": POLICY.replace('"confidence >= 0.7 and has_identity"', condition)})
    problems = lint_pack(pack, names=names(), sides=SIDES)
    golden("policy_lint/names_sides.txt", "\n\n".join(problem.render() for problem in problems) + "\n")


def test_the_shipped_pack_passes() -> None:
    files = {file.name: file.read_text(encoding="utf-8") for file in (DATA / "policies/reference").glob("*.toml")}
    assert lint_pack(read_pack(files), names=names(), sides=SIDES) == ()


def test_the_list_of_bodies_speaks_many_languages() -> None:
    bodies = names().bodies
    for word in ("government", "gobierno", "gouvernement", "regierung", "правительство", "الحكومة", "सरकार", "政府", "정부",
                 "hükümet", "partei", "партия", "共产党", "japan", "日本", "япония", "اليابان", "जापान", "president", "министр",
                 "대통령", "ministry"):
        assert fold(word) in bodies, word
