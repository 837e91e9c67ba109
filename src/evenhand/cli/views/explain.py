"""Why one account is, or is not, in the plan: what was measured, found, heard, decided, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evenhand.campaign.plan import Spared
from evenhand.cli.views.layout import ACCENT, QUIET, heading, quiet
from evenhand.model.decision import Decision
from evenhand.model.evidence import Finding, GuardHit
from evenhand.model.penalty import MEANINGS
from evenhand.statements import MAX_SHOWN_CHARACTERS, Messages, neutral, sentence
from evenhand.workflows.explain import Explanation, StepResult

_MAX_ROWS = 5
_HIDDEN_COLUMNS = frozenset({"account_id"})
_PROFILE = ("account_id", "handle", "display_name", "bio", "website", "platform", "language", "followers", "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainView:
    """The explanation of one account.

    JSON: `account` (its row), `posts` (how many), `steps` (each with `step`, `sentence`, `rows`), `outcomes`: each with
    `outcome` (`penalty` or `spared`), `harm`, `holder_id`, `reasons`, `guards`, and for a penalty `penalty`, `until`,
    `policy_id`, `automation`, `how`, `would_change`, `statement`; for a spared suspicion `why`.
    """

    name: ClassVar[str] = "explain"
    explanation: Explanation
    messages: Messages
    with_steps: bool = True
    """Show every step's rows as well, not only what follows from them."""

    def human(self, width: int) -> RenderableType:
        """From the measurements to the outcome."""
        explanation = self.explanation
        parts: list[RenderableType] = [_profile(explanation)]
        if self.with_steps and explanation.steps:
            parts.append(heading("What was measured"))
            parts += [_step(step, width=width) for step in explanation.steps]
        if not explanation.outcomes:
            parts += [heading("Outcome"), Text("Nothing was found about this account; nothing follows.")]
        for outcome in explanation.outcomes:
            parts += self._decided(outcome) if isinstance(outcome, Decision) else self._spared(outcome)
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The explanation as values."""
        return {
            "account": {name: _value(value) for name, value in self.explanation.account.items()},
            "posts": self.explanation.n_posts,
            "steps": [{"step": step.name, "sentence": step.sentence, "rows": [
                {name: _value(value) for name, value in row.items()} for row in step.rows.to_pylist()]}
                for step in self.explanation.steps],
            "outcomes": [_record(outcome) for outcome in self.explanation.outcomes]}

    def _decided(self, decision: Decision) -> list[RenderableType]:
        until = f" until {decision.until:%Y-%m-%d}" if decision.until else ""
        return [
            *self._evidence(decision.finding, decision.guards_considered),
            heading("Outcome"),
            Text.assemble((f"{str(decision.penalty).replace('_', ' ')}{until}", "bold"), ": ",
                          MEANINGS[decision.penalty].done),
            quiet(f"policy {decision.policy_id} · decision {decision.decision_id[:12]}"),
            *_bullets(decision.steps), heading("What would have changed it"), *_bullets(decision.would_change),
            heading("What the person would be told"),
            Padding(Text(decision.statement.text), (0, 0, 0, 2))]

    def _spared(self, spared: Spared) -> list[RenderableType]:
        return [*self._evidence(spared.finding, spared.guard_hits), heading("Outcome"),
                Text("no penalty", style="bold"), *_bullets((spared.why,))]

    def _evidence(self, finding: Finding, hits: tuple[GuardHit, ...]) -> list[RenderableType]:
        imitated = f" · {neutral(finding.holder_id)}" if finding.holder_id else ""
        against = [f"{sentence(reason.fact)} [{reason.family}]" for reason in finding.reasons]
        in_favour = [f"{sentence(hit.fact)} [{self.messages.title('guard', hit.guard)}: {hit.strength}]"
                     for hit in hits]
        return [heading(f"Suspicion: {finding.harm.heading}"),
                quiet(f"{len(finding.families)} kinds of evidence: {', '.join(finding.families)}{imitated}"),
                heading("What speaks against it"), *_bullets(against, raw=True),
                heading("What speaks for it"),
                *(_bullets(in_favour, raw=True) if hits else [quiet("No guard found anything in its favour.")])]


def _profile(explanation: Explanation) -> RenderableType:
    account = explanation.account
    grid = Table.grid(padding=(0, 2))
    for name in _PROFILE:
        value = account.get(name)
        if value not in (None, ""):
            text = f"{value:,}" if isinstance(value, int) else _short(value, limit=200)
            grid.add_row(quiet(name.replace("_", " ")), Text(text, style="bold" if name == "display_name" else ""))
    grid.add_row(quiet("posts"), Text(f"{explanation.n_posts:,}"))
    return grid


def _step(step: StepResult, *, width: int) -> RenderableType:
    """One step: its sentence, and its first rows as `column value` pairs."""
    lines: list[RenderableType] = [Text.assemble((step.name, ACCENT), "  ", (step.sentence, QUIET))]
    for row in step.rows.slice(0, _MAX_ROWS).to_pylist():
        line = Text()
        for name, value in row.items():
            if name not in _HIDDEN_COLUMNS and value not in (None, "", []):
                line.append(f"{name} ", style=QUIET).append(_short(value) + "   ")
        line.truncate(max(20, 3 * width), overflow="ellipsis")
        lines.append(Padding(line, (0, 0, 0, 4)))
    if step.rows.num_rows > _MAX_ROWS:
        lines.append(Padding(quiet(f"… and {step.rows.num_rows - _MAX_ROWS:,} more"), (0, 0, 0, 4)))
    return Group(*lines)


def _short(value: object, *, limit: int = MAX_SHOWN_CHARACTERS) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value[:_MAX_ROWS])
    return neutral(str(value), limit=limit)


def _bullets(texts: Iterable[str], *, raw: bool = False) -> list[RenderableType]:
    """One line per text with a hanging indent."""
    grid = Table.grid(padding=(0, 1))
    for text in texts:
        grid.add_row(Text("•", style=ACCENT), Text(text if raw else sentence(text)))
    return [grid]


def _record(outcome: Decision | Spared) -> dict[str, object]:
    finding = outcome.finding
    hits = outcome.guards_considered if isinstance(outcome, Decision) else outcome.guard_hits
    shared: dict[str, object] = {
        "harm": str(finding.harm), "holder_id": finding.holder_id, "detector": finding.detector,
        "reasons": [{"signal": reason.signal, "family": str(reason.family), "fact": reason.fact, "where": reason.where,
                     "shown": reason.shown, "expected": reason.expected, "source": reason.source}
                    for reason in finding.reasons],
        "guards": [{"guard": hit.guard, "strength": str(hit.strength), "fact": hit.fact} for hit in hits]}
    if isinstance(outcome, Spared):
        return {"outcome": "spared", **shared, "why": outcome.why}
    statement = outcome.statement
    return {"outcome": "penalty", **shared, "penalty": str(outcome.penalty), "until": _value(outcome.until),
            "policy_id": outcome.policy_id, "decision_id": outcome.decision_id, "automation": str(outcome.automation),
            "how": list(outcome.steps), "would_change": list(outcome.would_change),
            "other_harms": [str(harm) for harm in outcome.other_harms],
            "statement": {name: _value(getattr(statement, name)) for name in statement.__slots__}}


def _value(value: object) -> object:
    """`value` in JSON's types; bytes and other foreign things as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _value(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_value(item) for item in value]
    return str(value)
