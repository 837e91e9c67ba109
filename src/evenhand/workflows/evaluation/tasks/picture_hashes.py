"""Picture hashes: are they the published ones but for a few bits, and do changed copies of one picture stay within reach?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.evaluation.metric import count, share
from evenhand.evaluation.outcome import Measured, NoDetector
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.policy.keys import Key, Kind
from evenhand.signals.media.hashes import SAME_PICTURE, Hashes, all_transforms, distances, from_text
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData
from evenhand.workflows.media.of_folder import WITHOUT_EXTRA, can_read, read_files

MOST_NAMED = 25

FORM = TaskForm(
    name="picture_hashes", sentence="pictures with their published hashes, some of them changed copies of one",
    files=(TaskFile(role="pictures", sentence="a picture in each row", columns=(
        TaskColumn(name="file", sentence="its path"),
        TaskColumn(name="picture", sentence="which picture it is a copy of"),
        TaskColumn(name="hash", sentence="its published hash, 64 hexadecimal digits"),
        TaskColumn(name="other_hash", sentence="its hash by another published implementation", is_required=False))),),
    options=(Key(name="folder", kind=Kind.TEXT, example='"media_pdq"',
                 sentence="where the paths start from in the data folder"),),
    metrics=(
        MetricForm(name="within", sentence=f"hashes at most {SAME_PICTURE} of 256 bits from the published one"),
        MetricForm(name="exact", sentence="hashes that are the published one"),
        MetricForm(name="most_bits", sentence="the most bits in which one differs", is_share=False),
        MetricForm(name="other_within", sentence="hashes within the same reach of the other implementation's"),
        MetricForm(name="copies_found", sentence="copies, changed, mirrored or turned, that match the first of their picture"),
        MetricForm(name="strangers_matched", sentence="pairs of different pictures that match in any laying")))


def measure(data: TaskData, bench: Bench) -> Measured | NoDetector:
    """The shares within reach, and the pairs of copies and of strangers that match."""
    del bench
    if not can_read():
        return NoDetector(why=WITHOUT_EXTRA)
    table = data.table("pictures")
    files = read_files(table["file"].to_pylist(), data.folder / data.card.text("folder"))
    ours, rows = from_text(pa.array([one.pdq for one in files], pa.string()))
    away = {name: _away(files_hash=ours, rows=rows, published=table[name].combine_chunks()) for name in ("hash", "other_hash")}
    picture = np.array(table["picture"].to_pylist())[rows]
    first = np.array([int(np.flatnonzero(picture == one)[0]) for one in picture])
    laid = np.bitwise_count(all_transforms(ours)[:, :, None, :] ^ ours[None, None, :, :]).sum(axis=3).min(axis=1)
    is_copy = first != np.arange(len(ours))
    found = laid[first, np.arange(len(ours))] <= SAME_PICTURE
    strange = np.triu(picture[:, None] != picture[None, :])
    lines = sorted([f"{one.path}: {one.why}" for one in files if one.pdq is None]
                   + [f"{files[rows[nth]].path}: not found as a copy" for nth in np.flatnonzero(is_copy & ~found)])
    return Measured(
        n=len(files), mistakes=tuple(lines[:MOST_NAMED]), n_mistakes=len(lines), metrics=(
            share("within", int((away["hash"] <= SAME_PICTURE).sum()), n=len(files)),
            share("exact", int((away["hash"] == 0).sum()), n=len(files)),
            count("most_bits", int(away["hash"].max(initial=0)), n=len(files)),
            share("other_within", int((away["other_hash"] <= SAME_PICTURE).sum()), n=len(away["other_hash"])),
            share("copies_found", int((is_copy & found).sum()), n=int(is_copy.sum())),
            share("strangers_matched", int((laid[strange] <= SAME_PICTURE).sum()), n=int(strange.sum()))))


def _away(*, files_hash: Hashes, rows: NDArray[np.int64], published: pa.Array) -> NDArray[np.int64]:
    """By how many bits each file's hash differs from the published one, where there are both."""
    theirs, places = from_text(published)
    both = np.intersect1d(rows, places)
    return distances(files_hash[np.searchsorted(rows, both)], theirs[np.searchsorted(places, both)])


TASK = Task(form=FORM, measure=measure)
