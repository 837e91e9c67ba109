"""Random cases in words: drawn by a seeded hash, so that neither row order nor machine changes who is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evenhand.model.evidence import EvidenceFamily
from evenhand.model.harm import Harm
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.statements import Messages, guard_fact, neutral, sentence

_ROWS_AT_ONCE = 65_536
_Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInWords:
    """One decision as a person reads it. All account text in it is neutralised."""

    decision_id: str
    account_id: str
    name: str
    """The display name, or the handle when there is none."""
    handle: str
    platform: str
    language: str
    followers: int | None
    harm: Harm
    penalty: Penalty
    until: datetime | None
    what: str
    """What would happen, told to the person."""
    rule: str
    ground_url: str
    """Only http and https addresses; empty otherwise."""
    facts: tuple[str, ...]
    families: tuple[EvidenceFamily, ...]
    guards: tuple[str, ...]
    """What was heard in the account's favour."""
    steps: tuple[str, ...]
    would_change: tuple[str, ...]
    other_harms: tuple[Harm, ...]
    automation: str

    @property
    def outcome(self) -> str:
        """The penalty in a few words."""
        return MEANINGS[self.penalty].done


def random_cases(decisions: pa.Table, *, n: int = 10, seed: int = 0) -> pa.Table:
    """`n` decisions drawn at random, in the order drawn: the same for the same set of decisions and `seed`."""
    keys = seeded_order(decisions["decision_id"], seed=seed)
    n = min(n, decisions.num_rows)
    if n == 0:
        return decisions.slice(0, 0)
    candidates = np.flatnonzero(keys <= np.partition(keys, n - 1)[n - 1])
    ids = decisions["decision_id"].take(pa.array(candidates)).to_pylist()
    drawn = sorted(zip(keys[candidates].tolist(), ids, candidates.tolist(), strict=True))[:n]
    return decisions.take(pa.array([position for _, _, position in drawn]))


def seeded_order(ids: pa.ChunkedArray, *, seed: int) -> _Words:
    """A pseudo-random 64-bit number per id (tabulation hashing: a seeded word per position and byte, summed)."""
    parts = [_hashed(ids.slice(start, _ROWS_AT_ONCE), seed=seed) for start in range(0, len(ids), _ROWS_AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


def cases_in_words(decisions: pa.Table, messages: Messages) -> tuple[CaseInWords, ...]:
    """Each row of `decisions` (schema `DECISIONS`, few rows) as a case in words."""
    return tuple(_case(row, messages) for row in decisions.to_pylist())


def _hashed(ids: pa.ChunkedArray, *, seed: int) -> _Words:
    binary = ids.cast(pa.large_binary()).combine_chunks()
    offsets = np.frombuffer(binary.buffers()[1], np.int64)[binary.offset:binary.offset + len(binary) + 1]
    octets = np.frombuffer(binary.buffers()[2] or b"", np.uint8)[offsets[0]:offsets[-1]].astype(np.uint64)
    lengths = np.diff(offsets)
    positions = np.arange(len(octets), dtype=np.int64) - np.repeat(offsets[:-1] - offsets[0], lengths)
    start = _mixed(np.asarray([seed % 2**64], np.uint64))
    words = _mixed(start + positions.astype(np.uint64) * np.uint64(256) + octets)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(words)))
    ends = offsets - offsets[0]
    return _mixed(sums[ends[1:]] - sums[ends[:-1]])


def _mixed(words: _Words) -> _Words:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014), element by element."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _case(row: dict[str, object], messages: Messages) -> CaseInWords:
    statement = _mapping(row["statement"])
    handle = neutral(_text(row["handle"])).removeprefix("@")
    ground = _text(statement["ground_url"])
    families = {_text(_mapping(reason)["family"]) for reason in _list(row["reasons"])}
    return CaseInWords(
        decision_id=_text(row["decision_id"]), account_id=neutral(_text(row["account_id"])),
        name=neutral(_text(row["display_name"])) or "@" + handle, handle=handle,
        platform=neutral(_text(row["platform"])), language=neutral(_text(row["language"]), limit=20),
        followers=row["followers"] if isinstance(row["followers"], int) else None,
        harm=Harm(_text(row["harm"])), penalty=Penalty(_text(row["penalty"])),
        until=row["until"] if isinstance(row["until"], datetime) else None,
        what=sentence(_text(statement["what"])), rule=sentence(_text(statement["rule"])),
        ground_url=ground if ground.startswith(("https://", "http://")) else "",
        facts=_sentences(statement["facts"]),
        families=tuple(family for family in EvidenceFamily if family in families),
        guards=tuple(_guard_in_words(hit, messages) for hit in map(_mapping, _list(row["guards_considered"]))),
        steps=_sentences(row["steps"]), would_change=_sentences(row["would_change"]),
        other_harms=tuple(Harm(_text(harm)) for harm in _list(row["other_harms"])),
        automation=sentence(_text(statement["automation"])))


def _guard_in_words(hit: dict[str, object], messages: Messages) -> str:
    return sentence(_text(hit["fact"])) or guard_fact(
        messages, _text(hit["guard"]), where=_text(hit["where"]), shown=_text(hit["shown"]))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _sentences(value: object) -> tuple[str, ...]:
    return tuple(sentence(_text(text)) for text in _list(value))


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
