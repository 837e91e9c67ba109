"""Spares accounts whose qualification is in the register of credentials, in the field in which they advise.

A credential counts for a post when it had not expired on the day the post was published, and when the post is about its
field, among others perhaps. One in another field does not make a lawyer a doctor: whoever claims a profession of that other
field too, or advises in it again and again, is looked at by a person. A post or two are none: words place a post only roughly.
A profession that our word list cannot place counts for every field.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.harm import Harm
from evenhand.model.registry import CredentialStatus
from evenhand.model.step import NOTED_POSTS, Query
from evenhand.signals.advice.professions import PLACED_CREDENTIALS

MIN_ELSEWHERE = 3
"""Posts in a field for which the account has no credential that make it more than a matter of words."""

_HITS = Query(
    name="verified_credential_hits", inputs=(PLACED_CREDENTIALS.name, "sold_advice", NOTED_POSTS),
    posts_of="practitioners",     # whoever sold advice is one of them
    sentence="a credential of the account that was valid when it gave its advice",
    sql=f"""
    with held as (
        select account_id, profession, issuer, expires_at, field from {PLACED_CREDENTIALS.name}
        where status = '{CredentialStatus.VERIFIED}'),
    covered as (
        select s.account_id, s.post_id,
               max(case when h.account_id is null then 0 when h.field is null or h.field = s.field then 2 else 1 end) as cover,
               max(case when s.is_claimed = 1 and h.field is not null and h.field <> s.field then 1 else 0 end) as claims_other,
               min(h.profession) as profession, min(h.issuer) as issuer
        from sold_advice s join {NOTED_POSTS} p on s.account_id = p.account_id and s.post_id = p.post_id
        left join held h on s.account_id = h.account_id
             and (h.expires_at is null or p.created_at is null or h.expires_at > p.created_at)
        group by s.account_id, s.post_id)
    select account_id, '{Harm.UNQUALIFIED_ADVICE}' as harm, cast(null as varchar) as holder_id,
           case when min(cover) = 0
                  or sum(case when cover = 1 and claims_other = 1 then 1 else 0 end) > 0
                  or sum(case when cover = 1 then 1 else 0 end) >= {MIN_ELSEWHERE} then 'ask' else 'spare' end as strength,
           'account_id' as "where", min(profession) as shown, '' as expected, min(issuer) as source
    from covered group by account_id having max(cover) > 0""")

GUARD = Guard(name="verified_credential", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="the register of credentials confirms the qualification")
