"""The closed list of harms. All of them are deception or fraud; nothing else can be a harm here."""

from __future__ import annotations

from enum import StrEnum


class Harm(StrEnum):
    """What kind of deception a finding is about.

    The list is closed in code: a policy pack that names anything else does not load. There is no harm for
    criticism, for an opinion, or for being an unofficial or unapproved source.
    """

    FALSE_CLAIM = "false_claim"
    IMPERSONATION_OFFICIAL = "impersonation_official"
    IMPERSONATION_MILITARY = "impersonation_military"
    IMPERSONATION_INSTITUTION = "impersonation_institution"
    IMPERSONATION_MEDIA = "impersonation_media"
    UNQUALIFIED_ADVICE = "unqualified_advice"
    DECEPTIVE_MONETISATION = "deceptive_monetisation"
    SYNTHETIC_PRESENTER = "synthetic_presenter"
    INAUTHENTIC_NETWORK = "inauthentic_network"
    FAKE_FOLLOWERS = "fake_followers"
    SCAM = "scam"

    @property
    def heading(self) -> str:
        """The harm as a heading in reports."""
        return HEADINGS[self]


HEADINGS: dict[Harm, str] = {
    Harm.FALSE_CLAIM: "False claims that published fact-checks rate false",
    Harm.IMPERSONATION_OFFICIAL: "Posing as public officials",
    Harm.IMPERSONATION_MILITARY: "Posing as military bodies",
    Harm.IMPERSONATION_INSTITUTION: "Posing as public institutions",
    Harm.IMPERSONATION_MEDIA: "Posing as news media",
    Harm.UNQUALIFIED_ADVICE: "Professional advice without qualification",
    Harm.DECEPTIVE_MONETISATION: "Deceptive monetisation",
    Harm.SYNTHETIC_PRESENTER: "Synthetic presenters posing as news",
    Harm.INAUTHENTIC_NETWORK: "Inauthentic networks",
    Harm.FAKE_FOLLOWERS: "Fake followers",
    Harm.SCAM: "Scams",
}

IMPERSONATION = frozenset({Harm.IMPERSONATION_OFFICIAL, Harm.IMPERSONATION_MILITARY, Harm.IMPERSONATION_INSTITUTION,
                           Harm.IMPERSONATION_MEDIA})
"""The harms of posing as somebody."""
