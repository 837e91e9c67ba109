"""Spares what a person has already found legitimate: no second finding of the same kind without new evidence.

The digest of an adjudication holds one short hash for each reason that the person had before them. A reason is the same when
it says the same, wherever on the account it stands now and however often: counts and places are no new evidence, and neither
is a post that was there when the person decided. One reason that is new, and the guard is silent.
"""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.evidence import DIGEST_CHARACTERS
from evenhand.model.step import Query, Scope

SEPARATOR = "chr(31)"


def _said(column: str) -> str:
    """A column's text; a bare number counts as nothing, since it only says how many."""
    return f"case when translate(coalesce({column}, ''), '0123456789', '') = '' then '' else {column} end"


_REASON = f" || {SEPARATOR} || ".join(("signal", *map(_said, ("shown", "expected", "source"))))
_HITS = Query(
    name="adjudicated_hits", scope=Scope.PLATFORM, inputs=("profiles", "adjudications", "evidence"),
    sentence="a suspect that a person found legitimate before, and of whom nothing new is known",
    sql=f"""
    with known as (
        select account_id, harm, holder_id, outcome, evidence_digest, decided_at from adjudications
        where outcome = 'legitimate'),
    reasons as (
        select account_id, harm, holder_id, posted_at, substr(md5({_REASON}), 1, {DIGEST_CHARACTERS}) as reason,
               substr(md5(family), 1, {DIGEST_CHARACTERS}) as family
        from evidence where account_id in (select account_id from known)),
    fresh as (
        select distinct k.account_id, k.harm, coalesce(k.holder_id, '') as holder_id
        from known k join reasons r on k.account_id = r.account_id and k.harm = r.harm
        where (k.holder_id is null or k.holder_id = r.holder_id) and k.evidence_digest is not null
          and (r.posted_at is null or r.posted_at > k.decided_at)
          and strpos(k.evidence_digest, r.reason) = 0 and strpos(k.evidence_digest, r.family) = 0)
    select distinct a.account_id, k.harm, k.holder_id, 'spare' as strength, 'account_id' as "where", a.handle as shown,
           k.outcome as expected, cast(cast(k.decided_at as date) as varchar) as source
    from profiles a join known k on a.account_id = k.account_id
    left join fresh f on k.account_id = f.account_id and k.harm = f.harm and coalesce(k.holder_id, '') = f.holder_id
    where f.account_id is null""")

GUARD = Guard(name="adjudicated", version=2, steps=(_HITS,), hits=_HITS.name,
              sentence="a person has looked at this account before and found it legitimate")
