"""What the European statements of a campaign rest on: what took effect and when, who confirmed it, complaints and accuracy."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import VARIED, original_id
from evenhand.model.campaigns.event import EventKind
from evenhand.model.decision import Automation
from evenhand.transparency.campaigns import CampaignSources, campaign_report
from evenhand.transparency.eu_database.harmonised import accuracy, complaints, indicators
from evenhand.workflows.transparency.eu_statements import EuFiling


def filing_of_campaign(filing: EuFiling, sources: CampaignSources) -> EuFiling:
    """`filing` for what the campaign did: only decisions that took effect, each on its own day, with what the ledger says.

    A decision that was taken back later took effect all the same. Raises `DataError` when the ledger does not add up.
    """
    report = campaign_report(sources)
    audit = report.conduct.audit
    strata = [(line.stratum, line.n_decisions, line.n_read, line.read.hits, line.bound)
              for line in (audit.strata if audit else ())]
    return replace(
        filing, campaign_id=sources.campaign.campaign_id, carried_out=_carried_out(sources.record.settled),
        confirmed=_confirmed(sources), lighter=_lighter(sources.record.lighter),
        harmonised={"1.5-complaints": indicators(complaints(report.contested.appeals)), "1.6-accuracy": accuracy(strata)})


def _carried_out(settled: pa.Table) -> pa.Table:
    imposed = settled.filter(pc.equal(settled["kind"], str(EventKind.EFFECT_IMPOSED)))
    first = imposed.group_by("decision_id").aggregate([("at", "min")])
    return pa.table({"decision_id": first["decision_id"], "applied_at": first["at_min"].cast(pa.timestamp("us", "UTC"))})


def _lighter(lighter: pa.Table) -> pa.Table:
    """The decisions in the place of others: varied ones are a person's, lowered ones as automated as those they replace."""
    once = lighter.group_by("decision_id", use_threads=False).aggregate([("penalty", "min"), ("until", "max")])
    is_varied = pc.ends_with(once["decision_id"], VARIED)
    return pa.table({"decision_id": once["decision_id"], "penalty": once["penalty_min"],
                     "until": once["until_max"].cast(pa.timestamp("us", "UTC")),
                     "automation": pc.if_else(is_varied, str(Automation.PARTIALLY), None)})


def _confirmed(sources: CampaignSources) -> pa.Array:
    """The decisions that a person confirmed one by one, and what stands in their place; and what appeals were varied to."""
    words = {str(step.body["decision_id"]): bool(step.body["confirmed"]) for step in sources.steps
             if step.kind is EventKind.DECISION_CONFIRMED}
    confirmed = {one for one, word in words.items() if word}
    lighter = {one for one in sources.record.lighter["decision_id"].to_pylist() if original_id(one) in confirmed}
    return pa.array(sorted(confirmed | lighter | set(_varied(sources.record.lighter))), pa.string())


def _varied(lighter: pa.Table) -> list[str]:
    """The ids of the decisions that appeals were varied to."""
    ids: list[str] = lighter["decision_id"].filter(pc.ends_with(lighter["decision_id"], VARIED)).to_pylist()
    return ids
