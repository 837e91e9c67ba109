"""How metrics, intervals and bars are written, for every scorecard."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from evenhand.cli.views.layout import NOTHING, QUIET
from evenhand.evaluation.card import Bar, BarResult
from evenhand.evaluation.metric import Metric

VERDICTS = {True: ("met", "green"), False: ("missed", "bold red"), None: ("not measured", QUIET)}
_SMALL, _TINY = 0.01, 1e-6
"""Shares below the first are written with two significant digits, those below the second as less than it."""


def shown_share(value: float) -> str:
    """A share (0–1) as a percentage: one decimal, and two significant digits below one per cent.

    >>> shown_share(0.9731), shown_share(0.0005), shown_share(0.0), shown_share(1e-9)
    ('97.3 %', '0.05 %', '0.0 %', '<0.0001 %')
    """
    if 0.0 < value < _TINY:
        return f"<{_TINY * 100:.4f} %"
    return f"{value * 100:.2g} %" if 0.0 < value < _SMALL else f"{value * 100:.1f} %"


def shown_value(value: float | None, *, is_share: bool) -> str:
    """A value as it stands in a table; a dot where nothing was measured."""
    if value is None:
        return NOTHING
    return shown_share(value) if is_share else f"{value:,.1f}".removesuffix(".0")


def shown_interval(metric: Metric) -> str:
    """The interval of a share; empty where there is none."""
    if metric.low is None or metric.high is None:
        return ""
    return f"{shown_share(metric.low).removesuffix(' %')} to {shown_share(metric.high)}"


def shown_counts(metric: Metric) -> str:
    """What the value is of."""
    return f"{metric.hits:,} of {metric.n:,}" if metric.hits is not None else f"of {metric.n:,}"


def shown_bar(bar: Bar, *, is_share: bool) -> str:
    """The bar in words."""
    sign, value = ("≥", bar.at_least) if bar.at_least is not None else ("≤", bar.at_most)
    return f"{sign} {shown_value(value, is_share=is_share)}"


def verdict(is_met: bool | None) -> Text:  # noqa: FBT001  # the value itself is what is written
    """`met`, `missed` or `not measured`."""
    word, style = VERDICTS[is_met]
    return Text(word, style=style)


def metric_record(metric: Metric) -> Mapping[str, object]:
    """A metric as JSON values."""
    return {"metric": metric.name, "value": metric.value, "low": metric.low, "high": metric.high, "hits": metric.hits,
            "n": metric.n, "interval": str(metric.method)}


def bar_record(result: BarResult) -> Mapping[str, object]:
    """A bar and its outcome as JSON values."""
    return {"metric": result.bar.metric, "at_least": result.bar.at_least, "at_most": result.bar.at_most,
            "value": result.metric.value if result.metric is not None else None, "is_met": result.is_met}
