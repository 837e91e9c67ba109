"""The import contracts cover every room that there is, and no imports run in a circle."""

from __future__ import annotations

import configparser
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src/evenhand"
DOORS = {"connectors", "stores", "engines"}
JUDGEMENTS = {"evaluation", "campaign", "appeals", "transparency", "detectors", "guards", "policy", "registers",
              "statements", "world"}
CORE = JUDGEMENTS | {"signals", "ledger", "ports", "config", "model", "errors"}
ENTRANCES = {"cli", "console"}


def _contract(name: str) -> dict[str, set[str]]:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    section = contracts[f"importlinter:contract:{name}"]
    return {key: {module.removeprefix("evenhand.") for module in section[key].split()}
            for key in ("source_modules", "forbidden_modules")}


def _rooms() -> set[str]:
    return {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py"} | {
        path.name for path in PACKAGE.iterdir() if any(path.rglob("*.py"))}


def test_every_room_is_a_package() -> None:
    folders = {file.parent for file in PACKAGE.rglob("*.py")}
    assert sorted(str(folder.relative_to(PACKAGE)) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_doors_are_kept_from_every_judgement() -> None:
    contract = _contract("adapters")
    assert contract["source_modules"] == DOORS & _rooms()
    assert contract["forbidden_modules"] == JUDGEMENTS & _rooms()


def test_every_room_of_the_core_is_pure() -> None:
    assert _contract("pure")["source_modules"] == CORE & _rooms()


def test_entrances_are_kept_from_every_door() -> None:
    contract = _contract("entrances")
    assert contract["source_modules"] == ENTRANCES & _rooms()
    assert contract["forbidden_modules"] == DOORS & _rooms()


def test_no_imports_run_in_a_circle() -> None:
    graph = grimp.build_graph("evenhand", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, with the circle in its text
