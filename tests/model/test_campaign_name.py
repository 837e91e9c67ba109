"""A campaign's name can be a folder's, can be typed, and can be seen."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import ConfigError
from evenhand.model.campaigns.campaign_name import LONGEST, campaign_named


@pytest.mark.parametrize("name", ["autumn", "autumn-2026.2", "otoño", "秋", "a b", "शरद", "9", "x" * LONGEST])
def test_names_that_people_use_are_taken(name: str) -> None:
    assert campaign_named(name) == name


@pytest.mark.parametrize("name", ["", " ", "../x", "a/b", "a\\b", "a:3", "a\nb", ".x", "-x", "a ", "a  b", "a\u200bb",
                                  "zoe\u0308", "x" * (LONGEST + 1), "a\x00", "~a", "\u202ea"])
def test_others_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="is no name of a campaign"):
        campaign_named(name)


@given(st.text(max_size=12))
def test_what_is_taken_is_one_folder_and_one_line(name: str) -> None:
    try:
        campaign_named(name)
    except ConfigError:
        return
    assert PurePath(f"{name}-report").name == f"{name}-report"
    assert name.isprintable()
    assert len(name.splitlines()) == 1
