"""Links: web addresses in posts and profiles, however they are written, split into host, domain and suffix."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.urls import Urls, post_urls, text_urls, whole_text_url

LINKS = pa.schema([
    *((name, pa.string()) for name in ("account_id", "post_id", "where", "url", "host", "domain", "suffix", "label")),
    ("is_defanged", pa.bool_())])
"""One row per address in a post. `where` is the post's id. `is_defanged`: the post writes this host only so that it
cannot be clicked, as those do who warn of it."""
ADDRESSES = pa.schema([
    *((name, pa.string()) for name in ("account_id", "where", "url", "host", "domain", "suffix", "label")),
    ("is_defanged", pa.bool_())])
"""One row per address in a profile. `where` is `website`, `handle` or `bio`; `is_defanged` as in `LINKS`."""

DOMAIN_HANDLE_PLATFORMS = ("atproto", "bluesky", "bsky", "web")
"""Platforms where a handle is a domain whose holder has proven control (AT Protocol). Elsewhere a dot in a handle is a
dot. An account without a platform is taken at its word."""


def links(suffixes: PublicSuffixes | None = None) -> Kernel:
    """The kernel `links` over posts: one row per address in the text or the list of links, as `LINKS`.

    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": ["see hxxps://x[.]pages[.]dev/?q=1)."],
    ...                          "links": pa.array([None], pa.list_(pa.string()))})
    >>> links().run(posts).select(["url", "host", "domain"]).to_pylist()
    [{'url': 'https://x.pages.dev/?q=1', 'host': 'x.pages.dev', 'domain': 'x.pages.dev'}]
    """
    known = suffixes or PublicSuffixes.bundled()

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        found = post_urls(posts.column("text"), posts.column("links"), known)
        rows = pa.array(found.row)
        ids = posts.column("post_id").take(rows)
        columns = [posts.column("account_id").take(rows), ids, ids, *found.columns(), found.is_defanged]
        return pa.RecordBatch.from_arrays(columns, schema=LINKS)

    return Kernel(name="links", source="posts", columns=("account_id", "post_id", "text", "links"), run=run,
                  schema=LINKS, sentence="a web address in a post", digest=known.digest)


def addresses(suffixes: PublicSuffixes | None = None) -> Kernel:
    """The kernel `addresses` over accounts: one row per address in website, handle or bio, as `ADDRESSES`."""
    known = suffixes or PublicSuffixes.bundled()

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        parts = {"website": text_urls(accounts.column("website"), known, is_address=True),
                 "handle": whole_text_url(_domain_handles(accounts), known),
                 "bio": text_urls(accounts.column("bio"), known)}
        found = Urls.joined(list(parts.values()))
        order = pa.array(np.argsort(found.row, kind="stable"))
        where = pa.concat_arrays([pa.repeat(pa.scalar(place), len(part.row)) for place, part in parts.items()])
        columns = [accounts.column("account_id").take(pa.array(found.row)), where, *found.columns(), found.only_defanged()]
        return pa.RecordBatch.from_arrays([column.take(order) for column in columns], schema=ADDRESSES)

    return Kernel(name="addresses", source="accounts", columns=("account_id", "platform", "handle", "website", "bio"),
                  run=run, schema=ADDRESSES, sentence="a web address in a profile", digest=known.digest)


def _domain_handles(accounts: pa.RecordBatch) -> pa.Array:
    """The handles that may be domains, null for the others."""
    platform = accounts.column("platform")
    is_domain = pc.or_(pc.is_null(platform),
                       pc.is_in(pc.utf8_lower(platform), value_set=pa.array(DOMAIN_HANDLE_PLATFORMS)))
    handles = pc.utf8_ltrim(accounts.column("handle"), characters="@")
    return pc.if_else(pc.fill_null(is_domain, False), handles, pa.scalar(None, pa.string()))


