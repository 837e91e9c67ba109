"""A copied profile picture strengthens a name and is never a family, or a finding, of its own."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from evenhand.detectors.avatars import AVATAR_EVIDENCE, PICTURE_ALONE, WITH_NAME
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.evidence import EvidenceFamily
from evenhand.signals.media.avatars import AVATAR_MATCHES
from evenhand.signals.names.matches import NAME_MATCHES

PICTURE = {"account_id": "1", "shown": "a.jpg", "holder_id": "h", "holder_kind": "media", "holder_picture": "logo.png",
           "laid": "as it is", "distance": 3, "similarity": 0.99, "weight": 1.0}
NAME = {"account_id": "1", "field": "display_name", "shown": "X", "holder_id": "h", "holder_kind": "media", "holder_name": "X",
        "match": "same", "similarity": 1.0, "weight": 0.6, "n_holders_sharing": 1}


def evidence(pictures: list[dict[str, Any]], names: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with DuckDBEngine(threads=1) as engine:
        left = engine.run([AVATAR_EVIDENCE], keep=[AVATAR_EVIDENCE.name], tables={
            "avatar_matches": pa.Table.from_pylist(pictures, schema=AVATAR_MATCHES),
            "name_matches": pa.Table.from_pylist(names, schema=NAME_MATCHES)})
    rows: list[dict[str, Any]] = left.relations[AVATAR_EVIDENCE.name].to_pylist()
    return rows


def test_it_shows_both_pictures_side_by_side_as_identity() -> None:
    [row] = evidence([PICTURE], [])
    assert (row["family"], row["shown"], row["expected"], row["where"]) == (
        EvidenceFamily.IDENTITY, "a.jpg", "logo.png", "avatar")
    assert (row["similarity"], row["weight"]) == (None, None), "best_similarity and name_weight are of names"


@pytest.mark.parametrize(("names", "strength"), [
    ([], PICTURE_ALONE), ([NAME], 1 - 0.4 * (1 - WITH_NAME)), ([NAME | {"holder_id": "other"}], PICTURE_ALONE),
    ([NAME, NAME | {"field": "handle", "similarity": 0.9, "weight": 1.0}], 1 - 0.1 * (1 - WITH_NAME))])
def test_a_name_of_the_same_holder_makes_it_stronger(names: list[dict[str, Any]], strength: float) -> None:
    assert evidence([PICTURE], names)[0]["strength"] == pytest.approx(strength)


def test_a_picture_that_holders_share_adds_less() -> None:
    assert evidence([PICTURE | {"weight": 0.25}], [])[0]["strength"] == pytest.approx(PICTURE_ALONE / 4)


def test_alone_it_stays_below_every_shipped_policy() -> None:
    assert PICTURE_ALONE < 0.5
