"""The networks of a plan: all of them in a list, or the fact sheet of one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.layout import heading, number, quiet, table
from evenhand.statements import neutral, sentence
from evenhand.workflows.networks import InCommon, Network

_MOST_LISTED, _LONGEST = 100, 500
CLAIM = ("Of those with a penalty it is claimed that they act as one, of the others nothing. It is not claimed who is behind "
         "them, whether they are machines, whether anybody is paid, or what anybody thinks. Each account is judged by itself.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkListView:
    """Every network of a plan.

    JSON: `networks`, each as a fact sheet without its `members`, with `n_members` and `outcomes` (outcome → members).
    """

    name: ClassVar[str] = "networks"
    networks: tuple[Network, ...]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One line each, the largest first."""
        if not self.networks:
            return Text("The plan has no network.")
        grid = table()
        for title in ("network", "members", "posts in common", "first", "last", "outcomes"):
            grid.add_column(title, overflow="fold")
        for one in self.networks[:_MOST_LISTED]:
            grid.add_row(_id(one.network_id), number(len(one.members)), number(one.n_same_text + one.n_same_link),
                         f"{one.first_at:%Y-%m-%d}", f"{one.last_at:%Y-%m-%d}", _outcomes(one))
        more = len(self.networks) - _MOST_LISTED
        left = [quiet(f"… and {more:,} more; `--json` has all")] if more > 0 else []
        return Group(grid, *left, quiet("next: evenhand explain --network ID"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"networks": [{name: value for name, value in _record(one).items() if name != "members"}
                             for one in self.networks]}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """The fact sheet of one network.

    JSON: `network_id`, `n_members`, `n_same_text`, `n_same_link`, `first_at`, `last_at`, `in_common` (each with `what`,
    `value`, `n_members`, `by_chance`, `n_others`), `outcomes`, `members` (each with `account_id`, `handle`, `platform`,
    `n_tied`, `n_posts`, `outcome`, `decision_id`, `why`), `claim`.
    """

    name: ClassVar[str] = "network"
    network: Network

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """What it is, what its members share, who they are, what was decided."""
        one = self.network
        grid = Table.grid(padding=(0, 2))
        for name, value in (("members", f"{len(one.members):,}"), ("posts with the same text", f"{one.n_same_text:,}"),
                            ("posts with the same link", f"{one.n_same_link:,}"),
                            ("between", f"{one.first_at:%Y-%m-%d %H:%M} and {one.last_at:%Y-%m-%d %H:%M} UTC"),
                            ("outcomes", _outcomes(one))):
            grid.add_row(quiet(name), Text(value))
        shared = [Text(f"• {_said(each)}") for each in one.in_common] or [
            quiet("Nothing beyond what they post, by more than chance.")]
        title = Text.assemble("network ", _id(one.network_id), style="bold")
        return Group(title, grid, heading("What its members have in common"),
                     *shared, heading("Its members"), self._members(), heading("What is claimed"), Text(CLAIM))

    def _members(self) -> RenderableType:
        grid = table()
        for title in ("account", "handle", "tied to", "posts in common", "outcome"):
            grid.add_column(title, overflow="fold")
        for one in self.network.members:
            outcome = one.outcome.replace("_", " ") + (f": {sentence(one.why)}" if one.why else "")
            grid.add_row(_id(one.account_id), Text(neutral(one.handle or "")), number(one.n_tied),
                         number(one.n_posts), Text(neutral(outcome, limit=200)))
        return grid

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {**_record(self.network), "claim": CLAIM}


def _id(text: str) -> Text:
    return Text(neutral(text, limit=_LONGEST))


def _outcomes(network: Network) -> str:
    return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in network.outcomes.items())


def _said(one: InCommon) -> str:
    what = {"stem": "handles that begin with", "shape": "handles built like", "tail": "handles that end like",
            "opened": "opened within", "domain": "lead to"}[one.what]
    beside = f"by chance {one.by_chance:.1f}" if one.by_chance is not None else f"others: {one.n_others or 0:,}"
    return f"{what} {neutral(one.value)}: {one.n_members:,} ({beside})"


def _record(network: Network) -> dict[str, object]:
    return {"network_id": network.network_id, "n_members": len(network.members), "n_same_text": network.n_same_text,
            "n_same_link": network.n_same_link, "first_at": network.first_at.isoformat(),
            "last_at": network.last_at.isoformat(), "in_common": [asdict(one) for one in network.in_common],
            "outcomes": network.outcomes, "members": [asdict(one) for one in network.members]}
