"""Names that cannot be protected: too short, one common word, or a slogan.

A registry names bodies and people. If it could hold `freedom` or `stop the war`, everybody who writes those words would
seem to pose as somebody. The same goes for single common words: `news` belongs to nobody.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

MIN_LETTERS = 3
"""Letters and digits that a name needs; two where one character is a syllable or a word (Han, Kana, Hangul)."""
MAX_LETTERS = 200
"""A longer text is a sentence or a mistake in the export, not a name."""

_SYLLABIC = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_SLOGANS = (
    r"^#",                                                          # a hashtag
    r"^\S+\s+\S+\s+.*[!?！？]$",                                     # a shout or question of three words or more
    r"^(long live|down with|no to|yes to|stop the|end the|free the|death to|hands off|vote (for|against))\s",
    r"^make .* again$",
    r"^(viva|abajo|muera|no a|vote por|vota)\s",                    # Spanish, Portuguese
    r"^(vive (la|le|les)|à bas|non à|stop à|votez)\s",              # French
    r"^(es lebe|nieder mit|nein zu|stoppt|wählt)\s",                # German
    r"^(да здравствует|долой|нет|хватит)\s",                        # Russian
    r"^(хай живе|геть|ні)\s",                                       # Ukrainian
    r"^(يسقط|يحيا|عاش|لا ل)",                                       # Arabic
    r"^(打倒|抵制|反对|反對|支持)|(万岁|萬歲)$",                         # Chinese
)


@cache
def generic_words() -> frozenset[str]:
    """Single words, lower case, that are nobody's name. Read from `data/registries/generic_words.toml`."""
    text = resources.files("evenhand").joinpath("data/registries/generic_words.toml").read_text(encoding="utf-8")
    return frozenset(word for theme in tomllib.loads(text).values() for words in theme.values() for word in words)


def objections(names: pa.Array) -> pa.Array:
    """For each name, why it cannot be protected, lower case, or null where nothing speaks against it.

    >>> objections(pa.array(["Der Spiegel", "News", "EU", "Down with the ministry", "長島町"])).to_pylist()
    [None, 'is one common word', 'has fewer than 3 letters', 'is a slogan, not the name of a body or person', None]
    """
    folded = pc.utf8_lower(pc.utf8_trim_whitespace(names))
    n_letters = pc.utf8_length(pc.replace_substring_regex(folded, r"[^\p{L}\p{M}\p{N}]", ""))
    is_syllabic = pc.match_substring_regex(folded, _SYLLABIC)
    least = pc.if_else(is_syllabic, MIN_LETTERS - 1, MIN_LETTERS)
    is_generic = pc.is_in(folded, value_set=pa.array(sorted(generic_words()), pa.string()))
    return pc.case_when(
        pc.make_struct(pc.less(n_letters, least), is_generic, pc.match_substring_regex(folded, "|".join(_SLOGANS)),
                       pc.greater(n_letters, MAX_LETTERS)),
        pa.scalar(f"has fewer than {MIN_LETTERS} letters"),
        pa.scalar("is one common word"),
        pa.scalar("is a slogan, not the name of a body or person"),
        pa.scalar(f"has more than {MAX_LETTERS} letters"),
    )


HINT = "name the body or person in full, or by its domain"
"""The next step after an objection."""
