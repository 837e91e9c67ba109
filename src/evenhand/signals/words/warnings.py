"""Warnings: words with which a post warns of the address beside it. They are facts about a text, and only ever spare."""

from __future__ import annotations

from evenhand.model.step import Kernel
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.lures import LISTED_POSTS
from evenhand.signals.words.text_words import text_words


def warnings(lexicon: Lexicon) -> Kernel:
    """The kernel `warnings` over `LISTED_POSTS`: one row for each kind of warning in a post, with the first words that show it.

    `kind` is `points` where the words are about this very address, `alert` where they warn in general. A denied warning
    (“this is not a scam”) returns nothing.

    >>> words = Lexicon.from_toml('[[group]]\\nname = "points"\\nfields = ["bio"]\\n[group.phrases]\\nen = ["do not click"]')
    >>> import pyarrow as pa
    >>> posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "text": ["Do NOT click: scam.example"]})
    >>> warnings(words).run(posts).to_pylist()[0]["shown"]
    'Do NOT click'
    """
    return text_words("warnings", lexicon, source=LISTED_POSTS.name,
                      sentence="words with which a post warns of the address beside it")
