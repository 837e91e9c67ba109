"""The bench: today's steps, guards and policies over any accounts and posts, in memory, to measure them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.pipeline import REGISTRY_RELATIONS
from evenhand.campaign.plan import Spared, Terms, judge
from evenhand.model.policy import PolicyPack
from evenhand.model.registers.left_out import LeftOut
from evenhand.model.registry import HOLDERS
from evenhand.model.snapshot import POSTS, TABLES
from evenhand.model.step import Query, Step
from evenhand.plugins import detectors, guards
from evenhand.policy.territories import disclosing_territories
from evenhand.ports import Engine, Source
from evenhand.workflows.deciding import cases
from evenhand.workflows.materials import (
    SweepSettings,
    has_long_lists,
    load_pack,
    made_from,
    materials_of,
    open_engine,
    read_registers,
    tell_left_out,
)
from evenhand.workflows.plan import Materials, judged_relations
from evenhand.workflows.prepared import cache_folder, prepared
from evenhand.workflows.scan import RESULTS, Scan
from evenhand.workflows.signals import signal_steps

AT = datetime(2026, 11, 1, tzinfo=UTC)
"""The cut-off of everything measured here, so that a result does not depend on the day."""
DECIDED = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("account_id", "harm", "penalty")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a task measures with. `registers` are the ones that the steps know, by name."""

    engine: Engine
    settings: SweepSettings
    materials: Materials
    registers: Mapping[str, pa.Table]
    steps: Mapping[str, Step]
    """Every step there is, whether a policy needs it or not."""

    def knowing(self, registers: Mapping[str, pa.Table]) -> Bench:
        """The same bench with other registers: those named replace the ones there were.

        For sets with victims of their own: the detectors then look for look-alikes of these, and of nobody else.
        """
        return _bench(self.engine, self.settings, self.materials.pack, {**self.registers, **registers})

    def under(self, pack: PolicyPack) -> Bench:
        """The same bench with the policies of `pack`, and the steps that they need."""
        return _bench(self.engine, self.settings, pack, self.registers)

    def has(self, relation: str) -> bool:
        """Whether any step, table or register leaves this relation."""
        return relation in self.steps or relation in TABLES or relation in REGISTRY_RELATIONS

    def relations(self, wanted: Iterable[str], *, accounts: pa.Table, posts: pa.Table | None = None) -> dict[str, pa.Table]:
        """The wanted relations over these accounts and posts; only the steps that they need are run.

        `accounts` and `posts` may have any of the snapshot's columns; the others are null. Raises `KeyError` for a
        relation that no step leaves: ask `has` first.
        """
        names = tuple(wanted)
        given = {"accounts": accounts, "posts": posts if posts is not None else POSTS.schema.empty_table()}
        tables = {name: _filled(given.get(name), table.schema) for name, table in TABLES.items()}
        self.engine.bind(self.materials.bound)
        outcome = self.engine.run(self._needed(names), tables=tables, keep=[n for n in names if n in self.steps])
        return {**{name: tables[name] for name in names if name in tables}, **outcome.relations}

    def swept(self, *, accounts: pa.Table, posts: pa.Table | None = None, also: Iterable[str] = ()) -> dict[str, pa.Table]:
        """Everything a sweep leaves (`profiles`, `found`, `evidence`, `guard_hits`), and the relations in `also`."""
        return self.relations((*RESULTS, *also), accounts=accounts, posts=posts)

    def ask(self, query: Query, **tables: Source) -> pa.Table:
        """The rows of a query over tables that are handed over."""
        return self.engine.run([query], tables=tables, keep=[query.name]).relations[query.name]

    def decided(self, swept: Mapping[str, pa.Table]) -> pa.Table:
        """Who would be penalised for what under the pack, of what `swept` left: the columns of `DECIDED`."""
        pack = self.materials.pack
        terms = Terms(pack=pack, policies=pack.in_force(AT.date()), cut_off=AT, messages=self.materials.messages,
                      supported=self.materials.supported)
        scan = Scan(relations=swept, counts=(), key="", n_resumed=0)
        sweep = judged_relations(scan, terms=terms, engine=self.engine, strikes=self.materials.registries["strikes"])
        outcomes = judge(cases(sweep, terms=terms, seed=0), terms=terms)
        rows = [{"account_id": one.profile.account_id, "harm": str(one.harm), "penalty": str(one.penalty)}
                for one in outcomes if not isinstance(one, Spared)]
        return pa.Table.from_pylist(rows, schema=DECIDED)

    def _needed(self, wanted: Iterable[str]) -> list[Step]:
        ordered: dict[str, Step] = {}

        def visit(name: str) -> None:
            if name in ordered or name in TABLES or name in REGISTRY_RELATIONS:
                return
            step = self.steps[name]
            for source in step.inputs:
                visit(source)
            ordered[name] = step

        for name in wanted:
            visit(name)
        return list(ordered.values())


@contextmanager
def open_bench(settings: SweepSettings) -> Iterator[Bench]:
    """A bench with the pack, registers and engine that `settings` names."""
    (materials, registers, steps, left_out), _ = prepared(
        chain(made_from(settings), ["bench"]), lambda: _read(settings), folder=cache_folder())
    tell_left_out(settings, left_out)
    with open_engine(settings) as engine:
        yield Bench(engine=engine, settings=settings, materials=materials, registers=registers, steps=steps)


def holders_named(names: pa.Array, *, domains: pa.Array | None = None) -> pa.Table:
    """A register of companies with these names, each its own id: for sets whose victims no shipped register holds.

    `domains` has the registered domain of each, where it is known.
    """
    known = pa.nulls(len(names), pa.string()) if domains is None else domains
    rows = pa.table({"name": names, "domain": known}).group_by("name").aggregate([("domain", "min")]).sort_by("name")
    return pa.Table.from_pylist([{
        "holder_id": name, "kind": "company", "name": name, "names": [{"name": name, "language": None, "kind": "label"}],
        "handles": [], "domains": [domain] if domain else [], "avatars": [], "source": "evaluation", "as_of": AT.date()}
        for name, domain in zip(rows["name"].to_pylist(), rows["domain_min"].to_pylist(), strict=True)], schema=HOLDERS)


def plain_hosts(written: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Host names as a browser takes them, from addresses as published: defanged, with a scheme, a path, a `www.`.

    >>> plain_hosts(pa.array(["hxxps://www.Example[.]com/a", "b[.]example"])).to_pylist()
    ['example.com', 'b.example']
    """
    flat = written.combine_chunks() if isinstance(written, pa.ChunkedArray) else written
    fanged = pc.replace_substring_regex(pc.utf8_lower(flat), r"\[\.\]|\(\.\)|\[dot\]", ".")
    return pc.replace_substring_regex(pc.replace_substring_regex(fanged, r"^[a-z]+://", ""), r"^www\.|[/?#:].*$", "")


def accounts_on_the_web(hosts: pa.Array) -> pa.Table:
    """One account for each host: its handle is the host, which stands for proven control, as on the AT protocol."""
    unique = pc.unique(hosts)
    return pa.table({"account_id": unique, "handle": unique, "platform": pa.repeat(pa.scalar("web"), len(unique))})


def _read(settings: SweepSettings) -> tuple[Materials, Mapping[str, pa.Table], dict[str, Step], tuple[LeftOut, ...]]:
    """What `_made` makes of the registers that the settings name, and what was left out of them."""
    read = read_registers(settings.registries)
    return *_made(settings, load_pack(settings), read.tables), read.left_out


def _bench(engine: Engine, settings: SweepSettings, pack: PolicyPack, registers: Mapping[str, pa.Table]) -> Bench:
    materials, registers, steps = _made(settings, pack, registers)
    return Bench(engine=engine, settings=settings, materials=materials, registers=registers, steps=steps)


def _made(settings: SweepSettings, pack: PolicyPack,
          registers: Mapping[str, pa.Table]) -> tuple[Materials, Mapping[str, pa.Table], dict[str, Step]]:
    """The materials, the registers, and every step there is by its name."""
    signals = signal_steps(registers, has_long_lists=has_long_lists(settings), territories=disclosing_territories(pack))
    materials = materials_of(pack, registers, settings, signals=signals)
    every = (*signals, *(step for detector in detectors() for step in detector.steps),
             *(step for guard in guards() for step in guard.steps), *materials.pipeline.account_steps,
             *materials.pipeline.platform_steps)
    return materials, registers, {step.name: step for step in every}


def _filled(table: pa.Table | None, schema: pa.Schema) -> pa.Table:
    """`table` with exactly the columns of `schema`; those it lacks are null."""
    if table is None:
        return schema.empty_table()
    return pa.table({field.name: table[field.name].cast(field.type) if field.name in table.column_names
                     else pa.nulls(table.num_rows, field.type) for field in schema})
