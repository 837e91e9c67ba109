"""Common words: in how many ordinary texts the words that stand in many of them are found, and their grams."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evenhand.signals.fact_checks.grams import Keys, grams, tokens
from evenhand.signals.fact_checks.letters import letters
from evenhand.signals.fact_checks.postings import BACKGROUND_TEXTS, Background, Weights

_COMMONEST, _FALL = 0.6, 0.8
"""The share of short texts that have the commonest word of their language, and how fast it falls with the rank (Zipf's law;
counted in English news headlines and comments: rank 1 stands in about half of them, rank 50 in one in 40)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonWords:
    """How common words and grams are in ordinary texts, whatever their language."""

    words: Background
    grams: Background
    digest: str

    @classmethod
    def from_toml(cls, text: str) -> CommonWords:
        """The list in `text`: for each language its words, the commonest first, in one text.

        >>> sorted(CommonWords.from_toml('[words]\\nen = "the of"').words.count.round().tolist())
        [3446.0, 6000.0]
        """
        lists = tomllib.loads(text)["words"]
        words, shares = [], []
        for written in lists.values():
            own = list(dict.fromkeys(written.split()))
            words += own
            shares += [_COMMONEST / (rank + 1) ** _FALL for rank in range(len(own))]
        read = letters(pa.array(words, pa.string()))
        share = np.array(shares, np.float32)
        found = [(marks.key, share[marks.row]) for marks in (tokens(read), grams(read))]
        return cls(words=_counted(*found[0]), grams=_counted(*found[1]), digest=hashlib.sha256(text.encode()).hexdigest())


def _counted(keys: Keys, shares: Weights) -> Background:
    """In how many ordinary texts each key stands, when words come independently of one another."""
    distinct, own = np.unique(keys, return_inverse=True)
    absent = np.bincount(own, weights=np.log1p(-shares.astype(np.float64)), minlength=len(distinct))
    return Background(key=distinct, count=-np.expm1(absent) * BACKGROUND_TEXTS)
