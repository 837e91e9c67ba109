"""Shared links: one key for every way to write the same address."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.hashes import PartHashes, scattered

LINK_KEYS = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("object", pa.int64())])
_BEFORE = r"^[a-z][a-z0-9+.-]*://(www\.|m\.|mobile\.)?"
_TRACKING = r"(?i)([?&])(utm_[a-z]+|fbclid|gclid|igshid|mc_cid|mc_eid|ref|ref_src|s|t)=[^&#]*"
_EMPTY = r"([?&])&+"
_AFTER = r"#.*$|[/?&]+(#.*)?$"
_SALT = np.uint64(0x6C696E6B)
"""Keeps the keys of links apart from those of texts."""


def link_objects() -> Kernel:
    """The kernel `link_objects` over `links`: the key of each link in a post, as `LINK_KEYS`; quoted links have none.

    >>> links = pa.record_batch({"account_id": ["a", "b"], "post_id": ["1", "2"], "is_defanged": [False, False], "url": [
    ...     "https://www.example.org/a/?utm_source=x", "http://example.org/a"]})
    >>> one, other = link_objects().run(links).column("object").to_pylist()
    >>> one == other
    True
    """
    return Kernel(name="link_objects", source="links", columns=("account_id", "post_id", "url", "is_defanged"), run=_run,
                  schema=LINK_KEYS, sentence="a key for the address that a post links to",
                  digest=f"{_BEFORE}{_TRACKING}{_EMPTY}{_AFTER}")


def _run(links: pa.RecordBatch) -> pa.RecordBatch:
    links = links.filter(pc.invert(pc.fill_null(links.column("is_defanged"), False)))
    url = pc.replace_substring_regex(pc.utf8_lower(links.column("url")), _BEFORE, "")
    url = pc.replace_substring_regex(pc.replace_substring_regex(url, _TRACKING, r"\1"), _EMPTY, r"\1")
    url = pc.replace_substring_regex(url, _AFTER, "")
    keys = scattered(PartHashes.of(Texts.from_arrow(url)).wholes() ^ _SALT)
    return pa.RecordBatch.from_arrays([links.column("account_id"), links.column("post_id"),
                                       pa.array(keys.view(np.int64))], schema=LINK_KEYS)
