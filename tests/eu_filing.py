"""Decisions with the shipped pack's policies, for tests of what is filed with the European database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from sample_campaign import sample_campaign

from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS
from evenhand.model.policy import Ground, GroundKind
from evenhand.transparency.eu_database.mapping import Filing
from evenhand.workflows.materials import load_messages
from evenhand.workflows.packs import shipped_pack

PACK = shipped_pack()
SHIPPED = {policy.harm: policy for policy in PACK.policies}
ANY = next(iter(SHIPPED.values()))
OF_HARM = {harm: SHIPPED.get(harm) or replace(ANY, policy_id=f"policy-{harm}", harm=harm) for harm in Harm}
"""One policy for each harm, those without a shipped one included."""
LAW = replace(ANY, policy_id="by-law", territory=("DE", "FR", "US"),
              ground=Ground(kind=GroundKind.LAW, name="Act on fair dealing, section 3", url="https://law.example/3"))
NOWHERE = replace(ANY, policy_id="nowhere", territory=("US", "JP"))
TITLES = {key.split(".")[1]: load_messages("en").sentences[key].text for key in load_messages("en").sentences
          if key.startswith("signal.") and key.endswith(".title")}
FILING = Filing(campaign_id="c1", policies=(*OF_HARM.values(), LAW, NOWHERE), applied_on=date(2026, 11, 3), titles=TITLES)
OPENED_AT, POSTED_AT = datetime(2025, 2, 3, tzinfo=UTC), datetime(2026, 10, 4, 23, 30, tzinfo=UTC)


def rows(n: int = 60) -> list[dict[str, Any]]:
    """`n` decisions of the sample campaign, under shipped policies and with the days that statements need."""
    made = sample_campaign(n).decisions.to_pylist()
    return [row | {"policy_id": OF_HARM[Harm(row["harm"])].policy_id, "created_at": OPENED_AT, "posted_at": POSTED_AT}
            for row in made]


def one(harm: Harm = Harm.SCAM, penalty: Penalty = Penalty.LABEL, **values: Any) -> dict[str, Any]:
    """One decision with some values of its own."""
    row = rows(1)[0] | {"harm": str(harm), "penalty": str(penalty), "policy_id": OF_HARM[harm].policy_id, "until": None}
    if penalty is Penalty.SUSPEND:
        row["until"] = datetime(2026, 12, 1, tzinfo=UTC)
    return row | values


def table(*decisions: dict[str, Any]) -> pa.Table:
    """Decisions as a plan keeps them."""
    return pa.Table.from_pylist(list(decisions), DECISIONS)
