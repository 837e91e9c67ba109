"""The parts of the harmonised transparency report that a campaign can fill (Implementing Regulation (EU) 2024/2835, annex I).

Section 1.4 counts own-initiative measures, 1.5 complaints, 1.6 automated means with an error indicator. The other sections
need what no campaign knows: orders, notices, staff and recipients. The names of the columns are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import Appeal, AppealOutcome
from evenhand.model.interval import clopper_pearson
from evenhand.transparency.eu_database.schema import DECISION_FIELDS

MEASURES = pa.schema([
    pa.field("category", pa.string()),
    pa.field("restriction", pa.string()),
    pa.field("language", pa.string()),
    pa.field("automated_decision", pa.string()),
    pa.field("n", pa.int64(), nullable=False),
])
"""Restrictions by what they were for, what they restrict, the content's language, and who decided."""
_KEYS = MEASURES.names[:-1]
_UNKNOWN = "unknown"


def measures(statements: pa.Table) -> pa.Table:
    """The counts of `statements` (schema `STATEMENTS`): every restriction counts, whether its statement may be sent or not."""
    texts = [pc.fill_null(pc.binary_join(column, " ") if pa.types.is_list(column.type) else column, "")
             for column in (statements[name].combine_chunks() for name in DECISION_FIELDS)]
    return added([pa.table({
        "category": statements["category"],
        "restriction": pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " ")),
        "language": pc.fill_null(statements["content_language"], _UNKNOWN),
        "automated_decision": statements["automated_decision"],
        "n": pa.repeat(pa.scalar(1, pa.int64()), statements.num_rows)}, schema=MEASURES)])


def added(counts: Iterable[pa.Table]) -> pa.Table:
    """The sum of counts of the schema `MEASURES`, sorted."""
    table = pa.concat_tables([MEASURES.empty_table(), *counts])
    grouped = table.group_by(_KEYS, use_threads=False).aggregate([("n", "sum")]).rename_columns([*_KEYS, "n"])
    return grouped.select(MEASURES.names).sort_by([(name, "ascending") for name in _KEYS]).cast(MEASURES)


def own_initiative(counts: pa.Table) -> pa.Table:
    """Section 1.4: own-initiative measures by category and restriction; all of them were found by automated means."""
    rows = _summed(counts, ["category", "restriction"])
    return rows.rename_columns(["category", "restriction", "measures"]).append_column(
        "detected_by_automated_means", rows["n"])


def automated_means(counts: pa.Table) -> pa.Table:
    """Section 1.6: decisions by category and language, by automated means alone and with a person."""
    fully = pc.equal(counts["automated_decision"], "AUTOMATED_DECISION_FULLY")
    zero = pa.scalar(0, pa.int64())
    split = counts.select(["category", "language"]).append_column("fully", pc.if_else(fully, counts["n"], zero)).append_column(
        "partly", pc.if_else(fully, zero, counts["n"]))
    keys = ["category", "language"]
    rows = split.group_by(keys, use_threads=False).aggregate([("fully", "sum"), ("partly", "sum")]).sort_by(
        [(name, "ascending") for name in keys])
    return rows.rename_columns([*keys, "automated_means_alone", "automated_means_and_a_person"])


def complaints(appeals: Iterable[Appeal]) -> Mapping[str, float | int | None]:
    """Section 1.5 with the error indicator of section 1.6, by indicator.

    The share of decided complaints that reversed the decision stands with its exact 95 % interval (Clopper-Pearson). It
    speaks about those who complained, not about all decisions. Days and shares are None where nothing was decided.
    """
    every = list(appeals)
    outcomes = Counter(appeal.outcome for appeal in every)
    n_decided = len(every) - outcomes[None]
    n_reversed = outcomes[AppealOutcome.OVERTURNED] + outcomes[AppealOutcome.VARIED]
    took = [(appeal.decided_at - appeal.filed_at) / timedelta(days=1) for appeal in every if appeal.decided_at is not None]
    interval = clopper_pearson(n_reversed, n=n_decided) if n_decided else None
    return {
        "submitted": len(every), "decided": n_decided, "open": outcomes[None], "upheld": outcomes[AppealOutcome.UPHELD],
        "reversed": outcomes[AppealOutcome.OVERTURNED], "varied": outcomes[AppealOutcome.VARIED],
        "median_days_to_decide": round(median(took), 2) if took else None,
        "share_reversed": round(n_reversed / n_decided, 4) if n_decided else None,
        "share_reversed_low": round(interval.low, 4) if interval else None,
        "share_reversed_high": round(interval.high, 4) if interval else None}


def _summed(counts: pa.Table, keys: list[str]) -> pa.Table:
    rows = counts.group_by(keys, use_threads=False).aggregate([("n", "sum")]).rename_columns([*keys, "n"])
    return rows.sort_by([(name, "ascending") for name in keys])
