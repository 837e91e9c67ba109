"""What a person reads when a pack does not load as a whole, a rule is not neutral, a case fails, or a row cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
from error_texts import error_texts

from evenhand.errors import PolicyError, Problem
from evenhand.model.policy_case import CaseOutcome
from evenhand.policy.cases.runs import case_failures, case_runs, swap_failures
from evenhand.policy.compiled.batch import compile_batch
from evenhand.policy.compiled.event import compile_event
from evenhand.policy.language.condition import parse_condition
from evenhand.policy.lint import lint_pack
from evenhand.policy.pack import read_pack
from evenhand.policy.protected_names import protected_names, read_bodies
from evenhand.policy.swap import read_sides

Golden = Callable[[str, str], None]
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src/evenhand/data"
MISTAKES = ROOT / "tests/golden/policy_mistakes"
PACK, POLICY = ((MISTAKES / name).read_text(encoding="utf-8") for name in ("_pack.toml", "_policy.toml"))
SIDES = read_sides((DATA / "lexicons/sides.toml").read_text(encoding="utf-8"))


def told(problems: Iterable[Problem]) -> NoReturn:
    """What was found, as one error."""
    raise PolicyError(list(problems))


def pack(**files: str) -> object:
    return read_pack({f"{name.replace('_', '/')}.toml": text for name, text in files.items()}, at=date(2026, 11, 1))


def test_packs_that_do_not_load_as_a_whole(golden: Golden) -> None:
    deep = f'note = {"[" * 2_000}{"]" * 2_000}\n' + POLICY
    golden("errors/policy/packs.txt", error_texts({
        "no file": lambda: read_pack({}),
        "no pack.toml": lambda: pack(media=POLICY),
        "two of them": lambda: pack(pack=PACK, old_pack=PACK, media=POLICY),
        "no policy": lambda: pack(pack=PACK),
        "two of the same id": lambda: pack(pack=PACK, media=POLICY, press=POLICY),
        "nothing in force": lambda: pack(pack=PACK, media=POLICY.replace("from = 2026-01-01", "from = 2027-01-01")),
        "a file that nobody can read": lambda: pack(pack=PACK, media=POLICY + "#" * 1_000_000),
        "a mark that nobody can see": lambda: pack(pack=PACK, media="\ufeff" + POLICY),
        "lists inside one another": lambda: pack(pack=PACK, media=deep),
    }))


def test_files_that_are_not_toml(golden: Golden) -> None:
    def policy(line: str) -> Callable[[], object]:
        return lambda: pack(pack=PACK, media=POLICY.replace("severity = 3\n", f"{line}\n", 1))

    golden("errors/policy/toml.txt", error_texts({
        "no value": policy("severity ="),
        "a backslash": policy('path = "C:\\docs"'),
        "a key alone": policy("severity"),
        "curly quotes": policy("clause = “3.4”"),
        "a heading of which half is missing": policy("[ground"),
        "any text": policy("Accounts may not pose as others."),
        "a text of several lines that goes on": policy('clause = """three'),
        "a capital": policy("is_urgent = True"),
    }))


def test_rules_that_are_not_neutral(golden: Golden) -> None:
    names = protected_names((("The Daily Herald", "media"),),
                            bodies=read_bodies((DATA / "lexicons/bodies.toml").read_text(encoding="utf-8")))
    unproven = POLICY.replace("says the government", "says everybody").replace(
        'text = "You may not pose as a named news outlet that you are not. Parody that says so is fine."', 'text = "No fakes."')

    def lint(policy: str, condition: str = "confidence >= 0.7 and has_identity") -> NoReturn:
        changed = policy.replace("confidence >= 0.7 and has_identity", condition)
        told(lint_pack(read_pack({"pack.toml": PACK, "media.toml": changed}), names=names, sides=SIDES))

    golden("errors/policy/neutrality.txt", error_texts({
        "a rule that is not proven": lambda: lint(unproven),
        "a rule that aims": lambda: lint(POLICY, "account_id = '7' and contains(bio, 'Daily Herald')"),
        "a rule for some": lambda: lint(POLICY, "country = 'FR' or language <> 'fr'"),
    }))


def test_cases_that_do_not_come_out(golden: Golden) -> None:
    runs = case_runs(read_pack({"pack.toml": PACK, "media.toml": POLICY}), SIDES)
    outcomes = {runs[0].account_id: CaseOutcome(is_finding=True)}
    golden("errors/policy/cases.txt", error_texts({
        "nothing was found": lambda: told(case_failures(runs, {})),
        "one side was found": lambda: told(swap_failures(runs, outcomes)),
    }))


def test_rows_that_cannot_be_judged(golden: Golden) -> None:
    rules = [parse_condition("followers > 10 and contains(bio, 'x') and verified and created_at < timestamp '2026-01-01'")]
    event = {"followers": 2.5, "bio": ["x" * 100], "verified": "yes", "created_at": "soon"}
    golden("errors/policy/rows.txt", error_texts({
        "an event": lambda: compile_event(rules).holds(event),
        "a batch": lambda: compile_batch(rules).holds(pa.table({"followers": ["2"], "verified": [True], "created_at": [1]})),
    }))


def test_conditions_that_cannot_be_read(golden: Golden) -> None:
    def when(text: str) -> Callable[[], object]:
        return lambda: parse_condition(text)

    golden("errors/policy/conditions.txt", error_texts({
        "not behind a value": when("verified not followers > 3"),
        "not before nothing": when("not in ('media')"),
        "a foreign sign": when("followers ? 3"),
        "a column as a function": when("followers(3) > 1"),
        "a function as a column": when("contains and verified"),
        "a sign before a bracket": when("(followers > ) and verified"),
        "a time without quotes": when("created_at < timestamp 2026"),
        "a span without quotes": when("created_at - posted_at < interval days"),
        "a clock": when("current_timestamp > created_at"),
        "brackets in brackets": when("(" * 45 + "verified" + ")" * 45),
        "nothing before a sign": when("= 3"),
        "nothing between two signs": when("followers > * 3"),
        "a table's name": when("accounts.followers > 3"),
        "a number beyond all bounds": when("followers > 1e40"),
        "a number that is none": when("followers > 1e"),
        "a pattern out of a column": when("bio like handle"),
        "a pattern with a backslash": when("bio like 'a\\_b'"),
        "a list with a column in it": when("platform in (handle, 'x')"),
        "is true": when("verified is true"),
        "a sum without end": when("followers" + " + 1" * 120 + " > 3"),
    }))


def test_conditions_that_make_no_sense(golden: Golden) -> None:
    def when(text: str) -> Callable[[], object]:
        return lambda: parse_condition(text)

    golden("errors/policy/senseless.txt", error_texts({
        "nothing": when(" "),
        "more than anybody reads": when("verified" + "\nor verified" * 2_000),
        "more words than anybody reads": when("-1" + "\n-1" * 2_000 + " > 3"),
        "a character that nobody sees": when("bio = 'a\x07'"),
        "a quote of another language": when("$$a = bio"),
        "two expressions": when("verified, verified"),
        "a list where a value belongs": when("(followers, 3) = 3"),
        "the order of yes and no": when("verified < true"),
        "between yes and no": when("verified between true and false"),
        "a length of time": when("interval '3 days' > interval '2 days'"),
        "a pattern for everything": when("bio like '%'"),
        "two times": when("created_at + created_at > date '2026-01-01'"),
        "a time and a number": when("created_at + 3 > date '2026-01-01'"),
        "a time beyond the calendar": when("created_at < date '2199-12-31' + interval '900 days'"),
        "a case without a value": when("case when verified then null end = 3"),
        "a piece out of a column": when("contains_any(bio, handle)"),
        "the empty text": when("contains(bio, '')"),
        "too many digits": when("round(confidence, 99) > 1"),
        "fewer than none": when("followers < -5"),
        "null of a value": when("true is null"),
    }))


def test_policies_that_say_too_much_or_too_little(golden: Golden) -> None:
    def policy(*changes: tuple[str, str]) -> object:
        text = POLICY
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        return pack(pack=PACK, media=text)

    severity, account = "severity = 3\n", "account = { handle"
    golden("errors/policy/policies.txt", error_texts({
        "a reason for a mild first rung": lambda: policy((severity, severity + 'first_rung_reason = "it is urgent"\n')),
        "a reason for nothing": lambda: policy((severity, severity + 'at_once_reason = "it is urgent"\n')),
        "at once what never happens": lambda: policy((severity, severity + (
            'at_once_reason = "it is urgent"\nat_once = ["delete_post"]\n'))),
        "an end without words": lambda: policy((', text = "its name is its own"', "")),
        "a tree that never finds anything": lambda: policy(('verdict = "violation"', 'verdict = "no_violation"')),
        "a language twice": lambda: policy(('languages = ["en"]', 'languages = ["en", "en"]')),
        "a time without its zone": lambda: policy((account, "account = { created_at = 2026-01-01T10:00:00, handle")),
        "a year long ago": lambda: policy((account, "account = { created_at = 1026-01-01, handle")),
        "a question twice": lambda: policy(('id = "claim"', 'id = "name"')),
        "spared by nobody": lambda: policy(('expect = "spared:disclosure"', 'expect = "spared"')),
        "a picture of no post": lambda: policy(('expect = "finding"', 'expect = "finding"\nmedia = [{ post = 2 }]')),
    }))
