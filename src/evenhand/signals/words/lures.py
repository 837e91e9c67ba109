"""Lures: words in posts that ask for money, a wallet, a code or contact, or promise a gift or a sure profit.

They are facts about a text. They count for something only beside an address that a published list calls a scam, or in a post
that repeats a claim rated false, so only such posts are read, and the word list is made ready when the first of them comes.
"""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.step import NOTED_POSTS, Kernel, Query
from evenhand.signals.words.folded import fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each, spoken

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "where", "kind", "language", "shown")])

LISTED_POSTS = Query(
    name="listed_posts", inputs=(NOTED_POSTS, "listed_links"), posts_of="listed_links",
    sentence="a post of an account that leads to a listed address",
    sql=f"""
    select p.account_id, p.post_id, p.text
    from {NOTED_POSTS} p join (select distinct account_id from listed_links) l on p.account_id = l.account_id""")

REPEATING_POSTS = Query(
    name="repeating_posts", inputs=(NOTED_POSTS, "claim_repeats"), posts_of="repeating_texts",
    sentence="a post that repeats a claim rated false",
    sql=f"""
    select p.account_id, p.post_id, p.text
    from {NOTED_POSTS} p join (select distinct account_id, post_id from claim_repeats) r
      on p.account_id = r.account_id and p.post_id = r.post_id""")


def lures(lexicon: Lexicon) -> Kernel:
    """The kernel `lures` over `LISTED_POSTS`: one row for each kind of lure in a post, with the first words that show it.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "gift"\\nfields = ["bio"]\\n[group.phrases]\\nen = ["you have won"]')
    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": ["You have WON a car!"]})
    >>> lures(words).run(posts).to_pylist()[0]["shown"]
    'You have WON'
    """
    return _over(LISTED_POSTS, lexicon, name="lures")


def claim_lures(lexicon: Lexicon) -> Kernel:
    """The kernel `claim_lures` over `REPEATING_POSTS`, with rows as those of `lures`."""
    return _over(REPEATING_POSTS, lexicon, name="claim_lures")


def _over(source: Query, lexicon: Lexicon, *, name: str) -> Kernel:
    words = WordList(lexicon, "bio")

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        raw = posts.column("text")
        folded = fold(raw)
        found = words.find(folded)
        found = found.keep(first_of_each(found, words.group_of[found.entry]))
        columns = spoken(words, raw, folded, found)
        rows = pa.array(found.row)
        post_ids = posts.column("post_id").take(rows)
        return pa.RecordBatch.from_arrays(
            [posts.column("account_id").take(rows), post_ids, post_ids,
             *(columns[name].cast(pa.string()) for name in ("group", "language", "shown"))], schema=SCHEMA)

    return Kernel(name=name, source=source.name, columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="words of a post that ask for money or a code, or promise a gift", digest=lexicon.digest)
