"""Media files: is the state of each manifest, the stated source type and the generator read as the set says?"""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.evaluation.metric import Metric, share
from evenhand.evaluation.outcome import Measured, NoDetector
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.media import Provenance
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData
from evenhand.workflows.media.of_folder import WITHOUT_EXTRA, ReadFile, can_read, read_files

MOST_NAMED = 25
STATES = {"Valid": Provenance.INTACT, "Trusted": Provenance.TRUSTED, "Invalid": Provenance.INVALID, None: Provenance.NONE}
"""The reference reader's words for a manifest's state; a row without one has no manifest."""

FORM = TaskForm(
    name="media_provenance", sentence="media files with what is known of how they were made",
    files=(TaskFile(role="files", sentence="a media file in each row", columns=(
        TaskColumn(name="file", sentence="its path"),
        TaskColumn(name="state", sentence="its manifest's state, in the reference reader's word; empty: no manifest",
                   is_required=False),
        TaskColumn(name="source_type", sentence="the IPTC term its manifest states; empty: none", is_required=False))),),
    options=(
        Key(name="folder", kind=Kind.TEXT, example='"media_c2pa"', sentence="where the paths start from in the data folder"),
        Key(name="says", kind=Kind.TEXT, choices=("state", "generator"), noun="kind", example='"state"',
            sentence="what is known: the columns, or the generator before `__` in a file's name")),
    metrics=(
        MetricForm(name="right_state", sentence="files whose manifest is in the state that the set says"),
        MetricForm(name="right_source_type", sentence="files whose stated source type is the one that the set says"),
        MetricForm(name="right_generator", sentence="generators' files that are known for such, with the generator")))


def measure(data: TaskData, bench: Bench) -> Measured | NoDetector:
    """The shares read right. Files that belong to no generator by their name are left out."""
    del bench
    if not can_read():
        return NoDetector(why=WITHOUT_EXTRA)
    rows = data.table("files").to_pylist()
    if data.card.text("says") == "generator":
        rows = [row for row in rows if "__" in row["file"]]
    files = read_files([row["file"] for row in rows], data.folder / data.card.text("folder"))
    if data.card.text("says") == "generator":
        wanted = [row["file"].partition("__")[0] for row in rows]
        return _measured(files, {"right_generator": [one.ai_mark is not None and one.generator == name
                                                     for one, name in zip(files, wanted, strict=True)]})
    return _measured(files, {
        "right_state": [one.provenance == STATES.get(row["state"]) for one, row in zip(files, rows, strict=True)],
        "right_source_type": [one.provenance == Provenance.NONE or (one.source_type or "") == (row["source_type"] or "")
                              for one, row in zip(files, rows, strict=True)]})


def _measured(files: Sequence[ReadFile], right: dict[str, list[bool]]) -> Measured:
    metrics: tuple[Metric, ...] = tuple(share(name, sum(each), n=len(files)) for name, each in right.items())
    wrong = sorted(f"{one.path}: {one.provenance} {one.source_type or ''} {one.generator or ''} {one.why}".strip()
                   for nth, one in enumerate(files) if not all(each[nth] for each in right.values()))
    return Measured(n=len(files), metrics=metrics, mistakes=tuple(wrong[:MOST_NAMED]), n_mistakes=len(wrong))


TASK = Task(form=FORM, measure=measure)
