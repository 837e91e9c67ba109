"""What measuring says of cards that cannot be read, and of a world whose truth does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from error_texts import command, error_texts
from sample_campaign import sample_campaign
from small_snapshot import written_snapshot

from evenhand.connectors.plan_folder import PlanWriter
from evenhand.evaluation.outcomes import TRUTH_ACCOUNTS, TRUTH_POSTS

Golden = Callable[[str, str], None]
CARD = ('id = "mine"\ntitle = "A test"\ntask = "name_retrieval"\nlicence = "CC0-1.0"\nsource = "written for a test"\n'
        'options = { hidden = "nothing" }\n[[file]]\nrole = "names"\npath = "names.parquet"\n'
        'columns = { entity = "id", name = "name", language = "language" }\n')


def test_cards_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path(f"{name}.toml").write_text(CARD, encoding="utf-8")
    Path("latin.toml").write_bytes("# é".encode("latin-1"))
    golden("errors/evaluation/cards.txt", error_texts({
        "a name that no card has": command("evaluate", "satyre"),
        "files that cannot be read": command("evaluate", "latin.toml", "gone.toml"),
        "two cards of one name": command("evaluate", "one.toml", "two.toml"),
        "no such data": command("evaluate", "one.toml", "--data", "typo"),
    }))


def test_worlds_that_do_not_fit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    written_snapshot(Path("world/snapshot"), n_planned=3, n_others=2, fingerprint="this")
    true: dict[str, Any] = dict.fromkeys(TRUTH_ACCOUNTS.names) | {
        "kind": "ordinary", "role": "someone", "language": "en", "script": "Latn"}
    rows = [true | {"account_id": "a0", "kind": "villain"}, true | {"account_id": "a1", "harm": "rudeness"},
            true | {"account_id": "a2", "other_harms": "scam+envy"}, true | {"account_id": "o0"}]
    for name, found, schema in (("accounts", rows, TRUTH_ACCOUNTS), ("posts", [], TRUTH_POSTS)):
        Path("world/truth", name).mkdir(parents=True)
        for bucket in range(4):
            pq.write_table(pa.Table.from_pylist(found if bucket == 0 else [], schema=schema),
                           f"world/truth/{name}/bucket={bucket:03d}.parquet")
    for name, snapshot in (("plan", "this"), ("other", "that")):
        with PlanWriter(Path(name)) as writer:
            writer.finish(replace(sample_campaign(3).plan, snapshot=snapshot, counts={"scam": {"label": 3}}))
    golden("errors/evaluation/worlds.txt", error_texts({
        "a plan of another snapshot": command("evaluate", "world", "--plan", "other"),
        "a truth that does not fit": command("evaluate", "world", "--plan", "plan"),
    }))
