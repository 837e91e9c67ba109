"""Practice: what a profile says of a profession, of a fee and of a field, for the accounts that passed the gate.

A claim is a fact about the text, never that the claim is false. “My doctor”, “future lawyer”, “retired teacher” and “not a
doctor” claim nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query
from evenhand.signals.advice.gate import FIELDS
from evenhand.signals.words.folded import Flags, Places, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import WordList, first_of_each, joined, spoken

SCHEMA = pa.schema([(name, pa.string()) for name in ("account_id", "where", "kind", "field", "language", "shown")])
"""One word of a profile: `kind` is `claims`, `offers`, `body`, `fee`, `field` or `disclaims`; `field` is one of `FIELDS`
or empty."""

STANCES = ("about", "learning", "former", "not")
"""What the words beside a profession make of it; none of them is a claim to practise it."""
_CLAIM_WORDS = 5
"""A claim stands near the start of its clause, after at most so many words: “20 years of experience as a notary”."""
_CLAIM_BYTES = 60
"""The same where words are not set apart: 20 Chinese characters."""

PRACTITIONERS = Query(
    name="practitioners", inputs=("accounts", "practice_profiles", "fee_posts"),
    sentence="an account that names a profession or a fee, in its profile or in a post",
    sql="""select a.account_id, a.display_name, a.bio from accounts a
           join (select account_id from practice_profiles union select account_id from fee_posts) c
             on a.account_id = c.account_id""")


def practice_words(advice: Lexicon, claimed: Lexicon) -> Kernel:
    """The kernel `practice_words` over `PRACTITIONERS`: one row for each kind, field and place, with the first words.

    >>> claimed = Lexicon.from_toml('[[group]]\\nname = "legal"\\n[group.phrases]\\nen = ["notary"]')
    >>> advice = Lexicon.from_toml('[[group]]\\nname = "fee"\\n[group.phrases]\\nen = ["my fee"]')
    >>> account = {"account_id": ["1"], "display_name": ["Ann"], "bio": ["Notary since 1999. My fee: 40"]}
    >>> [row["kind"] for row in practice_words(advice, claimed).run(pa.record_batch(account)).to_pylist()]
    ['claims', 'fee']
    """
    lists = tuple((column, WordList(claimed, field), WordList(advice, field))
                     for column, field in (("display_name", "name"), ("bio", "bio")))

    def run(accounts: pa.RecordBatch) -> pa.RecordBatch:
        if not accounts.num_rows:
            return pa.RecordBatch.from_pylist([], schema=SCHEMA)
        parts = []
        for column, professions, words in lists:
            raw = accounts.column(column)
            parts += [_claims(raw, column, professions), _offers(raw, column, words)]
        return joined(accounts.column("account_id"), parts, SCHEMA)

    return Kernel(name="practice_words", source=PRACTITIONERS.name, columns=("account_id", "display_name", "bio"), run=run,
                  schema=SCHEMA, sentence="words with which an account names a profession, a fee or a field",
                  digest=advice.digest + claimed.digest)


def _claims(raw: pa.Array, where: str, words: WordList) -> tuple[Places, dict[str, pa.Array]]:
    """Professions that an account says it practises, and bodies that it says it is."""
    folded = fold(raw)
    found = words.find(folded)
    n_words, n_bytes = words.words_before(folded, found)
    kept = (words.stances(folded, found, STANCES) < 0) & (
        (n_words <= _CLAIM_WORDS) & (n_bytes <= _CLAIM_BYTES) | (where == "display_name"))
    found = found.keep(kept)
    found = found.keep(first_of_each(found, words.group_of[found.entry]))
    columns = spoken(words, raw, folded, found)
    is_field = np.isin(words.group_of[found.entry], _places(words, FIELDS))
    return found.row, {"where": pa.repeat(where, len(found)), **_told(columns, is_field, kind="claims")}


def _offers(raw: pa.Array, where: str, words: WordList) -> tuple[Places, dict[str, pa.Array]]:
    """Fees, fields and disclaimers. A service beside a price is a fee."""
    folded = fold(raw)
    found = words.find(folded)
    group = words.group_of[found.entry]
    priced = found.row[np.isin(group, _places(words, ("price",)))]
    told = np.isin(group, _places(words, (*FIELDS, "fee", "disclaims")))
    found = found.keep(told | (np.isin(group, _places(words, ("service",))) & np.isin(found.row, priced)))
    found = found.keep(first_of_each(found, words.group_of[found.entry]))
    columns = spoken(words, raw, folded, found)
    columns["group"] = pc.replace_with_mask(columns["group"], pc.equal(columns["group"], "service"), "fee")
    is_field = np.isin(words.group_of[found.entry], _places(words, FIELDS))
    return found.row, {"where": pa.repeat(where, len(found)), **_told(columns, is_field, kind="field")}


def _places(words: WordList, groups: Sequence[str]) -> list[int]:
    """The numbers of some groups of a word list."""
    return [nth for nth, group in enumerate(words.groups) if group in groups]


def _told(columns: dict[str, pa.Array], is_field: Flags, *, kind: str) -> dict[str, pa.Array]:
    """The columns with the group as `kind`, or, for the group of a field, `kind` and the field's name."""
    group = columns["group"].to_numpy(zero_copy_only=False)
    return {"kind": pa.array(np.where(is_field, kind, group), pa.string()),
            "field": pa.array(np.where(is_field, group, ""), pa.string()),
            "language": columns["language"], "shown": columns["shown"]}
