"""What a person reads when the numbers of a plan or a campaign do not agree, so that there is no report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from campaign_histories import campaign_of_many, life, sources, write
from error_texts import error_texts
from sample_campaign import SampleCampaign, english, sample_campaign

from evenhand.model.campaigns.event import EventKind
from evenhand.model.plan import DECISIONS
from evenhand.stores.database import open_database
from evenhand.transparency import ReportSources, campaign_table, report_view, truth_table
from evenhand.transparency.campaigns.outcomes import cells, outcomes
from evenhand.transparency.campaigns.reconciliation import Known, n_settled, refuse_differing, totals
from evenhand.transparency.known_truth import TRUTH

Golden = Callable[[str, str], None]


def decided(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.Table.from_pylist([{
        "decision_id": f"d{place}", "account_id": account, "harm": harm, "policy_id": "p", "penalty": penalty, "reasons": [],
        "statement": {"language": "en", "facts": []}} for place, (account, harm, penalty) in enumerate(rows)], DECISIONS)


def test_plans_and_truths_of_which_no_report_can_be_made(golden: Golden) -> None:
    def report_of(sample: SampleCampaign) -> object:
        plan = replace(sample.plan, counts={"scam": {"close": 7}})
        return report_view(ReportSources(plan=plan, decisions=sample.decisions, spared=sample.spared, effects=sample.effects),
                           messages=english())

    truth = pa.Table.from_pylist([{"account_id": "a", "is_violator": True, "harm": "scam", "group": "one"}] * 2, TRUTH)
    decisions = decided(("a", "scam", "label"))
    golden("errors/transparency/plans.txt", error_texts({
        "an account twice": lambda: campaign_table(decided(("a", "scam", "label"), ("a", "scam", "close"))),
        "an unknown harm": lambda: campaign_table(decided(("a", "rudeness", "label"))),
        "an unknown penalty": lambda: campaign_table(decided(("a", "scam", "exile"))),
        "counts that are not those of the decisions": lambda: report_of(sample_campaign(24)),
        "a truth without a column": lambda: truth_table(decisions, truth.drop_columns(["group", "harm"])),
        "a truth that knows an account twice": lambda: truth_table(decisions, truth),
    }))


def test_campaigns_on_which_two_places_differ(golden: Golden, tmp_path: Path) -> None:
    history = campaign_of_many(300)
    steps = life(len(history), is_full=True)
    with open_database(tmp_path / "campaign.db") as database:
        write(database, "autumn", history, steps=steps)
        found = sources(database, "autumn", history, steps=steps)
    settled, ordered = found.record.settled, found.ordered
    nothing = cells(outcomes(found.decisions.slice(0, 0), settled.slice(0, 0), ordered=ordered.slice(0, 0)))
    whole = cells(outcomes(found.decisions, settled, ordered=ordered))
    kinds = found.record.kinds
    wrong = Known(n_planned=1, n_bound=2, n_ordered=3, n_reversed=0, n_holdout_words=5, n_protected_words=6,
                  published={EventKind.DRAFTED: 1})
    right = Known(n_planned=len(history), n_bound=None, n_ordered=ordered.num_rows,
                  n_reversed=kinds[EventKind.DECISION_REVERSED],
                  published={**kinds, EventKind.DRAFTED: kinds[EventKind.DRAFTED] + 1, EventKind.PLANNED: 0})
    cut = replace(found.record, settled=settled.filter(pc.not_equal(settled["kind"], str(EventKind.EFFECT_IMPOSED))))
    golden("errors/transparency/campaigns.txt", error_texts({
        "events of another plan": lambda: outcomes(found.decisions.slice(1), settled, ordered=ordered),
        "effects of another plan": lambda: outcomes(found.decisions.slice(1), settled.slice(0, 0), ordered=ordered),
        "a report without decisions": lambda: refuse_differing(totals(nothing, found.record, wrong)),
        "entries of other kinds": lambda: refuse_differing(totals(whole, found.record, right)),
        "events that were not read": lambda: refuse_differing([n_settled(cut)]),
        "effects that were imposed twice": lambda: refuse_differing(totals(whole, cut, replace(right, published=None))),
    }))
