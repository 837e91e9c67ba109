"""Registry import: look first, then do exactly that; one source at a time; a bad record is left out, told and counted."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.registries import load_registries
from evenhand.connectors.registries.columns import ColumnMapping, load_column_mapping, mapping_of_flags
from evenhand.errors import DataError, ExitCode, StalePlan
from evenhand.workflows.import_registry import Provenance, RegistryDiff, apply_import, import_registry

MINISTRIES = Provenance(source="ministries", source_url="https://lists.example/ministries", as_of=date(2026, 5, 1))
HEADER = "holder_id,kind,name,country,domains\n"
SEA = "m:sea,institution,Ministry of the Sea,NO,sea.example\n"
AIR = "m:air,institution,Ministry of the Air,NO,air.example\n"


@pytest.fixture
def look(tmp_path: Path) -> Any:
    """Imports a text as a list of `ministries` (or of another source) into one folder, without applying it."""
    def made(text: str, *, ending: str = "csv", kind: str = "holders", provenance: Provenance = MINISTRIES,
             mapping: ColumnMapping | None = None) -> RegistryDiff:
        file = tmp_path / f"list.{ending}"
        file.write_text(text, encoding="utf-8")
        return import_registry(file, kind, provenance=provenance, into=tmp_path / "registries", mapping=mapping)
    return made


def told(error: pytest.ExceptionInfo[DataError]) -> list[tuple[str, str | None]]:
    return [(one.what, one.hint) for one in error.value.problems]


def test_looking_writes_nothing_and_applying_writes_what_was_seen(look: Any, tmp_path: Path) -> None:
    diff = look(HEADER + SEA + AIR)
    assert diff.added == (("m:air",), ("m:sea",))
    assert not (tmp_path / "registries").exists()
    written = apply_import(diff)
    assert written == tmp_path / "registries/holders.parquet"
    rows = load_registries(tmp_path / "registries")["holders"].to_pylist()
    assert [(row["holder_id"], row["source"], row["source_url"], row["as_of"]) for row in rows] == [
        ("m:air", "ministries", "https://lists.example/ministries", date(2026, 5, 1)),
        ("m:sea", "ministries", "https://lists.example/ministries", date(2026, 5, 1))]
    assert rows[0]["names"] == [{"name": "Ministry of the Air", "language": None, "kind": "label"}]


def test_a_later_list_of_the_same_source_is_told_as_added_changed_removed_and_unchanged(look: Any) -> None:
    apply_import(look(HEADER + SEA + AIR + "m:old,institution,Ministry of Old,NO,old.example\n"))
    later = Provenance(source="ministries", as_of=date(2026, 6, 1))
    diff = look(HEADER + SEA + "m:air,institution,Ministry of Wind,NO,wind.example\nm:new,media,Sea Times,,\n",
                provenance=later)
    assert (diff.added, diff.removed) == ((("m:new",),), (("m:old",),))
    assert [(one.key, one.fields) for one in diff.changed] == [(("m:air",), ("name", "names", "domains"))]
    assert diff.n_unchanged == 1
    assert diff.sentence == ("holders from ministries: 3 records read, 1 added, 1 changed, 1 removed, 1 unchanged, "
                             "0 left out")
    apply_import(diff)
    again = look(HEADER + SEA + "m:air,institution,Ministry of Wind,NO,wind.example\nm:new,media,Sea Times,,\n")
    assert (again.added, again.removed, again.changed, again.n_unchanged) == ((), (), (), 3)


def test_another_source_is_never_touched_and_its_ids_cannot_be_taken(look: Any, tmp_path: Path) -> None:
    apply_import(look(HEADER + SEA))
    papers = Provenance(source="papers", as_of=date(2026, 5, 2))
    diff = look(HEADER + SEA + "p:1,media,The Sea Times,NO,\n", provenance=papers)
    assert diff.added == (("p:1",),)
    assert [(one.what, one.line) for one in diff.rejected] == [("`m:sea` is there already, from `ministries`", 2)]
    assert diff.n_rejected == 1
    apply_import(diff)
    owners = load_registries(tmp_path / "registries")["holders"].select(["holder_id", "source"]).to_pylist()
    assert owners == [{"holder_id": "m:sea", "source": "ministries"}, {"holder_id": "p:1", "source": "papers"}]


def test_a_record_with_a_mistake_is_left_out_as_a_whole_and_told_with_its_line(look: Any) -> None:
    diff = look(HEADER + SEA + ",institution,Ministry of Nothing,NO,\nm:1,party,Any Party,NO,\n"
                "m:2,institution,Ministry of Ports,NO,not a host\nm:sea,media,Twice,NO,\n"
                "m:3,institution,Government,NO,\nm:4,institution,NO,NO,\n")
    assert diff.added == (("m:sea",),)
    assert [(one.line, one.what) for one in diff.rejected] == [
        (3, "`holder_id` is missing"), (4, "`party` is not a known kind"), (5, "`not` holds no host name"),
        (6, "`m:sea` stands twice"), (7, "the name `Government` is one common word"),
        (8, "the name `NO` has fewer than 3 letters")]
    assert diff.rejected[4].hint == "name the body or person in full, or by its domain"
    assert (diff.n_read, diff.n_rejected) == (7, 6)


@given(st.lists(st.sampled_from([SEA, AIR, "m:1,party,Any,NO,\n", "broken\n", '"a\nb",media,News,,\n', "\n"]), max_size=9))
def test_every_record_is_added_changed_unchanged_or_left_out(
        tmp_path_factory: pytest.TempPathFactory, records: list[str]) -> None:
    folder = tmp_path_factory.mktemp("import")
    (folder / "list.csv").write_text(HEADER + "".join(records))
    diff = import_registry(folder / "list.csv", "holders", provenance=MINISTRIES, into=folder)
    assert diff.n_read == sum(record != "\n" for record in records)
    assert diff.n_read == len(diff.added) + len(diff.changed) + diff.n_unchanged + diff.n_rejected
    assert bool(diff.rejected) == bool(diff.n_rejected)


@pytest.mark.parametrize(("broken", "kept", "removed"), [
    ("m:sea,party,Ministry of the Sea,NO,sea.example\n", ["m:sea"], ["m:old"]),
    ("m:sea,institution,Ministry of the Sea,NO,not a host\n", ["m:sea"], ["m:old"]),
    ("m:new,party,A Party,NO,\n", [], ["m:old", "m:sea"]),
    (",institution,Ministry of the Sea,NO,sea.example\n", ["m:old", "m:sea"], []),
    ("m:sea\n", ["m:old", "m:sea"], []), ("", [], ["m:old", "m:sea"])])
def test_a_record_that_cannot_be_read_is_no_withdrawal(look: Any, tmp_path: Path, broken: str, kept: list[str],
                                                       removed: list[str]) -> None:
    apply_import(look(HEADER + SEA + AIR + "m:old,institution,Ministry of Old,NO,old.example\n"))
    before = {row["holder_id"]: row for row in load_registries(tmp_path / "registries")["holders"].to_pylist()}
    diff = look(HEADER + AIR + broken, provenance=Provenance(source="ministries", as_of=date(2026, 6, 1)))
    assert [key for key, in diff.kept] == kept
    assert [key for key, in diff.removed] == removed
    assert diff.sentence.endswith(f" left out, {len(kept)} kept as they were" if kept else " left out")
    apply_import(diff)
    after = {row["holder_id"]: row for row in load_registries(tmp_path / "registries")["holders"].to_pylist()}
    assert sorted(after) == sorted(["m:air", *kept])
    assert all(after[key] == before[key] for key in kept)
    logged = json.loads((tmp_path / "registries/imports.jsonl").read_text().splitlines()[-1])
    assert (logged["kept"], logged["removed"]) == (len(kept), len(removed))


LISTED = {"m:sea": SEA, "m:air": AIR, "m:ice": "m:ice,media,The Ice Times,NO,ice.example\n"}
TORN = {"m:sea": "m:sea,party,Ministry of the Sea,NO,\n", "m:air": '"m:air,institution,Ministry of\n',
        "m:ice": ",media,The Ice Times,,\n"}


@given(before=st.sets(st.sampled_from(sorted(LISTED)), min_size=1),
       now=st.dictionaries(st.sampled_from(sorted(LISTED)), st.booleans()))
def test_who_stood_in_a_register_still_does_unless_a_list_without_doubt_lacks_it(
        tmp_path_factory: pytest.TempPathFactory, before: set[str], now: dict[str, bool]) -> None:
    folder = tmp_path_factory.mktemp("torn")
    (folder / "list.csv").write_text(HEADER + "".join(LISTED[key] for key in sorted(before)))
    apply_import(import_registry(folder / "list.csv", "holders", provenance=MINISTRIES, into=folder / "to"))
    order = sorted(now, key=lambda key: (key == "m:air", key))  # a quote that is never closed takes all that follows along
    (folder / "list.csv").write_text(HEADER + "".join((LISTED if now[key] else TORN)[key] for key in order))
    diff = import_registry(folder / "list.csv", "holders", provenance=MINISTRIES, into=folder / "to")
    apply_import(diff)
    stands = set(load_registries(folder / "to")["holders"]["holder_id"].to_pylist())
    torn = {key for key, is_whole in now.items() if not is_whole}
    assert {key for key, is_whole in now.items() if is_whole} | (before & torn) <= stands
    assert stands <= set(now) | before
    if not torn:
        assert stands == set(now)


def test_foreign_columns_are_mapped_by_flags_or_by_a_file(look: Any, tmp_path: Path) -> None:
    text = json.dumps([{"qid": "Q1", "title": "Port Office", "site": "https://port.example", "x": "@PortOffice",
                        "founded": 1901}])
    flags = mapping_of_flags(["holder_id=qid", "name=title", "domains=site"], ["kind=institution"], ["twitter=x"])
    file = tmp_path / "map.toml"
    file.write_text('[columns]\nholder_id = "qid"\nname = "title"\ndomains = "site"\n[constants]\nkind = "institution"\n'
                    '[handles]\ntwitter = "x"\n')
    assert load_column_mapping(file) == flags
    diff = look(text, ending="json", mapping=flags)
    row = diff.merged.to_pylist()[0]
    assert (row["holder_id"], row["name"], row["kind"], row["domains"]) == (
        "Q1", "Port Office", "institution", ["port.example"])
    assert row["handles"] == [{"platform": "twitter", "handle": "PortOffice"}]
    assert diff.columns_not_read == ("founded",)


def test_a_mapping_that_does_not_fit_is_told_with_the_nearest_names(look: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        look("qid,titel\nQ1,Port Office\n", mapping=mapping_of_flags(["holder=qid", "name=title"], ["kinds=media"]))
    assert told(raised) == [
        ("`holder` is not a column of `holders`", "did you mean `holder_id`?"),
        ("`kinds` is not a column of `holders`", "did you mean `kind`?"),
        ("the file has no column `title`", "did you mean `titel`?"),
        ("the file has no column `holder_id`",
         "name theirs, `--column holder_id=THEIRS`, or one value for all, `--constant holder_id=…`"),
        ("the file has no column `kind`", "name theirs, `--column kind=THEIRS`, or one value for all, `--constant kind=…`")]
    with pytest.raises(DataError) as raised:
        mapping_of_flags(["name"], ["kind=media", "kind=company"])
    assert [what for what, _ in told(raised)] == ["`name` does not say what is what", "`kind` stands twice in the constants"]
    file = tmp_path / "map.toml"
    file.write_text("column = 1\n[constants]\nkind = 2\n")
    with pytest.raises(DataError) as raised:
        load_column_mapping(file)
    assert told(raised) == [("unknown section `column`", "did you mean `columns`?"),
                            ("`kind` in `constants` is not a text", "put the value in quotes")]


def test_link_lists_are_imported_too_and_defanged_hosts_are_read(look: Any, tmp_path: Path) -> None:
    apply_import(look("host\nevil[.]example\nhttps://bad.example/\n", kind="link_lists",
                      mapping=mapping_of_flags(constants=["list_id=ours", "label=phishing"])))
    rows = load_registries(tmp_path / "registries")["link_lists"].select(["list_id", "host", "label"]).to_pylist()
    assert rows == [{"list_id": "ours", "host": host, "label": "phishing"} for host in ("bad.example", "evil.example")]


@pytest.mark.parametrize(("kind", "what", "hint"), [
    ("holder", "there is no register `holder`", "did you mean `holders`?"),
    ("adjudications", "`adjudications` cannot be imported", "its rows come from decisions and appeals"),
])
def test_only_published_lists_can_be_imported(look: Any, kind: str, what: str, hint: str) -> None:
    with pytest.raises(DataError) as raised:
        look(HEADER + SEA, kind=kind)
    assert told(raised) == [(what, hint)]


def test_files_that_cannot_be_used_at_all_are_told(look: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is in no format that is read here"):
        import_registry(tmp_path / "list.xlsx", "holders", provenance=MINISTRIES, into=tmp_path)
    with pytest.raises(DataError, match="cannot be read: no such file"):
        import_registry(tmp_path / "list.csv", "holders", provenance=MINISTRIES, into=tmp_path)
    with pytest.raises(DataError, match="the file does not hold a list"):
        look('{"holder_id": "a"}', ending="json")
    with pytest.raises(DataError, match="the source has no name"):
        look(HEADER + SEA, provenance=Provenance(source=" ", as_of=date(2026, 5, 1)))


def test_a_register_that_changed_after_the_look_is_not_overwritten(look: Any) -> None:
    seen = look(HEADER + SEA)
    apply_import(look(HEADER + AIR))
    with pytest.raises(StalePlan, match="has changed since the import was looked at") as raised:
        apply_import(seen)
    assert raised.value.exit_code == ExitCode.REFUSED


def test_a_register_kept_by_hand_is_not_shadowed(look: Any, tmp_path: Path) -> None:
    (tmp_path / "registries").mkdir()
    (tmp_path / "registries/holders.csv").write_text(HEADER)
    with pytest.raises(DataError, match=r"`holders.csv` cannot be added to"):
        look(HEADER + SEA)


def test_every_import_leaves_a_line_in_the_log(look: Any, tmp_path: Path) -> None:
    apply_import(look(HEADER + SEA + AIR))
    apply_import(look(HEADER + SEA + "m:1,party,Any Party,NO,\n"))
    lines = [json.loads(line) for line in (tmp_path / "registries/imports.jsonl").read_text().splitlines()]
    assert [(line["source"], line["as_of"], line["added"], line["removed"], line["n_rejected"]) for line in lines] == [
        ("ministries", "2026-05-01", 2, 0, 0), ("ministries", "2026-05-01", 0, 1, 1)]
    assert all(len(line["sha256"]) == 64 for line in lines)
    assert load_registries(tmp_path / "registries")["holders"].num_rows == 1


def test_the_difference_can_be_printed_as_json(look: Any) -> None:
    document = look(HEADER + SEA + "m:1,party,Any Party,NO,\n").document()
    assert json.loads(json.dumps(document)) == document
    assert (document["added"], document["n_rejected"], document["rejected"][0]["line"]) == ([["m:sea"]], 1, 3)
