"""The relation `borne_names`: registered holders whose official account a profile says that it is.

"Support Team", with "Official account of the Federal Bureau of Investigation" below it, has no name that reads as the bureau's.
What counts is one sentence that holds nothing but the claim and the name, and a name that reads in whole as a registered one:
"official account of X Boston", "official partner of X" and "follow the official account of X" say something else. A match is
not a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query, Step
from evenhand.signals.names.account_names import DISPLAY_NAME, names_kernel
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.matches import name_matches_kernel
from evenhand.signals.names.unicode_tables import UnicodeTables
from evenhand.signals.words.claims import STANCES
from evenhand.signals.words.clauses import sentence_border
from evenhand.signals.words.folded import Flags, Folded, Places, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import Mentions, WordList, shown

MIN_BORNE_WEIGHT = 0.5
"""Only names that single their holder out at least so much: many a country has a Ministry of Health."""
MAX_NAME_BYTES = 192
"""How far from the claim a name may reach."""
_WHOLE = ("same", "skeleton")
_CLAIM = "official_account"
_NO = r"[^\p{L}\p{M}\p{N}]"
"""A pattern for a sign that belongs to no word."""
_UNSPACED, _JOINED = "\u2e80", "'\u0640"
"""From here on scripts part no words, or join particles to them; and the signs that join a particle to the next word."""

BORNE_NAMES = pa.schema([
    *(pa.field(name, pa.string(), nullable=False) for name in (
        "account_id", "shown", "holder_id", "holder_kind", "holder_name")),
    pa.field("similarity", pa.float64(), nullable=False), pa.field("weight", pa.float64(), nullable=False)])
"""`shown` is the claim with the name, as the profile has it; `holder_name` the name as registered."""

OFFICIAL_BIOS = Query(
    name="official_bios", inputs=("claims", "candidates"), sentence="a profile that says it is somebody's official account",
    sql=f"""
    select a.account_id, a.bio
    from (select distinct account_id from claims where claim = '{_CLAIM}' and stance = 'is' and "where" = 'bio') c
    join candidates a on c.account_id = a.account_id""")


def borne_names(index: HolderIndex, tables: UnicodeTables, *, said: Lexicon, around: Lexicon) -> tuple[Step, ...]:
    """The steps that leave `borne_names`, for the claims in `said` and the words that may stand around them in `around`."""
    reader = _Reader.of(said, around)
    names, matches = names_kernel(tables), name_matches_kernel(index, tables)

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        row, texts, written = reader.read(batch.column("bio"))
        named = names.run(pa.record_batch({
            "account_id": pa.array(np.arange(len(texts))).cast(pa.string()), "handle": pa.nulls(len(texts), pa.string()),
            "display_name": texts}))
        found = matches.run(named.filter(pc.equal(named.column("field"), DISPLAY_NAME)))
        found = found.filter(pc.and_(pc.is_in(found.column("match"), value_set=pa.array(_WHOLE)),
                                     pc.greater_equal(found.column("weight"), MIN_BORNE_WEIGHT)))
        place = found.column("account_id").cast(pa.int64())
        taken = {"account_id": batch.column("account_id").take(pa.array(row)).take(place), "shown": written.take(place)}
        table = pa.record_batch(taken | {name: found.column(name) for name in BORNE_NAMES.names[2:]})
        return _distinct(table)

    kernel = Kernel(name="borne_names", source=OFFICIAL_BIOS.name, columns=("account_id", "bio"), run=run, schema=BORNE_NAMES,
                    digest=f"{index.digest} {said.digest} {around.digest}",
                    sentence="a registered holder whose official account a profile says that it is")
    return OFFICIAL_BIOS, kernel


def _distinct(rows: pa.RecordBatch) -> pa.RecordBatch:
    """One row for each account and holder, the first."""
    keys = pc.binary_join_element_wise(rows.column("account_id"), rows.column("holder_id"), "\n").dictionary_encode()
    first = np.sort(np.unique(keys.indices.to_numpy(zero_copy_only=False), return_index=True)[1])
    return pa.RecordBatch.from_arrays([rows.column(name).take(pa.array(first)) for name in BORNE_NAMES.names],
                                      schema=BORNE_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Finds the names in sentences that say whose official account it is."""

    claims: WordList
    lead: str
    """A pattern for all that may stand before the claim."""
    link: str
    """A pattern for what stands between the claim and the name behind it."""
    owner: str
    """A pattern for what stands between the name and the claim behind it."""
    closing: str
    """A pattern for all that may stand behind the claim when the name goes first."""

    @classmethod
    def of(cls, said: Lexicon, around: Lexicon) -> _Reader:
        """The reader for these claims and the words around them."""
        elsewhere, account = _words(around, "elsewhere"), _words(around, "account")
        kept = tuple(entry for entry in said.entries if entry.group == _CLAIM and entry.text not in elsewhere
                     and any(word in entry.text for word in account))
        lead, link, owner, closing = (_words(around, group) for group in ("lead", "link", "owner", "closing"))
        return cls(claims=WordList(replace(said, entries=kept), "bio"), lead=f"^{_NO}*(?:{_either(lead)})?{_NO}*$",
                   link=f"^{_NO}*(?:{_either(link, after=f'(?:{_NO}+|$)')})?",
                   owner=rf"(?:['’]\p{{L}}{{0,4}}|{_either(owner, before=f'{_NO}+')})?{_NO}*$",
                   closing=f"^(?:{_NO}*(?:{_either(closing)})?{_NO}*$|(?:{_either(closing)})?[.](?:{_NO}|$))")

    def read(self, raw: pa.Array) -> tuple[Places, pa.Array, pa.Array]:
        """For each name that a bio bears: the row, the name, and the claim with the name as written."""
        folded = fold(raw)
        found = self.claims.find(folded)
        found = found.keep(self.claims.stances(folded, found, STANCES) <= STANCES.index("is"))
        before, begins = _sentence(folded, found, last=True)
        after, ends = _sentence(folded, found, last=False)
        is_lead, is_closed = _matches(before, self.lead), _matches(after, self.closing)
        behind = np.flatnonzero(is_lead & ~is_closed & _is_reached(ends - found.end) & ~_leads_away(folded, found, ends))
        ahead = np.flatnonzero(is_closed & ~is_lead & _is_reached(found.start - begins))
        names = [_without(after, behind, self.link), _without(before, ahead, self.owner)]
        spans = [Mentions(row=found.row[behind], entry=found.entry[behind], start=found.start[behind], end=ends[behind]),
                 Mentions(row=found.row[ahead], entry=found.entry[ahead], start=begins[ahead], end=found.end[ahead])]
        return (np.concatenate([span.row for span in spans]), pa.concat_arrays(names),
                pa.concat_arrays([pc.utf8_trim_whitespace(shown(raw, folded, span)) for span in spans]))


def _words(lexicon: Lexicon, group: str) -> list[str]:
    """The group's words, the longest first."""
    return sorted({entry.text for entry in lexicon.entries if entry.group == group}, key=lambda word: (-len(word), word))


def _either(words: list[str], *, before: str = "", after: str = "") -> str:
    """A pattern for any of the words, with what parts a word from its neighbours where its script parts words."""
    return "|".join((before if word[0] < _UNSPACED else "") + _literal(word) + (after if word[-1] not in _JOINED else "")
                    for word in words)


def _literal(word: str) -> str:
    return "".join(f"\\{sign}" if sign in r".^$*+?{}[]()|\-" else "['’]" if sign == "'" else sign for sign in word)


def _sentence(folded: Folded, found: Mentions, *, last: bool) -> tuple[pa.Array, Places]:
    """What stands before (`last`) or behind each claim in its sentence, and the place where that begins or ends."""
    side: Callable[..., Folded] = folded.before if last else folded.after
    windows = side(found.row, found.start if last else found.end, width=MAX_NAME_BYTES)
    border = sentence_border(windows, last=last)
    if last:
        return windows.cut(border, windows.ends).texts(), found.start - (windows.ends - border)
    return windows.cut(windows.starts, border).texts(), found.end + (border - windows.starts)


def _is_reached(lengths: Places) -> Flags:
    """False where the sentence goes on beyond what was looked at."""
    short: Flags = lengths < MAX_NAME_BYTES - 4
    return short


def _leads_away(folded: Folded, found: Mentions, ends: Places) -> Flags:
    """True where another account, or a flag, stands right behind the sentence.

    The account is the one that is spoken of; a branch or a namesake in another country shows a flag.
    """
    rest = folded.after(found.row, ends, width=24).texts()
    return _matches(rest, r"^[^\p{L}\p{N}\n]*(?:[^\p{L}\p{N}]*@|[\x{1F1E6}-\x{1F1FF}]|\x{1F3F4})")


def _matches(texts: pa.Array, pattern: str) -> Flags:
    found: Flags = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found


def _without(texts: pa.Array, places: Places, pattern: str) -> pa.Array:
    """The texts at these places without what the pattern matches first, and without the signs around the rest."""
    rest = pc.replace_substring_regex(texts.take(pa.array(places)), pattern, "", max_replacements=1)
    return pc.replace_substring_regex(rest, f"^{_NO}+|{_NO}+$", "")
