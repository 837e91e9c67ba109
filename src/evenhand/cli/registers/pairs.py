"""Options that come as pairs, such as `--column OURS=THEIRS`."""

from __future__ import annotations

from evenhand.errors import ConfigError, Problem


def pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    """The pairs by their left sides. Raises `ConfigError` for every text that is none."""
    parted = [text.partition("=") for text in given]
    if problems := [Problem(what=f"`--{option} {text}` is not a pair", hint=f"write `--{option} NAME=VALUE`")
                    for text, (name, equals, value) in zip(given, parted, strict=True) if not (name and equals and value)]:
        raise ConfigError(problems)
    return {name: value for name, _, value in parted}
