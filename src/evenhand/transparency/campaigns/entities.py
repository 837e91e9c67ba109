"""Decisions by the registered name that accounts wore, without singling out a single account of a small group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.penalty import Penalty
from evenhand.transparency.campaigns.outcomes import Fate

FEWEST = 5
"""Names with fewer decisions are counted together: who knows the name could otherwise tell which account is meant."""
_CARRIED_OUT = (Fate.IN_FORCE, Fate.ENDED, Fate.TAKEN_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityLine:
    """One registered name, or several small ones together. The lines add up to all decisions."""

    holder_id: str | None
    """None for decisions that are about no registered name; empty for the small ones together."""
    name: str
    n_names: int
    n_decided: int
    n_carried_out: int
    """Decisions of which something was imposed, whether or not it still stands."""
    n_closed: int
    """Decisions to close the account of which something was imposed."""
    n_taken_back: int


def entity_lines(of_decisions: pa.Table, names: Mapping[str, str], *, fewest: int = FEWEST) -> tuple[EntityLine, ...]:
    """The decisions (`outcomes`) by registered name, most first; the small ones together, never a single one of them."""
    fate = of_decisions["fate"]
    carried_out = pc.is_in(fate, value_set=pa.array([str(one) for one in _CARRIED_OUT]))
    is_close = pc.equal(of_decisions["penalty"], str(Penalty.CLOSE))
    table = pa.table({
        "holder_id": of_decisions["holder_id"], "carried_out": carried_out.cast(pa.int64()),
        "closed": pc.and_(carried_out, is_close).cast(pa.int64()),
        "taken_back": pc.equal(fate, str(Fate.TAKEN_BACK)).cast(pa.int64())})
    grouped = table.group_by(["holder_id"], use_threads=False).aggregate(
        [([], "count_all"), ("carried_out", "sum"), ("closed", "sum"), ("taken_back", "sum")])
    rows = grouped.sort_by([("count_all", "descending"), ("holder_id", "ascending")]).to_pylist()
    lines = [EntityLine(
        holder_id=row["holder_id"], name=names.get(row["holder_id"] or "", row["holder_id"] or "no registered name"),
        n_names=1 if row["holder_id"] is not None else 0, n_decided=row["count_all"], n_carried_out=row["carried_out_sum"],
        n_closed=row["closed_sum"], n_taken_back=row["taken_back_sum"]) for row in rows]
    return _without_small(lines, fewest=fewest)


def _without_small(lines: list[EntityLine], *, fewest: int) -> tuple[EntityLine, ...]:
    """The lines with the small ones as one. With a single one goes the next smallest: the sum would give it away."""
    named = [line for line in lines if line.holder_id is not None]
    small = [line for line in named if line.n_decided < fewest]
    if len(small) == 1 and len(named) > 1:
        small.append(next(line for line in reversed(named) if line.n_decided >= fewest))
    kept = [line for line in lines if line not in small]
    if not small:
        return tuple(kept)
    together = {name: sum(getattr(line, name) for line in small) for name in (
        "n_names", "n_decided", "n_carried_out", "n_closed", "n_taken_back")}
    words = (f"{len(small):,} names with fewer than {fewest} decisions each" if max(line.n_decided for line in small) < fewest
             else f"the {len(small):,} names with the fewest decisions")
    return (*kept, EntityLine(holder_id="", name=words, **together))
