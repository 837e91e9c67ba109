"""Operators on words: added, left out, turned round, shortened, run together, decorated."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.world.chance import Numbers, below

DECORATIONS = ("✅", "✔️", "☑️", "🔵", "🛡️", "⭐", "📰", "📺", "🇺🇳", "🏛️", "™", "®", "🔴 LIVE", "ⓥ", "│", "24/7")
BRACKETS = ("【{}】", "[{}]", "« {} »", "★ {} ★", "「{}」", "|| {} ||", "~{}~")
ENDINGS = ("official", "hq", "news", "live", "tv", "online", "real", "team", "help", "desk", "info", "press", "world",
           "media", "daily", "support", "page", "intl", "now", "channel")
"""Words that are added to handles whatever the language."""
PREFIXES = ("real", "the", "official", "its", "team", "we_are_", "news_", "live_", "get", "my")
NO_ARTICLE = r"^(the|la|le|el|los|les|die|der|das|o|il) "


def _joined(*parts: pa.StringArray | str) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _pick(draws: Numbers, options: tuple[str, ...]) -> pa.StringArray:
    return pa.array(options, pa.string()).take(pa.array(below(draws, len(options))))


def word_after(given: pa.StringArray, _draws: Numbers, words: pa.StringArray) -> pa.StringArray:
    """A word such as "official" follows, in the account's language."""
    return _joined(given, " ", words)


def word_before(given: pa.StringArray, _draws: Numbers, words: pa.StringArray) -> pa.StringArray:
    """Such a word stands before it."""
    return _joined(words, " ", given)


def word_in_brackets(given: pa.StringArray, _draws: Numbers, words: pa.StringArray) -> pa.StringArray:
    """Such a word follows in brackets."""
    return _joined(given, " (", words, ")")


def word_after_bar(given: pa.StringArray, _draws: Numbers, words: pa.StringArray) -> pa.StringArray:
    """Such a word follows after a bar."""
    return _joined(given, " | ", words)


def decorated(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A check mark, flag or other picture follows."""
    return _joined(given, " ", _pick(draws, DECORATIONS))


def framed(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The name stands in ornamental brackets."""
    before = tuple(frame.partition("{}")[0] for frame in BRACKETS)
    after = tuple(frame.partition("{}")[2] for frame in BRACKETS)
    return _joined(_pick(draws, before), given, _pick(draws, after))


def turned_round(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The last word comes first."""
    return pc.replace_substring_regex(given, r"^(.+) (\S+)$", r"\2 \1")


def without_article(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The article is left out."""
    return pc.replace_substring_regex(given, "(?i)" + NO_ARTICLE, "")


def without_last_word(given: pa.StringArray, _draws: Numbers, words: pa.StringArray) -> pa.StringArray:
    """The last of three or more words is replaced by a word such as "official"."""
    cut = pc.replace_substring_regex(given, r"^(\S+ \S+.*) (\S+)$", r"\1")
    return pc.if_else(pc.equal(cut, given), given, _joined(cut, " ", words))


def run_together(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The words are written without spaces."""
    return pc.replace_substring(given, " ", "")


def hyphenated(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The words are joined with hyphens."""
    return pc.replace_substring(given, " ", "-")


def shouted(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """All in capitals with a full stop after it."""
    return _joined(pc.utf8_upper(given), ".")


def plural(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A Latin name ends in one more `s`."""
    return pc.replace_substring_regex(given, r"([a-rt-z])$", r"\1s")


def ampersand(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """`and`, `of` and their like are written as signs or left out."""
    for word, sign in ((" and ", " & "), (" of ", " "), (" et ", " & "), (" de ", " "), (" und ", " & "), (" y ", " & ")):
        given = pc.replace_substring(given, word, sign)
    return given


def abbreviated(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """Long words that names of bodies share are shortened."""
    for word, short in SHORTENED:
        given = pc.replace_substring(given, word, short)
    return given


SHORTENED = (
    ("Department", "Dept"), ("National", "Natl"), ("Administration", "Admin"), ("Government", "Govt"),
    ("International", "Intl"),
    ("University", "Univ"), ("Ministry", "Min."), ("Commission", "Comm."), ("Association", "Assoc."), ("Institute", "Inst."),
    ("County", "Co."), ("City of", "Cty"), ("Township", "Twp"), ("United States", "U.S."), ("Министерство", "Мин."),
    ("Ministerio", "Min."), ("Instituto", "Inst."), ("Nacional", "Nac."), ("Saint", "St"), ("Tribune", "Trib"),
    ("Times", "Tms"),
    ("Journal", "Jrnl"), ("Weekly", "Wkly"))


def year(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A year or a number follows."""
    return _joined(given, " ", _pick(draws, ("2024", "2025", "2026", "24", "7", "1", "II", "2.0")))


def handle_word_after(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A handle goes on with a word such as `official`."""
    return _joined(given, _pick(draws >> np.uint64(3), ("", "_", "")), _pick(draws, ENDINGS))


def handle_word_before(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A handle begins with a word such as `real`."""
    return _joined(_pick(draws, PREFIXES), given)


def handle_digits(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A handle ends in digits."""
    digits = pc.cast(pa.array(1 + below(draws, 9_999)), pa.string())
    return _joined(given, digits)


def handle_under(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A handle has underscores at its ends."""
    return _joined(_pick(draws, ("", "_", "__", "x")), given, _pick(draws, ("_", "", "_", "x")))


COUNTRIES = ("us", "uk", "fr", "de", "es", "br", "mx", "in", "ru", "ua", "tr", "id", "jp", "eu")


def handle_country(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A handle ends in a country's or language's letters."""
    return _joined(given, "_", _pick(draws, COUNTRIES))


NAME_WORDS = {
    "word_after": word_after, "word_before": word_before, "word_in_brackets": word_in_brackets,
    "word_after_bar": word_after_bar,
    "decorated": decorated, "framed": framed, "turned_round": turned_round, "without_article": without_article,
    "without_last_word": without_last_word, "run_together": run_together, "hyphenated": hyphenated, "shouted": shouted,
    "plural": plural, "ampersand": ampersand, "abbreviated": abbreviated, "year": year,
}
HANDLE_WORDS = {
    "handle_word_after": handle_word_after, "handle_word_before": handle_word_before, "handle_digits": handle_digits,
    "handle_under": handle_under, "handle_country": handle_country,
}
