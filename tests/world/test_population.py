"""The buckets of the reference campaign are exact at scale 1, and at every other scale add up and never vanish."""

from __future__ import annotations

import tomllib
from collections import Counter
from fractions import Fraction
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.harm import Harm
from evenhand.world.population import Population, populate, scaled, spread
from evenhand.world.roles import read_roles

ROLES = read_roles(tomllib.loads((resources.files("evenhand") / "data/world/roles.toml").read_text(encoding="utf-8")))
PUBLISHED = {Harm.FALSE_CLAIM: 8_000, Harm.IMPERSONATION_MILITARY: 13_000, Harm.IMPERSONATION_INSTITUTION: 25_000,
             Harm.IMPERSONATION_MEDIA: 187_000, Harm.UNQUALIFIED_ADVICE: 430_000, Harm.DECEPTIVE_MONETISATION: 45_000,
             Harm.SYNTHETIC_PRESENTER: 100_000}
WITHOUT_CATEGORY = {Harm.INAUTHENTIC_NETWORK, Harm.FAKE_FOLLOWERS, Harm.SCAM}
SCALES = [Fraction(one) for one in ("1", "0.1", "0.01", "0.001", "0.0001", "0.00005", "0.0371")]


def population(scale: Fraction) -> Population:
    return populate(ROLES, scale=scale, n_holders=9_000)


def by_harm(some: Population) -> Counter[Harm]:
    counts: Counter[Harm] = Counter()
    for group in some.groups:
        if group.role.harm:
            counts[group.role.harm] += group.n_accounts
    return counts


def test_the_buckets_are_those_that_were_published() -> None:
    counts = by_harm(population(Fraction(1)))
    assert {harm: counts[harm] for harm in PUBLISHED} == PUBLISHED
    assert sum(counts[harm] for harm in WITHOUT_CATEGORY) == 289_000
    assert all(counts[harm] for harm in WITHOUT_CATEGORY)
    assert counts.keys() == PUBLISHED.keys() | WITHOUT_CATEGORY
    assert sum(counts.values()) == 1_097_000


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_at_every_scale_the_totals_are_exact_and_no_bucket_vanishes(scale: Fraction) -> None:
    some = population(scale)
    assert sum(group.n_accounts for group in some.groups) == some.n_accounts == round(50_000_000 * scale)
    assert sum(group.n_marked + group.n_other for group in some.groups) == some.n_posts == round(150_000_000 * scale)
    assert sum(by_harm(some).values()) == round(1_097_000 * scale)
    assert sum(group.n_marked for group in some.groups if group.role.violating) == round(1_400_000 * scale)
    assert all(group.n_accounts > 0 for group in some.groups)


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_there_are_at_least_as_many_hard_negatives_as_violators(scale: Fraction) -> None:
    kinds: Counter[str] = Counter()
    for group in population(scale).groups:
        kinds[group.role.kind] += group.n_accounts
    assert kinds["hard_negative"] >= kinds["violator"] > 0


def test_every_hard_negative_that_the_campaign_needs_is_there() -> None:
    labels = {role.label for role in ROLES if role.kind == "hard_negative"}
    assert labels >= {"parody", "fan", "critic", "journalist", "namesake", "credentialed", "hijacked", "secondary_account",
                      "lookalike_body"}


def test_groups_follow_one_another_and_every_number_has_its_role() -> None:
    some = population(Fraction("0.0001"))
    roles = some.roles_of(np.arange(some.n_accounts))
    assert np.bincount(roles).tolist() == [group.n_accounts for group in some.groups]
    assert some.groups[-1].role.kind == "ordinary"


@given(counts=st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 10_000), min_size=1, max_size=12),
       scale=st.fractions(Fraction(1, 50), 3))
def test_largest_remainders_add_up_to_the_rounded_sum(counts: dict[str, int], scale: Fraction) -> None:
    rounded = scaled(counts, scale)
    total = round(sum(counts.values()) * scale)
    if total >= len(counts):
        assert sum(rounded.values()) == total
        assert all(rounded.values())


@given(n=st.integers(1, 300), total=st.integers(0, 5_000), is_skewed=st.booleans())
def test_what_is_spread_over_accounts_adds_up_and_never_shrinks(n: int, total: int, is_skewed: bool) -> None:
    ends = spread(np.arange(n + 1), np.full(n + 1, n), np.full(n + 1, total), is_skewed=is_skewed)
    assert ends[0] == 0
    assert ends[-1] == total
    assert (np.diff(ends) >= 0).all()


def test_some_post_much_more_than_others() -> None:
    n = 100_000
    each = np.diff(spread(np.arange(n + 1), np.full(n + 1, n), np.full(n + 1, 3 * n), is_skewed=True))
    assert np.median(each) < each.mean()
    assert each.max() >= 15
