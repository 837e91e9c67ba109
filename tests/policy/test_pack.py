"""Packs: what is read, what the digest covers, and that no text whatever gives anything but a pack or its mistakes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import PolicyError
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.policy import Ladder, Policy, Rung, Verdict
from evenhand.model.policy_case import PolicyCase
from evenhand.policy.pack import read_pack

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "policy_mistakes"
PACK = (GOLDEN / "_pack.toml").read_text(encoding="utf-8")
POLICY = (GOLDEN / "_policy.toml").read_text(encoding="utf-8")
FILES = {"pack.toml": PACK, "media.toml": POLICY, "more.toml": POLICY.replace("posing-as-media", "another")}
PACKS = ROOT / "src/evenhand/data/policies"
SHIPPED = {file.name: file.read_text(encoding="utf-8") for file in sorted((PACKS / "reference").glob("*.toml"))}


def mistakes(files: Mapping[str, str], **more: date) -> list[str]:
    with pytest.raises(PolicyError) as raised:
        read_pack(files, **more)
    return [problem.what for problem in raised.value.problems]


def test_a_policy_holds_what_its_file_says() -> None:
    policy = read_pack(FILES).policy("posing-as-media")
    assert policy.harm is Harm.IMPERSONATION_MEDIA
    assert policy.when.normal == "confidence >= 0.7 and has_identity"
    assert policy.ladders[0].rungs == (
        Rung(penalty=Penalty.LABEL), Rung(penalty=Penalty.LIMIT_REACH),
        Rung(penalty=Penalty.SUSPEND, lasts=timedelta(days=30)), Rung(penalty=Penalty.CLOSE))
    assert policy.needs_person == (Penalty.CLOSE,)
    assert policy.questions[0].yes.ask == "claim"
    assert policy.questions[2].no.verdict is Verdict.VIOLATION
    assert [str(case.expect) for case in policy.cases] == ["finding", "spared:disclosure"]
    assert policy.cases[1].account.display_name == "The Daily Herald (parody)"


def test_a_policy_without_a_ladder_takes_the_packs() -> None:
    ladder = POLICY[POLICY.index("[[ladder]]"):POLICY.index("[[question]]")]
    pack = read_pack({"pack.toml": PACK + ladder, "media.toml": POLICY.replace(ladder, "")})
    assert pack.policies[0].ladders == read_pack(FILES).policies[0].ladders


def test_the_ladder_in_force_is_the_latest_that_has_begun() -> None:
    late = '[[ladder]]\nfrom = 2026-07-01\nfirst = "warn"\nreference = "https://example.org/rules#new"\n\n[[question]]'
    policy = read_pack(FILES | {"media.toml": POLICY.replace("[[question]]", late, 1)}).policy("posing-as-media")
    starts: dict[date, Ladder] = {day: policy.ladder(day) for day in (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))}
    assert [ladder.since for ladder in starts.values()] == [date(2026, 1, 1), date(2026, 1, 1), date(2026, 7, 1)]


def test_a_policy_is_in_force_from_its_first_day_to_the_day_before_its_last() -> None:
    pack = read_pack(FILES | {"media.toml": POLICY.replace("severity = 3", "severity = 3\nuntil = 2026-03-01")})
    policy = pack.policy("posing-as-media")
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [policy in pack.in_force(day) for day in days] == [False, True, True, False]


def test_a_day_without_any_policy_is_a_mistake() -> None:
    assert read_pack(FILES, at=date(2026, 1, 1))
    assert mistakes(FILES, at=date(2025, 12, 31)) == ["no policy is in force on 2025-12-31"]


def test_mistakes_of_all_files_come_together() -> None:
    wrong = FILES | {"media.toml": POLICY.replace("severity = 3", "severity = 9"), "more.toml": "harm = scam",
                     "pack.toml": PACK.replace("reviewers = 2", "reviewers = 0")}
    assert mistakes(wrong) == ["`severity` is 9, more than 4", "this text has no quotes", "`reviewers` is 0, less than 1"]


@pytest.mark.parametrize(("files", "what"), [
    ({}, "the pack has no `pack.toml`"),
    ({"pack.toml": PACK}, "the pack has no policy"),
    ({"media.toml": POLICY}, "the pack has no `pack.toml`"),
    ({**FILES, "old/pack.toml": PACK}, "the pack has two `pack.toml`"),
    ({**FILES, "copy.toml": POLICY}, "the id `posing-as-media` is taken"),
    ({**FILES, "media.toml": "\ufeff" + POLICY}, "the file starts with an invisible mark"),
    ({**FILES, "media.toml": "a = " + "[" * 5000}, "lists or tables stand too deep inside one another"),
    ({**FILES, "media.toml": f"a = {'9' * 5000}"}, "this line is not TOML"),
    ({**FILES, "media.toml": POLICY + "#" * 1_000_000}, "the file has more than 1,000,000 characters"),
])
def test_what_is_wrong_between_files_is_said(files: dict[str, str], what: str) -> None:
    assert what in mistakes(files)


def test_files_that_are_not_toml_are_left_alone() -> None:
    assert read_pack(FILES | {"README.md": "= not TOML ="}).digest == read_pack(FILES).digest


def test_plug_ins_bring_guards_of_their_own() -> None:
    text = POLICY.replace('"namesake"]', '"namesake", "seasonal"]')
    assert mistakes(FILES | {"media.toml": text}) == ["unknown guard `seasonal`"]
    assert read_pack(FILES | {"media.toml": text}, guards=("disclosure", "namesake", "seasonal"))


# ----------------------------------------------------------------------------------------------- the digest

@settings(max_examples=8)
@given(st.permutations(list(SHIPPED)), st.integers(0, 3))
def test_the_digest_does_not_depend_on_file_order_or_white_space(order: list[str], n_blank: int) -> None:
    spaced = {f"deep/{name}": re.sub(r"^(\w+) = ", r"\1   =  ", SHIPPED[name], flags=re.MULTILINE).replace(
        "\n[[", "\n" * n_blank + "\n# a comment\n[[") + "\n" * n_blank for name in order}
    windows = {name: text.replace("\n", "\r\n") for name, text in spaced.items()}
    assert read_pack(spaced).digest == read_pack(windows).digest == read_pack(SHIPPED).digest


def test_the_digest_does_not_depend_on_how_a_condition_is_written() -> None:
    other = SHIPPED | {name: text.replace("confidence >= 0.5 and has_identity", "CONFIDENCE>=0.50 AND\t(has_identity)")
                       for name, text in SHIPPED.items()}
    assert other != SHIPPED
    assert read_pack(other).digest == read_pack(SHIPPED).digest


@pytest.mark.parametrize(("before", "after"), [
    ('version = "1"', 'version = "2"'), ("appeal_days = 184", "appeal_days = 185"), ("appeals@", "appeal@")])
def test_the_digest_covers_the_pack_itself(before: str, after: str) -> None:
    assert read_pack(FILES | {"pack.toml": PACK.replace(before, after)}).digest != read_pack(FILES).digest


@pytest.mark.parametrize(("before", "after"), [
    ("0.7", "0.71"), ('"limit_reach"', '"demonetise"'), ("duration_days = 30", "duration_days = 31"),
    ("severity = 3", "severity = 2"), ('"namesake"]', '"precedence"]'), ("is fine.", "is okay."),
    ("rules#ladder", "rules#steps"), ("its name is its own", "it is"), ("says the government", "says the opposition"),
    ('["en"]', '["de"]'), ("at_least = 2", "at_least = 3"),
    ("from = 2026-01-01\n\n[ground]", "from = 2026-01-02\n\n[ground]"),
    ('expect = "finding"', 'expect = "finding"\nswap = false')])
def test_the_digest_covers_every_part_of_a_policy(before: str, after: str) -> None:
    assert before in POLICY
    assert read_pack(FILES | {"media.toml": POLICY.replace(before, after)}).digest != read_pack(FILES).digest


# -------------------------------------------------------------------------------------------- any text at all

SIGNS = re.findall(r"\S+", """= " ' \"\"\" [ ] [[ ]] { } , . # \\ 0 -1 1e9 2026-01-01 true nan é""")
LINES = ["[[case]]", "[[ladder]]", "[[question]]", "[ground]", "x = 1", "when = ''", "harm = 3", "ladder = 1", "case = []",
         "question = [1]", "ladder = []", "ladder = [[]]", "account = {}", "posts = [{}]", "first = {}", "yes = {}",
         "from = 10:00:00", "created_at = 0001-01-01T00:00:00+23:59", "languages = ['']", "id = ''", "'' = 1", "a.b = 1"]
PIECES = [*SIGNS, *(f"{line}\n" for line in LINES), "\n", "\x00", "\r", "\u2028"]


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, str]:
    """The valid pack with pieces put in, taken out or exchanged at drawn places."""
    files = dict(FILES)
    name = draw(st.sampled_from(["media.toml", "pack.toml"]))
    text = files[name]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        start = text.rfind("\n", 0, start) + 1 if draw(st.booleans()) else start
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 5, 30, 200])))
        text = text[:start] + draw(st.sampled_from(PIECES) | st.text(max_size=3)) + text[end:]
    return files | {name: text}


@settings(max_examples=700)
@given(spoilt())
def test_a_spoilt_pack_gives_a_pack_or_a_policy_error(files: dict[str, str]) -> None:
    shown = "nothing is wrong with it"
    try:
        read_pack(files)
    except PolicyError as error:
        shown = error.render()
    assert shown


# ------------------------------------------------------------------------------------------ the shipped pack

def test_the_shipped_pack_loads() -> None:
    pack = read_pack(SHIPPED, at=date(2026, 11, 23))
    assert {policy.harm for policy in pack.policies} == {
        Harm.IMPERSONATION_OFFICIAL, Harm.IMPERSONATION_INSTITUTION, Harm.IMPERSONATION_MILITARY, Harm.IMPERSONATION_MEDIA,
        Harm.SCAM, Harm.SYNTHETIC_PRESENTER, Harm.FALSE_CLAIM, Harm.DECEPTIVE_MONETISATION, Harm.UNQUALIFIED_ADVICE}


SCRIPTS = {"Latin": "[a-z]", "Cyrillic": "[а-я]", "Han": "[一-龥]", "Kana": "[ぁ-ヿ]", "Hangul": "[가-힣]", "Arabic": "[ء-ي]",
           "Devanagari": "[अ-ह]", "Georgian": "[ა-ჰ]", "Thai": "[ก-ฮ]", "Hebrew": "[א-ת]", "Greek": "[α-ω]"}


def _shipped_policies() -> list[Policy]:
    return [policy for folder in ("reference", "coordination") for policy in read_pack(
        {file.name: file.read_text(encoding="utf-8") for file in sorted((PACKS / folder).glob("*.toml"))}).policies]


@pytest.mark.parametrize("policy", _shipped_policies(), ids=lambda policy: policy.policy_id)
def test_the_shipped_cases_catch_and_spare_in_several_languages_and_scripts(policy: Policy) -> None:
    for cases in (_those(policy, is_finding=True), _those(policy, is_finding=False)):
        written = " ".join(f"{case.account.display_name} {case.account.handle} {case.account.bio} "
                           f"{[post.text for post in case.posts]}".lower() for case in cases)
        assert len(cases) >= 8
        assert len({case.account.language for case in cases} - {None}) >= 4
        assert len([name for name, letters in SCRIPTS.items() if re.search(letters, written)]) >= 3


def _those(policy: Policy, *, is_finding: bool) -> list[PolicyCase]:
    return [case for case in policy.cases if case.expect.is_finding is is_finding]
