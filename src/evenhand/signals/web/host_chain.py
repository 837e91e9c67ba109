"""A host and the names it stands below, up to the registrable domain, as portable SQL."""

from __future__ import annotations

LEVELS = 6
"""Names looked at below a host, host included. The registrable domain is always looked at, however deep the host."""


def host_chain(relation: str) -> str:
    """Common table expressions that end in `host_chain(host, covering)`: every name that covers a host.

    `relation` has columns `host` and `domain`. The climb stops at the registrable domain, so that nothing equal to or
    above a public suffix (`com`, `pages.dev`) ever covers a host, except the suffix itself as a host.
    """
    first = (f"chain_0 as (select distinct host, domain, host as covering from {relation} "
             "where host is not null and domain is not null)")
    rest = [f"chain_{n} as (select host, domain, substr(covering, strpos(covering, '.') + 1) as covering "
            f"from chain_{n - 1} where covering <> domain and strpos(covering, '.') > 0)" for n in range(1, LEVELS)]
    union = " union all ".join(f"select host, covering from chain_{n}" for n in range(LEVELS))
    last = f"host_chain as (select distinct host, covering from ({union} union all select host, domain from chain_0) c)"
    return ",\n".join([first, *rest, last])
