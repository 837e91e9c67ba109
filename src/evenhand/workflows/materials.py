"""Gather what a sweep needs besides the snapshot: pack, registries, word lists, Unicode tables, messages, engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path

import pyarrow as pa

from evenhand.campaign.pipeline import Pipeline, assemble
from evenhand.campaign.registry_relations import registry_relations
from evenhand.connectors.registries import Registries, read_registries, shipped_registries
from evenhand.connectors.registries.folder import long_lists
from evenhand.connectors.registries.long_lists import LongList
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.engines.spark import SparkEngine
from evenhand.model.penalty import Penalty
from evenhand.model.policy import PolicyPack
from evenhand.model.registers.left_out import LeftOut, OnLeftOut
from evenhand.model.registry import REGISTERS
from evenhand.model.step import Step
from evenhand.plugins import detectors, guards
from evenhand.policy.decide import EVERY_PENALTY
from evenhand.policy.territories import disclosing_territories
from evenhand.ports import Engine
from evenhand.statements.languages import Languages
from evenhand.statements.messages import Messages
from evenhand.workflows.buckets.machine import n_processors, share
from evenhand.workflows.packs import read_pack_folder, shipped_pack
from evenhand.workflows.plan import Kept, Materials
from evenhand.workflows.prepared import cache_folder, file_digest, files_of, prepared
from evenhand.workflows.sentence_models import sentence_model
from evenhand.workflows.signals import signal_steps, suffixes


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """What a person may choose about a sweep."""

    pack: Path | None = None
    """The folder of a policy pack; None for the shipped one."""
    registries: tuple[Path, ...] = ()
    """Folders of registers to use beside the shipped ones."""
    seed: int = 0
    threads: int | None = None
    memory: str | None = None
    engine: str | None = None
    """The address of a Spark Connect server; None for the embedded engine."""
    supported: frozenset[Penalty] = EVERY_PENALTY
    sentence_model: str | None = None
    """The sentence model that reads posts beside fact-checked claims; None for words alone. Part of the plan's digest."""
    on_left_out: OnLeftOut | None = field(default=None, compare=False)
    """Who is told, each time registers are loaded, which of their records could not be used."""


def load_materials(settings: SweepSettings) -> Materials:
    """Everything that `settings` names, read and checked.

    Raises `PolicyError` and `DataError` with all problems of the pack or of the registries together. What was made before
    from the same files is read from disk, but for sentence models, which cannot be kept. Which records of registers were
    left out is kept with it, and told to whoever `settings` names.
    """
    folder = cache_folder() if settings.sentence_model is None else None
    lists = _long_lists(settings.registries)  # looked at before they are read: what changes from now on is noticed
    made, file = prepared(
        made_from(settings), lambda: _made(settings), folder=folder)
    tell_left_out(settings, made.left_out)
    kept = Kept(file=file, pipeline=made.pipeline, registries=made.registries) if file is not None else None
    return replace(made, kept=kept, seed=settings.seed, supported=settings.supported, long_lists=lists)


def _made(settings: SweepSettings) -> Materials:
    read = read_registers(settings.registries)
    return materials_of(load_pack(settings), read.tables, settings, left_out=read.left_out)


def tell_left_out(settings: SweepSettings, left_out: tuple[LeftOut, ...]) -> None:
    """Tell whoever `settings` names what was left out, if anything was."""
    if left_out and settings.on_left_out is not None:
        settings.on_left_out(left_out)


def made_from(settings: SweepSettings) -> Iterator[str]:
    """The files that the materials are made from, besides the package's own."""
    if settings.pack is not None:
        yield str(settings.pack.resolve())
        yield from files_of(settings.pack)
    for folder in settings.registries:
        yield f"{folder} {folder.resolve()}"  # what is told of its records names it as it was given
        yield from files_of(folder)


def load_pack(settings: SweepSettings) -> PolicyPack:
    """The pack that `settings` names."""
    return shipped_pack() if settings.pack is None else read_pack_folder(settings.pack)


def materials_of(pack: PolicyPack, registers: Mapping[str, pa.Table], settings: SweepSettings, *,
                 signals: Sequence[Step] | None = None, left_out: tuple[LeftOut, ...] = ()) -> Materials:
    """The materials of a pack and registers that have been read. `signals`: the signal steps, where they are made already."""
    lists = _long_lists(settings.registries)
    if signals is None:
        model = sentence_model(settings.sentence_model) if settings.sentence_model is not None else None
        signals = signal_steps(registers, model=model, has_long_lists=bool(lists), territories=disclosing_territories(pack))
    return Materials(
        pack=pack, pipeline=pipeline_for(pack, registers, signals=signals),
        registries=registry_relations(registers, suffixes_of=suffixes),
        registries_digest=registers_digest(settings.registries), messages=load_messages("en"),
        languages=load_languages(), seed=settings.seed,
        supported=settings.supported, long_lists=lists, left_out=left_out)


def has_long_lists(settings: SweepSettings) -> bool:
    """Whether any of the registers is a link list that stays in its file."""
    return bool(_long_lists(settings.registries))


def _long_lists(folders: tuple[Path, ...]) -> tuple[LongList, ...]:
    with resources.as_file(resources.files("evenhand") / "data" / "registries") as shipped:
        return long_lists(shipped, *folders)


def load_registers(folders: tuple[Path, ...]) -> dict[str, pa.Table]:
    """The shipped registers and those of `folders`, together, without the records that cannot be used."""
    return read_registers(folders).tables


def read_registers(folders: tuple[Path, ...]) -> Registries:
    """The shipped registers and those of `folders`, together, and the records that were left out."""
    with resources.as_file(resources.files("evenhand") / "data" / "registries") as shipped:
        return read_registries(shipped, *folders) if folders else Registries(tables=shipped_registries())


def pipeline_for(pack: PolicyPack, registers: Mapping[str, pa.Table], *, signals: Sequence[Step] | None = None) -> Pipeline:
    """The steps that `pack` needs: the detectors of its harms, the guards its policies list, and the signals below.

    `signals` are the signal steps for these registers, where they have been made already.
    """
    harms = {policy.harm for policy in pack.policies}
    wanted = {guard for policy in pack.policies for guard in policy.guards}
    assert wanted <= {guard.name for guard in guards()}  # noqa: S101  (the pack was read with their names)
    assert harms <= {detector.harm for detector in detectors()}  # noqa: S101  (each harm has its detector)
    evidence = [step for detector in detectors() for step in detector.steps]  # guards may read what any detector makes
    made = signal_steps(registers, territories=disclosing_territories(pack)) if signals is None else signals
    return assemble(signals=(*made, *evidence), detectors=[d for d in detectors() if d.harm in harms],
                    guards=[g for g in guards() if g.name in wanted])


def registers_digest(folders: tuple[Path, ...]) -> str:
    """SHA-256 over the files of the shipped registers and of `folders`, in whichever order the folders are given."""
    with resources.as_file(resources.files("evenhand") / "data" / "registries") as shipped:
        found = sorted(f"{file.name} {file_digest(file)}" for folder in (shipped, *folders)
                       for file in folder.iterdir() if file.stem in REGISTERS)
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


@cache
def load_messages(language: str) -> Messages:
    """The shipped messages in `language`, with the English headings where it has none of its own."""
    file = resources.files("evenhand") / "data" / "messages" / f"{language}.toml"
    headings = load_messages("en") if language != "en" else None
    return Messages.from_toml(file.read_text(encoding="utf-8"), file=f"{language}.toml", headings=headings)


@cache
def load_languages() -> Languages:
    """The shipped messages in every language; English is the fallback."""
    folder = resources.files("evenhand") / "data" / "messages"
    tags = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return Languages(fallback=load_messages("en"), by_tag={tag: load_messages(tag) for tag in tags})


@contextmanager
def open_engine(settings: SweepSettings, *, spill: Path | None = None) -> Iterator[Engine]:
    """The engine that `settings` names, closed at the end of the block. What does not fit into memory goes to `spill`."""
    if settings.engine is None:
        threads = settings.threads or n_processors()
        allowed = share(threads=1, memory=settings.memory)
        engine: DuckDBEngine | SparkEngine = DuckDBEngine(threads=threads, memory=f"{allowed.engine_bytes}B", spill=spill)
    else:
        engine = SparkEngine(settings.engine)
    with engine:
        yield engine
