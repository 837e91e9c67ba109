"""Roles: what kinds of accounts the world holds, as `roles.toml` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evenhand.model.harm import Harm

KINDS = ("violator", "hard_negative", "holder", "ordinary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One kind of account. Counts are those at scale 1."""

    name: str
    label: str
    """The role as the truth calls it; several roles may share one."""
    kind: str
    harm: Harm | None = None
    """What the account does, for a violator."""
    accounts: int = 0
    marked: int = 0
    """Posts that make the role what it is."""
    other: int = 0
    """Its other posts."""
    violating: bool = False
    """Whether the marked posts are violations; also true for those sent from a hijacked account."""
    identity: str = "person"
    """Whose name it has or speaks about: `person`, `holder:<kinds>`, `proven:<kinds>` (of holders with a
    domain), `body:<kind>` (invented) or `own` (a holder's registered account)."""
    name_as: str = "person"
    """How it calls itself: `person`, `name`, `bent`, or a list of phrases."""
    handle_as: str = "person"
    """`person`, `name`, `bent`, `own` (as in the register), or a list of endings."""
    bio: tuple[str, ...] = ("bio",)
    """Recipes of which one is taken."""
    post: tuple[str, ...] = ()
    """Recipes of its marked posts."""
    chat: tuple[str, ...] = ("chat",)
    """Recipes of its other posts."""
    link: str = "none"
    """Where the link in a marked post leads: `none`, `listed`, `lookalike`, `shop`, `own`, `any`."""
    linked: int = 100
    """Of a hundred marked posts, how many carry a link."""
    website: str = "none"
    website_share: int = 100
    age: str = "any"
    """When it was opened: `any`, `new` (the last months), `batch` (the same, a whole ring on one day) or `old`
    (years ago)."""
    followers: str = "any"
    """`any`, `few` or `many`."""
    ring: int = 0
    """Accounts that act together share a ring of this size; 0: each for itself."""
    burst: bool = False
    """Whether the marked posts all come in the last days."""
    monetised: int = 3
    """Of a hundred accounts, how many the platform pays."""
    verified: int = 0
    sponsored: bool | None = None
    """How marked posts are marked as advertising; None: not said."""
    other_harms: tuple[Harm, ...] = ()
    """Further harms whose published definition every account of the role meets too."""
    media: str = ""
    """How the file in every marked post was made: `generated` or `filmed`; empty: no file."""
    media_kind: str = "video"
    """`video` or `image`."""
    media_text: str = ""
    """The recipe of what is said in it."""
    ai_label: int = 0
    """Of a hundred of its files, how many the platform labels as made by a computer."""
    pictured: int = 0
    """Of a thousand of its other posts, how many have a generated picture."""
    credential: str = ""
    """The status of the credential it has in the register; empty: none."""
    follows: str = ""
    """`lockstep` (its whole ring follows the same accounts within minutes), `organic` or empty: not recorded."""


def read_roles(said: Mapping[str, Any]) -> tuple[Role, ...]:
    """The roles of a parsed `roles.toml`, ordinary people last."""
    roles = [Role(**{"label": one["name"], **{key: _value(key, value) for key, value in one.items()}}) for one in said["roles"]]
    return tuple(sorted(roles, key=lambda role: KINDS.index(role.kind)))


def _value(key: str, value: Any) -> Any:
    if key == "harm":
        return Harm(value)
    if key == "other_harms":
        return tuple(Harm(one) for one in value)
    return tuple(value) if isinstance(value, list) else value
