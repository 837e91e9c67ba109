"""Promise: a guard can only be kind. For every penalty and every set of hits, nothing gets heavier."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.evidence import GuardHit, Strength
from evenhand.model.penalty import Penalty
from evenhand.policy.ladder import nearest_lighter, spare

hits = st.builds(
    GuardHit, account_id=st.just("a"), guard=st.sampled_from(["disclosure", "namesake"]), strength=st.sampled_from(Strength),
    fact=st.text(min_size=1), where=st.just("bio"), shown=st.text())


@given(st.sampled_from(Penalty), st.lists(hits))
def test_a_guard_never_raises_a_penalty(penalty: Penalty, guard_hits: list[GuardHit]) -> None:
    assert spare(penalty, guard_hits) <= penalty


@given(st.sampled_from(Penalty), st.lists(hits), hits)
def test_one_more_guard_never_raises_a_penalty(penalty: Penalty, guard_hits: list[GuardHit], more: GuardHit) -> None:
    assert spare(penalty, [*guard_hits, more]) <= spare(penalty, guard_hits)


@given(st.sampled_from(Penalty), st.lists(hits))
def test_the_order_of_the_guards_does_not_matter(penalty: Penalty, guard_hits: list[GuardHit]) -> None:
    assert spare(penalty, guard_hits) == spare(penalty, list(reversed(guard_hits)))


@given(st.sampled_from(Penalty), st.sets(st.sampled_from(Penalty)))
def test_a_connector_that_lacks_a_rung_takes_a_lighter_one(penalty: Penalty, supported: set[Penalty]) -> None:
    chosen = nearest_lighter(penalty, supported=supported)
    assert chosen <= penalty
    assert chosen in supported or chosen is Penalty.NONE
    assert not any(chosen < other <= penalty for other in supported)
