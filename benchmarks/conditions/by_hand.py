"""The thirty rules as an engineer would write them in Python: one function each, over an event with lowered texts.

`Event` holds each text in lower case, made once for all functions; a text that is not known is empty.
"""

# ruff: noqa: PLR2004 - the rules' own numbers stand in them, as they would

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from conditions import rules as r

Event = Mapping[str, Any]
Contains = Callable[[str], Any]
LOWERED = ("text", "bio", "display_name", "handle", "website")


def lowered(event: Event) -> dict[str, Any]:
    """The event with its texts in lower case."""
    ready = dict(event)
    for name in LOWERED:
        text = ready[name]
        ready[name] = "" if text is None else text.lower()
    return ready


def one_by_one(pieces: tuple[str, ...]) -> Contains:
    """Looks for each piece with `in`, until one is found."""
    def contains(text: str) -> bool:
        for piece in pieces:  # noqa: SIM110 - quicker than any() with a generator
            if piece in text:
                return True
        return False
    return contains


def by_regex(pieces: tuple[str, ...]) -> Contains:
    """Looks for all pieces with one regular expression, compiled once."""
    return re.compile("|".join(map(re.escape, pieces))).search


def functions(any_of: Callable[[tuple[str, ...]], Contains], words: r.Words) -> tuple[Callable[[Event], bool], ...]:
    """The thirty functions, with `any_of` for lists of pieces."""
    gift, profit, wallet, contact = any_of(words.gift), any_of(words.profit), any_of(words.wallet), any_of(words.contact)
    bait, trends, short_links, advice = any_of(r.BAIT), any_of(r.TRENDS), any_of(r.SHORT_LINKS), any_of(r.ADVICE)
    loans, jobs, fake, followers = any_of(r.LOANS), any_of(r.JOBS), any_of(r.FAKE), any_of(r.FOLLOWERS)
    romance, synthetic, credential, media = any_of(r.ROMANCE), any_of(r.SYNTHETIC), any_of(r.CREDENTIAL), any_of(r.MEDIA)
    money, some_gift = any_of(words.profit + words.gift[:4]), any_of(words.gift[:6])
    advert = any_of(("#ad", "реклама", "#werbung", "广告"))
    desk = any_of(("support", "helpdesk", "official", "admin", "客服", "поддержка"))
    endings, growth = any_of((".top/", ".xyz/", ".click/", ".zip/")), any_of(r.FOLLOWERS + r.BAIT)
    health = any_of(r.ADVICE + r.CREDENTIAL)
    return (
        lambda e: e["n_links"] >= 1 and bool(gift(e["text"])),
        lambda e: bool(profit(e["text"])) and (e["n_links"] >= 1 or bool(contact(e["text"]))),
        lambda e: bool(wallet(e["text"])),
        lambda e: bool(contact(e["text"])) and bool(money(e["text"])),
        lambda e: e["shares"] > 50 and bool(bait(e["text"])),
        lambda e: e["n_links"] >= 2 and e["sponsored"] is False and bool(trends(e["text"])),
        lambda e: e["views"] > 1000 and bool(short_links(e["text"])),
        lambda e: e["views"] > 5000 and bool(advice(e["text"])),
        lambda e: bool(loans(e["text"])),
        lambda e: bool(jobs(e["text"])) and bool(contact(e["text"])),
        lambda e: e["sponsored"] is False and bool(fake(e["text"])),
        lambda e: bool(followers(e["text"])),
        lambda e: e["n_links"] >= 1 and bool(romance(e["text"])),
        lambda e: e["sponsored"] is False and bool(synthetic(e["text"])),
        lambda e: e["n_links"] > 4 and e["shares"] < 2,
        lambda e: e["shares"] > 10 * e["views"],
        lambda e: e["shares"] > 20 and e["text"].startswith("https://"),
        lambda e: e["n_links"] >= 1 and e["text"].endswith("!!!"),
        lambda e: e["views"] > 100_000 and e["sponsored"] is True and bool(advert(e["text"])),
        lambda e: e["shares"] >= 5 and e["platform"] in ("bluesky", "mastodon") and bool(some_gift(e["text"])),
        lambda e: e["verified"] is False and bool(credential(e["bio"])),
        lambda e: e["verified"] is False and e["age_days"] < 90 and bool(media(e["bio"])),
        lambda e: e["followers"] < 100 and e["following"] > 1000 and bool(contact(e["bio"])),
        lambda e: e["verified"] is False and bool(desk(e["display_name"])),
        lambda e: e["verified"] is False and e["handle"].endswith("_official"),
        lambda e: e["age_days"] < 30 and e["following"] > 20 * e["followers"],
        lambda e: e["website"].startswith("http://") and bool(endings(e["website"])),
        lambda e: e["monetised"] is True and bool(health(e["text"])),
        lambda e: e["age_days"] < 7 and e["n_links"] >= 1 and bool(gift(e["text"]) or wallet(e["text"])),
        lambda e: e["followers"] > 10_000 and bool(growth(e["bio"])),
    )
