"""Promotions: words of posts that recommend, sell, ride a trend, bait or warn, words that disclose, and codes of discounts.

Only posts with a link or a contact, of accounts with two such posts or more, are read: one link is nobody's habit, and most
accounts have none. The words are facts about a text. What counts, and beside what, is the detector's question.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import NOTED_POSTS, Kernel, Query
from evenhand.signals.words.disclosures import seriously
from evenhand.signals.words.folded import Folded, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each, joined, spoken

MIN_LEADING_POSTS = 2
"""Posts with a link or a contact from which on an account's posts are read."""
SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "post_id", "kind", "language", "shown")])

PROFILE_SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "where", "language", "shown")])

EVERYDAY_SITES = (
    "youtube.com", "youtu.be", "spotify.com", "github.com", "reddit.com", "redd.it", "wikipedia.org", "wikimedia.org",
    "twitter.com", "x.com", "facebook.com", "instagram.com", "threads.net", "tiktok.com", "douyin.com", "bsky.app",
    "mastodon.social", "tumblr.com", "vk.com", "weibo.com", "weibo.cn", "bilibili.com", "naver.com", "nicovideo.jp",
    "pixiv.net", "twitch.tv", "vimeo.com", "soundcloud.com", "openstreetmap.org", "google.com", "goo.gl", "imgur.com",
    "giphy.com", "flickr.com", "archive.org", "arxiv.org", "stackoverflow.com", "imdb.com", "goodreads.com",
    "letterboxd.com", "change.org")
"""Sites that people link to every day and where nothing is sold: links to them do not make a post one that leads away. A host
below them that a list names still counts."""
_EVERYDAY = ", ".join(f"'{site}'" for site in EVERYDAY_SITES)

INVITING_POSTS = Query(
    name="inviting_posts", inputs=("links", "hops", "funnels", "listed_links"),
    sentence="a post with a link or a contact, of an account that has two such posts or more",
    sql=f"""
    with inviting as (
        select account_id, post_id from links where not is_defanged and domain not in ({_EVERYDAY})
        union
        select account_id, post_id from hops where is_last and domain not in ({_EVERYDAY})
        union
        select account_id, post_id from funnels where post_id is not null
        union
        select account_id, post_id from listed_links where post_id is not null)
    select account_id, post_id from inviting
    where account_id in (select account_id from inviting group by account_id having count(*) >= {MIN_LEADING_POSTS})""")
LEADING_POSTS = Query(
    name="leading_posts", inputs=(NOTED_POSTS, INVITING_POSTS.name), posts_of=INVITING_POSTS.name,
    sentence="the text of a post with a link or a contact, of an account that has two such posts or more",
    sql=f"""
    select p.account_id, p.post_id, p.created_at, p.text, coalesce(p.sponsored, false) as is_sponsored
    from {NOTED_POSTS} p join {INVITING_POSTS.name} l on p.account_id = l.account_id and p.post_id = l.post_id""")

_CODE = (r"\b(?:SAVE|CODE|PROMO|DEAL|DEALS|OFFER|SALE|GET|TAKE|EXTRA|VIP|WELCOME|HELLO|FIRST|BONUS|DISCOUNT|REF)[0-9]{1,4}\b|"
         r"\b[A-Z]{2,12}[0-9]{1,2}OFF\b")
"""A discount code as it is written: in capitals, with a number. Words alone (`WELCOME`) are none."""
_DISCOUNT = (r"[-\x{2212}\x{2013}] ?[0-9]{1,3} ?[%\x{ff05}\x{066a}]|[0-9]{1,3} ?[%\x{ff05}\x{066a}] ?(?:off|OFF)\b|"
             r"\x{1f6cd}|\x{1f39f}")
"""A price cut by so many per cent, and the signs of a shopping bag and a ticket."""
MARKS = (("code", _CODE), ("discount", _DISCOUNT))
"""Kinds that are no words of a language, as regular expressions (RE2)."""
_ANY_MARK = "|".join(f"(?:{pattern})" for _, pattern in MARKS)


def promotions(words: Lexicon, lures: Lexicon) -> Kernel:
    """The kernel `promotions` over `LEADING_POSTS`: one row for each kind in a post, with the first words that show it.

    Kinds are the groups of both word lists, read in one pass, and those of `MARKS`. A denied word (“not an ad”) returns
    nothing.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "own_code"\\nfields = ["bio"]\\n[group.phrases]\\nen = ["my code"]')
    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": ["Use MY code: SAVE20"]})
    >>> [row["shown"] for row in promotions(words, words).run(posts).to_pylist()]
    ['MY code', 'SAVE20']
    """
    both = Lexicon(entries=words.entries + lures.entries, markers=words.markers, digest=f"{words.digest} {lures.digest}")

    listed = WordList(both, "bio")

    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        raw = posts.column("text")
        parts = [_words(raw, fold(raw), listed), *_marks(raw)]
        rows = pa.array(np.concatenate([row for row, _ in parts]))
        kinds = pa.concat_tables([columns for _, columns in parts]).combine_chunks()
        return pa.RecordBatch.from_arrays(
            [posts.column("account_id").take(rows), posts.column("post_id").take(rows),
             *(kinds[name].combine_chunks() for name in ("kind", "language", "shown"))], schema=SCHEMA)

    return Kernel(name="promotions", source=LEADING_POSTS.name, columns=("account_id", "post_id", "text"), run=run,
                  schema=SCHEMA, digest=both.digest,
                  sentence="words of a post that recommend, sell, bait or warn, or that disclose a paid promotion")


def profile_disclosures(words: Lexicon) -> Kernel:
    """The kernel `profile_disclosures` over `profiles`, the accounts under suspicion, as `PROFILE_SCHEMA`.

    One row for each of name and bio that says that all posts or links are paid, with the first words that say so.
    """
    listed = WordList(words, "name")

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        parts = []
        for field in ("display_name", "bio"):
            row, table = _words(accounts.column(field), fold(accounts.column(field)), listed)
            parts.append((row, {"where": pa.repeat(field, len(row)), "language": table["language"].combine_chunks(),
                                "shown": table["shown"].combine_chunks()}))
        return joined(accounts.column("account_id"), parts, PROFILE_SCHEMA)

    return Kernel(name="profile_disclosures", source="profiles", columns=("account_id", "display_name", "bio"), run=run,
                  schema=PROFILE_SCHEMA, digest=words.digest,
                  sentence="words in a profile that say that its posts or links are paid")


def _words(raw: pa.Array, folded: Folded, words: WordList) -> tuple[np.ndarray, pa.Table]:
    """The kinds that words show: rows, and the columns `kind`, `language` and `shown`."""
    found = seriously(words, folded)
    found = found.keep(first_of_each(found, words.group_of[found.entry]))
    columns = spoken(words, raw, folded, found)
    return found.row, pa.table({"kind": columns["group"], "language": columns["language"],
                                "shown": columns["shown"].cast(pa.string())})


def _marks(raw: pa.Array) -> list[tuple[np.ndarray, pa.Table]]:
    """The kinds that marks show: rows, and the same columns. Most texts have none and are passed over once."""
    some = np.flatnonzero(pc.fill_null(pc.match_substring_regex(raw, _ANY_MARK), False).to_numpy(zero_copy_only=False))
    texts = raw.take(pa.array(some)).cast(pa.string())
    found = []
    for kind, pattern in MARKS:
        shown = pc.struct_field(pc.extract_regex(texts, f"(?P<shown>{pattern})"), "shown")
        kept = shown.is_valid()
        n = int(pc.sum(kept).as_py() or 0)
        found.append((some[kept.to_numpy(zero_copy_only=False)], pa.table({
            "kind": pa.repeat(kind, n), "language": pa.repeat("und", n), "shown": shown.filter(kept)})))
    return found
