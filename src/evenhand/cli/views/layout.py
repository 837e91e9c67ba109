"""Small pieces that views are laid out with."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

ACCENT = "cyan"
QUIET = "bright_black"
NOTHING = "·"
"""Stands for zero in tables, so that what is there can be seen."""
_RULES = box.Box("    \n    \n ── \n    \n    \n ── \n    \n    \n")
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def number(n: int, *, style: str = "", zero: str = NOTHING) -> Text:
    """`n` with thousands separators; a quiet dot for zero."""
    return Text(f"{n:,}", style=style, justify="right") if n else Text(zero, style=QUIET, justify="right")


def bar(n: int, *, largest: int, width: int) -> Text:
    """A horizontal bar of at most `width` columns; anything above zero can be seen."""
    if not n or not largest or width <= 0:
        return Text("")
    eighths = max(1, round(8 * width * n / largest))
    full, part = divmod(eighths, 8)
    return Text("█" * full + (_EIGHTHS[part] if part else ""), style=ACCENT, no_wrap=True)


def table(*, show_footer: bool = False) -> Table:
    """A table with a rule under its head and, with a footer, above that; two columns of space between columns."""
    return Table(box=_RULES, show_footer=show_footer, show_edge=False, pad_edge=False, padding=(0, 1), collapse_padding=True,
                 header_style=QUIET, border_style=QUIET, footer_style="bold")


def heading(text: str) -> Text:
    """A heading with an empty line above it."""
    return Text(f"\n{text}", style="bold")


def quiet(text: str) -> Text:
    """A remark."""
    return Text(text, style=QUIET)


def percent(share: float) -> str:
    """A share (0–1) as a percentage with one decimal."""
    return f"{share * 100:.1f} %"
