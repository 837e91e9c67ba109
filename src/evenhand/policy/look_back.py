"""The look-back: posts older than it are not judged any more, whatever else is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from evenhand.model.evidence import MIN_FAMILIES, EvidenceFamily, Finding


def within_look_back(finding: Finding, *, posted_at: Mapping[str, datetime], horizon: datetime) -> Finding | None:
    """What is left of `finding` without posts from before `horizon`; None when that is no finding any more.

    `posted_at` says when each of its posts was published; a post without a known time is judged as new. Evidence of
    behaviour sums up posts, so it goes as soon as one of them is too old.
    """
    old = {post_id for post_id, at in posted_at.items() if at < horizon}
    if not old:
        return finding
    reasons = tuple(reason for reason in finding.reasons
                    if reason.where not in old and reason.family is not EvidenceFamily.BEHAVIOUR)
    if len({reason.family for reason in reasons}) < MIN_FAMILIES:
        return None
    return replace(finding, reasons=reasons, post_ids=tuple(post for post in finding.post_ids if post not in old))
