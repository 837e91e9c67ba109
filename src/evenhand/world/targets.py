"""Targets: the names, handles and domains of the registry's holders, as impersonators, fans and critics take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.world.chance import Chance, Indices

STRIDE = 1_000_003
"""A prime larger than any register: walking by it meets every row once before any twice."""
TARGETS = pa.schema([
    pa.field("holder_id", pa.string()), pa.field("kind", pa.string()), pa.field("name", pa.string()),
    pa.field("language", pa.string()), pa.field("base", pa.string()), pa.field("domain", pa.string()),
])
"""One name of a holder: its language if known, the Latin letters its handles begin with, its first domain if it has one."""
OWN = pa.schema([
    pa.field("holder_id", pa.string()), pa.field("kind", pa.string()), pa.field("name", pa.string()),
    pa.field("language", pa.string()), pa.field("base", pa.string()), pa.field("domain", pa.string()),
    pa.field("platform", pa.string()),
])
"""One account of a holder: `base` is its handle there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The registry as the world uses it: `names` as `TARGETS`, `own` as `OWN`."""

    names: pa.Table
    own: pa.Table
    hosts: pa.StringArray
    """Hosts that published lists name as scams, without those allowed."""
    handles: pa.StringArray
    """Every handle of the register, in small letters: nobody else may have one."""
    by_kinds: dict[str, Indices] = field(default_factory=dict)

    def rows(self, kinds: str) -> Indices:
        """The rows of `names` of these kinds (`media`, or several: `media+institution`)."""
        if kinds not in self.by_kinds:
            found = pc.is_in(self.names.column("kind"), pa.array(kinds.split("+")))
            self.by_kinds[kinds] = np.nonzero(found.to_numpy())[0]
        return self.by_kinds[kinds]

    def walk(self, n_rows: int, places: Indices, *, chance: Chance, field: str) -> tuple[Indices, Indices]:
        """For the accounts at these places of a group: a row below `n_rows`, and how many before it had the same."""
        start = int(chance.constant(field) % np.uint64(n_rows))
        return (places * (STRIDE % n_rows) + start) % n_rows, places // n_rows


def language_codes(names: pa.Table, codes: Mapping[str, int]) -> Indices:
    """The number of each name's language; -1 where it is not known or nobody in the world speaks it."""
    found = pc.index_in(names.column("language").combine_chunks(), pa.array(list(codes), pa.string()))
    known: Indices = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return known
