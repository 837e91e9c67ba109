"""Answers: what the other texts of a post say of the claim that one of them repeats.

A fact-checker shows the picture that goes round and writes "this is false" above it. The picture alone repeats the claim; the
post refutes it. So the text of a post and those of its pictures are read together, in both directions.
"""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.step import NOTED_POSTS, Query

REPEATING = "repeating_texts"
"""The relation of the texts that repeat a claim, which the detector of false claims leaves."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "claim_id", "where", "stance", "shown")])
"""One text that refutes, reports or asks about the claim that another text of its post repeats. `where` is `text` or the id of
the picture; `stance` is as in `claim_matches`; `shown` is the beginning of the text."""

TEXTS_BESIDE = Query(
    name="texts_beside", inputs=(REPEATING, NOTED_POSTS, "media"), posts_of=REPEATING,
    sentence="another text of a post in which one repeats a claim: its own, or that of a picture",
    sql=f"""
    select r.account_id, r.post_id, r.claim_id, r.fact_check_id, t."where", t.text
    from {REPEATING} r
    join (select account_id, post_id, 'text' as "where", text from {NOTED_POSTS} where text is not null
          union all
          select account_id, post_id, media_id as "where", text from media where post_id is not null and text is not null) t
      on r.account_id = t.account_id and r.post_id = t.post_id and t."where" <> r."where"
    """)
