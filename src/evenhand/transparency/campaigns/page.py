"""The report of a campaign as one HTML file: no script, nothing from elsewhere, made to be read and to be printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa

from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE, StratumOutcome
from evenhand.model.campaigns.undone import UNDO_GATE
from evenhand.model.harm import Harm
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.statements import Messages
from evenhand.transparency.campaigns.conduct import StratumLine
from evenhand.transparency.campaigns.outcomes import FATES, KEYS, Fate, Source
from evenhand.transparency.campaigns.report import CampaignReport, Why
from evenhand.transparency.pages import rendered

MAX_STRATA = 30
"""Strata shown at once; the others stand folded below them, and all of them in `audit.csv`."""
MAX_CELLS = 400
"""Lines of the whole table that the page holds; all of them are in `cells.csv`."""
MAX_ENTITIES = 25
DONE: Mapping[str, str] = {
    "close": "Closed", "suspend": "Suspended", "delete_post": "Posts deleted", "remove_followers": "Followers removed",
    "demonetise": "Earning off", "limit_reach": "Reach limited", "label": "Labelled", "warn": "Warned"}
"""What was done, in a column's or a line's heading."""
FATE_WORDS: Mapping[str, str] = {
    Fate.IN_FORCE: "in force", Fate.ENDED: "ended on its day", Fate.TAKEN_BACK: "taken back",
    Fate.FAILED: "refused by the platform", Fate.NOT_CARRIED_OUT: "never carried out", Fate.WAITING: "waiting"}
SOURCE_WORDS: Mapping[str, str] = {
    Source.SWEEP: "found by the sweep", Source.REPORT: "reported by people before, found by the sweep",
    Source.DEMAND: "named by a government before, found by the sweep"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Some decisions under one heading, by fate, with what was told to whom."""

    title: str
    detail: str
    n: Mapping[str, int]
    """Column of `cells` → its sum."""


def campaign_page(report: CampaignReport, *, messages: Messages, templates: Mapping[str, str] | None = None) -> str:
    """The report as one HTML document; the same report gives the same text. `templates` replaces the shipped ones."""
    rows = report.cells.to_pylist()
    not_passed, passed = _strata(report)
    return rendered(
        "campaigns/page.html.j2", templates=templates, report=report, campaign=report.campaign, plan=report.plan,
        conduct=report.conduct, contested=report.contested, fates=FATES, fate_words=FATE_WORDS, done=DONE, messages=messages,
        total=_line("All decisions", "", rows), by_penalty=_by_penalty(rows), by_policy=_by_policy(rows),
        by_language=_by_language(rows, messages), by_source=_by(rows, "source", lambda key: (SOURCE_WORDS[key], "")),
        harms=_harms(report.by_harm), cells=rows[:MAX_CELLS], n_cells=len(rows), not_passed=not_passed, passed=passed,
        max_strata=MAX_STRATA, max_entities=MAX_ENTITIES, floor=_floor([*not_passed, *passed]),
        why_groups=_why_groups(report.whys), days=_days, keys=KEYS,
        undo_gate=UNDO_GATE, largest_span=max((max(span.n_imposed, span.n_undone) for span in report.spans), default=0))


def _strata(report: CampaignReport) -> tuple[list[StratumLine], list[StratumLine]]:
    """Those that were lowered or dropped, and those that passed; the largest first."""
    lines = sorted(report.conduct.audit.strata if report.conduct.audit else (), key=lambda one: (-one.n_decisions, one.stratum))
    return ([one for one in lines if one.outcome is not StratumOutcome.PASSED],
            [one for one in lines if one.outcome is StratumOutcome.PASSED])


def _floor(lines: Iterable[StratumLine]) -> float:
    """Where the scale of precision begins: at a half, or at nothing when some stratum is worse than that."""
    lowest = min((min(one.bound, one.read.low) for one in lines if one.n_read), default=1.0)
    return next(floor for floor in (0.8, 0.5, 0.0) if lowest >= floor or floor == 0.0)


def _by_penalty(rows: Sequence[dict[str, Any]]) -> list[Line]:
    return sorted(_by(rows, "penalty", lambda key: (DONE[key], MEANINGS[Penalty(key)].done)),
                  key=lambda line: list(DONE.values()).index(line.title))


def _by_policy(rows: Sequence[dict[str, Any]]) -> list[Line]:
    """Policy × penalty, the policies with most decisions first, the heaviest penalty first."""
    size: dict[str, int] = {}
    for row in rows:
        size[row["policy_id"]] = size.get(row["policy_id"], 0) + row["decided"]
    lines = []
    for policy in sorted(size, key=lambda one: (-size[one], one)):
        mine = [row for row in rows if row["policy_id"] == policy]
        lines += [_line(policy, DONE[penalty], [row for row in mine if row["penalty"] == penalty])
                  for penalty in DONE if any(row["penalty"] == penalty for row in mine)]
    return lines


def _by_language(rows: Sequence[dict[str, Any]], messages: Messages) -> list[Line]:
    return _by(rows, "language", lambda key: (
        "not stated" if key == UNKNOWN_LANGUAGE else messages.language_name(key), key))


def _by(rows: Sequence[dict[str, Any]], name: str, words: Callable[[str], tuple[str, str]]) -> list[Line]:
    """The decisions by one key, most first."""
    keys = dict.fromkeys(row[name] for row in rows)
    lines = [_line(*words(key), [row for row in rows if row[name] == key]) for key in keys]
    return sorted(lines, key=lambda line: (-line.n["decided"], line.title))


def _line(title: str, detail: str, rows: Sequence[dict[str, Any]]) -> Line:
    names = [name for name in rows[0] if name not in KEYS] if rows else []
    return Line(title=title, detail=detail, n={name: sum(row[name] for row in rows) for name in names})


def _harms(by_harm: pa.Table) -> list[tuple[str, dict[str, int], int, int]]:
    """Every harm with its decisions by penalty, how many there are, and how many were carried out."""
    rows, found = by_harm.to_pylist(), []
    for harm in Harm:
        mine = [row for row in rows if row["harm"] == harm]
        found.append((harm.heading, {row["penalty"]: row["decided"] for row in mine}, sum(row["decided"] for row in mine),
                      sum(row["carried_out"] for row in mine)))
    return found


def _why_groups(whys: Iterable[Why]) -> list[tuple[str, list[Why], int]]:
    groups: dict[str, list[Why]] = {}
    for why in whys:
        groups.setdefault(why.what, []).append(why)
    return [(what, some, sum(one.n for one in some)) for what, some in groups.items()]


def _days(span: timedelta | None) -> str:
    """A span in words: minutes below an hour, hours below two days, else days."""
    if span is None:
        return "–"
    hours = span / timedelta(hours=1)
    return (f"{round(hours * 60):,} min" if hours < 1 else f"{hours:.1f} hours" if hours < 48  # noqa: PLR2004  # two days
            else f"{hours / 24:.1f} days")
