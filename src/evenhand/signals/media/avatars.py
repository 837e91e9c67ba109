"""The relation `avatar_matches`: accounts whose profile picture looks like a registered holder's, mirrored or turned or not.

A match is not a finding: the holder itself, its offices, its fans and its critics show its picture too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query
from evenhand.signals.media.hashes import (
    HASH_BITS,
    HEX_DIGITS,
    MIN_QUALITY,
    TRANSFORMS,
    Hashes,
    all_transforms,
    distinct,
    from_text,
)
from evenhand.signals.media.near_hashes import HashIndex, Near

MAX_SHARED = 16
"""A picture that more holders share, such as a flag or an empty frame, points at nobody and is left out."""

AVATAR_MATCHES = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("shown", pa.string()),
    pa.field("holder_id", pa.string(), nullable=False),
    pa.field("holder_kind", pa.string(), nullable=False),
    pa.field("holder_picture", pa.string(), nullable=False),
    pa.field("laid", pa.string(), nullable=False),
    pa.field("distance", pa.int32(), nullable=False),
    pa.field("similarity", pa.float64(), nullable=False),
    pa.field("weight", pa.float64(), nullable=False),
])
"""`shown` and `holder_picture` are where the two pictures stand, for showing them side by side; `laid` is how the holder's
picture was laid down to match; `distance` counts the bits that differ, `similarity` is the share that agree, `weight` is one
divided by the number of registered holders whose picture it looks like."""

ACCOUNT_AVATARS = Query(
    name="account_avatars", inputs=("accounts", "media"), sentence="an account's profile picture, as its file was read",
    sql=f"""select a.account_id, m.path, m.pdq from accounts a
            join media m on a.account_id = m.account_id and a.avatar_media_id = m.media_id
            where m.pdq is not null and (m.pdq_quality is null or m.pdq_quality >= {MIN_QUALITY})""")


@dataclass(frozen=True, slots=True, kw_only=True)
class AvatarIndex:
    """The registered holders' pictures, each in its eight layings."""

    hashes: HashIndex
    holder_ids: pa.Array
    """One entry per picture, as in the two below; an indexed hash is of picture `row // 8`, laid `row % 8`."""
    kinds: pa.Array
    pictures: pa.Array
    digest: str

    @classmethod
    def build(cls, holders: pa.Table) -> AvatarIndex:
        """The index of the `avatars` of a register of holders: a hash, and after a space where the picture stands."""
        lists = holders["avatars"].combine_chunks()
        parents = pc.list_parent_indices(lists)
        texts = pc.list_flatten(lists)
        hashes, rows = from_text(pc.utf8_slice_codeunits(texts, 0, HEX_DIGITS))
        kept = pa.array(rows)
        owners, texts = parents.take(kept), texts.take(kept)
        which = distinct(hashes)[1]
        is_own = np.bincount(which, minlength=1)[which] <= MAX_SHARED
        hashes, owners, texts = hashes[is_own], owners.filter(pa.array(is_own)), texts.filter(pa.array(is_own))
        columns = [holders[name].combine_chunks().take(owners) for name in ("holder_id", "kind")]
        picture = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(texts, HEX_DIGITS))
        said = "\n".join(f"{holder}\x1f{text}" for holder, text in zip(columns[0].to_pylist(), texts.to_pylist(), strict=True))
        return cls(hashes=HashIndex(all_transforms(hashes).reshape(-1, hashes.shape[1])), holder_ids=columns[0],
                   kinds=columns[1], pictures=pc.if_else(pc.equal(picture, ""), texts, picture),
                   digest=hashlib.sha256(said.encode()).hexdigest())

    def closest(self, hashes: Hashes) -> Near:
        """For each hash and each holder with a picture near it, the closest of these; in order of the hashes."""
        near = self.hashes.near(hashes)
        owners = self.holder_ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
        holder = owners[near.target // len(TRANSFORMS)]
        order = np.lexsort((near.target, near.distance, holder, near.query))
        query, holder = near.query[order], holder[order]
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = (query[1:] != query[:-1]) | (holder[1:] != holder[:-1])
        best = order[is_first]
        return Near(query=near.query[best], target=near.target[best], distance=near.distance[best])


def avatar_matches(index: AvatarIndex) -> Kernel:
    """The kernel over `account_avatars`: for each account and holder the closest picture, as `AVATAR_MATCHES`."""

    def run(avatars: pa.RecordBatch) -> pa.RecordBatch:
        hashes, rows = from_text(avatars.column("pdq"))
        different, which = distinct(hashes)
        near = index.closest(different)
        first = np.searchsorted(near.query, which)
        n_each = np.searchsorted(near.query, which, side="right") - first
        best = np.arange(int(n_each.sum())) + np.repeat(first - np.cumsum(n_each) + n_each, n_each)
        account, chosen = pa.array(np.repeat(rows, n_each)), pa.array(near.target[best] // len(TRANSFORMS))
        return pa.RecordBatch.from_arrays([
            avatars.column("account_id").take(account), avatars.column("path").take(account),
            index.holder_ids.take(chosen), index.kinds.take(chosen), index.pictures.take(chosen),
            pa.array(TRANSFORMS).take(pa.array(near.target[best] % len(TRANSFORMS))),
            pa.array(near.distance[best].astype(np.int32)), pa.array(1.0 - near.distance[best] / HASH_BITS),
            pa.array(1.0 / np.repeat(n_each, n_each))], schema=AVATAR_MATCHES)

    return Kernel(name="avatar_matches", source=ACCOUNT_AVATARS.name, columns=("account_id", "path", "pdq"), run=run,
                  schema=AVATAR_MATCHES, digest=index.digest,
                  sentence="an account whose profile picture looks like a registered holder's")
