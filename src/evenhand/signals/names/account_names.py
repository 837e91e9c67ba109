"""The relation `names`: display name and handle of every account, folded and reduced to skeletons; and what else they show.

A sweep needs `names` only. `name_details` is for whoever looks closer.
"""

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

_OF_FIELD = [pa.field("account_id", pa.string(), nullable=False), pa.field("field", pa.string(), nullable=False)]
NAMES = pa.schema([
    *_OF_FIELD,
    pa.field("shown", pa.string(), nullable=False),
    pa.field("folded", pa.string(), nullable=False),
    pa.field("words", pa.string(), nullable=False),
    pa.field("is_mixed_script", pa.bool_(), nullable=False),
    pa.field("n_invisible", pa.int32(), nullable=False),
])
"""One name of an account. `field` is `display_name` or `handle`; `shown` is the text as the account gave it; `words` is
the skeleton word by word with digits kept; `n_invisible` counts characters that show nothing and that the spelling does
not need."""
NAME_DETAILS = pa.schema([
    *_OF_FIELD,
    pa.field("skeleton", pa.string(), nullable=False),
    pa.field("n_scripts", pa.int32(), nullable=False),
    pa.field("is_whole_script_confusable", pa.bool_(), nullable=False),
    pa.field("n_digits", pa.int32(), nullable=False),
    pa.field("n_check_marks", pa.int32(), nullable=False),
    pa.field("handle_agrees", pa.float64()),
])
"""More about a name. `is_whole_script_confusable` says that letters of one script other than Latin read as Latin ones
(which a genuine name can do too); `handle_agrees` is how like the skeletons of display name and handle are, 0 to 1, null
where one is missing or only one of them reads as Latin."""
_OF_NAME = pa.schema(list(NAMES)[3:])
DISGUISED_NAMES = pa.schema([NAMES.field(name) for name in ("account_id", "field", "shown", "is_mixed_script", "n_invisible")])
"""The few names that mix scripts or hold characters which show nothing."""
_SOURCE = ("account_id", "handle", "display_name")


def names_kernel(tables: UnicodeTables) -> Kernel:
    """The step that makes `names` of `accounts`; an account without display name has the row of its handle only."""

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        named = batch.filter(pc.not_equal(pc.fill_null(batch.column("display_name"), ""), ""))
        codes = named.column("display_name").dictionary_encode()
        different = _names(codes.dictionary, tables, is_handle=False)
        handles = pc.fill_null(batch.column("handle"), "")
        rows = [(named.column("account_id"), DISPLAY_NAME, named.column("display_name"), different.take(codes.indices)),
                (batch.column("account_id"), HANDLE, handles, _names(handles, tables, is_handle=True))]
        return pa.concat_batches([
            pa.RecordBatch.from_arrays([account_ids, pa.repeat(field, len(shown)), shown, *names.columns], schema=NAMES)
            for account_ids, field, shown, names in rows])

    return Kernel(name="names", source="accounts", columns=_SOURCE, run=run, schema=NAMES, digest=tables.digest,
                  sentence="a display name or handle, folded and reduced to its skeleton")


def disguised_names() -> Kernel:
    """The step that picks of `names` those that look like something they are not, so that no SQL step goes through all."""

    def run(names: pa.RecordBatch) -> pa.RecordBatch:
        disguised = names.filter(pc.or_(names.column("is_mixed_script"), pc.greater(names.column("n_invisible"), 0)))
        return pa.RecordBatch.from_arrays(disguised.select(DISGUISED_NAMES.names).columns, schema=DISGUISED_NAMES)

    return Kernel(name="disguised_names", source="names", columns=tuple(DISGUISED_NAMES.names), run=run, schema=DISGUISED_NAMES,
                  sentence="a name that mixes scripts or holds characters which show nothing")


def _names(shown: pa.Array, tables: UnicodeTables, *, is_handle: bool) -> pa.RecordBatch:
    """The columns of `names` that depend on nothing but the name."""
    pieces = []
    for start in range(0, len(shown), ROWS_AT_ONCE):
        folded = folded_names(Texts.from_arrow(shown.slice(start, ROWS_AT_ONCE)), tables, is_handle=is_handle)
        words = skeleton_words(folded, tables)
        pieces.append(pa.RecordBatch.from_arrays([
            folded.texts.to_arrow(), words.to_arrow(), pa.array(_is_mixed(folded.texts, tables)),
            pa.array(folded.n_invisible)], schema=_OF_NAME))
    return pa.concat_batches(pieces) if pieces else pa.RecordBatch.from_pylist([], schema=_OF_NAME)


def _is_mixed(texts: Texts, tables: UnicodeTables) -> NDArray[np.bool_]:
    """Whether a word of each text mixes scripts; one of ASCII alone does not."""
    mixed = np.zeros(len(texts), np.bool_)
    rows = np.flatnonzero(texts.any(texts.points >= 0x80))
    mixed[rows] = script_use(texts.take(rows), tables.scripts).is_mixed
    return mixed


def name_details_kernel(tables: UnicodeTables) -> Kernel:
    """The step that makes `name_details` of `accounts`, with the rows that `names` has."""

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        slices = [batch.slice(start, ROWS_AT_ONCE) for start in range(0, max(1, len(batch)), ROWS_AT_ONCE)]
        return pa.concat_batches([piece for rows in slices for piece in _details_of_slice(rows, tables)])

    return Kernel(name="name_details", source="accounts", columns=_SOURCE, run=run, schema=NAME_DETAILS,
                  digest=tables.digest, sentence="what else a display name or handle shows: scripts, digits, check marks")


def _details_of_slice(batch: pa.RecordBatch, tables: UnicodeTables) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """The rows of the display names, and those of the handles."""
    has_name = pc.not_equal(pc.fill_null(batch.column("display_name"), ""), "")
    named = batch.filter(has_name)
    shown = _details(named.column("account_id"), named.column("display_name"), DISPLAY_NAME, tables)
    handles = _details(batch.column("account_id"), batch.column("handle"), HANDLE, tables)
    agreement = _agreement(shown, handles.filter(has_name))
    of_handles = np.full(len(handles), np.nan)
    of_handles[np.array(has_name, np.bool_)] = agreement
    first, second = (pa.RecordBatch.from_arrays([*rows.columns, pa.array(numbers, from_pandas=True)], schema=NAME_DETAILS)
                     for rows, numbers in ((shown, agreement), (handles, of_handles)))
    return first, second


def _details(account_ids: pa.Array, shown: pa.Array, field: str, tables: UnicodeTables) -> pa.RecordBatch:
    """Rows of `name_details` for one field, without `handle_agrees`."""
    folded = folded_names(Texts.from_arrow(pc.fill_null(shown, "")), tables, is_handle=field == HANDLE)
    texts, words = folded.texts, skeleton_words(folded, tables)
    use = script_use(texts, tables.scripts)
    digits = (texts.points >= ord("0")) & (texts.points <= ord("9"))
    return pa.RecordBatch.from_arrays([
        account_ids, pa.repeat(field, len(shown)), skeletons(words).to_arrow(), pa.array(use.n_scripts),
        pa.array(use.is_foreign & reads_as_latin(words)), pa.array(texts.count(digits)), pa.array(folded.n_check_marks)],
        schema=pa.schema(list(NAME_DETAILS)[:-1]))


def _agreement(shown: pa.RecordBatch, handles: pa.RecordBatch) -> NDArray[np.float64]:
    """How like the skeletons of paired rows are, 0 to 1; not a number where only one reads as Latin."""
    first, second = shown.column("skeleton"), handles.column("skeleton")
    likeness = cpdist(first.to_pylist(), second.to_pylist(), scorer=fuzz.ratio, dtype=np.float64) / 100
    ascii_only = [np.asarray(pc.equal(pc.binary_length(column), pc.utf8_length(column))) for column in (first, second)]
    empty = np.asarray(pc.equal(pc.binary_length(first), 0)) | np.asarray(pc.equal(pc.binary_length(second), 0))
    likeness[empty | (ascii_only[0] != ascii_only[1])] = np.nan
    return np.asarray(likeness)
