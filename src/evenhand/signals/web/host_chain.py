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
    names = [f"up_{n}" for n in range(1, LEVELS)]
    chain = "select distinct host, domain from " + relation + " where host <> domain"
    for below, name in zip(["host", *names], names, strict=False):
        chain = f"select d.*, substr({below}, strpos({below}, '.') + 1) as {name} from ({chain}) d"
    places = " ".join(f"when {n} then {name}" for n, name in enumerate(names, start=1))
    levels = ", ".join(f"({n})" for n in range(LEVELS))
    return f"""above as (
        select c.host, c.domain, case l.n {places} else c.host end as covering
        from ({chain}) c cross join (values {levels}) as l(n)),
    below_domain as (select host, covering from above where length(covering) > length(domain))"""
