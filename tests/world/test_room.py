"""The room of the world knows the nouns and nothing of how anything in it is found."""

from __future__ import annotations

import grimp


def test_the_world_imports_only_the_nouns_and_is_imported_by_nothing_that_finds() -> None:
    graph = grimp.build_graph("evenhand", cache_dir=None)
    rooms = {module: module.split(".")[1] for module in graph.modules if "." in module}
    mine = [module for module, room in rooms.items() if room == "world"]
    assert len(mine) > 10
    assert {rooms[other] for module in mine for other in graph.find_modules_directly_imported_by(module)} <= {
        "world", "model", "errors"}
    assert {rooms[other] for module in mine for other in graph.find_modules_that_directly_import(module)} == {
        "world", "workflows"}


def test_nothing_in_a_sweep_names_the_folder_of_the_truth() -> None:
    graph = grimp.build_graph("evenhand", cache_dir=None)
    makers = {"evenhand.workflows.worlds.write", "evenhand.workflows.worlds.buckets", "evenhand.workflows.worlds.stage"}
    for sweep in ("scan", "plan", "ingest", "sweeps"):
        assert graph.find_upstream_modules(f"evenhand.workflows.{sweep}") & makers == set()
