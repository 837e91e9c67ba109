"""Spares criticism and commentary, journalism and documentation: speaking about somebody is not posing as them."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="criticism_hits", inputs=("suspect_ids", "criticisms", "identity_evidence"),
    sentence="words by which an account criticises, watches, documents or reports about somebody, not a part of the name",
    sql="""select distinct c.account_id, cast(null as varchar) as harm, cast(null as varchar) as holder_id,
                  case when c.kind in ('criticism', 'commentary') or c."where" = 'display_name' then 'spare' else 'ask' end
                      as strength,
                  c."where", c.shown, c.kind as expected, c.language as source
           from suspect_ids s join criticisms c on s.account_id = c.account_id
           left join (select account_id, expected from identity_evidence) i
             on c.account_id = i.account_id and c."where" <> 'bio' and contains(lower(i.expected), lower(c.shown))
           where i.account_id is null""")

GUARD = Guard(name="criticism", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account criticises, comments on, documents or reports about somebody")
