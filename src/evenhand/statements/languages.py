"""Which language a person is told in: their own where there are words for it, otherwise a fallback that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from evenhand.statements.messages import Messages

_NO_LANGUAGE = frozenset({"", "und", "mul", "zxx"})
"""Tags that name no language: none, undetermined, several, no words at all (ISO 639-2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The messages of every language that there is."""

    fallback: Messages
    """For readers whose language is unknown or has no messages."""
    by_tag: Mapping[str, Messages] = field(default_factory=lambda: MappingProxyType({}))
    """By the first part of the BCP 47 tag, in lower case."""

    def for_reader(self, tag: str | None) -> Messages:
        """The messages for an account whose language is `tag`; the fallback where there are none."""
        return self.by_tag.get(primary(tag), self.fallback)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled with its messages in a plain mapping."""
        return _restored, (self.fallback, dict(self.by_tag))


def primary(tag: str | None) -> str:
    """The language of a BCP 47 tag, without region or script; empty for None.

    >>> primary("pt-BR"), primary("zh_Hant"), primary(None)
    ('pt', 'zh', '')
    """
    return (tag or "").replace("_", "-").partition("-")[0].lower()


def fallback_note(messages: Messages, *, reader: str | None) -> str:
    """The sentence that says that there are no words in the reader's language; empty where there is nothing to say."""
    wanted = primary(reader)
    if wanted in _NO_LANGUAGE or wanted == primary(messages.language):
        return ""
    return messages.say("phrase.fallback", language=messages.language_name(wanted))


def _restored(fallback: Messages, by_tag: dict[str, Messages]) -> Languages:
    """Languages from a pickle."""
    return Languages(fallback=fallback, by_tag=MappingProxyType(by_tag))
