"""Avatar copies: is a smaller copy of a registered picture found, and nobody else's?"""

from __future__ import annotations

from pathlib import PurePath

import pyarrow as pa

from evenhand.evaluation.metric import count, share
from evenhand.evaluation.outcome import Measured, NoDetector
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.policy.keys import Key, Kind
from evenhand.signals.media.avatars import AvatarIndex, avatar_matches
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData
from evenhand.workflows.media.of_folder import WITHOUT_EXTRA, can_read, pictured, read_files

MOST_NAMED = 25

FORM = TaskForm(
    name="avatar_copies", sentence="pictures of people at several sizes, the same name for the same person",
    files=(
        TaskFile(role="known", sentence="the registered pictures", columns=(
            TaskColumn(name="file", sentence="its name in the folder"),)),
        TaskFile(role="copies", sentence="smaller copies of them", columns=(
            TaskColumn(name="file", sentence="its name in the folder"),))),
    options=(Key(name="known_folder", kind=Kind.TEXT, example='"portraits/256"',
                 sentence="where the registered pictures stand"),
             Key(name="copies_folder", kind=Kind.TEXT, example='"portraits/64"', sentence="where the copies stand")),
    metrics=(
        MetricForm(name="recall", sentence="copies found as the picture they were made from"),
        MetricForm(name="others_matched", sentence="copies that also match a picture of another name"),
        MetricForm(name="most_bits", sentence="the most bits in which a copy that was found differs", is_share=False)))


def measure(data: TaskData, bench: Bench) -> Measured | NoDetector:
    """The shares found, by the shipped index over a register of the known pictures."""
    del bench
    if not can_read():
        return NoDetector(why=WITHOUT_EXTRA)
    known = data.table("known")["file"].to_pylist()
    names = [PurePath(file).stem for file in known]
    register = pictured(read_files(known, data.folder / data.card.text("known_folder")), names)
    copies = [file for file in data.table("copies")["file"].to_pylist() if PurePath(file).stem in set(names)]
    files = read_files(copies, data.folder / data.card.text("copies_folder"))
    found = avatar_matches(AvatarIndex.build(register)).run(pa.record_batch({
        "account_id": pa.array([PurePath(one.path).stem for one in files], pa.string()),
        "path": pa.array(copies, pa.string()), "pdq": pa.array([one.pdq for one in files], pa.string())})).to_pylist()
    right = {row["account_id"] for row in found if row["account_id"] == row["holder_id"]}
    others = sorted({f"{row['account_id']} matches {row['holder_id']} in all bits but {row['distance']}"
                     for row in found if row["account_id"] != row["holder_id"]})
    missed = sorted(f"{PurePath(one.path).stem} is not found {one.why}".strip() for one in files
                    if PurePath(one.path).stem not in right)
    return Measured(
        n=len(files), mistakes=tuple([*missed, *others][:MOST_NAMED]), n_mistakes=len(missed) + len(others), metrics=(
            share("recall", len(right), n=len(files)),
            share("others_matched", len({row["account_id"] for row in found if row["account_id"] != row["holder_id"]}),
                  n=len(files)),
            count("most_bits", max((row["distance"] for row in found if row["account_id"] == row["holder_id"]), default=0),
                  n=len(files))))


TASK = Task(form=FORM, measure=measure)
