"""When posts were published, in whole seconds: the same number on every engine."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel

POST_TIMES = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("at_second", pa.int64())])
"""`at_second` is in seconds since 1970 in UTC."""


def post_times() -> Kernel:
    """The kernel `post_times` over posts: the time of each post that has one, as `POST_TIMES`."""
    return Kernel(name="post_times", source="posts", columns=("account_id", "post_id", "created_at"), run=_run,
                  schema=POST_TIMES, sentence="when a post was published")


def _run(posts: pa.RecordBatch) -> pa.RecordBatch:
    timed = posts.filter(pc.is_valid(posts.column("created_at")))
    seconds = timed.column("created_at").cast(pa.timestamp("us")).cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    return pa.RecordBatch.from_arrays([timed.column("account_id"), timed.column("post_id"), seconds], schema=POST_TIMES)
