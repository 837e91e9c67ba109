"""A record of a register that cannot be used is left out as a whole, told and counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.connectors.registries import load_registries, read_registries
from evenhand.connectors.registries.json_lists import Broken, Element, elements
from evenhand.errors import DataError
from evenhand.model.registers.left_out import counted, why_a_person
from evenhand.model.registry import REGISTERS

HEAD = "holder_id,kind,name,source,as_of\n"
SOUND = {
    "holders": HEAD + "a:1,institution,Harbour Authority,s,2026-01-01\n",
    "fact_checks": "claim,publisher,source,as_of\nThe moon is flat,One,s,2026-01-01\n",
    "credentials": "credential_id,account_id,profession,issuer,status,source,as_of\nc,a,nurse,Board,verified,s,2026-01-01\n",
    "link_lists": "list_id,host,label,source,as_of\nscams,a.example,scam,s,2026-01-01\n",
    "topics": "topic,began_at,ended_at,source,as_of\nmoon,2026-01-01,2026-01-02,s,2026-01-01\n",
    "adjudications": "account_id,harm,outcome,decided_at\na,scam,legitimate,2026-01-01\n",
    "strikes": "account_id,policy_id,points,given_at,expires_at\na,p,1,2026-01-01,2026-02-01\n"}


@pytest.mark.parametrize("name", REGISTERS)
def test_a_broken_record_is_left_out_of_a_sweep_and_told(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.csv").write_text(SOUND[name] + "torn\n")
    read = read_registries(tmp_path)
    [left_out] = read.left_out
    assert read.tables[name].num_rows == 1
    assert (left_out.register, left_out.n, [one.line for one in left_out.problems]) == (name, 1, [3])
    with pytest.raises(DataError):
        load_registries(tmp_path)


def test_only_a_broken_strike_leaves_a_machine_to_decide() -> None:
    assert {name for name in REGISTERS if not why_a_person({name: 1})} == {"strikes"}


def test_a_record_with_several_mistakes_counts_once(tmp_path: Path) -> None:
    (tmp_path / "holders.csv").write_text(SOUND["holders"] + "a:2,party,News,s,2026-01-01\na:1,institution,Harbour,s,soon\n")
    [left_out] = read_registries(tmp_path).left_out
    assert left_out.n == 2
    assert [one.line for one in left_out.problems] == [3, 3, 4]
    assert counted([left_out]) == {"holders": 2}


@pytest.mark.parametrize(("file", "text", "what"), [
    ("holders.csv", HEAD.replace(",kind", "") + "a:1,Harbour Authority,s,2026-01-01\n", "no record of `holders` can be used"),
    ("holders.csv", "", "the file is empty"),
    ("holder.csv", SOUND["holders"], "`holder` is not a register"),
    ("link_lists.json", '[{"list_id": "l", "host": "a.example"} {"list_id"]', "not readable as JSON: expecting `,` or `]`"),
])
def test_what_is_wrong_with_a_whole_file_refuses_the_sweep(file: str, text: str, what: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    (tmp_path / "strikes.csv").write_text(SOUND["strikes"] + "torn\n")
    with pytest.raises(DataError) as refused:
        read_registries(tmp_path)
    assert refused.value.problems[0].what == what
    assert [Path(one.file or "").name for one in refused.value.problems][-1] == "strikes.csv", "and all others are told with it"


@pytest.mark.parametrize("tear", [
    lambda element: element.replace('"b.example"', '"b.exa"mple"'), lambda element: element.replace(":", "", 1),
    lambda element: element.replace("}", "", 1), lambda element: element.replace("{", "{{", 1)])
def test_a_broken_element_of_a_list_in_json_costs_itself_alone(tear: Callable[[str], str], tmp_path: Path) -> None:
    rows = [f'  {{"list_id": "l", "host": "{one}.example", "label": "scam",\n    "source": "s", "as_of": "2026-01-01"}}'
            for one in "abc"]
    (tmp_path / "link_lists.json").write_text("[\n" + ",\n".join([rows[0], tear(rows[1]), rows[2]]) + "\n]\n")
    read = read_registries(tmp_path)
    assert read.tables["link_lists"]["host"].to_pylist() == ["a.example", "c.example"]
    [left_out] = read.left_out
    assert left_out.n == 1
    assert left_out.problems[0].line in (4, 5, 6)


def test_a_list_that_nothing_ends_may_lack_any_number_and_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link_lists.json").write_text(
        '[\n {"list_id": "l", "host": "a.example", "label": "scam", "source": "s", "as_of": "2026-01-01"},\n {"list_id": "')
    with pytest.raises(DataError, match="not readable as JSON: unterminated string"):
        read_registries(tmp_path)


@pytest.mark.parametrize("end", ['{"a": 2, "n": ["y"]', '{"a": 2, "n": [\n   "y"\n  ]', '{"a": 2, "n": ["y"]}]'])
def test_a_list_within_a_torn_element_does_not_end_the_list(end: str) -> None:
    text = '[\n {"a": 1, "n": ["x"]},\n {"b" 2},\n ' + end
    found = list(elements(text, 1, json.JSONDecoder()))
    assert isinstance(found[0], Element)
    assert [one.is_list for one in found if isinstance(one, Broken)] == ([False] if end.endswith("]}]") else [False, True])
