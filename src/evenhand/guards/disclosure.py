"""Spares accounts that say what they are: parody, satire, fan, commentary, not affiliated."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="disclosure_hits", inputs=("disclosures",),
    sentence="a disclosure in the name, the handle or the bio",
    sql="""select distinct account_id, cast(null as varchar) as harm, cast(null as varchar) as holder_id,
                  'spare' as strength, "where", shown,
                  kind as expected, language as source
           from disclosures where kind in ('parody', 'satire', 'fan', 'commentary', 'unofficial')""")

GUARD = Guard(name="disclosure", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account discloses that it is a parody, satire, fan or commentary account, or not affiliated")
