"""Proofs: what ties an account to a registered holder, or shows that the platform itself has checked it.

`registered_domain` is the weakest: anybody can link to the holder's website, and impersonators do.
"""

from __future__ import annotations

from evenhand.model.step import Query
from evenhand.signals.web.host_chain import below_domain
from evenhand.signals.web.links import DOMAIN_HANDLE_PLATFORMS


def proofs() -> Query:
    """The step `proofs`: one row per account, holder and proof; the holder is null for `verified`."""
    return Query(name="proofs", inputs=("candidates", "addresses", "holders", "holder_handles", "holder_domains"),
                 sentence="what ties a candidate to a registered holder", sql=f"""
    with own as (select account_id, "where", host, domain from addresses where "where" in ('website', 'handle')),
    {below_domain("own")},
    covering as (
        select host, covering from below_domain
        union all select distinct host, substr(host, 5) as covering from own
                  where host like 'www.%' and (domain is null or domain = host)),
    sites as (
        select holder_id, case when domain like 'www.%' then substr(domain, 5) else domain end as site
        from holder_domains),
    spread as (
        select account_id, "where", host, domain as covering from own
        union all
        select o.account_id, o."where", o.host, c.covering from own o join covering c on o.host = c.host),
    below as (
        select o.account_id, o."where", o.host, s.holder_id from spread o join sites s on o.covering = s.site),
    found as (
        select a.account_id, h.holder_id, 'registered_handle' as proof, a.handle as shown
        from candidates a join holder_handles h on {_handle("a.handle")} = {_handle("h.handle")}
        where a.platform is null or h.platform is null or {_platform("a.platform")} = {_platform("h.platform")}
        union all
        select account_id, holder_id, 'registered_domain' as proof, host as shown from below where "where" = 'website'
        union all
        select b.account_id, b.holder_id, 'domain_handle' as proof, a.handle as shown
        from below b join candidates a on b.account_id = a.account_id
        where b."where" = 'handle' and {_platform("a.platform")} in ({_DOMAIN_PLATFORMS}))
    select distinct f.account_id, f.holder_id, f.proof, f.shown, h.source
    from found f left join holders h on f.holder_id = h.holder_id
    union all
    select account_id, cast(null as varchar) as holder_id, 'verified' as proof, handle as shown, 'platform' as source
    from candidates where verified""")


_SAME_PLATFORM = {"x": "twitter", "bsky": "bluesky", "atproto": "bluesky"}
"""Other names of a platform: a register written before a platform changed its name still counts."""
_DOMAIN_PLATFORMS = ", ".join(sorted({f"'{_SAME_PLATFORM.get(name, name)}'" for name in DOMAIN_HANDLE_PLATFORMS}))


def _platform(column: str) -> str:
    """The platform in lower case, under one name."""
    cases = " ".join(f"when '{other}' then '{name}'" for other, name in _SAME_PLATFORM.items())
    return f"case lower({column}) {cases} else lower({column}) end"


def _handle(column: str) -> str:
    """The handle in lower case without a leading `@`."""
    return f"lower(case when {column} like '@%' then substr({column}, 2) else {column} end)"
