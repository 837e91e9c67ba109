"""Presenters: words of the news beside media that a model made, and words that say so.

Only accounts and texts with such media are read, so that a snapshot without any pays nothing, and the word lists are made ready
only when the first of them comes.
"""

from __future__ import annotations

import pyarrow as pa

from evenhand.model.media import SOURCE_TYPE_ADDRESSES, SOURCE_TYPES, AiMark, Provenance
from evenhand.model.step import NOTED_POSTS, Kernel, Query, Step
from evenhand.signals.words.disclosures import seriously
from evenhand.signals.words.folded import Places, fold
from evenhand.signals.words.handle_words import handle_words
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each, joined, spoken
from evenhand.signals.words.text_words import text_words

ACCOUNT_WORDS = pa.schema([(name, pa.string()) for name in ("account_id", "where", "kind", "language", "shown")])

_FIELDS = (("display_name", "name"), ("handle", "handle"), ("bio", "bio"))
_OWN_MARKS = ", ".join(f"'{mark}'" for mark in AiMark if mark is not AiMark.C2PA)
_TYPES = ", ".join(f"'{before}{one}'" for before in ("", *SOURCE_TYPE_ADDRESSES) for one in SOURCE_TYPES)

SYNTHETIC_MEDIA = Query(
    name="synthetic_media", inputs=("media",),
    sentence="a file that says itself, or of which the platform says, that a generative model made it",
    sql=f"""
    select account_id, media_id, post_id, lower(kind) as kind, coalesce(path, media_id) as shown, text,
           coalesce(digital_source_type, generator, ai_mark) as stated,
           coalesce(ai_mark, 'platform') as mark, coalesce(provenance, '{Provenance.NONE}') as provenance,
           coalesce(ai_label, false) as is_labelled
    from media
    where ai_mark in ({_OWN_MARKS})
       or (coalesce(provenance, '{Provenance.NONE}') <> '{Provenance.INVALID}'
           and (digital_source_type in ({_TYPES}) or ai_mark = '{AiMark.C2PA}'))""")

SYNTHETIC_ACCOUNTS = Query(
    name="synthetic_accounts", inputs=("accounts", SYNTHETIC_MEDIA.name),
    sentence="an account with media that a model made",
    sql=f"""select a.account_id, a.display_name, a.handle, a.bio from accounts a
            join (select distinct account_id from {SYNTHETIC_MEDIA.name}) m on a.account_id = m.account_id""")

SYNTHETIC_TEXTS = Query(
    name="synthetic_texts", inputs=(NOTED_POSTS, SYNTHETIC_MEDIA.name), posts_of=SYNTHETIC_MEDIA.name,
    sentence="the text of a post with media that a model made, and what is written or said in these",
    sql=f"""select p.account_id, p.post_id, p.text from {NOTED_POSTS} p
            join (select distinct account_id, post_id from {SYNTHETIC_MEDIA.name}) m
              on p.account_id = m.account_id and p.post_id = m.post_id
            where p.text is not null
            union all
            select account_id, post_id, text from {SYNTHETIC_MEDIA.name} where text is not null and post_id is not null""")


def presenter_steps(presenters: Lexicon, disclosures: Lexicon) -> tuple[Step, ...]:
    """The steps that read accounts and texts with media that a model made, for the words of the two lists."""
    return (SYNTHETIC_MEDIA, SYNTHETIC_ACCOUNTS, SYNTHETIC_TEXTS,
            account_words("presenter_claims", presenters, sentence="words by which an account says that it presents the news"),
            text_words("news_formats", presenters, source=SYNTHETIC_TEXTS.name,
                       sentence="words of a news programme in a post or its media"),
            account_words("ai_disclosures", disclosures, sentence="words by which an account says that a computer made it"),
            text_words("post_ai_disclosures", disclosures, source=SYNTHETIC_TEXTS.name,
                       sentence="words with which a post says that a computer made it"))


def account_words(name: str, lexicon: Lexicon, *, sentence: str) -> Kernel:
    """The kernel `name` over `synthetic_accounts`: one row for each group and field, with the first words, as `ACCOUNT_WORDS`.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "ai_made"\\n[group.phrases]\\nen = ["made with ai"]')
    >>> account = {"account_id": ["1"], "display_name": ["Ann"], "handle": ["ann"], "bio": ["News, made with AI"]}
    >>> account_words("x", words, sentence="").run(pa.record_batch(account)).to_pylist()[0]["shown"]
    'made with AI'
    """
    lists = {field: WordList(lexicon, listed) for field, listed in _FIELDS}

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        parts = [_said_in(accounts.column(field), field, words) for field, words in lists.items()]
        return joined(accounts.column("account_id"), parts, ACCOUNT_WORDS)

    return Kernel(name=name, source=SYNTHETIC_ACCOUNTS.name, columns=("account_id", "display_name", "handle", "bio"), run=run,
                  schema=ACCOUNT_WORDS, sentence=sentence, digest=lexicon.digest)


def _said_in(raw: pa.Array, field: str, words: WordList) -> tuple[Places, dict[str, pa.Array]]:
    """The words in one field: account rows and columns."""
    raw = handle_words(raw) if field == "handle" else raw
    folded = fold(raw)
    found = seriously(words, folded)
    found = found.keep(first_of_each(found, words.group_of[found.entry]))
    columns = spoken(words, raw, folded, found)
    return found.row, {"where": pa.repeat(field, len(found)), "kind": columns["group"], **columns}
