"""Advice: who offers it for money in a regulated field, who claims to be qualified, and which posts tell somebody what to do.

Nearly nobody does, so the first steps only ask whether a profile or a post holds a word for a fee or a profession at all, over
the bytes as they were written; everything else reads the few accounts that are left.
"""

from __future__ import annotations

from evenhand.model.step import NOTED_POSTS, Query, Step
from evenhand.signals.advice.gate import fee_posts, practice_profiles
from evenhand.signals.advice.posts import advice_posts
from evenhand.signals.advice.practice import PRACTITIONERS, practice_words
from evenhand.signals.advice.professions import PLACED_CREDENTIALS, professions
from evenhand.signals.words.lexicon import Lexicon

ADVICE_TEXTS = Query(
    name="advice_texts", inputs=(NOTED_POSTS, PRACTITIONERS.name), posts_of=PRACTITIONERS.name,
    sentence="a post of an account that may give advice for money",
    sql=f"""select p.account_id, p.post_id, p.text
            from {NOTED_POSTS} p join (select account_id from {PRACTITIONERS.name}) c on p.account_id = c.account_id""")


def advice_steps(advice: Lexicon, claimed: Lexicon) -> tuple[Step, ...]:
    """The steps that find paid advice and claims of a profession; `advice` and `claimed` are the two word lists."""
    return (practice_profiles(advice, claimed), fee_posts(advice), PRACTITIONERS, practice_words(advice, claimed), ADVICE_TEXTS,
            advice_posts(advice), professions(claimed), PLACED_CREDENTIALS)
