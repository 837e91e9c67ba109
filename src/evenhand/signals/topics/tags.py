"""Tags: the hashtags of the posts that may be about selling, and which of them stood in a burst when the post was published."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.snapshot import TIME
from evenhand.model.step import Kernel, Query, Step
from evenhand.signals.words.promotions import LEADING_POSTS

POST_TAGS = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("created_at", TIME), ("topic", pa.string())])
SIGNS = "[#\uff03]"
"""What stands before a hashtag, narrow or wide."""
TAG = r"^[\p{L}\p{M}\p{N}_\x{200c}]*\p{L}[\p{L}\p{M}\p{N}_\x{200c}]*"
"""A hashtag: letters with their marks, numbers and underscores, and one letter at least (Unicode, UAX #31 appendix D)."""
MAX_TAG = 100
"""Characters; nobody takes up a longer one."""


def topic_steps() -> tuple[Step, ...]:
    """The steps that leave `burst_posts`."""
    return (_post_tags(), BURST_POSTS)


def _post_tags() -> Kernel:
    return Kernel(name="post_tags", source=LEADING_POSTS.name, columns=("account_id", "post_id", "created_at", "text"),
                  run=tags, schema=POST_TAGS, digest=TAG, sentence="a hashtag of a post with a link or a contact")


def tags(posts: pa.RecordBatch) -> pa.RecordBatch:
    """One row for each hashtag of a post, lower case and without its sign, as `POST_TAGS`.

    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "created_at": pa.array([None], TIME),
    ...                          "text": ["#Finale tonight, 5 #1, ＃決勝 and #finale"]})
    >>> tags(posts).column("topic").to_pylist()
    ['finale', '決勝']
    """
    texts = posts.column("text").cast(pa.string())
    some = np.flatnonzero(pc.fill_null(pc.match_substring_regex(texts, SIGNS), False).to_numpy(zero_copy_only=False))
    pieces = pc.split_pattern_regex(texts.take(pa.array(some)), SIGNS)
    of = some[pc.list_parent_indices(pieces).to_numpy()]
    is_tagged = np.append([False], of[1:] == of[:-1]) if len(of) else np.zeros(0, np.bool_)
    found = pc.struct_field(pc.extract_regex(pc.list_flatten(pieces), f"(?P<topic>{TAG})"), "topic")
    kept = pc.and_(pa.array(is_tagged), pc.and_(found.is_valid(), pc.fill_null(pc.less_equal(pc.utf8_length(found), MAX_TAG),
                                                                              False)))
    topics = pc.utf8_lower(found.filter(kept))
    rows = of[kept.to_numpy(zero_copy_only=False)]
    code = topics.dictionary_encode()
    _, first = np.unique(rows * (len(code.dictionary) + 1) + code.indices.to_numpy(), return_index=True)
    first.sort()
    place = pa.array(rows[first])
    return pa.RecordBatch.from_arrays(
        [*(posts.column(name).take(place) for name in ("account_id", "post_id")),
         posts.column("created_at").take(place).cast(TIME), topics.take(pa.array(first))], schema=POST_TAGS)


BURST_POSTS = Query(
    name="burst_posts", inputs=("post_tags", "topics"),
    sentence="a post with a hashtag that many accounts had just taken up",
    sql="""
    select t.account_id, t.post_id, t.topic, min(b.began_at) as began_at
    from post_tags t join topics b on t.topic = b.topic and t.created_at >= b.began_at and t.created_at < b.ended_at
    group by t.account_id, t.post_id, t.topic""")
