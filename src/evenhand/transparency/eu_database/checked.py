"""Decisions made into statements, each of them either fit to be sent or refused with every reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.transparency.eu_database.flags import FlagRow, differing, flag_rows
from evenhand.transparency.eu_database.harmonised import measures
from evenhand.transparency.eu_database.mapping import Filing, is_restriction, statements, stock
from evenhand.transparency.eu_database.personal_data import personal_data
from evenhand.transparency.eu_database.schema import TERRITORIES
from evenhand.transparency.eu_database.validator import PROBLEMS, problems

REFUSED = pa.schema([
    pa.field("decision_id", pa.string(), nullable=False),
    pa.field("puid", pa.string()),
    pa.field("field", pa.string(), nullable=False),
    pa.field("what", pa.string(), nullable=False),
])
"""One row per reason why a decision's statement may not be sent."""
SCANNED = ("decision_facts", "incompatible_content_explanation", "illegal_content_explanation", "decision_visibility_other")
"""The fields of a statement that hold sentences."""
NEEDED = ("decision_id", "account_id", "handle", "display_name", "language", "created_at", "posted_at", "harm", "policy_id",
          "penalty", "until", "reasons", "post_ids", "automation")
"""The columns of a plan's decisions that statements are made from; the person's own statement is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The statements of some decisions."""

    ready: pa.Table
    """Those that passed every check (schema `STATEMENTS`)."""
    refused: pa.Table
    """Why the others did not (schema `REFUSED`)."""
    n_restrictions: int
    """Decisions for which a statement is due: as many as are ready and refused."""
    n_refused: int
    flags: tuple[FlagRow, ...]
    measures: pa.Table
    """Restrictions by category, restriction, language and who decided (schema `MEASURES`), for the harmonised report."""


def checked(decisions: pa.Table, filing: Filing, *, confirmed: pa.Array | None = None) -> Checked:
    """The statements of `decisions` (columns `NEEDED`), checked against the schema, for personal data and for their flags.

    `confirmed`: the ids of decisions that a person confirmed; None for a plan that has not been carried out.
    """
    due = decisions.filter(is_restriction(decisions)).combine_chunks()
    made = statements(due, filing)
    found = pa.concat_tables([_with_days(problems(made)), *_personal(made, due, stock(filing.titles)),
                              _flags(made, due, confirmed), _places(made, due)])
    refused_rows = pc.unique(found["row"].combine_chunks())
    is_refused = pc.is_in(pa.array(range(due.num_rows), pa.int64()), value_set=refused_rows)
    refused = pa.table({
        "decision_id": due["decision_id"].combine_chunks().take(found["row"].combine_chunks()),
        "puid": found["puid"], "field": found["field"], "what": found["what"]}, schema=REFUSED)
    return Checked(ready=made.filter(pc.invert(is_refused)), refused=refused, n_restrictions=due.num_rows,
                   n_refused=len(refused_rows), flags=flag_rows(made, due, confirmed=confirmed), measures=measures(made))


def _with_days(found: pa.Table) -> pa.Table:
    """A missing `content_date` with what it comes from: no day is made up where the snapshot has none."""
    is_day = pc.and_(pc.equal(found["field"], "content_date"), pc.equal(found["what"], "is required"))
    why = "is required: the snapshot does not say when the account was opened, or the post published"
    return found.set_column(found.column_names.index("what"), PROBLEMS.field("what"), pc.if_else(is_day, why, found["what"]))


def _personal(made: pa.Table, due: pa.Table, ours: Collection[str]) -> list[pa.Table]:
    names = [due[name].combine_chunks() for name in ("handle", "display_name", "account_id")]
    parts = []
    for field in SCANNED:
        own = names if field == "decision_facts" else ()  # the other texts are the policy's: the same for every account
        found = personal_data(made[field].combine_chunks(), names=own, stock=ours)
        what = pc.binary_join_element_wise("holds ", found["kind"], " at character ", found["at"].cast(pa.string()), "")
        parts.append(_problem_table(made, found["row"].combine_chunks(), field=field, what=what))
    return parts


def _flags(made: pa.Table, due: pa.Table, confirmed: pa.Array | None) -> pa.Table:
    rows = pc.indices_nonzero(differing(made, due, confirmed=confirmed)).cast(pa.int64())
    what = pa.repeat("is not what the campaign's record says of this decision", len(rows))
    return _problem_table(made, rows, field="automated_decision", what=what)


def _places(made: pa.Table, due: pa.Table) -> pa.Table:
    """Policies that apply in no country of the database have an empty scope; that deserves words of its own."""
    lengths = pc.list_value_length(made["territorial_scope"].combine_chunks())
    rows = pc.indices_nonzero(pc.fill_null(pc.equal(lengths, 0), False)).cast(pa.int64())
    policies = due["policy_id"].combine_chunks().take(rows)
    nowhere = f"` applies in none of the {len(TERRITORIES)} countries"
    what = pc.binary_join_element_wise("is empty: the policy `", policies, nowhere, "")
    return _problem_table(made, rows, field="territorial_scope", what=what)


def _problem_table(made: pa.Table, rows: pa.Array, *, field: str, what: pa.Array | pa.ChunkedArray) -> pa.Table:
    return pa.table({"row": rows, "puid": made["puid"].combine_chunks().take(rows), "field": pa.repeat(field, len(rows)),
                     "what": what}, schema=PROBLEMS)
