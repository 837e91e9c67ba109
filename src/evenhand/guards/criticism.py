"""Spares criticism and commentary, journalism and documentation: speaking about somebody is not posing as them."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="criticism_hits", inputs=("criticisms",),
    sentence="words by which an account criticises, watches, documents or reports about somebody",
    sql="""select distinct account_id, cast(null as varchar) as harm, cast(null as varchar) as holder_id,
                  case when kind in ('criticism', 'commentary') or "where" = 'display_name' then 'spare' else 'ask' end
                      as strength,
                  "where", shown, kind as expected, language as source
           from criticisms""")

GUARD = Guard(name="criticism", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account criticises, comments on, documents or reports about somebody")
