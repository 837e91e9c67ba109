"""Spares accounts that say what they are: parody, satire, fan, commentary, not affiliated."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="disclosure_hits", inputs=("suspect_ids", "disclosures", "identity_evidence"),
    sentence="a disclosure in the name, the handle or the bio that is not a part of the imitated name itself",
    sql="""select distinct d.account_id, cast(null as varchar) as harm, cast(null as varchar) as holder_id,
                  'spare' as strength, d."where", d.shown, d.kind as expected, d.language as source
           from suspect_ids s join disclosures d on s.account_id = d.account_id
           left join (select account_id, expected from identity_evidence) i
             on d.account_id = i.account_id and d."where" <> 'bio' and contains(lower(i.expected), lower(d.shown))
           where d.kind in ('parody', 'satire', 'fan', 'commentary', 'unofficial') and i.account_id is null""")

GUARD = Guard(name="disclosure", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the account discloses that it is a parody, satire, fan or commentary account, or not affiliated")
