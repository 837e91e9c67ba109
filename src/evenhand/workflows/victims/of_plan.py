"""The victims in a plan: whom to tell and to help, by a person, outside any penalty."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.plan_folder import read_plan_table
from evenhand.plugins import guards

TO_DO = ("end all sessions and connected applications", "tell the holder by an address from before the change",
         "when the holder has proven who it is, give back the account, its name and its followers",
         "keep the posts of the taker as evidence, out of sight")
"""What a person does for each, in this order. Nothing of it is a penalty, and nothing is automatic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """One account that was probably taken over."""

    account_id: str
    handle: str | None
    display_name: str | None
    platform: str | None
    language: str | None
    guard: str
    facts: tuple[str, ...]
    """What shows it."""
    harms: tuple[str, ...]
    """What the account did in other hands, as far as the sweep found."""


def victims_of(plan: Path) -> tuple[Victim, ...]:
    """Every account that the plan in a folder spared as a victim, by its id.

    Raises:
        PlanError: there is no plan, or its table of the spared cannot be read.
    """
    names = pa.array([guard.name for guard in guards() if guard.is_for_victims], pa.string())
    spared = read_plan_table(plan, "spared").select(
        ["account_id", "handle", "display_name", "platform", "language", "harm", "guards"])
    hits = pc.list_flatten(spared["guards"].combine_chunks())
    is_victim = pc.and_(pc.is_in(pc.struct_field(hits, "guard"), value_set=names),
                        pc.equal(pc.struct_field(hits, "strength"), "spare"))
    rows = pc.list_parent_indices(spared["guards"].combine_chunks()).filter(is_victim)
    found: dict[str, Victim] = {}
    for row, hit in zip(spared.take(rows).to_pylist(), hits.filter(is_victim).to_pylist(), strict=True):
        known = found.get(row["account_id"])
        found[row["account_id"]] = Victim(
            account_id=row["account_id"], handle=row["handle"], display_name=row["display_name"], platform=row["platform"],
            language=row["language"], guard=known.guard if known else hit["guard"],
            facts=tuple(dict.fromkeys((*(known.facts if known else ()), hit["fact"]))),
            harms=tuple(sorted({*(known.harms if known else ()), row["harm"]})))
    return tuple(found[account_id] for account_id in sorted(found))
