"""Pages that need no network: the templates, and how numbers, shares and days are written in them.

Everything that an account or a person wrote is hostile input: it is escaped, and its hidden characters are spelled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from jinja2 import DictLoader, Environment, StrictUndefined

from evenhand.statements import visible

_ONE_DECIMAL = 0.001
"""The least share that one decimal of a percentage can show."""


def rendered(name: str, *, templates: Mapping[str, str] | None = None, **values: object) -> str:
    """The page that the template `name` makes of `values`. `templates` replaces the shipped ones."""
    environment = _environment(tuple(sorted((templates or shipped_templates()).items())))
    return environment.get_template(name).render(**values)


@cache
def shipped_templates() -> Mapping[str, str]:
    """The texts of the shipped templates by file name; those in a folder with its name, such as `campaigns/page.html.j2`."""
    return dict(_templates(resources.files("evenhand.transparency") / "templates", ""))


def _templates(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _templates(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".j2"):
            found.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return found


@cache
def _environment(templates: tuple[tuple[str, str], ...]) -> Environment:
    environment = Environment(loader=DictLoader(dict(templates)), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True, finalize=_in_plain_sight)
    environment.filters |= {"count": count, "percent": percent, "width": _width, "day": _day, "minute": _minute,
                            "signed": _signed, "plural": plural, "words": _words}
    return environment


def _in_plain_sight(value: object) -> object:
    """Any text that comes into the page, its hidden characters spelled out; what is markup already stays."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def percent(share: float) -> str:
    """A share (0–1) as a percentage with one decimal; never rounded to 0 or 100 when it is not.

    >>> [percent(share).replace("\u202f", " ") for share in (0.9996, 1.0, 0.0001)]
    ['> 99.9 %', '100 %', '< 0.1 %']
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", "\u202f%")
    text = "< 0.1" if share < _ONE_DECIMAL else "> 99.9" if share > 1 - _ONE_DECIMAL else f"{share * 100:.1f}"
    return text + "\u202f%"


def count(n: int) -> str:
    """A whole number with its thousands apart."""
    return f"{n:,}"


def plural(n: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "halt"), plural(1200, "halt"), plural(2, "day of grace", "days of grace")
    ('1 halt', '1,200 halts', '2 days of grace')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _signed(n: int) -> str:
    return f"{n:+,}".replace("-", "−") if n else "0"


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _width(n: int, largest: int) -> str:
    return f"{100 * n / largest:.2f}%" if largest else "0%"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
