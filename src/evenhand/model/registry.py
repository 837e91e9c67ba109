"""Registries: who can be impersonated, which claims were checked, which credentials and links are known.

Every row carries its provenance and the date it was true. A registry names things; it never says that anybody
else may not speak about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from evenhand.model.snapshot import TIME


class HolderKind(StrEnum):
    """What kind of body or person holds a protected name."""

    OFFICIAL = "official"
    INSTITUTION = "institution"
    MILITARY = "military"
    MEDIA = "media"
    COMPANY = "company"


NAME = pa.struct([pa.field("name", pa.string()), pa.field("language", pa.string()), pa.field("kind", pa.string())])
"""One name of a holder: `kind` is `label` (its name), `alias` (also called) or `short` (an abbreviation)."""
HANDLE = pa.struct([pa.field("platform", pa.string()), pa.field("handle", pa.string())])
"""One account that the holder is known to control. A null platform means every platform."""

PROVENANCE = (
    pa.field("source", pa.string(), nullable=False),
    pa.field("source_url", pa.string()),
    pa.field("as_of", pa.date32(), nullable=False),
)
"""Where the row comes from and on which day it was true."""

HOLDERS = pa.schema([
    pa.field("holder_id", pa.string(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("name", pa.string(), nullable=False),
    pa.field("country", pa.string()),
    pa.field("office", pa.string()),
    pa.field("is_satire", pa.bool_()),
    pa.field("names", pa.list_(NAME)),
    pa.field("handles", pa.list_(HANDLE)),
    pa.field("domains", pa.list_(pa.string())),
    pa.field("avatars", pa.list_(pa.string())),
    *PROVENANCE,
])
"""One protected name holder. `name` is the main name; `names` holds every name in every language, `name` among them.
`domains` are host names without scheme, lower case, IDN as punycode."""

FACT_CHECKS = pa.schema([
    pa.field("fact_check_id", pa.string(), nullable=False),
    pa.field("claim", pa.string(), nullable=False),
    pa.field("title", pa.string()),
    pa.field("claimant", pa.string()),
    pa.field("rating", pa.string()),
    pa.field("rating_value", pa.float64()),
    pa.field("best_rating", pa.float64()),
    pa.field("worst_rating", pa.float64()),
    pa.field("verdict", pa.string(), nullable=False),
    pa.field("publisher", pa.string(), nullable=False),
    pa.field("publisher_site", pa.string()),
    pa.field("state_affiliated", pa.bool_()),
    pa.field("url", pa.string()),
    pa.field("language", pa.string()),
    pa.field("published_at", TIME),
    *PROVENANCE,
])
"""One published fact-check of one claim. `rating` is the publisher's own words, the numbers are its own scale and decide
nothing; `verdict` is one of `Verdict`. `publisher_site` is the registrable domain by which publishers are told apart."""


class CredentialStatus(StrEnum):
    """What an issuer says of a credential."""

    VERIFIED = "verified"
    """It is valid, and belongs to the account."""
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """The issuer's word for its status is one that nobody has read yet: it proves nothing either way."""


CREDENTIALS = pa.schema([
    pa.field("credential_id", pa.string(), nullable=False),
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("profession", pa.string(), nullable=False),
    pa.field("jurisdiction", pa.string()),
    pa.field("issuer", pa.string(), nullable=False),
    pa.field("status", pa.string(), nullable=False),
    pa.field("expires_at", TIME),
    *PROVENANCE,
])
"""One credential of one account. `credential_id` is a hash over the issuer and the number: neither the number nor a name is
kept. `status` is one of `CredentialStatus`."""

LINK_LISTS = pa.schema([
    pa.field("list_id", pa.string(), nullable=False),
    pa.field("host", pa.string(), nullable=False),
    pa.field("label", pa.string(), nullable=False),
    *PROVENANCE,
])
"""One entry of a published link list. `label` is `scam`, `phishing` … or `allow`; an allow entry beats every other.
`host` is lower case, without scheme, IDN as punycode; an entry covers the host and everything below it."""

TOPICS = pa.schema([
    pa.field("topic", pa.string(), nullable=False),
    pa.field("began_at", TIME, nullable=False),
    pa.field("ended_at", TIME, nullable=False),
    pa.field("weight", pa.float64()),
    pa.field("n_accounts", pa.int64()),
    *PROVENANCE,
])
"""One time during which many accounts at once took up a topic. `topic` is a hashtag, lower case, without its sign. What it is
about is not said, and to post about it is never a violation."""

ADJUDICATIONS = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("harm", pa.string(), nullable=False),
    pa.field("holder_id", pa.string()),
    pa.field("outcome", pa.string(), nullable=False),
    pa.field("evidence_digest", pa.string()),
    pa.field("decided_at", TIME, nullable=False),
])
"""What a person decided before: `outcome` is `legitimate`. It spares from the same finding without new evidence: as long as
every reason is one of those that `evidence_digest` stands for. Without a digest it spares whatever the evidence."""

STRIKES = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("policy_id", pa.string(), nullable=False),
    pa.field("points", pa.int64(), nullable=False),
    pa.field("given_at", TIME, nullable=False),
    pa.field("expires_at", TIME, nullable=False),
])


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One kind of registry: its columns, what makes a row unique, and what a row is."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...]
    sentence: str
    may_spare: bool = True
    """Whether a record may speak for an account. While one is broken, a person decides about every account."""


REGISTERS: dict[str, Register] = {register.name: register for register in (
    Register(name="holders", schema=HOLDERS, key=("holder_id",), sentence="who holds a protected name"),
    Register(name="fact_checks", schema=FACT_CHECKS, key=("fact_check_id",), sentence="a published fact-check"),
    Register(name="credentials", schema=CREDENTIALS, key=("credential_id",), sentence="a verified qualification"),
    Register(name="link_lists", schema=LINK_LISTS, key=("list_id", "host"), sentence="an entry of a published list"),
    Register(name="topics", schema=TOPICS, key=("topic", "began_at"), sentence="a time in which many took up a topic"),
    Register(name="adjudications", schema=ADJUDICATIONS, key=("account_id", "harm", "holder_id"),
             sentence="what a person decided before"),
    Register(name="strikes", schema=STRIKES, key=("account_id", "policy_id", "given_at"),
             sentence="a counted, expiring mark", may_spare=False),
)}
