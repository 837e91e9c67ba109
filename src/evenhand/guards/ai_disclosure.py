"""Spares accounts that say in their name, handle or profile that a computer made what they show.

What a single post says, or a platform's own label on it, is not a matter of this guard: the detector leaves such a post out
before anything is found.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.harm import Harm
from evenhand.model.step import Query

_HITS = Query(
    name="ai_disclosure_hits", inputs=("ai_disclosures",),
    sentence="words in the name, the handle or the profile that say that a computer made what is shown",
    sql=f"""select distinct account_id, '{Harm.SYNTHETIC_PRESENTER}' as harm, cast(null as varchar) as holder_id,
                   'spare' as strength, "where", shown, kind as expected, language as source
            from ai_disclosures where kind = 'ai_made'""")

GUARD = Guard(name="ai_disclosure", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account says that a computer made what it shows")
