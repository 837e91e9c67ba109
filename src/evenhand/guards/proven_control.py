"""Spares accounts that are proven to belong to a registered holder: it is their own name.

A link to the holder's website proves nothing (an impersonator links there too), but it is a reason to ask a person.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="proven_control_hits", inputs=("proofs",),
    sentence="a registered handle, a handle that is the holder's domain, or the platform's own verification",
    sql="""select distinct account_id, cast(null as varchar) as harm, cast(null as varchar) as holder_id,
                  case when proof = 'registered_domain' then 'ask' else 'spare' end as strength,
                  case when proof = 'registered_domain' then 'website' else 'handle' end as "where", shown,
                  proof as expected, source
           from proofs""")

GUARD = Guard(name="proven_control", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="a register or the platform itself says that this account belongs to the named holder")
