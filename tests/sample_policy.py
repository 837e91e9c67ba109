"""A policy and a finding for tests, every part of which can be replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from evenhand.model.evidence import EvidenceFamily, Finding, GuardHit, Reason, Strength
from evenhand.model.expression import Literal, Type
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.policy import Condition, Families, Ground, GroundKind, Ladder, Policy, Rung, Subject

AT = datetime(2026, 11, 1, tzinfo=UTC)
RUNGS = (Rung(penalty=Penalty.LABEL), Rung(penalty=Penalty.LIMIT_REACH),
         Rung(penalty=Penalty.SUSPEND, lasts=timedelta(days=30)), Rung(penalty=Penalty.CLOSE))


def policy(**changes: Any) -> Policy:
    """A policy against posing as news media, with `changes`."""
    return replace(Policy(
        policy_id="media", harm=Harm.IMPERSONATION_MEDIA, title="Posing as news media", text="Do not pose as an outlet.",
        clause="3.2", ground=Ground(kind=GroundKind.TERMS, name="Terms", url="https://example.org/terms"),
        subject=Subject.ACCOUNT, families=Families(at_least=2, must_include=(EvidenceFamily.IDENTITY,)),
        when=Condition(text="true", subject=Subject.ACCOUNT, expression=Literal(value=True, type=Type.BOOLEAN)),
        guards=("disclosure", "namesake"), severity=3, languages=("en",), territory=(), since=date(2026, 1, 1), until=None,
        ladders=(Ladder(since=date(2026, 1, 1), rungs=RUNGS, reference="https://example.org/ladder"),),
        first_rung_reason=None, needs_person=(Penalty.CLOSE,), at_once=(), at_once_reason=None, questions=(), cases=()),
        **changes)


def reason(family: EvidenceFamily, fact: str = "a fact") -> Reason:
    """A reason of one family."""
    return Reason(signal="name_reads_as", family=family, fact=fact, where="display_name", shown="a", expected="b", source="r")


def finding(**changes: Any) -> Finding:
    """A finding under that policy's harm, with evidence of identity and claim."""
    return replace(Finding(
        account_id="a", harm=Harm.IMPERSONATION_MEDIA, detector="impersonation_media/1", confidence=0.9, holder_id="media:x",
        reasons=(reason(EvidenceFamily.IDENTITY), reason(EvidenceFamily.CLAIM))), **changes)


def hit(strength: Strength, *, guard: str = "disclosure", **changes: Any) -> GuardHit:
    """A guard hit about that account."""
    return replace(GuardHit(account_id="a", guard=guard, strength=strength, fact="it says parody", where="bio",
                            shown="parody"), **changes)
