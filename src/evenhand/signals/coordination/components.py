"""Networks: the connected groups of accounts that are tied to one another."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.model.step import Kernel, Query, Scope, Step

Places = NDArray[np.int64]
MEMBERS = pa.schema([("group_id", pa.string()), ("account_id", pa.string())])
"""`group_id` is the first of its members' ids, so that it stays the same however the rows are ordered."""


def components(n: int, one: Places, other: Places) -> Places:
    """For each of `n` nodes the smallest node that it is connected with through the pairs `one`–`other`.

    Labels are hooked onto smaller ones and paths halved until nothing changes (Shiloach and Vishkin, *An O(log n) parallel
    connectivity algorithm*, 1982), whole arrays at a time; the number of rounds grows with the logarithm of `n`.

    >>> components(5, np.array([0, 3]), np.array([1, 1])).tolist()
    [0, 0, 2, 0, 4]
    """
    label = np.arange(n)
    while True:
        least = np.minimum(label[one], label[other])
        hooked = label.copy()
        np.minimum.at(hooked, label[one], least)
        np.minimum.at(hooked, label[other], least)
        while True:
            jumped = hooked[hooked]
            if np.array_equal(jumped, hooked):
                break
            hooked = jumped
        if np.array_equal(hooked, label):
            return label
        label = hooked


def connected(name: str, *, ties: str, sentence: str) -> tuple[Step, Step]:
    """The steps that leave `name` (rows as `MEMBERS`): the connected groups over the pairs account_id–other_id of `ties`.

    All ties travel to the kernel as one row, because a group may hang together by any of them.
    """
    gathered = Query(
        name=f"{name}_ties", inputs=(ties,), scope=Scope.PLATFORM, sentence="all ties in one row",
        sql=f"select list_sort(list(struct_pack(one := account_id, other := other_id))) as ties from {ties} "
            "having count(*) > 0")
    return gathered, Kernel(name=name, source=gathered.name, columns=("ties",), run=_run, schema=MEMBERS, sentence=sentence,
                            scope=Scope.PLATFORM)


def _run(gathered: pa.RecordBatch) -> pa.RecordBatch:
    ties = pc.list_flatten(gathered.column("ties"))
    one, other = pc.struct_field(ties, "one"), pc.struct_field(ties, "other")
    accounts = pc.unique(pa.concat_arrays([one, other]))
    accounts = accounts.take(pc.sort_indices(accounts))
    first = components(len(accounts), _numbers(one, accounts), _numbers(other, accounts))
    return pa.RecordBatch.from_arrays([accounts.take(pa.array(first)), accounts], schema=MEMBERS)


def _numbers(ids: pa.Array, accounts: pa.Array) -> Places:
    numbers: Places = pc.index_in(ids, value_set=accounts).to_numpy().astype(np.int64)
    return numbers
