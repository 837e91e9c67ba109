"""The words of a handle: `NotTheFBI_parody2` is “Not The FBI parody 2”."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_BORDERS = (
    (r"[_.\-@~:/]", " "),
    (r"(\p{Ll})(\p{Lu})", r"\1 \2"),
    (r"(\p{Lu})(\p{Lu}\p{Ll})", r"\1 \2"),
    (r"(\p{L})(\p{Nd})", r"\1 \2"),
    (r"(\p{Nd})(\p{L})", r"\1 \2"),
)
"""Where words part, in any script that has capitals, and what is written there instead."""


def handle_words(handles: pa.Array) -> pa.Array:
    """Each handle with spaces where its words part: at separators, at capitals, between letters and digits.

    >>> handle_words(pa.array(["NotTheFBI", "fbi_parody", "@ann2024", "ПародияПутина"])).to_pylist()
    ['Not The FBI', 'fbi parody', ' ann 2024', 'Пародия Путина']
    """
    words = pc.fill_null(handles.cast(pa.string()), "")
    for border, apart in _BORDERS:
        words = pc.replace_substring_regex(words, border, apart)
    return words
