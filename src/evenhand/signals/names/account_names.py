"""The relation `names`: display name and handle of every account, folded and reduced to skeletons."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from evenhand.model.step import Kernel
from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.scripts import script_use
from evenhand.signals.names.skeleton import folded_names, reads_as_latin, skeleton_words, skeletons
from evenhand.signals.names.unicode_tables import UnicodeTables

DISPLAY_NAME, HANDLE = "display_name", "handle"
ROWS_AT_ONCE = 16_384
"""Rows whose arrays fit a processor's cache; results do not depend on it."""

NAMES = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("field", pa.string(), nullable=False),
    pa.field("shown", pa.string(), nullable=False),
    pa.field("folded", pa.string(), nullable=False),
    pa.field("words", pa.string(), nullable=False),
    pa.field("skeleton", pa.string(), nullable=False),
    pa.field("n_scripts", pa.int32(), nullable=False),
    pa.field("is_mixed_script", pa.bool_(), nullable=False),
    pa.field("is_whole_script_confusable", pa.bool_(), nullable=False),
    pa.field("n_invisible", pa.int32(), nullable=False),
    pa.field("n_digits", pa.int32(), nullable=False),
    pa.field("n_check_marks", pa.int32(), nullable=False),
    pa.field("handle_agrees", pa.float64()),
])
"""One name of an account. `field` is `display_name` or `handle`; `shown` is the text as the account gave it; `words` is
the skeleton word by word with digits kept; `is_whole_script_confusable` says that letters of one script other than Latin
read as Latin ones (which a genuine name can do too); `handle_agrees` is how like the skeletons of display name and
handle are, 0 to 1, null where one is missing or only one of them reads as
Latin."""


def names_kernel(tables: UnicodeTables) -> Kernel:
    """The step that makes `names` of `accounts`; an account without display name has the row of its handle only."""

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        slices = [batch.slice(start, ROWS_AT_ONCE) for start in range(0, max(1, len(batch)), ROWS_AT_ONCE)]
        return pa.concat_batches([piece for rows in slices for piece in _of_slice(rows, tables)])

    return Kernel(name="names", source="accounts", columns=("account_id", "handle", "display_name"), run=run,
                  schema=NAMES, sentence="a display name or handle, folded and reduced to its skeleton",
                  digest=tables.digest)


def _of_slice(batch: pa.RecordBatch, tables: UnicodeTables) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """The rows of the display names, and those of the handles."""
    has_name = pc.not_equal(pc.fill_null(batch.column("display_name"), ""), "")
    named = batch.filter(has_name)
    shown = named_rows(named.column("account_id"), named.column("display_name"), DISPLAY_NAME, tables)
    handles = named_rows(batch.column("account_id"), batch.column("handle"), HANDLE, tables)
    agreement = _agreement(shown, handles.filter(has_name))
    of_handles = np.full(len(handles), np.nan)
    of_handles[np.array(has_name, np.bool_)] = agreement
    first, second = (pa.RecordBatch.from_arrays([*rows.columns, pa.array(numbers, from_pandas=True)], schema=NAMES)
                     for rows, numbers in ((shown, agreement), (handles, of_handles)))
    return first, second


def named_rows(account_ids: pa.Array, shown: pa.Array, field: str, tables: UnicodeTables) -> pa.RecordBatch:
    """Rows of `names` for one field, without `handle_agrees`."""
    shown = pc.fill_null(shown, "")
    folded = folded_names(Texts.from_arrow(shown), tables, is_handle=field == HANDLE)
    texts = folded.texts
    words = skeleton_words(folded, tables)
    use = script_use(texts, tables.scripts)
    digits = (texts.points >= ord("0")) & (texts.points <= ord("9"))
    columns = {
        "account_id": account_ids, "field": pa.repeat(field, len(shown)), "shown": shown, "folded": texts.to_arrow(),
        "words": words.to_arrow(), "skeleton": skeletons(words).to_arrow(),
        "n_scripts": use.n_scripts, "is_mixed_script": use.is_mixed,
        "is_whole_script_confusable": use.is_foreign & reads_as_latin(words),
        "n_invisible": folded.n_invisible, "n_digits": texts.count(digits), "n_check_marks": folded.n_check_marks}
    schema = pa.schema([column for column in NAMES if column.name in columns])
    return pa.RecordBatch.from_arrays([pa.array(columns[name]) for name in schema.names], schema=schema)


def _agreement(shown: pa.RecordBatch, handles: pa.RecordBatch) -> NDArray[np.float64]:
    """How like the skeletons of paired rows are, 0 to 1; not a number where only one reads as Latin."""
    first, second = shown.column("skeleton"), handles.column("skeleton")
    likeness = cpdist(first.to_pylist(), second.to_pylist(), scorer=fuzz.ratio, dtype=np.float64) / 100
    ascii_only = [np.asarray(pc.equal(pc.binary_length(column), pc.utf8_length(column))) for column in (first, second)]
    empty = np.asarray(pc.equal(pc.binary_length(first), 0)) | np.asarray(pc.equal(pc.binary_length(second), 0))
    likeness[empty | (ascii_only[0] != ascii_only[1])] = np.nan
    return np.asarray(likeness)
