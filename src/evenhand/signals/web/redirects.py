"""Redirects: the addresses that a post leads to without writing them, as far as the platform found them out.

A chain starts at a link in the post, or at what a code (QR) in its picture says. Every address on the way is matched with
link lists. Nothing is fetched here, and that a link is short says nothing: a shortener's own host is never matched.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.urls import listed_urls, text_urls

HOPS = pa.schema([
    *((name, pa.string()) for name in ("account_id", "post_id", "start_host", "url", "host", "domain")),
    ("is_last", pa.bool_())])
"""One row per address on the way from a link or a code. `start_host` is the host of the link, null for a code; `is_last` marks
where it ends."""


def hops(suffixes: PublicSuffixes | None = None) -> Kernel:
    """The kernel `hops` over redirects: one row per address on the way, as `HOPS`.

    >>> found = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "start": ["https://bit.ly/x"],
    ...                          "addresses": [["https://go.example.com/1", "https://www.shop.example.net/"]]})
    >>> [(row["start_host"], row["domain"], row["is_last"]) for row in hops().run(found).to_pylist()]
    [('bit.ly', 'example.com', False), ('bit.ly', 'example.net', True)]
    """
    known = suffixes or PublicSuffixes.bundled()

    def run(found: pa.RecordBatch) -> pa.RecordBatch:
        starts = text_urls(found.column("start"), known, is_link=True)
        rows, first = np.unique(starts.row, return_index=True)
        start_of = np.full(len(found), -1, np.int64)
        start_of[rows] = first
        way = listed_urls(found.column("addresses"), known)
        of = pa.array(way.row)
        place = start_of[way.row]
        started = starts.columns()[1].take(pa.array(place, mask=place < 0))
        is_last = np.append(way.row[1:] != way.row[:-1], np.ones(min(len(way.row), 1), np.bool_))
        return pa.RecordBatch.from_arrays(
            [found.column("account_id").take(of), found.column("post_id").take(of), pc.cast(started, pa.string()),
             *way.columns()[:3], pa.array(is_last)], schema=HOPS)

    return Kernel(name="hops", source="redirects", columns=("account_id", "post_id", "start", "addresses"), run=run,
                  schema=HOPS, sentence="an address to which a link or a code in a post leads on", digest=known.digest)
