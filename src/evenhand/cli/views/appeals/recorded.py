"""The registers of strikes and adjudications, as they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import quiet
from evenhand.statements import visible
from evenhand.workflows.appeals.recording import Recorded

_MAX_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    """What was written.

    JSON: `folder`, `campaigns`, `strikes` (that count), `withdrawn`, `adjudications`, `to_review` (decisions that counted a
    strike before it was withdrawn, each with `campaign`, `decision`, `account`, `policy`).
    """

    name: ClassVar[str] = "records"
    done: Recorded

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The counts, what has to be looked at again, and what comes next."""
        done = self.done
        parts: list[RenderableType] = [
            Text(f"strikes that count: {done.n_strikes:,}; withdrawn: {done.n_withdrawn:,}; adjudicated legitimate: "
                 f"{done.n_adjudications:,}."),
            quiet(f"of the campaigns: {', '.join(map(visible, done.campaigns)) or 'none'}")]
        if done.to_review.num_rows:
            parts.append(Text(f"{done.to_review.num_rows:,} decisions counted a strike that was withdrawn later: look at them "
                              "again", style="bold red"))
            parts += [Text(f"  {visible(row['campaign_id'])} · {visible(row['decision_id'])} · {visible(row['account_id'])} · "
                           f"{visible(row['policy_id'])}") for row in done.to_review.slice(0, _MAX_SHOWN).to_pylist()]
        return Group(*parts, quiet(f"next: evenhand plan SNAPSHOT --registries {visible(str(done.folder))}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        done = self.done
        return {"folder": str(done.folder), "campaigns": list(done.campaigns), "strikes": done.n_strikes,
                "withdrawn": done.n_withdrawn, "adjudications": done.n_adjudications, "to_review": [
                    {"campaign": row["campaign_id"], "decision": row["decision_id"], "account": row["account_id"],
                     "policy": row["policy_id"]} for row in done.to_review.to_pylist()]}
