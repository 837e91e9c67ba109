"""Profile pictures that look like a registered holder's."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.registry import HOLDERS
from evenhand.model.snapshot import ACCOUNTS, MEDIA
from evenhand.signals.media.avatars import ACCOUNT_AVATARS, MAX_SHARED, AvatarIndex, avatar_matches
from evenhand.signals.media.hashes import TRANSFORMS, all_transforms, to_text

HASHES = np.random.default_rng(11).integers(0, 2**64, (4, 4), dtype=np.uint64, endpoint=False)
A, B, C, D = (to_text(one) for one in HASHES)


def turned(bits: int, hash_text: str = A) -> str:
    """The hash with its first bits turned."""
    return f"{int(hash_text, 16) ^ ((1 << bits) - 1):064x}"


def holders(*avatars: list[str]) -> pa.Table:
    return pa.Table.from_pylist([
        {"holder_id": f"h{nth}", "kind": "media", "name": f"Holder {nth}", "avatars": own, "source": "test",
         "as_of": date(2026, 1, 1)} for nth, own in enumerate(avatars)], schema=HOLDERS)


def matches(register: pa.Table, *avatars: str) -> list[dict[str, Any]]:
    batch = pa.record_batch({"account_id": [f"a{nth}" for nth in range(len(avatars))],
                             "path": [f"p{nth}.jpg" for nth in range(len(avatars))], "pdq": pa.array(avatars, pa.string())})
    found: list[dict[str, Any]] = avatar_matches(AvatarIndex.build(register)).run(batch).to_pylist()
    return found


def test_it_says_where_both_pictures_stand() -> None:
    [found] = matches(holders([f"{A} logos/a.png"], [B]), turned(3))
    assert found == {
        "account_id": "a0", "shown": "p0.jpg", "holder_id": "h0", "holder_kind": "media", "holder_picture": "logos/a.png",
        "laid": "as it is", "distance": 3, "similarity": 253 / 256, "weight": 1.0}


def test_31_bits_are_the_same_picture_and_32_are_not() -> None:
    assert [found["distance"] for found in matches(holders([A]), turned(31))] == [31]
    assert matches(holders([A]), turned(32)) == []


def test_a_mirrored_or_turned_picture_is_found() -> None:
    variants = [to_text(one) for one in all_transforms(HASHES[:1])[0]]
    assert [(found["account_id"], found["laid"], found["distance"]) for found in matches(holders([A]), *variants)] == [
        (f"a{nth}", name, 0) for nth, name in enumerate(TRANSFORMS)]


def test_of_a_holders_pictures_the_closest_counts() -> None:
    [found] = matches(holders([f"{turned(9)} far.png", f"{turned(1)} near.png", f"{D} other.png"]), A)
    assert (found["holder_picture"], found["distance"]) == ("near.png", 1)


def test_a_picture_that_holders_share_points_less_at_each_of_them() -> None:
    found = matches(holders([A], [turned(2)], [B]), A)
    assert [(one["holder_id"], one["weight"]) for one in found] == [("h0", 0.5), ("h1", 0.5)]


def test_a_picture_that_many_holders_share_points_at_nobody() -> None:
    assert len(matches(holders(*[[A]] * MAX_SHARED), A)) == MAX_SHARED
    assert matches(holders(*[[A]] * (MAX_SHARED + 1)), A) == []


def test_many_accounts_with_one_picture_each_match() -> None:
    assert [one["account_id"] for one in matches(holders([A]), A, B, A, C, turned(4), A)] == ["a0", "a2", "a4", "a5"]


def test_a_register_without_pictures_matches_nobody() -> None:
    assert matches(holders([], []), A) == []
    assert matches(HOLDERS.empty_table(), A) == []
    assert matches(holders(["not a hash"]), A) == []


def test_the_digest_changes_with_the_pictures() -> None:
    digests = {AvatarIndex.build(holders(own)).digest for own in ([A], [B], [f"{A} a.png"], [])}
    assert len(digests) == 4


def test_only_the_accounts_own_usable_profile_picture_counts() -> None:
    accounts = pa.Table.from_pylist(
        [{"account_id": str(nth), "handle": "h", "avatar_media_id": f"m{nth}" if nth != 5 else None} for nth in range(6)],
        schema=ACCOUNTS.schema)
    media = pa.Table.from_pylist([
        {"media_id": "m0", "account_id": "0", "pdq": A, "pdq_quality": 50, "path": "a.jpg"},
        {"media_id": "m1", "account_id": "1", "pdq": A, "pdq_quality": 49},
        {"media_id": "m2", "account_id": "2", "pdq": A},
        {"media_id": "m3", "account_id": "0", "pdq": A},
        {"media_id": "m4", "account_id": "4"},
        {"media_id": "m5", "account_id": "5", "pdq": A}], schema=MEDIA.schema)
    with DuckDBEngine(threads=1) as engine:
        left = engine.run([ACCOUNT_AVATARS], tables={"accounts": accounts, "media": media}, keep=["account_avatars"])
    rows = left.relations["account_avatars"].sort_by("account_id").to_pylist()
    assert rows == [{"account_id": "0", "path": "a.jpg", "pdq": A}, {"account_id": "2", "path": None, "pdq": A}]
