"""Who follows whom: rings of bought followers in lockstep, and a sample of everybody else beside them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.snapshot import FOLLOWS
from evenhand.world.accounts import Cast
from evenhand.world.chance import Indices, again, below, below_too, happens
from evenhand.world.identities import Stage
from evenhand.world.times import END, SECOND, together_at

N_FOLLOWED = {"lockstep": 8, "organic": 4}
SAMPLED = 1
"""Of a hundred ordinary accounts, how many have their follows recorded."""


def follow_rows(stage: Stage, some: Cast) -> pa.Table:
    """Rows of `follows`."""
    how = np.array([group.role.follows for group in stage.population.groups])[some.groups]
    is_sampled = happens(stage.chance.draw("sampled", some.numbers), SAMPLED)
    is_sampled &= some.groups == len(stage.population.groups) - 1
    parts = [_followed(stage, some, np.nonzero(how == "lockstep")[0], is_ring=True),
             _followed(stage, some, np.nonzero((how == "organic") | is_sampled)[0], is_ring=False)]
    whole = pa.concat_tables(parts)
    return whole.take(pc.sort_indices(whole, sort_keys=[("account_id", "ascending"), ("followed_id", "ascending")]))


def _followed(stage: Stage, some: Cast, rows: Indices, *, is_ring: bool) -> pa.Table:
    n = N_FOLLOWED["lockstep" if is_ring else "organic"]
    of, turn = np.repeat(rows, n), np.tile(np.arange(n), len(rows))
    ring = np.array([max(1, group.role.ring) for group in stage.population.groups], np.int64)[some.groups[of]]
    keys = (some.groups[of] << 40) + some.places[of] // ring if is_ring else some.numbers[of]
    crowd = stage.population.groups[-1]
    draws = stage.chance.draw("follows", keys)
    step = 1 + below_too(draws, max(1, crowd.n_accounts // 16))
    followed = crowd.first + (below(draws, crowd.n_accounts) + turn * step) % crowd.n_accounts
    own = stage.chance.draw("follows.at", some.numbers[of] * 16 + turn)
    if is_ring:
        at = np.maximum(together_at(again(stage.chance.draw("follows.event", keys * 16 + turn)), own), some.opened[of] + SECOND)
    else:
        at = END - SECOND - below(own, (END - some.opened[of]) // SECOND - 1) * SECOND
    columns = {"account_id": some.ids.take(pa.array(of)),
               "followed_id": pc.cast(pa.array(stage.chance.ids("account", followed)), pa.string()),
               "created_at": pa.array(at).cast(FOLLOWS.schema.field("created_at").type)}
    return pa.table(columns, schema=FOLLOWS.schema).filter(pc.not_equal(columns["account_id"], columns["followed_id"]))
