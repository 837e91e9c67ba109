"""Audits of a campaign: the sample before it starts, and what is read while a stage is imposed."""
