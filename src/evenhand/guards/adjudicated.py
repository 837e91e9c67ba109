"""Spares what a person has already found legitimate: no second finding of the same kind."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="adjudicated_hits", inputs=("profiles", "adjudications"),
    sentence="a suspect that a person found legitimate before",
    sql="""select distinct a.account_id, d.harm, d.holder_id, 'spare' as strength, 'account_id' as "where",
                  a.handle as shown, d.outcome as expected, cast(cast(d.decided_at as date) as varchar) as source
           from profiles a join adjudications d on a.account_id = d.account_id
           where d.outcome = 'legitimate'""")

GUARD = Guard(name="adjudicated", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="a person has looked at this account before and found it legitimate")
