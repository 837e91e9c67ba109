"""Sentences of texts: cut at line breaks and at the signs that end a sentence, a whole column at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.words.folded import Places

_END = r"((?:[.!?…]\s*)*[.!?…][\"')\]’”]*)\s+"
"""What ends a sentence: signs, quotes and brackets that close after them, and white space."""
_CUT = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences of a column of texts, in their order."""

    texts: pa.Array
    row: Places
    """Which text each stands in."""
    line: Places
    """Which line of that text, from 0."""

    def __len__(self) -> int:
        """How many sentences."""
        return len(self.row)


def sentences_of(texts: pa.Array) -> Sentences:
    """The sentences of each text; blank ones are left out.

    >>> found = sentences_of(pa.array(["Stop. Ask her first!\\nGood luck", None]))
    >>> found.texts.to_pylist(), found.row.tolist(), found.line.tolist()
    (['Stop.', 'Ask her first!', 'Good luck'], [0, 0, 0], [0, 0, 1])
    """
    lines = pc.split_pattern(texts.cast(pa.large_string()).fill_null(""), "\n")
    row, line = _places(lines)
    parts = pc.split_pattern(pc.replace_substring_regex(lines.flatten(), _END, rf"\1{_CUT}"), _CUT)
    own, _ = _places(parts)
    trimmed = pc.utf8_trim_whitespace(parts.flatten())
    kept = np.flatnonzero(pc.greater(pc.binary_length(trimmed), 0).to_numpy(zero_copy_only=False))
    return Sentences(texts=trimmed.take(pa.array(kept)), row=row[own[kept]], line=line[own[kept]])


def _places(lists: pa.Array) -> tuple[Places, Places]:
    """For each part of each list: which list it stands in, and where in it."""
    sizes = np.diff(lists.offsets.to_numpy()).astype(np.int64)
    row = np.repeat(np.arange(len(sizes)), sizes)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
