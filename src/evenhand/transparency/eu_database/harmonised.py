"""The parts of the harmonised transparency report that a campaign can fill (Implementing Regulation (EU) 2024/2835, annex I).

Section 1.4 counts own-initiative measures, 1.5 complaints, 1.6 automated means with an error indicator. The other sections
need what no campaign knows; `SECTIONS` says what. The names of the columns are ours.
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


SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("1.1", "Identification of the report", "who provides the service, and for which period, is yours to say"),
    ("1.2", "Orders of Member States", "orders concern the whole service: see the register of demands, `evenhand demand list`"),
    ("1.3", "Notices and what followed", "a campaign acts on its own initiative; notices are handled where they come in"),
    ("1.4", "Own-initiative moderation", ""),
    ("1.5", "Complaints, disputes, suspensions for misuse",
     "a plan has no complaints; out-of-court disputes and suspended complainants are not recorded in a campaign"),
    ("1.6", "Automated means and their accuracy", "the accuracy comes from a campaign's audit, which a plan does not have"),
    ("1.7", "Human resources", "who works for you, in which languages and with what training, is not recorded"),
    ("1.8", "Average monthly recipients", "a snapshot holds the accounts of one day, not the recipients of half a year"),
    ("2", "The qualitative template", "these are your own words"))
"""The sections of the template: number, title, and what of it no campaign or no plan can fill, in plain words."""


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


def accuracy(strata: Iterable[tuple[str, int, int, int, float]]) -> pa.Table:
    """Section 1.6: how often the automated proposals were right, by audited stratum.

    Each of `strata` is its key, its decisions, items read, items read as right, and the bound that the precision is not below
    with 95 % confidence. `error_rate_at_most` is the other side of that bound.
    """
    rows = [{"stratum": stratum, "decisions": n, "read": n_read, "read_as_right": n_right,
             "error_rate_as_read": 1 - n_right / n_read if n_read else None, "error_rate_at_most": round(1 - bound, 6)}
            for stratum, n, n_read, n_right, bound in strata]
    return pa.Table.from_pylist(rows, schema=pa.schema([
        ("stratum", pa.string()), ("decisions", pa.int64()), ("read", pa.int64()), ("read_as_right", pa.int64()),
        ("error_rate_as_read", pa.float64()), ("error_rate_at_most", pa.float64())]))


def indicators(values: Mapping[str, float | int | None]) -> pa.Table:
    """Indicators with their values, one line each; a value is empty where there is nothing to measure."""
    return pa.table({"indicator": pa.array(list(values), pa.string()),
                     "value": pa.array([None if value is None else float(value) for value in values.values()], pa.float64())})


def sections(files: Iterable[str]) -> pa.Table:
    """Every section of the template, which of `files` fill it, and in plain words what is left open and why."""
    names = sorted(files)
    rows = [{"section": number, "title": title, "files": " ".join(f"{name}.csv" for name in names
                                                                  if name.partition("-")[0] == number), "left_open": left_open}
            for number, title, left_open in SECTIONS]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in (
        "section", "title", "files", "left_open")]))


def _summed(counts: pa.Table, keys: list[str]) -> pa.Table:
    rows = counts.group_by(keys, use_threads=False).aggregate([("n", "sum")]).rename_columns([*keys, "n"])
    return rows.sort_by([(name, "ascending") for name in keys])
