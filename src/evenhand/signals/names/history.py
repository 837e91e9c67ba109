"""Name history: how like an account's name of today is to the names it had. A changed name is no evidence of anything."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cpdist

from evenhand.model.step import Kernel, Query, Step
from evenhand.signals.words.folded import fold

SCHEMA = pa.schema([("account_id", pa.string()), ("shown", pa.string()), ("likeness", pa.float64())])
"""One row per account that had another name. `shown` is the earlier name that is likest to today's name or handle, and
`likeness` how like it is, 0 to 1 (the normalised edit similarity of the folded names)."""

RENAMED = Query(
    name="renamed_suspects", inputs=("accounts", "suspect_ids"), sentence="a suspect that had another name before",
    sql="""select a.account_id, a.display_name, a.handle, a.previous_names
           from accounts a join suspect_ids s on a.account_id = s.account_id where a.previous_names is not null""")


def name_history() -> tuple[Step, ...]:
    """The steps that leave `name_history`."""
    return (RENAMED, Kernel(name="name_history", source=RENAMED.name, schema=SCHEMA, run=history,
                            columns=("account_id", "display_name", "handle", "previous_names"),
                            sentence="how like the name of today is to the names before"))


def history(accounts: pa.RecordBatch) -> pa.RecordBatch:
    """How like each account's name of today is to the likest name it had before, as `SCHEMA`.

    >>> account = {"account_id": ["a"], "display_name": ["FBI Office"], "handle": ["fbi_office"],
    ...            "previous_names": [["Cat pictures", "Cats daily"]]}
    >>> row, = history(pa.record_batch(account)).to_pylist()
    >>> row["likeness"] < 0.5
    True
    """
    before = accounts.column("previous_names")
    of = pc.list_parent_indices(before).to_numpy()
    names = pc.list_flatten(before)
    earlier = fold(names).texts().to_pylist()
    likeness = np.zeros(len(of))
    for field in ("display_name", "handle"):
        today = fold(accounts.column(field).take(pa.array(of))).texts().to_pylist()
        likeness = np.maximum(likeness, cpdist(earlier, today, scorer=ratio) / 100 if len(of) else likeness)
    order = np.lexsort((-likeness, of))
    first = order[np.unique(of[order], return_index=True)[1]]
    return pa.RecordBatch.from_arrays(
        [accounts.column("account_id").take(pa.array(of[first])), names.take(pa.array(first)).cast(pa.string()),
         pa.array(np.round(likeness[first], 4))], schema=SCHEMA)
