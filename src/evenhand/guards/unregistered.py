"""Asks a person about every body that no register lists: no register is complete, and a small office may well be genuine."""

from __future__ import annotations

from evenhand.model.detector import Guard
from evenhand.model.step import Query

_HITS = Query(
    name="unregistered_hits", inputs=("unregistered_bodies",),
    sentence="an account that is named as a body which no register lists",
    sql="""
    select distinct account_id, cast(null as varchar) as harm, holder_id, 'ask' as strength, 'display_name' as "where",
           shown, '' as expected, '' as source
    from unregistered_bodies where family = 'identity'""")

GUARD = Guard(name="unregistered", version=1, steps=(_HITS,), hits=_HITS.name,
              sentence="no register lists the body whose name it bears, so a person finds out whether it exists")
