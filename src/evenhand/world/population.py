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
    accounts: dict[str, int] = {}
    for kind in ("violator", "hard_negative"):
        some = [role for role in planted if role.kind == kind]
        accounts |= _by_bucket(some, "accounts", total=round(sum(role.accounts for role in some) * scale))
    there = [role for role in planted if accounts[role.name]]
    marked: dict[str, int] = {}
    for is_violating in (True, False):
        total = round(sum(role.marked for role in planted if role.violating is is_violating) * scale)
        marked |= _by_bucket([role for role in there if role.violating is is_violating], "marked", total=total)
    other = _by_bucket(there, "other", total=round(sum(role.other for role in there) * scale))
    accounts["holder"] = min(n_holders, max(1, n_accounts // HOLDERS_SHARE))
    other["holder"] = 8 * accounts["holder"]
    accounts["ordinary"] = n_accounts - sum(accounts.values())
    other["ordinary"] = n_posts - sum(other.values()) - sum(marked.values())
    groups, first, first_post = [], 0, 0
    for role in roles:
        n_marked, n_other = marked.get(role.name, 0), other.get(role.name, 0)
        groups.append(Group(role=role, first=first, n_accounts=accounts[role.name], n_marked=n_marked, n_other=n_other,
                            first_post=first_post))
        first, first_post = first + accounts[role.name], first_post + n_marked + n_other
    return Population(groups=tuple(groups), n_accounts=n_accounts, n_posts=n_posts)


def _by_bucket(roles: Sequence[Role], count: str, *, total: int) -> dict[str, int]:
    """`total` shared out over roles as their counts are: exact in all, then for each harm, then for its roles."""
    buckets: dict[str, dict[str, int]] = {}
    for role in roles:
        buckets.setdefault(role.harm or role.name, {})[role.name] = getattr(role, count)
    totals = apportioned(total, {bucket: sum(counts.values()) for bucket, counts in buckets.items()})
    return {name: n for bucket, counts in buckets.items() for name, n in apportioned(totals[bucket], counts).items()}


def apportioned(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`total` shared out by weight in whole numbers: largest remainders are rounded up.

    Who has a weight gets something, where there is enough for all, at the cost of the largest.

    >>> apportioned(5, {"a": 5, "b": 3, "c": 2})
    {'a': 3, 'b': 1, 'c': 1}
    """
    whole_weight = max(1, sum(weights.values()))
    exact = {name: Fraction(total * weight, whole_weight) for name, weight in weights.items()}
    whole = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (whole[name] - exact[name], -weights[name], name))
    for name in by_remainder[:total - sum(whole.values())]:
        whole[name] += 1
    wanting = [name for name, weight in weights.items() if weight and not whole[name]]
    for name in wanting if total >= sum(weight > 0 for weight in weights.values()) else ():
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
