"""The networks of a plan as objects: who their members are, what they have in common, and what was decided about each.

What is shown was measured by the plan's own steps, run again over what its sweep kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.detectors.inauthentic_network import ACTS_TOGETHER
from evenhand.errors import DataError, PlanError, Problem
from evenhand.model.harm import Harm
from evenhand.model.step import Step
from evenhand.signals.coordination.networks import NETWORK_DOMAINS, NETWORK_MEMBERS, TOGETHER
from evenhand.workflows.materials import SweepSettings, load_materials, open_engine
from evenhand.workflows.sweeps import as_planned

TEMPLATES, OPENINGS = f"{NETWORK_MEMBERS.name}_templates", f"{NETWORK_MEMBERS.name}_openings"
MEASURED = (NETWORK_MEMBERS.name, TOGETHER.name, TEMPLATES, OPENINGS, NETWORK_DOMAINS.name, ACTS_TOGETHER.name)
PROFILE = ("account_id", "handle", "platform")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One account of a network."""

    account_id: str
    handle: str | None
    platform: str | None
    n_tied: int
    """Others of the network that it posts with, again and again."""
    n_posts: int
    """Its posts that others of the network posted as well, within the same time."""
    outcome: str
    """The penalty of the plan, `spared` or `nothing`: it alone is judged, never the network."""
    decision_id: str | None
    why: str | None
    """Why it was spared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InCommon:
    """Something that members have in common beyond what they post, beside what chance would give."""

    what: str
    """`stem`, `shape` or `tail` of handles, `opened` or `domain`."""
    value: str
    n_members: int
    by_chance: float | None
    """How many members of any group of this size would have it; None where others are counted instead."""
    n_others: int | None
    """Accounts outside of the network that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The fact sheet of one network. It claims that these accounts act as one, and nothing about who is behind them."""

    network_id: str
    """Its first account."""
    members: tuple[Member, ...]
    n_same_text: int
    """Posts of members that others of the network posted as well, word for word or nearly."""
    n_same_link: int
    first_at: datetime
    """When the first of these posts was published."""
    last_at: datetime
    in_common: tuple[InCommon, ...]

    @property
    def outcomes(self) -> dict[str, int]:
        """Outcome → how many members, the most frequent first."""
        said = [one.outcome for one in self.members]
        return {one: said.count(one) for one in sorted(set(said), key=lambda name: (-said.count(name), name))}


def networks_of(plan: Path, snapshot: Path, settings: SweepSettings, *, network_id: str | None = None) -> tuple[Network, ...]:
    """Every network of the plan in a folder, the largest first, or only the one with this id.

    Raises `StalePlan` when snapshot, pack, registers or code are others than the plan's, `PlanError` when its sweep is not
    there, and `DataError` when its pack looks for no networks, or there is none with this id.
    """
    found = _measured(plan, snapshot, settings)
    members = found[NETWORK_MEMBERS.name].sort_by([("group_id", "ascending"), ("account_id", "ascending")])
    if network_id is not None:
        members = members.filter(pc.equal(members["group_id"], network_id))
        if not members.num_rows:
            raise DataError(Problem(what=f"the plan has no network `{network_id}`",
                                    hint=f"see `evenhand explain --networks --plan {plan}` for those that there are"))
    profiles, outcomes = _profiles(plan, members["account_id"]), _outcomes(plan, members["account_id"])
    rows = {name: _by_group(table, of=members["group_id"]) for name, table in found.items()}
    networks = [_network(group_id, of_group, rows, profiles, outcomes)
                for group_id, of_group in _by_group(members, of=members["group_id"]).items()]
    return tuple(sorted(networks, key=lambda one: (-len(one.members), one.network_id)))


def _measured(plan: Path, snapshot: Path, settings: SweepSettings) -> dict[str, pa.Table]:
    materials = as_planned(load_materials(settings), read_plan(plan), SnapshotFolder(snapshot))
    steps = _needed(materials.pipeline.platform_steps, plan)
    kept = {name: _parts(plan, name) for name in materials.pipeline.kept if any(name in step.inputs for step in steps)}
    with open_engine(settings) as engine:
        engine.bind(materials.bound)
        return dict(engine.run(steps, tables=dict(kept), keep=list(MEASURED)).relations)


def _needed(steps: Sequence[Step], plan: Path) -> tuple[Step, ...]:
    """The steps that lead to what is shown, in their order."""
    names, found = set(MEASURED), list[Step]()
    for step in reversed(steps):
        if step.name in names:
            names |= set(step.inputs)
            found.append(step)
    if {step.name for step in found}.isdisjoint(MEASURED):
        raise DataError(Problem(what="the plan's pack looks for no networks", file=str(plan),
                                hint="make a plan with the shipped pack `coordination`, or with one of yours that does"))
    return tuple(reversed(found))


def _parts(plan: Path, name: str) -> tuple[str, ...]:
    files = sorted(map(str, plan.glob(f"scan/parts/bucket=*/{name}.parquet")))
    if not files:
        raise PlanError(Problem(what=f"what the sweep kept (`{name}`) is not there", file=str(plan / "scan"),
                                hint="make the plan again, and keep its folder `scan`"))
    return tuple(files)


def _profiles(plan: Path, account_ids: pa.ChunkedArray) -> dict[str, dict[str, Any]]:
    table = ds.dataset(list(_parts(plan, "profiles"))).to_table(
        columns=list(PROFILE), filter=pc.is_in(pc.field("account_id"), value_set=account_ids.combine_chunks()))
    return {row["account_id"]: row for row in table.to_pylist()}


def _outcomes(plan: Path, account_ids: pa.ChunkedArray) -> dict[str, dict[str, Any]]:
    """What the plan says of each account for being part of a network."""
    mine = (pc.is_in(pc.field("account_id"), value_set=account_ids.combine_chunks())
            & (pc.field("harm") == str(Harm.INAUTHENTIC_NETWORK)))
    spared = pq.read_table(table_file(plan, "spared"), columns=["account_id", "why"], filters=mine)
    decided = pq.read_table(table_file(plan, "decisions"), columns=["account_id", "penalty", "decision_id"], filters=mine)
    return {row["account_id"]: row for row in (*spared.to_pylist(), *decided.to_pylist())}


def _by_group(table: pa.Table, *, of: pa.ChunkedArray) -> dict[str, list[dict[str, Any]]]:
    """The rows of each network, in their order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in table.filter(pc.is_in(table["group_id"], value_set=pc.unique(of))).to_pylist():
        groups.setdefault(row["group_id"], []).append(row)
    return groups


def _network(group_id: str, members: list[dict[str, Any]], rows: dict[str, dict[str, list[dict[str, Any]]]],
             profiles: dict[str, dict[str, Any]], outcomes: dict[str, dict[str, Any]]) -> Network:
    tied = {row["account_id"]: row["n_others"] for row in rows[ACTS_TOGETHER.name].get(group_id, [])}
    posts = rows[TOGETHER.name].get(group_id, [])
    n_posts = {row["account_id"]: row["n_together"] for row in posts}
    seconds = [row["at_second"] for row in posts]
    kinds = [row["kind"] for row in posts]
    return Network(
        network_id=group_id, n_same_text=kinds.count("text"), n_same_link=len(kinds) - kinds.count("text"),
        first_at=_EPOCH + timedelta(seconds=min(seconds, default=0)),
        last_at=_EPOCH + timedelta(seconds=max(seconds, default=0)),
        in_common=_in_common(group_id, rows), members=tuple(
            _member(row["account_id"], profiles, outcomes, n_tied=tied.get(row["account_id"], 0),
                    n_posts=n_posts.get(row["account_id"], 0)) for row in members))


def _member(account_id: str, profiles: dict[str, dict[str, Any]], outcomes: dict[str, dict[str, Any]], *, n_tied: int,
            n_posts: int) -> Member:
    profile, outcome = profiles.get(account_id, {}), outcomes.get(account_id, {})
    return Member(
        account_id=account_id, handle=profile.get("handle"), platform=profile.get("platform"), n_tied=n_tied, n_posts=n_posts,
        outcome=outcome.get("penalty") or ("spared" if outcome else "nothing"), decision_id=outcome.get("decision_id"),
        why=outcome.get("why"))


def _in_common(group_id: str, rows: dict[str, dict[str, list[dict[str, Any]]]]) -> tuple[InCommon, ...]:
    found: dict[tuple[str, str], InCommon] = {}
    for row in rows[TEMPLATES].get(group_id, []):
        found[row["kind"], row["alike"]] = InCommon(
            what=row["kind"], value=row["alike"], n_members=int(row["n_alike"]), by_chance=row["by_chance"], n_others=None)
    for row in rows[OPENINGS].get(group_id, []):
        days = f"{int(row['near_hours']) // 24} days"
        if ("opened", days) not in found or found["opened", days].n_members < row["n_near"]:
            found["opened", days] = InCommon(what="opened", value=days, n_members=int(row["n_near"]),
                                             by_chance=row["by_chance"], n_others=None)
    for row in rows[NETWORK_DOMAINS.name].get(group_id, []):
        found["domain", row["domain"]] = InCommon(what="domain", value=row["domain"], n_members=int(row["n_alike"]),
                                                  by_chance=None, n_others=int(row["n_others"]))
    return tuple(found[key] for key in sorted(found))
