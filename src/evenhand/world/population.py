"""Who is on the platform: exact numbers of accounts and posts of every role at a scale, and which numbers have which role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evenhand.world.chance import Indices
from evenhand.world.roles import Role

N_ACCOUNTS, N_POSTS = 50_000_000, 150_000_000
"""At scale 1. One of the three platforms of the reference campaign had several times that; the campaign's buckets fit."""
HOLDERS_SHARE = 500
"""At most one account in so many is a registered holder's own, so that small worlds are not full of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All accounts of one role: their numbers follow one another."""

    role: Role
    first: int
    """The number of its first account."""
    n_accounts: int
    n_marked: int
    """Posts that make the role what it is: violating ones, or those that look like it."""
    n_other: int
    first_post: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Every role's accounts and posts. The last group is ordinary people."""

    groups: tuple[Group, ...]
    n_accounts: int
    n_posts: int

    def roles_of(self, numbers: Indices) -> Indices:
        """Which group each account number is in."""
        starts = np.array([group.first for group in self.groups], np.int64)
        found: Indices = np.searchsorted(starts, numbers, side="right").astype(np.int64) - 1
        return found

    def column(self, name: str) -> Indices:
        """One number of every group."""
        return np.array([getattr(group, name) for group in self.groups], np.int64)


def populate(roles: Sequence[Role], *, scale: Fraction, n_holders: int) -> Population:
    """The population at `scale` (1 is 50 million accounts). Buckets are rounded by largest remainder and never to nothing.

    Holders' own accounts come on top of the buckets and out of the ordinary people.
    """
    n_accounts, n_posts = round(N_ACCOUNTS * scale), round(N_POSTS * scale)
    planted = [role for role in roles if role.kind in ("violator", "hard_negative")]
    accounts = scaled({role.name: role.accounts for role in planted if role.kind == "violator"}, scale)
    accounts |= scaled({role.name: role.accounts for role in planted if role.kind == "hard_negative"}, scale)
    marked = scaled({role.name: role.marked for role in planted if role.violating}, scale)
    marked |= scaled({role.name: role.marked for role in planted if not role.violating}, scale)
    other = scaled({role.name: role.other for role in planted}, scale)
    accounts["holder"] = min(n_holders, max(1, n_accounts // HOLDERS_SHARE))
    other["holder"] = 8 * accounts["holder"]
    accounts["ordinary"] = n_accounts - sum(accounts.values())
    other["ordinary"] = n_posts - sum(other.values()) - sum(marked.values())
    groups, first, first_post = [], 0, 0
    for role in roles:
        n_marked, n_other = marked.get(role.name, 0), other[role.name]
        groups.append(Group(role=role, first=first, n_accounts=accounts[role.name], n_marked=n_marked, n_other=n_other,
                            first_post=first_post))
        first, first_post = first + accounts[role.name], first_post + n_marked + n_other
    return Population(groups=tuple(groups), n_accounts=n_accounts, n_posts=n_posts)


def scaled(counts: Mapping[str, int], scale: Fraction) -> dict[str, int]:
    """Counts times `scale` in whole numbers whose sum is the rounded sum: largest remainders are rounded up.

    A count above zero stays above zero, at the cost of the largest.

    >>> scaled({"a": 5, "b": 3, "c": 2}, Fraction(1, 2))
    {'a': 3, 'b': 1, 'c': 1}
    """
    exact = {name: count * scale for name, count in counts.items()}
    whole = {name: int(value) for name, value in exact.items()}
    missing = round(sum(exact.values())) - sum(whole.values())
    by_remainder = sorted(exact, key=lambda name: (whole[name] - exact[name], -counts[name], name))
    for name in by_remainder[:missing]:
        whole[name] += 1
    for name, count in counts.items():
        if count and not whole[name]:
            whole[max(whole, key=lambda one: whole[one])] -= 1
            whole[name] = 1
    return whole


def spread(places: Indices, n_accounts: Indices, total: Indices, *, is_skewed: bool) -> Indices:
    """How many of `total` things the accounts before each place have together: it grows from 0 to exactly `total`.

    `places` run from 0 to `n_accounts` of the account's group. Skewed: many have few and few have many, with only sums and
    products, so that every processor gives the same; otherwise all have equally many, give or take one.
    """
    n = np.maximum(n_accounts, 1)
    even: Indices = places * (total // n) + places * (total % n) // n
    if not is_skewed:
        return even
    x = places / n
    square = x * x
    eighth = square * square * square * square
    steep = eighth * eighth
    steep = steep * steep * steep
    share = 0.125 * x + 0.625 * square * x + 0.25 * steep
    found: Indices = np.where(places == n, total, np.floor(share * total).astype(np.int64))
    return found
