"""Who was probably taken over, what shows it, and what to do for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet
from evenhand.statements import neutral
from evenhand.workflows.victims.of_plan import TO_DO, Victim

_MAX_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimsView:
    """The victims in a plan.

    JSON: `victims`, each with `account_id`, `handle`, `display_name`, `platform`, `language`, `guard`, `facts`, `harms`; and
    `to_do`, what a person does for each.
    """

    name: ClassVar[str] = "victims"
    victims: tuple[Victim, ...]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Each account with what shows it, then what to do."""
        n = len(self.victims)
        parts: list[RenderableType] = [Text(f"{n:,} account{'' if n == 1 else 's'} to tell and to help; none is penalised",
                                            style="bold")]
        for one in self.victims[:_MAX_SHOWN]:
            parts.append(Text(f"\n{neutral(one.display_name or one.handle or one.account_id)} ({neutral(one.account_id)})"))
            parts += [quiet(f"  {neutral(fact)}") for fact in one.facts]
        if n > _MAX_SHOWN:
            parts.append(quiet(f"\nand {n - _MAX_SHOWN:,} more; all of them with --json"))
        if n:
            parts.append(heading("For each"))
            parts += [Text(f"  {nth}. {step}") for nth, step in enumerate(TO_DO, start=1)]
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The victims as values."""
        return {"victims": [asdict(one) for one in self.victims], "to_do": list(TO_DO)}
