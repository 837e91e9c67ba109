"""What the public sees of a campaign: tables that reconcile to the last account, cases in words, the report."""

from evenhand.transparency.breakdowns import (
    GuardRow,
    HolderRow,
    LanguageRow,
    ReasonRow,
    by_guard,
    by_holder,
    by_language,
    top_reasons,
)
from evenhand.transparency.campaign_table import CampaignRow, CampaignTable, campaign_table
from evenhand.transparency.cases import CaseInWords, cases_in_words, random_cases
from evenhand.transparency.known_truth import GroupRow, TruthTable, truth_table
from evenhand.transparency.previous import Difference, DifferenceRow, difference
from evenhand.transparency.report import ReportSources, ReportView, report_html, report_view

__all__ = [
    "CampaignRow", "CampaignTable", "CaseInWords", "Difference", "DifferenceRow", "GroupRow", "GuardRow",
    "HolderRow", "LanguageRow", "ReasonRow", "ReportSources", "ReportView", "TruthTable", "by_guard",
    "by_holder", "by_language", "campaign_table", "cases_in_words", "difference", "random_cases",
    "report_html", "report_view", "top_reasons", "truth_table",
]
