"""The report of a campaign: what became of its decisions, held against the ledger, with everything that people decided."""

from evenhand.transparency.campaigns.document import document
from evenhand.transparency.campaigns.outcomes import DIMENSIONS, Fate, Source
from evenhand.transparency.campaigns.page import campaign_page
from evenhand.transparency.campaigns.report import CampaignReport, CampaignSources, campaign_report
from evenhand.transparency.campaigns.tables import tables

__all__ = ["DIMENSIONS", "CampaignReport", "CampaignSources", "Fate", "Source", "campaign_page", "campaign_report", "document",
           "tables"]
