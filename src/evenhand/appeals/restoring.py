"""What undoes a decision: its effects, in the opposite order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import UNDO_EFFECTS, Way

SUFFIX = ":undo"
"""Follows an effect's own key in the key of what undoes it, here and in the outbox."""


def undo_effects(effects: pa.Table, *, decision_ids: pa.Array, imposed: pa.Array | None = None) -> pa.Table:
    """What takes back the effects of some decisions, last imposed first (schema `UNDO_EFFECTS`).

    `effects` are a plan's, in its order. `imposed` are the keys of effects that the platform has carried out: those are
    undone, the others are cancelled so that they never happen. None: all were carried out.
    """
    own = effects.filter(pc.is_in(effects["decision_id"], value_set=decision_ids.cast(pa.string())))
    own = own.take(pa.array(np.argsort(-own["position"].to_numpy(), kind="stable"))).combine_chunks()
    is_imposed = (pa.repeat(pa.scalar(True), own.num_rows) if imposed is None
                  else pc.is_in(own["key"].combine_chunks(), value_set=imposed.cast(pa.string())))
    return pa.table({
        "position": np.arange(own.num_rows), "key": pc.binary_join_element_wise(own["key"].combine_chunks(), SUFFIX, ""),
        "of_key": own["key"], "decision_id": own["decision_id"], "account_id": own["account_id"], "post_id": own["post_id"],
        "penalty": own["penalty"], "undo": own["undo"],
        "way": pc.if_else(is_imposed, str(Way.UNDO), str(Way.CANCEL))}, schema=UNDO_EFFECTS)
