"""Write the reference page of the world from its roles, operators and languages. A test compares the two.

Run it after any of these changed: .venv/bin/python tools/write_world_page.py
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from evenhand.world.operators.bend import ADDRESSES, HANDLES, NAMES
from evenhand.world.roles import Role, read_roles

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "world.md"
DATA = resources.files("evenhand") / "data" / "world"
LANGUAGE_NAMES = {
    "en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French", "de": "German", "id": "Indonesian", "tr": "Turkish",
    "ru": "Russian", "uk": "Ukrainian", "el": "Greek", "ar": "Arabic", "fa": "Persian", "he": "Hebrew", "hi": "Hindi",
    "th": "Thai", "zh": "Chinese", "ja": "Japanese", "ko": "Korean"}
DOES = {
    "claim_spreader": "repeats claims that two or three published fact-checks rate false, in their words or in others",
    "impersonator_military": "bears a registered armed body's name, bent or not, and says that it is that body",
    "invented_force": "a body that does not exist, named as armed forces are, that says it is official",
    "impersonator_institution": "the same for public institutions",
    "invented_institute": "a disease-control centre or state institute that does not exist",
    "impersonator_media": "bears a registered outlet's name and says that it is the outlet; often with a look-alike domain",
    "false_credential": "claims a qualification that no register knows, gives advice to single persons, takes money",
    "revoked_credential": "the same, with a qualification that the register says was revoked",
    "paid_adviser": "gives advice to single persons for money and claims no qualification",
    "trend_hijacker": "sells under what is trending, with a dozen strangers' hashtags",
    "undisclosed_promoter": "is paid to promote and says neither so nor marks it",
    "deceptive_bait": "a headline that its link, a listed scam host, does not keep",
    "synthetic_anchor": "videos that their metadata say are generated, as news, undisclosed, of a newsroom that does not exist",
    "synthetic_outlet": "the same, posing as a registered outlet",
    "network_member": "24 accounts of one day publish the same words and link within four minutes, again and again",
    "bought_follower": "60 accounts of one day follow the same eight accounts within minutes",
    "phisher": "twelve accounts that push the same listed phishing hosts",
    "investment_scammer": "eight accounts that push the same listed hosts with promises of money",
    "hijacked": "years of ordinary posts, then listed scam links in the last two days: the posts go, the person does not",
    "parody": "bears a holder's name and says in name and bio that it is a joke",
    "parody_in_bio": "bears a holder's exact name and says only in the bio that it is a joke",
    "fan": "bears a holder's name and says that it is run by fans",
    "critic": "writes against a holder",
    "critic_by_name": "has a holder's name in its own and writes against it",
    "journalist": "has an outlet's name behind a person's own, works there, and links to it",
    "namesake": "a person who is called as an official is",
    "veteran": "a person who served in an armed body and says so",
    "hobbyist": "models, museums and history of armed bodies",
    "credentialed": "the same words as `false_credential`, with a qualification that the register has",
    "lay_talker": "speaks of health, money and law from experience",
    "secondary_account": "another official account of a holder, whose site in the profile is the holder's own",
    "lookalike_body": "a real small body whose name is almost a registered one's",
    "independent_news": "local news that belongs to no outlet and claims no name",
    "debunker": "repeats false claims to refute them",
    "unchecked_sharer": "passes on what one publisher, or nobody, found false, or what was found true",
    "scam_warner": "posts listed scam links to warn of them",
    "disclosed_promoter": "the same products as the undisclosed, marked as advertising",
    "disclosed_ai": "generated newsreaders that say so in bio and posts",
    "ai_artist": "generated pictures and films that are no news",
    "filmed_news": "reporters on camera",
    "activist": "many people for one cause, in their own words and at their own times",
    "petitioner": "24 people publish the same words and petition within four minutes, from accounts opened over many years",
}
OPENING = """# The reference world

Written by `tools/write_world_page.py`; a test compares it with the code.

`evenhand world` writes a synthetic platform with the reference campaign planted in it. Nobody in it exists, but the names that
are imitated, criticised and joked about are those of the shipped registers. The same scale and seed give the same world on
every machine, as long as the shipped registers are the same; scale 1 is 50 million accounts and 150 million posts.

```console
$ evenhand world --scale 0.0001 --into world
…
violators planted                                   accounts
…
all                                                      110
…
5,000 accounts: 110 violators, 129 that only look like them, 10 registered holders' own, 4,751
ordinary
15,000 posts, 140 of them violations; 18 languages
…
$ evenhand plan world/snapshot --registries world/registries --into plan
…
$ evenhand evaluate world --plan plan
…
```

The world's own registers belong to the plan: without them no false claim can be found, since nobody else has checked these
claims.

A run that was stopped, or killed, goes on when the same command is given again. `--processes` and `--buckets` change how a
world is made, never what is in it.

## What is written

| file | what it holds |
|---|---|
| `world.toml` | scale, seed, fingerprint, and how many accounts of every kind, harm and role there are |
| `snapshot/` | [an ingested snapshot](snapshot.md#an-ingested-snapshot): accounts, posts, media, follows; at 2026-11-01 |
| `registries/` | `fact_checks` and `credentials` of this world, to be given with `--registries` |
| `truth/accounts/` | `account_id`, `kind`, `harm`, `role`, `operator`, `holder_id`, `language`, `script`, `other_harms` |
| `truth/posts/` | `post_id`, `account_id`, `is_violating` of posts of violators and hard negatives |

Nothing but an evaluation reads `truth`. `kind` is `violator`, `hard_negative`, `holder` or `ordinary`. `operator` says how
name, handle and domain were bent, joined with `+`.

`harm` is what an account was planted for. `other_harms`, joined with `+`, are those whose published definition every account of
its role meets as well:

| role | meets as well | since |
|---|---|---|
| `synthetic_outlet` | `impersonation_media` | it bears a registered outlet's name and says that it is the outlet |
| `deceptive_bait` | `scam` | every headline leads to a host that the shipped lists call a scam |
| `phisher` | `inauthentic_network` | twelve accounts of one day publish the same words and link within four minutes |

A scorecard counts a decision under any of these as right, and shows beside it what comes out when only the planted harm counts.

Videos and pictures have what [`evenhand media`](../how-to/read-media.md) reads in such files: most of the generated ones a
manifest, some only metadata or a label, some just what the platform wrote; the filmed ones a camera's manifest, nothing, or a
manifest that somebody tampered with. One ordinary post in 200 has a generated picture.
"""
LIMITS = """## What the world cannot tell

- The texts are put together from phrases, so a rule that knows the phrases would look better than it is. Signals and detectors
  are therefore written without them: an import contract keeps the rooms apart, and the phrases stand in files of their own.
- Grammar is simple, and wrong where a language inflects names.
- Shops and sites of the world stand under `.example`; scam links under hosts of the shipped link lists.
- Avatars and the files of pictures are not there: no detector of what is in a picture can be measured here.
- All generated media say so; in the wild most files say nothing, and then nothing can be found.
- Most of the shipped registers' holders are American, so most imitated names are English, in every language's accounts.
- Follows are recorded for bought followers, fans, activists and one in a hundred ordinary accounts only.
"""


def page() -> str:
    """The page's whole text."""
    roles = read_roles(tomllib.loads((DATA / "roles.toml").read_text(encoding="utf-8")))
    return "\n".join((OPENING, *_violators(roles), *_hard_negatives(roles), *_operators(), *_languages(), LIMITS))


def _violators(roles: tuple[Role, ...]) -> list[str]:
    some = [role for role in roles if role.kind == "violator"]
    lines = [f"## Violators: {sum(role.accounts for role in some):,} at scale 1", "",
             "The buckets are those of the campaign as published. Its 289,000 accounts without a category are split over",
             "`inauthentic_network`, `fake_followers` and `scam`; that split, and the split over roles, is our choice.",
             f"Violating posts: {sum(role.marked for role in roles if role.violating):,}, those sent from hijacked accounts",
             "among them.", "",
             "| harm | role | accounts | violating posts | what it does |", "|---|---|---:|---:|---|"]
    return [*lines, *(f"| `{role.harm}` | `{role.name}` | {role.accounts:,} | {role.marked:,} | {DOES[role.name]} |"
                      for role in some), ""]


def _hard_negatives(roles: tuple[Role, ...]) -> list[str]:
    some = [role for role in roles if role.kind == "hard_negative"]
    lines = [f"## Hard negatives: {sum(role.accounts for role in some):,} at scale 1", "",
             "Accounts that look like violators and are none. Beside them stand registered holders' own accounts, under their",
             "registered handles: all of them at scale 0.1 and above, at most one account in 500 below.", "",
             "| role | accounts | what it does |", "|---|---:|---|"]
    return [*lines, *(f"| `{role.name}` | {role.accounts:,} | {DOES[role.name]} |" for role in some), "",
            "Other scales round every bucket by largest remainder: totals stay exact, and no bucket vanishes.", ""]


def _operators() -> list[str]:
    groups = (("names", NAMES), ("handles", HANDLES), ("domains", ADDRESSES))
    n = sum(len(group.bends) for _, group in groups)
    lines = [f"## Operators: {n}", "",
             "How impersonators bend what they imitate. One in four keeps the name and one in six the handle, as far as it is",
             "free; the others are equally likely where they find something to change.", ""]
    listed = {what: ", ".join(f"`{name}`" for name in group.bends) for what, group in groups}
    return [*lines, *(f"- **{what}**: {names}" for what, names in listed.items()), ""]


def _languages() -> list[str]:
    said = {language: tomllib.loads((DATA / f"{language}.toml").read_text(encoding="utf-8")) for language in LANGUAGE_NAMES}
    weight = sum(one["weight"] for one in said.values())
    lines = [f"## Languages: {len(said)}", "", "| language | script | of all accounts |", "|---|---|---:|"]
    return [*lines, *(f"| {LANGUAGE_NAMES[language]} (`{language}`) | {one['script']} | {100 * one['weight'] / weight:.1f} % |"
                      for language, one in said.items()), "",
            "An account that bears a name whose language is known speaks that language.", ""]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
