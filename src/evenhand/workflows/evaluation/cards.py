"""Evaluate cards: read them and their files, run each task on the bench, judge the bars."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.labelled_files import LINE, Wanted, read_labelled
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.evaluation.card import Card, CardFile, judge_bars
from evenhand.evaluation.card_file import LABEL, read_card
from evenhand.evaluation.outcome import CardResult, Measured, NotRun, Unusable
from evenhand.evaluation.task_form import TaskFile, TaskForm
from evenhand.policy.nearest import suggestion
from evenhand.workflows.evaluation.bench import Bench, open_bench
from evenhand.workflows.evaluation.task import TaskData
from evenhand.workflows.evaluation.tasks import tasks
from evenhand.workflows.materials import SweepSettings

DATA_VARIABLE = "EVENHAND_DATA"
"""The environment variable that names the data folder."""
BESIDE = Path("../shared/data")
"""The data folder where none is named: beside the checkout, seen from where the command runs."""

OnCard = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """A card with its files read, or with those that are missing, or with what is wrong with them."""

    card: Card
    tables: Mapping[str, tuple[pa.Table, ...]]
    missing: tuple[str, ...] = ()
    mistakes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    n_rejected: int = 0
    left_out: tuple[tuple[str, int], ...] = ()


def task_forms() -> dict[str, TaskForm]:
    """The form of every task, by name."""
    return {name: task.form for name, task in tasks().items()}


def data_folder(chosen: Path | None) -> Path:
    """The data folder: the one chosen, else the one that `EVENHAND_DATA` names, else `../shared/data`.

    Raises `ConfigError` when one was named and is not there.
    """
    named = chosen or (Path(os.environ[DATA_VARIABLE]) if os.environ.get(DATA_VARIABLE) else None)
    if named is not None and not named.is_dir():
        raise ConfigError(Problem(what=f"there is no data folder `{named}`",
                                  hint=f"name it with `--data`, or in the variable {DATA_VARIABLE}"))
    return named or BESIDE


def shipped_cards() -> tuple[Card, ...]:
    """The cards that come with the package, by id. Raises `DataError` with all mistakes of all of them."""
    folder = resources.files("evenhand") / "data" / "cards"
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")}
    return _cards(texts)


def named_cards(names: Sequence[str]) -> tuple[Card, ...]:
    """The cards of these names: a file, or the id of a shipped card; all shipped ones when none is named.

    Raises `ConfigError` for a name that is neither and `DataError` for mistakes in files, all of them together.
    """
    if not names:
        return shipped_cards()
    shipped = {card.card_id: card for card in shipped_cards()}
    files = [name for name in names if name.endswith(".toml")]
    unknown = [name for name in names if name not in files and name not in shipped]
    problems = [Problem(what=f"there is no card `{name}`", hint=suggestion(name, shipped, kind="cards") +
                        "; or name a card's file, which ends in .toml") for name in unknown]
    if problems:
        raise ConfigError(problems)
    read = {card.file: card for card in _cards(_texts(files))}
    return tuple(read[name] if name in read else shipped[name] for name in dict.fromkeys(names))


def evaluate_cards(cards: Sequence[Card], settings: SweepSettings, *, data: Path, seed: int = 0,
                   on_card: OnCard | None = None) -> tuple[CardResult, ...]:
    """The result of each card on the files in `data`. All files are read and checked before anything is measured.

    A card whose files are not there has the outcome `NotRun`, one whose files cannot be used `Unusable`, with all their
    mistakes; the others are measured all the same.
    """
    loaded = _load(cards, data=data)
    is_any_there = any(not (one.missing or one.mistakes) for one in loaded)
    with open_bench(settings) if is_any_there else nullcontext() as bench:
        return tuple(_results(loaded, bench, data=data, seed=seed, on_card=on_card))


def evaluate_on(bench: Bench, cards: Sequence[Card], *, data: Path, seed: int = 0) -> tuple[CardResult, ...]:
    """The same on a bench that is open already."""
    return tuple(_results(_load(cards, data=data), bench, data=data, seed=seed))


def _results(loaded: Sequence[_Loaded], bench: Bench | None, *, data: Path, seed: int,
             on_card: OnCard | None = None) -> Iterator[CardResult]:
    for nth, one in enumerate(loaded):
        if on_card is not None:
            on_card(nth, len(loaded), one.card.card_id)
        if one.mistakes:
            yield _not_measured(one.card, Unusable(problems=one.mistakes))
        elif one.missing or bench is None:
            yield _not_measured(one.card, NotRun(missing=one.missing))
        else:
            yield _result(one, bench, data=data, seed=seed)


def _not_measured(card: Card, outcome: NotRun | Unusable) -> CardResult:
    return CardResult(card=card, outcome=outcome, bars=judge_bars(card.bars, ()))


def _texts(files: Iterable[str]) -> dict[str, str]:
    texts, problems = {}, []
    for file in files:
        try:
            texts[file] = Path(file).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(what=f"not UTF-8 at byte {error.start}", file=file, hint="save the file as UTF-8"))
        except OSError as error:
            problems.append(Problem(what=f"the card cannot be read: {(error.strerror or str(error)).lower()}", file=file,
                                    hint="check the path and its permissions"))
    if problems:
        raise DataError(problems)
    return texts


def _cards(texts: Mapping[str, str]) -> tuple[Card, ...]:
    problems: list[Problem] = []
    cards: dict[str, Card] = {}
    for name in sorted(texts):
        card = read_card(name, texts[name], forms=task_forms(), problems=problems)
        if card is not None and cards.setdefault(card.card_id, card) is not card:
            problems.append(Problem(what=f"the id `{card.card_id}` is taken", file=name,
                                    hint=f"`{cards[card.card_id].file}` has it: choose another"))
    if problems:
        raise DataError(sorted(problems, key=lambda p: (p.file or "", p.line or 0, p.column or 0)))
    return tuple(cards.values())


def _load(cards: Iterable[Card], *, data: Path) -> tuple[_Loaded, ...]:
    """Each card with its files, or with what is missing of them or wrong with them."""
    loaded: list[_Loaded] = []
    for card in cards:
        missing = tuple(file.path for file in card.files if not (data / file.path).exists())
        try:
            loaded.append(_Loaded(card=card, tables={}, missing=missing) if missing else _files_of(card, data=data))
        except DataError as error:
            loaded.append(_Loaded(card=card, tables={}, mistakes=error.problems))
    return tuple(loaded)


def _files_of(card: Card, *, data: Path) -> _Loaded:
    form = tasks()[card.task].form
    tables: dict[str, list[pa.Table]] = {shape.role: [] for shape in form.files}
    problems: list[Problem] = []
    mistakes: list[Problem] = []
    left_out: dict[str, int] = {}
    n_rejected = 0
    for file in card.files:
        shape = form.file(file.role)
        try:
            read = read_labelled(data / file.path, Wanted(schema=_schema(shape), columns=file.columns,
                                                          constants=file.constants))
        except DataError as error:
            mistakes += error.problems
            continue
        problems += read.problems
        n_rejected += read.n_rejected
        tables[file.role].append(_labelled(read.table, file, shape, left_out=left_out))
    if mistakes:
        raise DataError(mistakes)
    whole = {role: tuple(several) or (_schema(form.file(role)).append(pa.field(LINE, pa.int64())).empty_table(),)
             for role, several in tables.items()}
    return _Loaded(card=card, tables=whole, problems=tuple(problems), n_rejected=n_rejected,
                   left_out=tuple(sorted(left_out.items())))


def _schema(shape: TaskFile) -> pa.Schema:
    fields = [pa.field(column.name, column.type, nullable=not column.is_required) for column in shape.columns]
    return pa.schema([*fields, pa.field(LABEL, pa.string(), nullable=False)] if shape.labels else fields)


def _labelled(table: pa.Table, file: CardFile, shape: TaskFile, *, left_out: dict[str, int]) -> pa.Table:
    """The rows whose label the card maps, under the task's name for it; the others are counted in `left_out`."""
    order = [*_schema(shape).names, LINE]
    if not shape.labels or LABEL in file.constants:
        return table.select(order)
    theirs = [value for values in file.labels.values() for value in values]
    ours = [label for label, values in file.labels.items() for _ in values]
    place = pc.index_in(table[LABEL], value_set=pa.array(theirs, pa.string()))
    for counted in pc.value_counts(table[LABEL].filter(pc.is_null(place)).combine_chunks()).to_pylist():
        left_out[counted["values"]] = left_out.get(counted["values"], 0) + counted["counts"]
    known = pc.is_valid(place)
    labels = pa.array(ours, pa.string()).take(place.filter(known).combine_chunks())
    kept = table.filter(known)
    return kept.set_column(kept.column_names.index(LABEL), LABEL, labels).select(order)


def _result(loaded: _Loaded, bench: Bench, *, data: Path, seed: int) -> CardResult:
    started = time.monotonic()
    card = loaded.card
    try:
        outcome = tasks()[card.task].measure(TaskData(card=card, tables=loaded.tables, folder=data, seed=seed), bench)
    except DataError as error:
        return _not_measured(card, Unusable(problems=error.problems))
    metrics = outcome.metrics if isinstance(outcome, Measured) else ()
    return CardResult(card=card, outcome=outcome, bars=judge_bars(card.bars, metrics), rejected=loaded.problems,
                      n_rejected=loaded.n_rejected, left_out=loaded.left_out, seconds=time.monotonic() - started)
