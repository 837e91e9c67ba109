"""What whoever decides an appeal has to see."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from evenhand.cli.views.appeals.filed import SHORT, age
from evenhand.cli.views.layout import heading, quiet
from evenhand.model.campaigns.effect_state import EffectState
from evenhand.model.campaigns.event import EventKind
from evenhand.statements import visible
from evenhand.workflows.appeals.looking import Dossier

_PARTS = {
    EventKind.DRAFTED: "drafted the campaign", EventKind.PLANNED: "proposed the plan", EventKind.AUDITED: "concluded the audit",
    EventKind.STRATUM_LOWERED: "lowered a stratum",
    EventKind.APPROVED: "approved it", EventKind.STARTED: "started it", EventKind.RESUMED: "resumed it",
    EventKind.DECISION_CONFIRMED: "confirmed this decision, or did not", EventKind.VERDICT_GIVEN: "read this case in the audit",
    EventKind.APPEAL_DECIDED: "decided an earlier appeal of this person", EventKind.WAIVER_RECORDED: "let this account out",
    EventKind.PROTECTED_DECIDED: "decided about this protected account"}
_STANDS = {
    EffectState.QUEUED: "waits", EffectState.IN_FLIGHT: "is under way", EffectState.DONE: "in force",
    EffectState.FAILED: "was refused by the platform", EffectState.SUPPRESSED: "was not carried out",
    EffectState.UNDONE: "is undone", EffectState.LIFTED: "has ended"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """One appeal with everything about it.

    JSON: `appeal`, `decision`, `account`, `handle`, `penalty`, `outcome`, `filed_at`, `said`, `statement` (its parts),
    `reasons`, `guards`, `steps`, `effects` (each with `key`, `post`, `penalty`, `state`, `irreversible_at`), `saved` (post →
    JSON text), `window_ends`, `took_part` (person → what they did).
    """

    name: ClassVar[str] = "appeal"
    dossier: Dossier
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The words, the statement, the evidence, where it stands, who took part."""
        one = self.dossier
        facts = one.contested.facts
        handle = visible("@" + (one.contested.earlier.handle or "").removeprefix("@"))
        parts: list[RenderableType] = [
            Text(f"appeal {one.appeal.appeal_id[:SHORT]} · {handle} · {one.contested.earlier.penalty.replace('_', ' ')} · "
                 f"{one.appeal.outcome or 'open'} · {age((one.appeal.decided_at or one.at) - one.appeal.filed_at)} old",
                 style="bold"),
            heading("What the person says"),
            _text("cannot be read: it was erased, or `EVENHAND_EVIDENCE_KEY` is not set" if one.said is None
                  else visible_lines(one.said)),
            heading("What the person was told"), _text(visible_lines(one.contested.statement.text)),
            heading("The evidence"), *(_text(f"{reason['family']}: {visible(reason['fact'] or '')}" + (
                f" · source: {visible(reason['source'])}" if reason["source"] else "")) for reason in facts["reasons"])]
        if facts["guards_considered"]:
            parts += [heading("What spoke for the account"), *(
                _text(f"{hit['guard']}: {visible(hit['fact'] or '')}") for hit in facts["guards_considered"])]
        if facts["steps"]:
            parts += [heading("How the penalty was reached"), *(_text(visible(step)) for step in facts["steps"])]
        parts += [heading("Where it stands"), *(_text(line) for line in self._stands())]
        parts += [heading("Who took part, and so may not decide"), *(
            _text(f"{visible(person)}: {', '.join(_PARTS[kind] for kind in kinds)}") for person, kinds in one.parts.items())]
        return Group(*parts, *([] if one.appeal.outcome else [self._next()]))

    def _stands(self) -> list[str]:
        one, lines = self.dossier, []
        for effect in one.standing.effects:
            post = f" of post {visible(effect.post_id)}" if effect.post_id else ""
            late = f"; the platform can take it back until {effect.irreversible_at:%Y-%m-%d}" if effect.irreversible_at else ""
            lines.append(f"{effect.penalty.replace('_', ' ')}{post} {_STANDS[effect.state]}{late}")
        lines += [f"post {visible(post)} held: {visible(content)}" for post, content in one.saved.items()]
        told = one.standing.delivered_at
        lines.append("the statement has not been delivered yet" if told is None else
                     f"the statement was delivered on {told:%Y-%m-%d}; appeals close on {one.window_ends:%Y-%m-%d}")
        return lines

    def _next(self) -> RenderableType:
        short = self.dossier.appeal.appeal_id[:SHORT]
        return quiet(f"\nnext: evenhand appeal decide {visible(self.campaign)} {short} uphold|overturn|vary --by PERSON "
                     "--because TEXT")

    def record(self) -> dict[str, object]:
        """The same as values."""
        one = self.dossier
        facts = one.contested.facts
        return {
            "appeal": one.appeal.appeal_id, "decision": one.appeal.decision_id, "account": one.contested.account_id,
            "handle": one.contested.earlier.handle, "penalty": str(one.contested.earlier.penalty),
            "outcome": None if one.appeal.outcome is None else str(one.appeal.outcome),
            "filed_at": one.appeal.filed_at.isoformat(), "said": one.said, "statement": asdict(one.contested.statement),
            "reasons": facts["reasons"], "guards": facts["guards_considered"] or [], "steps": facts["steps"] or [],
            "effects": [{"key": effect.key, "post": effect.post_id, "penalty": str(effect.penalty), "state": str(effect.state),
                         "irreversible_at": effect.irreversible_at.isoformat() if effect.irreversible_at else None}
                        for effect in one.standing.effects],
            "saved": dict(one.saved), "window_ends": one.window_ends.isoformat() if one.window_ends else None,
            "took_part": {person: [str(kind) for kind in kinds] for person, kinds in one.parts.items()}}


def visible_lines(text: str) -> str:
    """A text of several lines with every hidden character spelled out."""
    return "\n".join(visible(line) for line in text.splitlines())


def _text(text: str) -> RenderableType:
    return Padding(Text(text), (0, 0, 0, 2))
