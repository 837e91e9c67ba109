"""A plan in the proportions of the reference campaign, drawn up by hand: no world is written and no sweep is run for it."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from evenhand import __version__
from evenhand.campaign.plan import PlanDigest
from evenhand.connectors.plan_folder import PlanWriter
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS, EFFECTS, Plan

ACCOUNTS = {"close": 67_000, "suspend": 180_000, "demonetise": 150_000, "limit_reach": 250_000, "label": 250_000}
"""Of the reference campaign: 67,000 closed, 930,000 lesser penalties; how those split was not published."""
POSTS, PER_ACCOUNT = 1_400_000, 14
PORTION = 20_000
CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
LANGUAGES = ("en", "es", "pt", "de", "hi")
TEXT = "This account presents itself as an office and is not in any register that we know. You can contest each fact. "
STATEMENT = {"language": "en", "subject": "A penalty", "what": TEXT * 4, "rule": TEXT * 6, "ground_url": "https://example.org",
             "facts": [TEXT] * 8, "automation": TEXT, "territory": "everywhere", "duration": TEXT, "appeal": TEXT}
REASON = dict.fromkeys(("fact", "shown", "expected"), TEXT) | {"signal": "name", "family": "identity", "where": "name",
                                                                  "source": "register"}
SUPPORTED = tuple(sorted(penalty.value for penalty in Penalty if penalty is not Penalty.NONE))


def scaled_plan(folder: Path, scale: float) -> Plan:
    """A plan with that share of the reference campaign, whole in itself, in `folder`."""
    listed = [penalty for penalty, n in ACCOUNTS.items() for _ in range(round(n * scale))]
    listed += ["delete_post"] * round(POSTS * scale / PER_ACCOUNT)
    random.Random(7).shuffle(listed)
    made_from = {"cut_off": CUT_OFF.isoformat(), "snapshot": "hand", "pack": "hand", "registries": "hand",
                 "code": __version__, "seed": "7", "steps": "hand", "supported": " ".join(sorted(map(Penalty, SUPPORTED)))}
    digest, position = PlanDigest(made_from=made_from), 0
    with PlanWriter(folder) as writer:
        for start in range(0, len(listed), PORTION):
            part = listed[start:start + PORTION]
            writer.add("decisions", _decisions(start, part))
            effects = _effects(start, part, position)
            position += effects.num_rows
            for key, penalty, not_before in zip(*(effects[name].to_pylist() for name in ("key", "penalty", "not_before")),
                                                strict=True):
                digest.add(key, penalty=penalty, not_before=not_before)
            writer.add("effects", effects)
        plan = Plan(digest=digest.hexdigest(), cut_off=CUT_OFF, snapshot="hand", pack="hand 1", pack_digest="hand",
                    registries_digest="hand", code_version=__version__, steps_digest="hand", supported=SUPPORTED, seed=7,
                    n_accounts=len(listed), n_posts=position, counts={"impersonation_institution": dict(Counter(listed))},
                    guards=())
        writer.finish(plan)
    return plan


def _decisions(start: int, penalties: list[str]) -> pa.Table:
    n = len(penalties)
    numbers = range(start, start + n)
    until = CUT_OFF + timedelta(days=3650)
    columns = {
        "decision_id": [f"{number * 2654435761 % 2**32:024x}" for number in numbers],
        "account_id": [str(10**18 + number) for number in numbers], "handle": [f"handle{number}" for number in numbers],
        "language": [LANGUAGES[number % len(LANGUAGES)] for number in numbers],
        "followers": (np.arange(start, start + n, dtype=np.int64) * 7919 % 300), "harm": ["impersonation_institution"] * n,
        "policy_id": ["impersonation/institution"] * n, "penalty": penalties,
        "until": [until if penalty == "suspend" else None for penalty in penalties], "reasons": [[REASON]] * n,
        "statement": [STATEMENT] * n}
    return pa.table([pa.array(columns[name], DECISIONS.field(name).type) if name in columns else
                     pa.nulls(n, DECISIONS.field(name).type) for name in DECISIONS.names], schema=DECISIONS)


def _effects(start: int, penalties: list[str], position: int) -> pa.Table:
    waits = CUT_OFF + timedelta(days=184)
    rows = [(number, penalty, post) for number, penalty in enumerate(penalties, start)
            for post in (range(PER_ACCOUNT) if penalty == "delete_post" else (None,))]
    return pa.table({
        "position": pa.array(range(position, position + len(rows)), pa.int64()),
        "key": [f"{(number * 100 + (post or 0)) * 0x9E3779B97F4A7C15 % 2**64:032x}" for number, _, post in rows],
        "decision_id": [f"{number * 2654435761 % 2**32:024x}" for number, _, _ in rows],
        "account_id": [str(10**18 + number) for number, _, _ in rows],
        "post_id": pa.array([None if post is None else str(10**15 + number * 100 + post) for number, _, post in rows],
                            pa.string()),
        "penalty": [penalty for _, penalty, _ in rows], "undo": ["restore"] * len(rows),
        "not_before": pa.array([waits if penalty == "close" else None for _, penalty, _ in rows],
                               EFFECTS.field("not_before").type)}).cast(EFFECTS)
