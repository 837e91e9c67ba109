"""Thirty policy conditions of a scam and spam pack, as clauses that every engine's own language can say.

The first twenty are about posts alone and are those of the bulk part.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class AnyOf:
    """Any of the pieces stands in the text, whatever their case."""

    column: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """The text starts (or ends) with the piece, whatever its case."""

    column: str
    piece: str
    is_start: bool


@dataclass(frozen=True)
class Number:
    """A column compared with a number."""

    column: str
    operator: str
    value: float


@dataclass(frozen=True)
class Times:
    """A column more than so many times another."""

    column: str
    factor: int
    other: str


@dataclass(frozen=True)
class Fact:
    """A yes/no column."""

    column: str
    is_true: bool


@dataclass(frozen=True)
class OneOf:
    """A text equal to one of the values."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Either:
    """One of the clauses."""

    clauses: tuple[Clause, ...]


Clause = AnyOf | Edge | Number | Times | Fact | OneOf | Either
Rule = tuple[Clause, ...]
"""All of the clauses."""

_GIFT = ("giveaway", "free nitro", "airdrop", "claim your reward", "you have won", "sorteo", "has ganado", "gewinnspiel",
        "vous avez gagné", "вы выиграли", "раздача", "空投", "免费领取", "當選しました", "당첨되셨습니다", "لقد ربحت")
_PROFIT = ("guaranteed profit", "risk free", "passive income", "double your", "daily returns", "ganancias garantizadas",
          "garantierte gewinne", "гарантированный доход", "пассивный доход", "稳赚不赔", "必ず儲かる", "수익 보장")
_WALLET = ("connect your wallet", "seed phrase", "recovery phrase", "private key", "validate your wallet", "frase semilla",
          "wiederherstellungsphrase", "сид-фраза", "助记词")
_CONTACT = ("dm me", "whatsapp", "telegram", "t.me/", "wa.me/", "add me on", "escríbeme", "schreib mir", "пиши в лс", "私信我",
           "카톡", "راسلني")
BAIT = ("link in bio", "follow back", "like and share", "tag a friend", "retweet to win", "sub4sub", "siguemeytesigo",
        "взаимная подписка", "互粉")
TRENDS = ("#breaking", "#viral", "#fyp", "#trending", "#foryou", "#parati", "#рек", "#热门")
SHORT_LINKS = ("bit.ly/", "tinyurl.com/", "t.co/", "is.gd/", "cutt.ly/", "rb.gy/", "goo.su/")
CREDENTIAL = ("licensed therapist", "certified advisor", "board certified", "doctor of", "dr. med", "médico certificado",
              "дипломированный", "执业医师", "国家认证")
ADVICE = ("stop taking your", "cure for", "dosage", "instead of chemo", "detox protocol", "cura para", "heilt", "лечит рак",
          "根治", "包治")
MEDIA = ("breaking news", "news network", "daily news", "official channel", "noticias", "nachrichten", "новости", "新闻",
         "ニュース", "뉴스")
SYNTHETIC = ("ai anchor", "ai presenter", "virtual anchor", "digital human", "ki-moderator", "虚拟主播", "数字人", "ai主播")
LOANS = ("instant loan", "no credit check", "cash advance", "préstamo rápido", "sofortkredit", "займ без отказа", "秒批贷款")
JOBS = ("work from home", "no experience needed", "earn per day", "trabaja desde casa", "nebenjob", "удалённая работа",
        "日结", "재택 알바")
FAKE = ("replica watches", "aaa quality", "1:1 copy", "réplica", "高仿", "レプリカ")
FOLLOWERS = ("buy followers", "cheap followers", "get followers", "comprar seguidores", "накрутка", "买粉")
ROMANCE = ("lonely tonight", "sugar daddy", "sugar baby", "meet singles", "citas hoy", "знакомства", "约会")

@dataclass(frozen=True)
class Words:
    """The four long lists."""

    gift: tuple[str, ...]
    profit: tuple[str, ...]
    wallet: tuple[str, ...]
    contact: tuple[str, ...]

    @classmethod
    def shipped(cls) -> Words:
        """The lists of the shipped lexicon of lures, in sixteen languages, as a pack for many languages has them."""
        text = (resources.files("evenhand") / "data" / "lexicons" / "lures.toml").read_text(encoding="utf-8")
        groups = {group["name"]: tuple(phrase for phrases in group["phrases"].values() for phrase in phrases)
                  for group in tomllib.loads(text)["group"]}
        return cls(gift=groups["gift"], profit=groups["profit"], wallet=groups["credential"],
                   contact=groups["contact"] + _CONTACT)

    @classmethod
    def short(cls) -> Words:
        """Lists of a dozen, as a pack for few languages has them."""
        return cls(gift=_GIFT, profit=_PROFIT, wallet=_WALLET, contact=_CONTACT)


def _quickest_first(rule: Rule) -> Rule:
    """Texts last: each engine that stops at the first clause that fails is the quicker for it."""
    return tuple(sorted(rule, key=lambda clause: isinstance(clause, AnyOf | Either)))


def rules(words: Words) -> tuple[Rule, ...]:
    """The thirty rules with these lists."""
    return tuple(map(_quickest_first, (
        (AnyOf("text", words.gift), Number("n_links", ">=", 1)),
        (AnyOf("text", words.profit), Either((AnyOf("text", words.contact), Number("n_links", ">=", 1)))),
        (AnyOf("text", words.wallet),),
        (AnyOf("text", words.contact), AnyOf("text", words.profit + words.gift[:4])),
        (AnyOf("text", BAIT), Number("shares", ">", 50)),
        (AnyOf("text", TRENDS), Number("n_links", ">=", 2), Fact("sponsored", is_true=False)),
        (AnyOf("text", SHORT_LINKS), Number("views", ">", 1000)),
        (AnyOf("text", ADVICE), Number("views", ">", 5000)),
        (AnyOf("text", LOANS),),
        (AnyOf("text", JOBS), AnyOf("text", words.contact)),
        (AnyOf("text", FAKE), Fact("sponsored", is_true=False)),
        (AnyOf("text", FOLLOWERS),),
        (AnyOf("text", ROMANCE), Number("n_links", ">=", 1)),
        (AnyOf("text", SYNTHETIC), Fact("sponsored", is_true=False)),
        (Number("n_links", ">", 4), Number("shares", "<", 2)),
        (Times("shares", 10, "views"),),
        (Edge("text", "https://", is_start=True), Number("shares", ">", 20)),
        (Edge("text", "!!!", is_start=False), Number("n_links", ">=", 1)),
        (Number("views", ">", 100_000), Fact("sponsored", is_true=True), AnyOf("text", ("#ad", "реклама", "#werbung", "广告"))),
        (OneOf("platform", ("bluesky", "mastodon")), AnyOf("text", words.gift[:6]), Number("shares", ">=", 5)),
        (AnyOf("bio", CREDENTIAL), Fact("verified", is_true=False)),
        (AnyOf("bio", MEDIA), Fact("verified", is_true=False), Number("age_days", "<", 90)),
        (AnyOf("bio", words.contact), Number("followers", "<", 100), Number("following", ">", 1000)),
        (AnyOf("display_name", ("support", "helpdesk", "official", "admin", "客服", "поддержка")),
         Fact("verified", is_true=False)),
        (Edge("handle", "_official", is_start=False), Fact("verified", is_true=False)),
        (Times("following", 20, "followers"), Number("age_days", "<", 30)),
        (Edge("website", "http://", is_start=True), AnyOf("website", (".top/", ".xyz/", ".click/", ".zip/"))),
        (Fact("monetised", is_true=True), AnyOf("text", ADVICE + CREDENTIAL)),
        (Number("age_days", "<", 7), Number("n_links", ">=", 1), Either((AnyOf("text", words.gift),
         AnyOf("text", words.wallet)))),
        (AnyOf("bio", FOLLOWERS + BAIT), Number("followers", ">", 10_000)),
    )))


N_BULK = 20
