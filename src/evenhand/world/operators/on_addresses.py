"""Operators on addresses: look-alike domains, as typosquatters and combosquatters register them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.world.chance import Numbers, below
from evenhand.world.operators.on_letters import KEYS, LEET, Bend, double_letter, drop_letter, one_as_many, one_of, swap_letters
from evenhand.world.operators.on_words import ENDINGS

ENDS = ("co", "info", "net", "online", "site", "news", "live", "press", "top", "xyz", "click", "org", "world", "today", "cc")
HOSTS = ("breaking-alert.com", "article-read.net", "story-24.info", "index-news.top", "m-portal.site", "cdn-press.online")
"""Hosts under which a brand's whole domain is put as a subdomain."""
CLOSED = r"^(gov|mil|edu|int)$"
PARTS = r"^(.+)\.([a-z0-9-]+)$"


def _name(domains: pa.StringArray) -> pa.StringArray:
    """All before the last full stop."""
    return pc.replace_substring_regex(domains, PARTS, r"\1")


def _end(domains: pa.StringArray) -> pa.StringArray:
    """What follows it; ends that nobody but a body of state can register become one that anybody can."""
    return pc.replace_substring_regex(pc.replace_substring_regex(domains, PARTS, r"\2"), CLOSED, "org")


def _joined(*parts: pa.StringArray | str) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _pick(draws: Numbers, options: tuple[str, ...]) -> pa.StringArray:
    return pa.array(options, pa.string()).take(pa.array(below(draws, len(options))))


def _on_name(bend: Bend) -> Bend:
    """An operator on the part before the last full stop."""

    def bent(domains: pa.StringArray, draws: Numbers, words: pa.StringArray) -> pa.StringArray:
        changed = pc.utf8_lower(bend(_name(domains), draws, words))
        return _joined(pc.replace_substring_regex(changed, r"(^[-.]+|[-.]+$)", ""), ".", _end(domains))

    return bent


def other_end(domains: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The same name under another top-level domain."""
    return _joined(_name(domains), ".", _pick(draws, ENDS))


def address_word_after(domains: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The name goes on with a hyphen and a word."""
    return _joined(_name(domains), "-", _pick(draws, ENDINGS), ".", _end(domains))


def address_word_before(domains: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A word stands before the name, run together with it."""
    return _joined(_pick(draws, ENDINGS), _name(domains), ".", _pick(draws, ENDS))


def as_subdomain(domains: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The whole domain stands as a subdomain of another."""
    return _joined(domains, ".", _pick(draws, HOSTS))


def end_in_name(domains: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """The full stop has become a hyphen: `example-com.site`."""
    return _joined(pc.replace_substring(domains, ".", "-"), ".", _pick(draws, ENDS))


def hyphen_out(domains: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """Hyphens are left out."""
    return pc.replace_substring(domains, "-", "")


ADDRESS = {
    "address_other_end": other_end, "address_word_after": address_word_after, "address_word_before": address_word_before,
    "address_as_subdomain": as_subdomain, "address_end_in_name": end_in_name, "address_hyphen_out": hyphen_out,
    "address_drop_letter": _on_name(drop_letter), "address_double_letter": _on_name(double_letter),
    "address_swap_letters": _on_name(swap_letters), "address_leet": _on_name(one_of(LEET)), "address_rn": _on_name(one_as_many),
    "address_neighbour_key": _on_name(one_of(KEYS)),
    "address_capital_i": _on_name(one_of({ord("i"): ord("l"), ord("l"): ord("i")})),
}
