"""Asks a person where a register of credentials could not have known better.

Teaching is open to everybody in many places, so a paid lesson by somebody who claims no qualification is nothing that a
register could confirm. A clinic, a law firm or a school is licensed as a body and not through the credential of one person.
And where the platform has no register of credentials at all, nobody could have proven anything.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.harm import Harm
from evenhand.model.step import Query

_HITS = Query(
    name="outside_register_hits", inputs=("sold_advice", "practice_words", "credentials"),
    sentence="advice whose giver no register of persons could confirm",
    sql=f"""
    with bodies as (select account_id, min(shown) as shown from practice_words
                    where kind = 'body' and "where" = 'display_name' group by account_id),
    teachers as (select account_id, min(about) as shown from sold_advice group by account_id
                 having max(case when field <> 'education' or is_claimed = 1 then 1 else 0 end) = 0),
    registered as (select count(*) as n from credentials),
    reasons as (
        select b.account_id, b.shown, 'body' as expected
        from bodies b join (select distinct account_id from sold_advice) s on b.account_id = s.account_id
        union all
        select account_id, shown, 'teaching' as expected from teachers
        union all
        select distinct s.account_id, '' as shown, 'no_register' as expected from sold_advice s cross join registered r
        where r.n = 0)
    select account_id, '{Harm.UNQUALIFIED_ADVICE}' as harm, cast(null as varchar) as holder_id, 'ask' as strength,
           'display_name' as "where", shown, expected, '' as source
    from reasons""")

GUARD = Guard(name="outside_register", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="no register of persons could confirm whether this account is qualified, so a person looks at it")
