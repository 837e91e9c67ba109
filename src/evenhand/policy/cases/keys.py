"""The keys of a policy's cases: accounts, posts, media, who else is there, and what fact-checkers have published.

Declared once, as in `keys`: the reader checks against these lists, and the reference page is made from them.
"""

from __future__ import annotations

from evenhand.model.registry import CredentialStatus
from evenhand.policy.keys import COUNTRY, LANGUAGE, Key, Kind

_FOLLOW_KEYS = (
    Key(name="follows", kind=Kind.TEXTS, is_required=False, example='["the_shop"]',
        sentence="the handles it follows, of accounts in the case or elsewhere"),
    Key(name="followed_at", kind=Kind.TIME, is_required=False, example="2026-10-01",
        sentence="when it begins to follow them: the first at this time, the next a day later, and so on"),
)

CASE_KEYS = (
    Key(name="name", kind=Kind.TEXT, sentence="what the case shows", example='"one-letter twin of a newspaper"'),
    Key(name="account", kind=Kind.TABLE, sentence="the account, with the snapshot's columns",
        example='{ handle = "theguardlan", display_name = "The Guardlan" }'),
    Key(name="posts", kind=Kind.TABLES, is_required=False, sentence="its posts, with the snapshot's columns",
        example='[{ text = "…", links = ["https://…"] }]'),
    Key(name="media", kind=Kind.TABLES, is_required=False, sentence="its media files, with the snapshot's columns",
        example='[{ post = 1, kind = "video", digital_source_type = "trainedAlgorithmicMedia" }]'),
    Key(name="credentials", kind=Kind.TABLES, is_required=False, sentence="what the register of credentials says of it",
        example='[{ profession = "notary", status = "verified" }]'),
    Key(name="topics", kind=Kind.TABLES, is_required=False, sentence="what many on the platform took up, and when",
        example='[{ topic = "finale", began_at = 2026-10-01, ended_at = 2026-10-03 }]'),
    *_FOLLOW_KEYS,
    Key(name="others", kind=Kind.TABLES, is_required=False, sentence="further accounts on the platform, kind by kind",
        example='[{ copies = 6, account = { handle = "nora_{n}" }, seconds_apart = 4 }]'),
    Key(name="expect", kind=Kind.TEXT, sentence="`finding`, `spared:` and a guard, or `nothing`",
        example='"spared:disclosure"'),
    Key(name="swap", kind=Kind.YES_NO, is_required=False, example="false",
        sentence="false when swapping sides would change who is named; true unless said"),
)

ACCOUNT_KEYS = (
    Key(name="handle", kind=Kind.TEXT, sentence="the name in its address", example='"theguardlan"'),
    *(Key(name=name, kind=Kind.TEXT, is_required=False, sentence=sentence, example='"…"') for name, sentence in (
        ("display_name", "the name it shows"), ("bio", "what it says about itself"),
        ("website", "the web address in the profile"), ("platform", "the platform it is on"))),
    Key(name="language", kind=Kind.TEXT, form=LANGUAGE, is_required=False, sentence="its language", example='"en"'),
    Key(name="country", kind=Kind.TEXT, form=COUNTRY, is_required=False, sentence="its country", example='"IE"'),
    Key(name="created_at", kind=Kind.TIME, is_required=False, sentence="when it was opened", example="2026-10-01"),
    *(Key(name=name, kind=Kind.NUMBER, low=0, is_required=False, sentence=sentence, example="120")
      for name, sentence in (("followers", "accounts that follow it"), ("following", "accounts it follows"))),
    *(Key(name=name, kind=Kind.YES_NO, is_required=False, sentence=sentence, example="false") for name, sentence in (
        ("verified", "the platform has verified who it is"), ("monetised", "it earns money on the platform"))),
    Key(name="previous_names", kind=Kind.TEXTS, is_required=False, sentence="names it had before", example='["Cat pictures"]'),
)

POST_KEYS = (
    Key(name="text", kind=Kind.TEXT, sentence="its text", example='"…"'),
    Key(name="links", kind=Kind.TEXTS, is_required=False, sentence="its links", example='["https://example.org"]'),
    Key(name="leads_to", kind=Kind.TEXTS, is_required=False, example='["https://a.example", "https://b.example"]',
        sentence="every address on the way from its first link, or from the code in its picture"),
    Key(name="language", kind=Kind.TEXT, form=LANGUAGE, is_required=False, sentence="its language", example='"en"'),
    Key(name="created_at", kind=Kind.TIME, is_required=False, sentence="when it was published", example="2026-10-01"),
    *(Key(name=name, kind=Kind.NUMBER, low=0, is_required=False, sentence=sentence, example="12")
      for name, sentence in (("shares", "how often it was shared"), ("views", "how often it was seen"))),
    Key(name="sponsored", kind=Kind.YES_NO, is_required=False, sentence="declared as paid for", example="true"),
)

CREDENTIAL_KEYS = (
    Key(name="profession", kind=Kind.TEXT, sentence="what it is a qualification for", example='"notary"'),
    Key(name="status", kind=Kind.TEXT, sentence="what the issuer says of it", example='"verified"',
        choices=tuple(CredentialStatus)),
    Key(name="expires_at", kind=Kind.TIME, is_required=False, sentence="when it expires", example="2027-10-01"),
)

TOPIC_KEYS = (
    Key(name="topic", kind=Kind.TEXT, sentence="the hashtag, lower case, without its sign", example='"finale"'),
    Key(name="began_at", kind=Kind.TIME, sentence="when many took it up", example="2026-10-01"),
    Key(name="ended_at", kind=Kind.TIME, sentence="when they no longer did", example="2026-10-03"),
)

FACT_CHECK_KEYS = (
    Key(name="claim", kind=Kind.TEXT, sentence="the claim that was checked", example='"The moon is made of cheese."'),
    Key(name="publisher", kind=Kind.TEXT, sentence="who checked it", example='"Example Facts"'),
    Key(name="publisher_site", kind=Kind.TEXT, sentence="the publisher's domain", example='"facts.example"'),
    Key(name="rating", kind=Kind.TEXT, sentence="the publisher's words for the outcome", example='"Mostly false"'),
    Key(name="language", kind=Kind.TEXT, form=LANGUAGE, is_required=False, sentence="its language", example='"en"'),
    Key(name="published_at", kind=Kind.TIME, is_required=False, sentence="when it was published", example="2026-02-01"),
    Key(name="state_affiliated", kind=Kind.YES_NO, is_required=False, sentence="the publisher belongs to a state",
        example="false"),
)

MEDIA_KEYS = (
    Key(name="post", kind=Kind.NUMBER, low=1, is_required=False, example="1",
        sentence="the number of its post, from 1; without it the file is the profile picture"),
    *(Key(name=name, kind=Kind.TEXT, is_required=False, sentence=sentence, example=f'"{example}"')
      for name, sentence, example in (
        ("kind", "what it is", "video"), ("path", "where it stands", "a.jpg"), ("pdq", "its fingerprint", "f8f8…"),
        ("text", "what is written or said in it", "…"), ("digital_source_type", "the IPTC term", "trainedAlgorithmicMedia"),
        ("provenance", "what its manifest is worth", "intact"), ("ai_mark", "where it says that a model made it", "c2pa"),
        ("generator", "the program that it names", "…"))),
    Key(name="pdq_quality", kind=Kind.NUMBER, low=0, is_required=False, sentence="of its fingerprint", example="100"),
    Key(name="ai_label", kind=Kind.YES_NO, is_required=False, example="true",
        sentence="the platform shows that a model made it"),
)

OTHERS_KEYS = (
    Key(name="copies", kind=Kind.NUMBER, low=1, high=1000, example="6",
        sentence="how many such accounts there are; `{n}` in their texts is the number of each, from 1"),
    Key(name="account", kind=Kind.TABLE, sentence="what each of them looks like", example='{ handle = "nora_{n}" }'),
    Key(name="posts", kind=Kind.TABLES, is_required=False, sentence="what each of them posts",
        example='[{ text = "Good morning from number {n}" }]'),
    Key(name="hours_apart", kind=Kind.NUMBER, low=0, is_required=False, example="5",
        sentence="each is opened so many hours after the one before; 0 unless said"),
    Key(name="seconds_apart", kind=Kind.NUMBER, low=0, is_required=False, example="4",
        sentence="each repeats the posts of the case's account, and follows, so many seconds after the one before; without "
        "it, they post only their own"),
    *_FOLLOW_KEYS,
)
