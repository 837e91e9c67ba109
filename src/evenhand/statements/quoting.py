"""Account text made safe to quote: what is hidden becomes visible, what is endless is cut, what reorders is fenced.

Names and posts are hostile input. An invisible letter, a direction override or a thousand stacked accents in a display
name must not change how the sentence around it reads. All ranges are written out, so that the result does not
depend on the Unicode tables of the Python that runs it (the plan's digest covers these sentences).
"""

from __future__ import annotations

import re
from itertools import groupby

MAX_SHOWN_CHARACTERS = 80
"""A quotation longer than this is cut and ends in “…”."""
_MAX_CODES = 3
"""Different hidden characters spelled out in one place; further ones become “…”."""

_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HIDDEN = (
    "\\x00-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
"""Controls, invisible and reordering characters, lone surrogates, private use."""
_LEGITIMATE = (
    "(?<=[\u0590-\u1cff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"  # joiners in Persian, Hindi, emoji
    "|(?<=[#*0-9\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]"  # text or emoji style
    "|(?<=[\u1800-\u18af])[\u180b-\u180d]"  # Mongolian letter forms
    "|(?<=[\u3400-\u9fff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"  # variants of Han characters in names
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007e]{1,6}\U000e007f"  # regional flags
)
_SUSPECT = re.compile(f"({_LEGITIMATE})|([{_HIDDEN}]+)|(?<=[{_MARKS}]{{3}})([{_MARKS}]+)")
_SPACES = re.compile(r"\s+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_QUOTES = str.maketrans("“”", "‘’")
_FENCES = ("\u2068", "\u2069")
_ENDS = frozenset(".!?…。؟।:")
_FENCE = re.compile("([\u2068\u2069])")


def neutral(text: str | None, *, limit: int = MAX_SHOWN_CHARACTERS) -> str:
    """`text` on one line, at most `limit` characters of it, with every hidden character spelled out as ‹U+200B›.

    Joiners and style selectors stay where a script or an emoji needs them. Double typographic quotes become single
    ones, so that a name cannot close the quotation it stands in. Empty for None.

    >>> neutral("Le\\u200bMonde\\u202e ”x“")
    'Le‹U+200B›Monde‹U+202E› ’x‘'
    """
    if not text:
        return ""
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text  # most names, and nothing in them to look for
    line = _SPACES.sub(" ", text).strip()
    if len(line) > limit:
        line = line[:limit].rstrip() + "…"
    return _SUSPECT.sub(_spelled_out, line).translate(_QUOTES)


def isolated(text: str, *, always: bool = False) -> str:
    """`text` fenced with U+2068 and U+2069 when it runs right to left, or `always`: it reorders nothing around it.

    >>> isolated("Spiegel")
    'Spiegel'
    >>> isolated("الجزيرة") == "\\u2068الجزيرة\\u2069"
    True
    """
    return f"\u2068{text}\u2069" if always or (not text.isascii() and _RIGHT_TO_LEFT.search(text)) else text


def visible(line: str) -> str:
    """`line` with every hidden character spelled out, terminal controls among them; nothing else is changed.

    The fences around right-to-left text stay when they are balanced: they keep it in its place.

    >>> visible("\x1b[31mred")
    '‹U+001B›[31mred'
    """
    if line.count("\u2068") != line.count("\u2069"):
        return _SUSPECT.sub(_spelled_out, line)
    return "".join(part if part in _FENCES else _SUSPECT.sub(_spelled_out, part) for part in _FENCE.split(line))


def sentence(text: str | None) -> str:
    """A sentence composed earlier: capital letter, full stop, hidden characters spelled out.

    Its quotation marks stay as they are.

    >>> sentence("its bio says “parody”\u202e")
    'Its bio says “parody”‹U+202E›.'
    """
    line = visible(_SPACES.sub(" ", text or "").strip())
    if line and line[-1] not in _ENDS:
        line += "."
    return line[:1].upper() + line[1:]


def _spelled_out(match: re.Match[str]) -> str:
    if match[1] is not None:
        return match[1]
    runs = [(character, len(list(run))) for character, run in groupby(match[2] or match[3])]
    codes = [f"U+{ord(character):04X}" + (f" ×{n}" if n > 1 else "") for character, n in runs[:_MAX_CODES]]
    return "‹" + " ".join(codes) + (" …" if len(runs) > _MAX_CODES else "") + "›"
