"""What a person reads who is named in a way that could be somebody else's."""

from __future__ import annotations

from collections.abc import Callable

from error_texts import error_texts

from evenhand.model.campaigns.campaign_name import campaign_named
from evenhand.model.campaigns.person import person_named


def test_names_of_persons_that_are_not_taken(golden: Callable[[str, str], None]) -> None:
    golden("errors/model/persons.txt", error_texts({
        "nobody": lambda: person_named(" "),
        "what cannot be seen": lambda: person_named("an\u200ba"),
        "letters of two scripts": lambda: person_named("аna"),
        "another spelling": lambda: person_named("Ana  Lima"),
        "letters that look like another's": lambda: person_named("сор", among=("ana", "cop")),
    }))


def test_names_of_campaigns_that_are_not_taken(golden: Callable[[str, str], None]) -> None:
    golden("errors/model/campaigns.txt", error_texts({"a path": lambda: campaign_named("../autumn")}))
