"""The swap test: the same case with its sides exchanged. A neutral policy decides both alike."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from evenhand.model.policy import SwapPair
from evenhand.model.policy_case import CaseAccount, CasePost, PolicyCase

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, kana and Han write without spaces: there a word may stand anywhere."""
_ADDRESS = r"(?:https?://|www\.)\S+|[@#]\w+"
"""Links, handles and tags are somebody's address: nothing in them is exchanged."""
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
"""Korean adds particles to the end of a word: there only its start must be free."""


def read_sides(text: str) -> tuple[SwapPair, ...]:
    """The pairs in a `sides.toml`, in its order. Raises `ValueError` when it is not such a file.

    >>> read_sides('[[pair]]\\nname = "power"\\nwords = [["government", "opposition"]]')[0].words
    (('government', 'opposition'),)
    """
    return tuple(SwapPair(name=pair["name"], words=tuple((one, other) for one, other in pair["words"]))
                 for pair in tomllib.loads(text)["pair"])


def swapped(case: PolicyCase, sides: tuple[SwapPair, ...]) -> tuple[PolicyCase, ...]:
    """The case once for each pair that occurs in it, with that pair's words exchanged; none when it is not to swap.

    Words change in the display name, the bio, the posts' texts and what is said in media; handles and links are somebody's
    address and stay.
    """
    if not case.swaps:
        return ()
    made = ((pair, _exchanged(case, pair)) for pair in sides)
    return tuple(replace(other, name=f"{case.name}, with {pair.name} exchanged") for pair, other in made if other != case)


def _exchanged(case: PolicyCase, pair: SwapPair) -> PolicyCase:
    return replace(
        case, account=_account(case.account, pair), posts=_posts(case.posts, pair),
        media=tuple(replace(one, text=_optional(one.text, pair)) for one in case.media),
        others=tuple(replace(other, account=_account(other.account, pair), posts=_posts(other.posts, pair))
                     for other in case.others))


def _account(account: CaseAccount, pair: SwapPair) -> CaseAccount:
    return replace(account, display_name=_optional(account.display_name, pair), bio=_optional(account.bio, pair))


def _posts(posts: tuple[CasePost, ...], pair: SwapPair) -> tuple[CasePost, ...]:
    return tuple(replace(post, text=exchange(post.text, pair)) for post in posts)


def _optional(text: str | None, pair: SwapPair) -> str | None:
    return None if text is None else exchange(text, pair)


def exchange(text: str, pair: SwapPair) -> str:
    """`text` with every word of one side replaced by its counterpart, whole words only, in the same case.

    >>> power = SwapPair(name="power", words=(("government", "opposition"),))
    >>> exchange("The GOVERNMENT said, the Opposition asked; governmental", power)
    'The OPPOSITION said, the Government asked; governmental'
    """
    pattern, counterparts = _table(pair)

    def counterpart(match: re.Match[str]) -> str:
        word = counterparts.get(match[0].casefold())
        if word is None or not _is_whole(text, match.start(), match.end()):
            return match[0]
        return _in_case_of(match[0], word)

    return pattern.sub(counterpart, text)


@lru_cache(maxsize=64)
def _table(pair: SwapPair) -> tuple[re.Pattern[str], dict[str, str]]:
    counterparts: dict[str, str] = {}
    for one, other in pair.words:
        counterparts.setdefault(one.casefold(), other)
        counterparts.setdefault(other.casefold(), one)
    longest_first = sorted(counterparts, key=lambda word: (-len(word), word))
    return re.compile("|".join([_ADDRESS, *map(re.escape, longest_first)]), re.IGNORECASE), counterparts


def _is_whole(text: str, start: int, end: int) -> bool:
    """True when no letter continues the word on either side, as far as its script writes spaces."""
    if _UNSPACED.search(text[start:end]):
        return True
    is_free_before = start == 0 or not _continues(text[start - 1])
    return is_free_before and (end == len(text) or not _continues(text[end]) or bool(_HANGUL.search(text[start:end])))


def _continues(sign: str) -> bool:
    """True for letters, digits and the marks that belong to letters."""
    return unicodedata.category(sign)[0] in "LNM"


def _in_case_of(model: str, word: str) -> str:
    """`word` in capitals, with a capital, or as it is listed: like `model`."""
    style: Callable[[str], str] = str
    if model.isupper() and len(model) > 1:
        style = str.upper
    elif model[:1].isupper():
        style = _capital
    elif model.islower():
        style = str.lower
    return style(word)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
