"""The report: one HTML file without scripts or outside resources, made from the tables of a plan.

Everything an account wrote is hostile input. It is neutralised (`statements.neutral`), escaped by Jinja, fenced with
`<bdi>`, and the page's own Content-Security-Policy forbids scripts and every outside load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import PlanError
from evenhand.model.harm import Harm
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.model.plan import Plan
from evenhand.model.registers.left_out import why_a_person
from evenhand.statements import Messages
from evenhand.transparency.breakdowns import (
    NO_GUARD,
    GuardRow,
    HolderRow,
    LanguageRow,
    ReasonRow,
    by_guard,
    by_holder,
    by_language,
    top_reasons,
)
from evenhand.transparency.campaign_table import IMPOSED, LESSER, CampaignTable, campaign_table
from evenhand.transparency.cases import CaseInWords, cases_in_words, random_cases
from evenhand.transparency.known_truth import TruthTable, truth_table
from evenhand.transparency.pages import rendered
from evenhand.transparency.previous import Difference, difference

MAX_HOLDERS = 20
"""Registered names listed one by one; the rest is one line, so that the list still adds up."""
MAX_LANGUAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """The tables a report is made from."""

    plan: Plan
    decisions: pa.Table
    spared: pa.Table
    effects: pa.Table
    previous: pa.Table | None = None
    """The decisions of the previous plan, if there is one."""
    previous_name: str = ""
    truth: pa.Table | None = None
    """The known truth (`known_truth.TRUTH`), if the snapshot is one whose truth is known."""
    looked_for: frozenset[Harm] = frozenset(Harm)
    """The harms that the sweep has detectors for."""
    holder_names: Mapping[str, str] = field(default_factory=dict)
    """Names of holders by id; ids without a name are shown as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything the report shows, as values."""

    plan: Plan
    campaign: CampaignTable
    n_spared: int
    """Suspicions that ended without a penalty."""
    n_spared_accounts: int
    reasons: tuple[ReasonRow, ...]
    languages: tuple[LanguageRow, ...]
    holders: tuple[HolderRow, ...]
    guards: tuple[GuardRow, ...]
    cases: tuple[CaseInWords, ...]
    difference: Difference | None
    truth: TruthTable | None
    holder_names: Mapping[str, str]
    messages: Messages

    @property
    def asks_for_left_out(self) -> bool:
        """Whether a person decides about every account, since records of registers could not be used."""
        return bool(why_a_person(self.plan.left_out))


def report_view(sources: ReportSources, *, messages: Messages, n_cases: int = 10) -> ReportView:
    """The values of the report, drawn with the plan's own seed.

    Raises `PlanError` when the plan's counts and its rows do not reconcile.
    """
    plan, decisions, spared = sources.plan, sources.decisions, sources.spared
    campaign = campaign_table(decisions, effects=sources.effects)
    _reconcile(plan, campaign)
    return ReportView(
        plan=plan, campaign=campaign, n_spared=spared.num_rows,
        n_spared_accounts=pc.count_distinct(spared["account_id"]).as_py(),
        reasons=top_reasons(decisions, n=12), languages=by_language(decisions), holders=by_holder(decisions),
        guards=by_guard(spared, decisions, guards=tuple(guard.partition("/")[0] for guard in plan.guards)),
        cases=cases_in_words(random_cases(decisions, n=n_cases, seed=plan.seed), messages),
        difference=difference(sources.previous, decisions, name=sources.previous_name)
        if sources.previous is not None else None,
        truth=truth_table(decisions, sources.truth, spared=spared, looked_for=sources.looked_for)
        if sources.truth is not None else None,
        holder_names=sources.holder_names, messages=messages)


def report_html(view: ReportView, *, templates: Mapping[str, str] | None = None) -> str:
    """The report as one HTML document; the same view gives the same text. `templates` replaces the shipped ones."""
    return rendered(
        "report.html.j2", templates=templates, view=view, plan=view.plan, campaign=view.campaign, messages=view.messages,
        penalties=MEANINGS,
        heaviest_first=tuple(reversed(IMPOSED)), lesser=tuple(reversed(LESSER)), Penalty=Penalty, no_guard=NO_GUARD,
        max_holders=MAX_HOLDERS, max_languages=MAX_LANGUAGES)


def _reconcile(plan: Plan, campaign: CampaignTable) -> None:
    written = {harm: {penalty: n for penalty, n in counts.items() if n}
               for harm, counts in plan.counts.items() if any(counts.values())}
    if written != campaign.counts():
        raise PlanError("the plan's counts and its decisions do not reconcile",
                        hint="the plan's files do not belong together: make the plan again")
