"""Groups f and h: comments under videos, spam or not; ordinary people on Bluesky and in a counselling forum."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from demo.networks import verbatim
from demo.snapshot import DemoSnapshot, Known
from evenhand.model.harm import Harm

COMMENTS, ORDINARY = "video_comment", "ordinary"
N_ANSWERS = 2
"""Answers that are taken of each counsellor."""


def comments(snapshot: DemoSnapshot, data: Path) -> None:
    """Authors of comments under five videos with their comments. The author of any spam is a spammer."""
    listed = verbatim(f"{data}/spam_youtube/comments.csv", "author_pid, comment_id, text")
    spammers = {row["author_pid"] for row in listed if row["label"] == "spam"}
    for row in listed:
        harm = Harm.DECEPTIVE_MONETISATION if row["author_pid"] in spammers else None
        account_id = snapshot.account("youtube", row["author_pid"] or "",
                                      Known(group=COMMENTS, source="youtube-spam", harm=harm))
        at = (row["date"] or "")[:19]
        snapshot.post(f"youtube:{row['comment_id']}", account_id, row["text"] or "", at=f"{at}Z" if at else None)


def bluesky(snapshot: DemoSnapshot, data: Path) -> None:
    """Everybody who did anything in a moment of the firehose, and what was posted."""
    known = Known(group=ORDINARY, source="bluesky-jetstream")
    with (data / "connector_samples/bluesky_jetstream.jsonl").open(encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            account_id = snapshot.account("bluesky", event["did"], known)
            commit = event.get("commit", {})
            record = commit.get("record", {})
            if commit.get("collection") == "app.bsky.feed.post" and commit.get("operation") == "create":
                uris = [feature["uri"] for facet in record.get("facets", []) for feature in facet["features"]
                        if "uri" in feature]
                snapshot.post(f"bluesky:{commit['rkey']}", account_id, record["text"], at=record["createdAt"],
                              lang=next(iter(record.get("langs", [])), None), links=uris or None,
                              reply_to=record.get("reply", {}).get("parent", {}).get("uri"))


def counsellors(snapshot: DemoSnapshot, data: Path) -> None:
    """Counsellors who answer in public, with a few answers each."""
    known = Known(group=ORDINARY, source="counsel-chat")
    n_taken: Counter[str] = Counter()
    for row in verbatim(f"{data}/advice_counselchat/answers.parquet", "author_pid, answer"):
        author = row["author_pid"] or ""
        account_id = snapshot.account("counselchat", author, known)
        n_taken[author] += 1
        if n_taken[author] <= N_ANSWERS:
            snapshot.post(f"counselchat:{author}-{n_taken[author]}", account_id, row["answer"] or "")
