"""Measurements, no opinions: names, look-alikes, links, claims and disclosures, as steps that an engine runs."""
