"""The folder: files appear whole, a job of the platform's own may take its time, and what it writes is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenhand.connectors.platforms.files import FilesPlatform, read_lines, write_lines
from evenhand.errors import DoorError, Unreachable
from evenhand.model.campaigns.effect_state import Act, Answer, Order, Standing

ORDER = Order(order_id=1, campaign_id="autumn", key="k", act=Act.IMPOSE, of_key=None, decision_id="d", account_id="a",
              post_id="p", penalty="delete_post", stratum="p/delete_post/en", stage=0, turn=0, until=None, attempts=1,
              failures=0, unwanted=None)
OTHER = ORDER._replace(key="l")


def only(folder: Path) -> Path:
    (file,) = folder.glob("*.jsonl")
    return file


def test_without_a_job_orders_are_accepted_and_stay_pending_until_it_has_run(tmp_path: Path) -> None:
    platform = FilesPlatform(tmp_path)
    assert [one.answer for one in platform.carry_out([ORDER, OTHER], {})] == [Answer.ACCEPTED] * 2
    assert [one.standing for one in platform.read_back([ORDER, OTHER])] == [Standing.PENDING] * 2
    with pytest.raises(Unreachable, match="nobody answers"):
        platform.save([ORDER])
    sent = read_lines(only(tmp_path / "effects"))
    assert sent == [{"key": f"autumn/{key}", "act": "impose", "account_id": "a", "penalty": "delete_post", "post_id": "p",
                     "decision_id": "d"} for key in "kl"]
    question = next(file for file in (tmp_path / "questions").iterdir() if len(read_lines(file)) == 2)
    write_lines(tmp_path / "answers", [json.dumps({"key": one["key"], "standing": "in_force"})
                                       for one in reversed(read_lines(question))], question.name)
    assert [one.standing for one in platform.read_back([ORDER, OTHER])] == [Standing.IN_FORCE] * 2
    assert [one.standing for one in platform.read_back([ORDER, OTHER])] == [Standing.PENDING] * 2, "an answer is used once"


def test_an_answer_that_a_killed_worker_left_behind_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    platform = FilesPlatform(tmp_path)
    platform.read_back([ORDER])
    question = only(tmp_path / "questions")
    write_lines(tmp_path / "answers", ['{"key": "autumn/k", "standing": "absent"}'], question.name)
    question.unlink()  # as far as the worker came: it had read the answer and was about to remove it
    assert [one.standing for one in platform.read_back([ORDER])] == [Standing.PENDING]
    assert only(tmp_path / "questions") == question
    write_lines(tmp_path / "answers", ['{"key": "autumn/k", "standing": "in_force"}'], question.name)
    assert [one.standing for one in platform.read_back([ORDER])] == [Standing.IN_FORCE]


def test_the_same_orders_are_the_same_file(tmp_path: Path) -> None:
    platform = FilesPlatform(tmp_path)
    for _ in range(2):
        platform.carry_out([ORDER], {})
    only(tmp_path / "effects")
    assert [file.name for file in tmp_path.rglob(".*")] == []


@pytest.mark.parametrize(("lines", "why"), [
    (["{}"], "1 of 1 orders got no reply, `autumn/k` first"),
    (['{"key": "autumn/k"}'], "a receipt cannot be read"),
    (['{"key": "autumn/k", "answer": "perhaps"}'], "a receipt cannot be read"),
    (['{"key": "autumn/k", "answer": "imposed"}', "[1]"], "this is not a JSON object\n  --> .*:2"),
    (['{"key": "autumn/k",'], "this is not a JSON object\n  --> .*:1"),
    (['{"key": "a"}, {"key": "b"}'], "this is not a JSON object\n  --> .*:1"),
])
def test_receipts_that_are_none_are_named_with_their_line(tmp_path: Path, lines: list[str], why: str) -> None:
    platform = FilesPlatform(tmp_path, answering=lambda name: write_lines(
        tmp_path / "receipts", lines, name.partition("/")[2]) and None)
    with pytest.raises(DoorError, match=why):
        platform.carry_out([ORDER], {})
