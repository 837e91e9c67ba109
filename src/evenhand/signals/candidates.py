"""Candidates: the few accounts whose profile the steps that come later need to look at.

Nearly every account reads as no registered holder, claims nothing and leads to nothing that is listed. The accounts that do
are picked once, with what the later steps read of them, so that no later step goes through all accounts again.
"""

from __future__ import annotations

from evenhand.model.step import Query

CANDIDATES = Query(
    name="candidates", inputs=("accounts", "name_matches", "address_matches", "avatar_matches", "claims",
                                "listed_links"),
    sentence="an account that looks like a holder by name, address or picture, claims something, or leads to a listed address",
    sql="""
    select account_id, platform, handle, display_name, bio, created_at, verified from accounts
    where account_id in (
        select account_id from name_matches
        union all select account_id from address_matches where "where" in ('handle', 'website')
        union all select account_id from avatar_matches
        union all select account_id from claims
        union all select account_id from listed_links)""")
