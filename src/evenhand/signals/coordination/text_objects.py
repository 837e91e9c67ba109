"""Near-duplicate texts: equal keys for texts that share most of their letters, in any script.

MinHash (Broder, *On the resemblance and containment of documents*, 1997) over runs of four letters, in bands (Leskovec,
Rajaraman, Ullman, *Mining of Massive Datasets*, 3.4): two texts with similarity s (shared runs over all runs) get an equal
key with probability 1 − (1 − s^4)^2, so 0.98 at s = 0.98, 0.65 at 0.8, 0.12 at 0.5 and 0.02 at 0.3.
Letters only: case, digits, signs, emoji, links and mentions, which copies are varied by, do not count.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.names.codepoints import Mask, Offsets, Points, Texts
from evenhand.signals.names.hashes import Hashes, PartHashes, scattered

RUN = 4
"""Letters in a run."""
BANDS, ROWS = 2, 4
"""Keys for each text, and smallest hashes behind each key."""
MIN_BYTES = 40
"""A shorter text is said by many: about 40 Latin, 20 Cyrillic or Arabic and 13 Chinese or Japanese letters in UTF-8."""
TEXT_KEYS = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("object", pa.int64())])

_SKIPPED = r"https?://\S+|www\.\S+|@\S+"
_REPEATS = r"^\s*rt @"
"""A repost in the old form carries another's text; it is a share, not a text of its own."""
_MULTIPLIERS = scattered(np.arange(BANDS * ROWS, dtype=np.uint64)) | np.uint64(1)


def text_objects() -> Kernel:
    """The kernel `text_objects` over posts: up to two keys for each text that is long enough, as `TEXT_KEYS`.

    >>> posts = pa.record_batch({"account_id": ["a", "b", "c"], "post_id": ["1", "2", "3"], "text": [
    ...     "Our town deserves better streets, join us on Friday!", "OUR town deserves better streets; join us on friday @ann",
    ...     "Nobody has ever said anything about the streets in our town"]})
    >>> keys = text_objects().run(posts).column("object").to_pylist()
    >>> keys[0] == keys[2], keys[1] == keys[3], keys[0] == keys[4]
    (True, True, False)
    """
    return Kernel(name="text_objects", source="posts", columns=("account_id", "post_id", "text"), run=_run,
                  schema=TEXT_KEYS, sentence="a key that near copies of a post's text share",
                  digest=f"{RUN}/{BANDS}/{ROWS}/{MIN_BYTES}")


def _run(posts: pa.RecordBatch) -> pa.RecordBatch:
    lower = pc.utf8_lower(pc.fill_null(posts.column("text").cast(pa.large_string()), ""))
    long_enough = pc.and_(pc.greater_equal(pc.binary_length(lower), MIN_BYTES),
                          pc.invert(pc.match_substring_regex(lower, _REPEATS)))
    rows = np.flatnonzero(long_enough.to_numpy(zero_copy_only=False))
    texts = Texts.from_arrow(pc.replace_substring_regex(lower.take(pa.array(rows)), _SKIPPED, " "))
    letters = texts.keep(_is_letter(texts.points))
    n_bytes = np.diff(np.concatenate([[0], np.cumsum(_n_bytes(letters.points))])[letters.offsets])
    kept = np.flatnonzero((n_bytes >= MIN_BYTES * 3 // 4) & (letters.lengths >= RUN))
    rows, letters = rows[kept], letters.take(kept)
    keys = band_keys(letters)
    source = pa.array(np.repeat(rows, BANDS))
    return pa.RecordBatch.from_arrays(
        [posts.column("account_id").take(source), posts.column("post_id").take(source),
         pa.array(keys.reshape(-1).view(np.int64))], schema=TEXT_KEYS)


def band_keys(letters: Texts) -> Hashes:
    """The keys of texts of at least `RUN` letters each: one row for each text, one column for each band."""
    if not len(letters):
        return np.zeros((0, BANDS), np.uint64)
    runs, offsets = _run_hashes(letters)
    smallest = np.stack([np.minimum.reduceat(runs * multiplier, offsets) for multiplier in _MULTIPLIERS], axis=1)
    keys = np.zeros((len(letters), BANDS), np.uint64)
    for band in range(BANDS):
        key = np.full(len(letters), band + 1, np.uint64)
        for row in range(ROWS):
            key = scattered(key ^ smallest[:, band * ROWS + row])
        keys[:, band] = key
    return keys


def _run_hashes(letters: Texts) -> tuple[Hashes, Offsets]:
    """The hash of every run of letters, text after text, and where each text's runs begin."""
    n_runs = letters.lengths - RUN + 1
    ends = np.cumsum(n_runs)
    offsets = ends - n_runs
    starts = np.arange(ends[-1]) + np.repeat(letters.offsets[:-1] - offsets, n_runs)
    return scattered(PartHashes.of(letters).parts(starts, starts + RUN)), offsets


def _is_letter(points: Points) -> Mask:
    """Marks what is compared: letters and the signs of scripts, but no digits, punctuation, symbols and emoji."""
    ascii_letter = (points >= 0x61) & (points <= 0x7A)
    beyond = (points >= 0xAA) & (points != 0xD7) & (points != 0xF7) & (points < 0x1F000)
    signs = ((points >= 0x2000) & (points < 0x2C00)) | ((points >= 0x3000) & (points <= 0x3020)) | (
        (points >= 0xFE00) & (points <= 0xFE6F)) | ((points >= 0xFF00) & (points <= 0xFF20))
    is_letter: Mask = ascii_letter | (beyond & ~signs) | (points >= 0x20000)
    return is_letter


def _n_bytes(points: Points) -> Offsets:
    return 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
