"""The order in which a campaign's decisions go out, cut into stages; and the outbox filled in that order, held back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.campaign.stages import Stage, rollout_order, stages
from evenhand.connectors.plan_folder import table_file
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import PlanError, Problem
from evenhand.model.appeal import REPLACED
from evenhand.model.campaigns.instants import HELD
from evenhand.model.plan import Plan
from evenhand.model.snapshot import TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """The decisions in their order, the stages, and what waits for its day."""

    order: pa.Table
    """`decision_id`, `policy_id`, `penalty`, `platform`, `language`, `reach`, `by_person`, `place`, by place."""
    stages: tuple[Stage, ...]
    windows: pa.Table
    """`decision_id`, `window` (a duration) of those that wait for the end of the appeal window, which begins when their person
    is told."""
    folder: Path
    """Where the plan lies."""

    @property
    def n_decisions(self) -> int:
        """Decisions of the campaign."""
        return int(self.order.num_rows)

    def places(self, decision_ids: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Where each decision stands in the order; null for one that is not of this plan.

        A lighter decision stands where the one stood whose place it takes.
        """
        own = pc.replace_substring_regex(decision_ids, REPLACED, "")
        found = pc.index_in(own, value_set=self.order["decision_id"].combine_chunks())
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

    @property
    def last_free_stage(self) -> int | None:
        """The last stage in which nothing waits for the appeal window; None where everything does."""
        n_free = self.n_decisions - self.windows.num_rows
        return max((stage.number for stage in self.stages if stage.end <= n_free), default=None)

    @property
    def closing_stages(self) -> tuple[int, ...]:
        """The stages of what waits for the appeal window."""
        n_free = self.n_decisions - self.windows.num_rows
        return tuple(stage.number for stage in self.stages if stage.end > n_free)

    def stage_of(self, place: int) -> int:
        """The number of the stage in which the decision at this place goes out."""
        return next(stage.number for stage in self.stages if place < stage.end)

    def window(self, decision_ids: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The appeal window for which each decision waits; null for those that wait for none."""
        found = pc.index_in(decision_ids, value_set=self.windows["decision_id"].combine_chunks())
        places = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
        return self.windows["window"].combine_chunks().take(places)

    def lighter_turns(self, effects: pa.Table) -> pa.Table:
        """Effects of lighter decisions with `stage` and `turn`: none of them waits for an appeal window."""
        placed, last = self.turns(effects), self.last_free_stage
        if last is None:
            return placed
        stage = pc.min_element_wise(placed["stage"], pa.scalar(last, pa.int32()))
        return placed.set_column(placed.schema.get_field_index("stage"), "stage", stage)

    def waits_for_person(self, places: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Whether the decision at each place, or a lighter one there, is only carried out once a person has confirmed it."""
        return pc.fill_null(pc.take(self.order["by_person"], places), True)

    def turns(self, effects: pa.Table) -> pa.Table:
        """Effects with `stage` and `turn`, held back until they are let out. A turn is a place in the order.

        Places are looked up unless each effect has its `place` already: a look-up reads all decisions.
        """
        has_places = "place" in effects.column_names and not effects["place"].null_count
        places = effects["place"] if has_places else self.places(effects["decision_id"])
        if places.null_count:
            raise PlanError(Problem(what=f"effects of the plan without a decision: {places.null_count:,}",
                                    hint="make the plan again"))
        turn = np.asarray(places, np.int64)
        ends = np.array([stage.end for stage in self.stages], np.int64)
        numbers = np.array([stage.number for stage in self.stages], np.int32)
        held = effects.set_column(effects.schema.get_field_index("due_at"), "due_at",
                                  pa.repeat(pa.scalar(HELD, pa.int64()), effects.num_rows))
        return (held.append_column("stage", pa.array(numbers[np.searchsorted(ends, turn, side="right")], pa.int32()))
                .append_column("turn", pa.array(turn, pa.int64())))

    def queue(self, held: pa.Table) -> pa.Table:
        """What `admit` needs to know of effects that are held, with `not_before`: `place`, `language` and `reach` as well.

        An account's reach counts once, with the first of its effects.
        """
        places = held["turn"]
        reach = np.asarray(self.order["reach"].take(places), np.int64).copy()
        turn = np.asarray(held["turn"], np.int64)
        reach[1:][turn[1:] == turn[:-1]] = 0
        return pa.table({
            "order_id": held["order_id"], "key": held["key"], "decision_id": held["decision_id"], "place": places,
            "language": self.order["language"].take(places), "reach": pa.array(reach),
            "not_before": held["not_before"]})


def rollout(folder: Path, plan: Plan) -> Rollout:
    """The rollout of the plan in `folder`; the same for everybody, from its digest and seed."""
    step = rollout_order(plan_digest=plan.digest, seed=str(plan.seed))
    files = {name: (str(table_file(folder, name)),) for name in ("decisions", "effects")}
    with DuckDBEngine(threads=1) as engine:
        order = engine.run([step], tables=files, keep=[step.name]).relations[step.name].sort_by("place")
    n_waiting = order.filter(order["waits"]).num_rows
    n_by_person = order.filter(pc.and_not(order["by_person"], order["waits"])).num_rows
    effects = pq.read_table(table_file(folder, "effects"), columns=["decision_id", "not_before"])
    waiting = effects.filter(pc.is_valid(effects["not_before"]))
    window = pc.subtract(waiting["not_before"].cast(TIME), pa.scalar(plan.cut_off, TIME))
    columns = ["decision_id", "policy_id", "penalty", "platform", "language", "reach", "by_person", "place"]
    return Rollout(order=order.select(columns), stages=stages(order.num_rows, n_by_person=n_by_person, n_waiting=n_waiting),
                   windows=pa.table({"decision_id": waiting["decision_id"], "window": window}), folder=folder)
