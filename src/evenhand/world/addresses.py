"""Addresses in profiles and posts: look-alike sites, listed scam hosts, shops, and what everybody links to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.world.chance import Indices, Numbers, again, below, below_too
from evenhand.world.identities import Stage
from evenhand.world.mosaic import Pieces, lay
from evenhand.world.people import number_pieces

KINDS = ("none", "lookalike", "own", "listed", "shop", "any", "shared", "local", "petition")
LISTS = {"shop": "shop_host", "any": "any_host", "shared": "shared_host", "local": "local_host",
         "petition": "petition_host"}
BEFORE = ("https://", "https://www.", "http://", "", "https://", "www.")
BETWEEN = ("/", "/a/", "/?id=", "/p/", "/s/", "/news/", "/r/", "/x")


def addresses(stage: Stage, kinds: Indices, *, keys: Numbers, domains: pa.StringArray, bare: bool) -> pa.StringArray:
    """An address for each row by its kind; rows of kind `none` have null.

    `keys` decide the host and path: equal keys give equal addresses. `domains` are those of look-alike and own sites.
    Bare addresses have no path.
    """
    book = stage.book
    base = len(book.pool)
    pool = pa.concat_arrays([book.pool, pa.array([*BEFORE, *BETWEEN], pa.string()), stage.targets.hosts, domains.fill_null("")])
    n_fixed, hosts = base + len(BEFORE) + len(BETWEEN), len(stage.targets.hosts)
    draws = stage.chance.draw("address", keys)
    host = np.zeros(len(kinds), np.int64)
    in_row = np.isin(kinds, (KINDS.index("lookalike"), KINDS.index("own")))
    host[in_row] = n_fixed + hosts + np.nonzero(in_row)[0]
    is_listed = kinds == KINDS.index("listed")
    host[is_listed] = n_fixed + below(draws[is_listed], hosts)
    anyone = np.zeros(len(kinds), np.int64)
    for kind, name in LISTS.items():
        rows = kinds == KINDS.index(kind)
        host[rows] = book.words(name, draws[rows], anyone[rows])
    has = kinds > 0
    before = np.where(has, base + below_too(again(draws), len(BEFORE)), 0)
    path = has & (not bare)
    between = np.where(path, base + len(BEFORE) + below_too(draws, len(BETWEEN)), 0)
    number = np.where(path[:, None], number_pieces((again(draws, 2) % np.uint64(1_000_000)).astype(np.int64), book=book), 0)
    pieces: Pieces = np.concatenate([np.stack([before, host, between], axis=1), number], axis=1).astype(np.int32)
    return lay(pool, pieces)
