"""A small register of fact-checks in several scripts, and what a sweep's steps make of posts with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from evenhand.campaign.pipeline import assemble
from evenhand.connectors.registries.fact_checks import completed
from evenhand.detectors.false_claim import DETECTOR
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.refutes_claim import GUARD as REFUTES
from evenhand.guards.verdict_in_doubt import GUARD as IN_DOUBT
from evenhand.model.registry import FACT_CHECKS
from evenhand.model.snapshot import ACCOUNTS, MEDIA, POSTS
from evenhand.model.step import Step
from evenhand.ports import SentenceModel
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import addresses, links
from evenhand.signals.words.criticism import criticisms
from evenhand.signals.words.lures import REPEATING_POSTS, claim_lures
from evenhand.workflows.signals import fact_check_steps, lexicon

CLAIM = "The moon landing was filmed in a desert near Phoenix"
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def fact_check(claim: str = CLAIM, *, site: str = "one.example", rating: str = "False", **more: Any) -> dict[str, Any]:
    """One row of the register."""
    return completed({"claim": claim, "publisher": site, "publisher_site": site, "rating": rating, "published_at": DAY,
                      "url": f"https://{site}/{abs(hash(claim))}", "language": "en", **more})


def register(*rows: Mapping[str, Any]) -> pa.Table:
    """The rows as a register."""
    return pa.Table.from_pylist([{"source": "a test", "as_of": date(2026, 3, 1), **row} for row in rows], schema=FACT_CHECKS)


TWICE = (fact_check(), fact_check(site="two.example"))
"""The claim, rated false by two publishers."""


def steps(fact_checks: pa.Table, *, model: SentenceModel | None = None) -> tuple[Step, ...]:
    """The steps of the detector and of its guards, in an order that runs."""
    signals = (*fact_check_steps(fact_checks, model=model), REPEATING_POSTS, claim_lures(lexicon("lures")),
               criticisms(lexicon("criticism")), addresses(PublicSuffixes.bundled()), links(PublicSuffixes.bundled()))
    pipeline = assemble(signals=signals, detectors=[DETECTOR], guards=[REFUTES, IN_DOUBT])
    return (*pipeline.account_steps, *pipeline.platform_steps)


def swept(engine: DuckDBEngine, fact_checks: pa.Table, texts: Sequence[str | tuple[str, str]], *,
          days_after: int = 30, images: Mapping[int, str] | None = None, account: Mapping[str, Any] | None = None,
          ) -> dict[str, list[dict[str, Any]]]:
    """Every relation over the posts `texts` of the account `a` (or pairs of account and text), as lists of rows."""
    posts = [(one if isinstance(one, tuple) else ("a", one)) for one in texts]
    when = datetime.fromtimestamp(DAY.timestamp() + days_after * 86400, tz=UTC)
    tables = {
        "accounts": pa.Table.from_pylist([{"account_id": owner, "handle": owner} | dict(account or {})
                                          for owner in dict.fromkeys(owner for owner, _ in posts)], schema=ACCOUNTS.schema),
        "posts": pa.Table.from_pylist([{"account_id": owner, "post_id": f"{owner}{nth}", "text": text, "created_at": when}
                                       for nth, (owner, text) in enumerate(posts)], schema=POSTS.schema),
        "media": pa.Table.from_pylist([{"media_id": f"m{nth}", "account_id": "a", "post_id": f"a{nth}", "text": text}
                                       for nth, text in (images or {}).items()], schema=MEDIA.schema)}
    engine.bind({"fact_checks": fact_checks})
    ordered = steps(fact_checks)
    kept = engine.run(ordered, tables=tables, keep=[step.name for step in ordered]).relations
    return {name: table.to_pylist() for name, table in kept.items()}
