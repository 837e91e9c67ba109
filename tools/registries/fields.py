"""Fields of foreign sources: texts, addresses and handles as people typed them, made comparable."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import duckdb

from evenhand.connectors.registries.values import host_of

FRONT = re.compile(
    r"^/?$|^/(index|default|home|main)(\.\w+)?/?$|^/pages/(index|default)\.aspx$|^/[a-z]{2}(-[a-z]{2})?/?$",
    re.IGNORECASE)
"""Paths that still are the front of a site: none, an index page, a language."""
PLATFORM_HOSTS = frozenset((
    "facebook.com", "medium.com", "youtube.com", "twitter.com", "x.com", "instagram.com", "substack.com",
    "wordpress.com", "blogspot.com", "sites.google.com", "naver.com", "blog.naver.com", "blog.daum.net", "bitly.kr",
    "blog.me", "cafe.daum.net", "band.us", "tistory.com", "linktr.ee", "t.co", "github.com", "gitlab.com", "yelp.com",
    "meetup.com", "telegram.org", "linkedin.com", "reddit.com", "apple.com", "google.com", "goo.gl", "bit.ly"))
"""Hosts where everybody can have a page: the host proves nothing."""
NO_ACCOUNT = frozenset((
    "p", "pages", "people", "groups", "group.php", "profile.php", "photo.php", "home.php", "share.php", "sharer.php",
    "watch", "events", "none", "login", "hashtag", "home", "intent", "search", "share", "pg", "playlist", "sharer",
    "channel", "user", "public", "media", "notes", "story.php", "permalink.php", "dialog", "plugins", "nan", "null"))
"""First parts of a profile address that are not an account."""
_HANDLE = {
    "twitter": r"[A-Za-z0-9_]{1,20}", "instagram": r"[A-Za-z0-9_.]{1,30}", "github": r"[A-Za-z0-9-]{1,39}",
    "facebook": r"[^\s/?#&=%]{2,100}", "youtube": r"[\w.-]{2,100}", "telegram": r"[A-Za-z0-9_]{3,32}",
    "linkedin": r"[^\s/?#]{2,100}", "vk": r"[A-Za-z0-9_.]{2,60}", "weibo": r"[^\s/?#]{2,60}",
    "mastodon": r"[A-Za-z0-9_.-]+@[a-z0-9.-]+", "tiktok": r"[A-Za-z0-9_.]{2,40}",
}


def rows(path: str, order: str, *, as_is: bool = False) -> list[dict[str, str | None]]:
    """The rows of a CSV or Parquet file in the given order, every value as text.

    Unless `as_is`, white space is made even and an empty value is None.
    """
    source = f"read_csv('{path}', all_varchar=true)" if path.endswith(".csv") else f"read_parquet('{path}')"
    with duckdb.connect() as connection:
        found = connection.execute(f"select columns(*)::varchar from {source} order by {order}")
        names = [column[0] for column in found.description or ()]
        read = (lambda value: value) if as_is else squeezed
        return [{name: read(value) for name, value in zip(names, row, strict=True)} for row in found.fetchall()]


def squeezed(value: str | None) -> str | None:
    """The text with every run of white space (also the ideographic one) as one space, or None for nothing."""
    text = " ".join((value or "").replace("\x92", "’").split())
    return None if text.lower() in {"", "nan", "none"} else text


def host(url: str | None) -> str | None:
    """The host of an address without `www.`, or None where there is none."""
    try:
        return host_of(url) if url else None
    except ValueError:
        return None


def is_front(url: str) -> bool:
    """Whether an address is the front of its site."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:      # such as `http://[email protected]`
        return False
    return bool(FRONT.match(parts.path)) and not parts.query


def handle(platform: str, raw: str | None) -> str | None:
    """The account name in a handle or profile address, or None where it names no account.

    >>> handle("facebook", "profile.php?id=100085131802111"), handle("twitter", "mikebenedetto82?lang=en")
    ('100085131802111', 'mikebenedetto82')
    >>> handle("facebook", "groups/1722717411299460"), handle("twitter", "The Indian Express")
    (None, None)
    """
    if not raw:
        return None
    path, _, query = raw.strip().partition("?")
    path = re.sub(r"^https?://(www\.|m\.)?[^/]+/", "", path).strip("/")
    if path == "profile.php":
        path = parse_qs(query).get("id", [""])[0]
    parts = path.removeprefix("@").split("/")
    name = parts[1] if len(parts) > 1 and parts[0] in {"channel", "user", "c", "s", "pg"} else parts[0]
    name = name.removeprefix("@").lower() if platform == "mastodon" else name.removeprefix("@")
    if (len(parts) > 1 and parts[0] in NO_ACCOUNT - {"channel", "user", "pg"}) or name.lower() in NO_ACCOUNT:
        return None
    return name if re.fullmatch(_HANDLE.get(platform, r"\S{1,100}"), name) else None
