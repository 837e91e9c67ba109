"""How surprising a count is: written once, because five measurements rest on it.

A count `n` where `expected` would come by chance is at most as likely as e^-surprise (the Chernoff bound on the upper tail
of a Poisson or binomial count, Mitzenmacher and Upfal, *Probability and Computing*, 4.2), with
surprise = n ln(n / expected) − (n − expected). And 1 − expected / n is the share of the `n` that chance does not explain:
how sure one may be about each single one of them.
"""

from __future__ import annotations

MIN_SURPRISE = 7
"""Less than 1 in 1,000 by chance (e^-7)."""
MIN_PURITY = 0.8
"""At most one in five may be there by chance."""


def surprise(n: str, expected: str) -> str:
    """The SQL expression for the surprise of the count `n`, both given as SQL expressions.

    >>> surprise("n", "e")
    '((n) * ln((n) / (e)) - ((n) - (e)))'
    """
    return f"(({n}) * ln(({n}) / ({expected})) - (({n}) - ({expected})))"


def is_surprising(n: str, expected: str, *, least: str = str(MIN_SURPRISE), purity: float = MIN_PURITY) -> str:
    """The SQL condition that chance explains neither the count nor more than a small part of it.

    >>> is_surprising("n", "e", purity=0.5)
    '(n) * 0.5 >= (e) and ((n) * ln((n) / (e)) - ((n) - (e))) >= 7'
    """
    return f"({n}) * {round(1 - purity, 6)} >= ({expected}) and {surprise(n, expected)} >= {least}"
