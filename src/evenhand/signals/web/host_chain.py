"""The names that a host stands below, up to its registrable domain, as portable SQL."""

from __future__ import annotations

LEVELS = 6
"""Names looked at from a host upwards, host included. The registrable domain is always looked at, however deep the host."""


def below_domain(relation: str) -> str:
    """Common table expressions that end in `below_domain(host, covering)`: who covers a host that is not a domain itself.

    `relation` has columns `host` and `domain`. `covering` is the host and each name above it that is still below its
    registrable domain. The domain covers every host; join it directly, since for nearly all hosts there is nothing else.
    Nothing equal to or above a public suffix (`com`, `pages.dev`) is ever reached.
    """
    above = " union all ".join(f"select host, domain, regexp_replace(host, '^([^.]*[.]){{{n}}}', '') as covering from deep"
                               for n in range(1, LEVELS))
    return f"""deep as (select distinct host, domain from {relation} where host <> domain),
    below_domain as (
        select host, host as covering from deep
        union all
        select host, covering from ({above}) c where covering <> host and length(covering) > length(domain))"""
