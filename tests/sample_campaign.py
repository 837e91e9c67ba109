"""A made-up campaign for tests: several hundred decisions in many scripts, hostile names among them.

Every draw comes from one seeded generator, so the tables are the same on every machine.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.model.decision import Automation, Profile
from evenhand.model.evidence import EvidenceFamily, Finding, Reason
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS, EFFECTS, SPARED, Plan
from evenhand.statements import Messages, Outcome, Rule, compose, fact, guard_fact

DATA = Path(__file__).parents[1] / "src" / "evenhand" / "data" / "messages"
CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
GUARDS = ("adjudicated", "criticism", "disclosure", "namesake", "precedence", "proven_control", "unsupported_language")

HOLDERS = (  # holder, registered name, look-alike, how it is alike, handle, language
    ("media:spiegel.de", "Der Spiegel", "Der SpiegeI", "name_lookalike_characters", "spiegel.ltd", "de"),
    ("media:lemonde.fr", "Le Monde", "Le\u200bMonde", "name_reads_as", "lemonde.ltd", "fr"),
    ("media:aljazeera.net", "الجزيرة", "الجزيرة عاجل", "name_with_added_word", "aljazeera_arb", "ar"),
    ("media:asahi.com", "朝日新聞", "朝日新闻", "name_edited", "asahi_news_jp", "ja"),
    ("institution:kdca.go.kr", "질병관리청", "질병관리청 공식", "name_with_added_word", "kdca_official", "ko"),
    ("institution:minzdrav.gov.ru", "Минздрав России", "Минздpaв России", "name_lookalike_characters",
     "minzdrav_ru_", "ru"),
    ("institution:mohfw.gov.in", "स्वास्थ्य मंत्रालय", "स्वास्थ्य मंत्रालय आधिकारिक", "name_with_added_word", "mohfw_help", "hi"),
    ("official:us-senator-1", "Jane Q. Holder", "Jane Q. H0lder", "name_lookalike_characters", "SenHolder_", "en"),
    ("media:bbc.co.uk", "BBC News", "BBC News 🔴", "name_reads_as", "bbc.news-live.top", "en"),
    ("media:herald.example", "The Daily Herald", "The Daily HeraId <script>alert(1)</script>",
     "name_with_added_word", "daily_herald24", "en"),
    ("military:example-force", "Strategic Force Command", "Strategic Force Command\u202e", "name_reads_as",
     "strategic_force", "en"),
)
HARM_OF_KIND = {"media": Harm.IMPERSONATION_MEDIA, "institution": Harm.IMPERSONATION_INSTITUTION,
                "official": Harm.IMPERSONATION_OFFICIAL, "military": Harm.IMPERSONATION_MILITARY}
LOOKED_FOR = frozenset({*HARM_OF_KIND.values(), Harm.SCAM})
CLAIM_OF_KIND = {"media": "claims_news", "institution": "claims_government", "official": "claims_office",
                 "military": "claims_military"}
RULE_TEXT = {
    "media": "Do not use the name or address of a news outlet in a way that readers can take you for it. "
             "Parody, criticism and fan accounts that say so are welcome.",
    "institution": "Do not present yourself as a public institution that you do not speak for.",
    "official": "Do not present yourself as a public official that you are not.",
    "military": "Do not present yourself as a military body that you do not speak for.",
    "scam": "Do not lead people to addresses that are published as scams.",
}


def english() -> Messages:
    """The shipped English messages."""
    return Messages.from_toml((DATA / "en.toml").read_text(encoding="utf-8"), file="en.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCampaign:
    """The tables of one made-up plan."""

    plan: Plan
    decisions: pa.Table
    spared: pa.Table
    effects: pa.Table
    previous: pa.Table
    truth: pa.Table
    holder_names: dict[str, str]


def sample_campaign(n: int = 420, *, seed: int = 7) -> SampleCampaign:
    """A plan with `n` decisions and about a quarter as many suspicions that were spared."""
    chance, messages = random.Random(seed), english()
    rows = [_decision(i, chance, messages) for i in range(n)]
    decisions = pa.Table.from_pylist(rows, DECISIONS)
    spared = pa.Table.from_pylist([_spared(i, chance, messages) for i in range(n // 4)], SPARED)
    effects = _effects(rows)
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        of_harm = counts.setdefault(row["harm"], {})
        of_harm[row["penalty"]] = of_harm.get(row["penalty"], 0) + 1
    plan = Plan(digest="9f2c" * 16, cut_off=CUT_OFF, snapshot="71d0" * 16, pack="reference 2026.11",
                pack_digest="b5aa" * 16, steps_digest="5" * 64, supported=("label", "warn"),
                registries_digest="03ee" * 16, code_version="0.1.0", seed=seed,
                n_accounts=24_310, n_posts=81_204, counts=counts, guards=tuple(f"{guard}/1" for guard in GUARDS))
    return SampleCampaign(plan=plan, decisions=decisions, spared=spared, effects=effects,
                          previous=_previous(rows, chance), truth=_truth(rows, chance),
                          holder_names={holder: name for holder, name, *_ in HOLDERS})


def _reason(messages: Messages, signal: str, family: EvidenceFamily, *place: str) -> Reason:
    where, shown, expected, source = place
    return Reason(signal=signal, family=family, where=where, shown=shown, expected=expected, source=source,
                  fact=fact(messages, signal, where=where, shown=shown, expected=expected, source=source))


def _evidence(i: int, chance: random.Random, messages: Messages) -> tuple[Harm, str, tuple[Reason, ...], str, str, str]:
    holder, name, lookalike, signal, handle, language = HOLDERS[i % len(HOLDERS)]
    if i % 9 == 4:
        host = f"secure-{chance.choice(['paypa1', 'bank-id', 'parcel'])}.example"
        posts = chance.randint(3, 30)
        return Harm.SCAM, "scam", (
            _reason(messages, "links_listed", EvidenceFamily.CONTENT, f"post-{i}-1", host, "phishing", "phish-list"),
            _reason(messages, "repeated_link", EvidenceFamily.BEHAVIOUR, "posts", host, str(posts), ""),
            _reason(messages, "asks_for_money", EvidenceFamily.MONEY, "bio", "send a code to unlock your gift", "", ""),
        ), f"Parcel Help {i}", f"parcel_help_{i}", "en"
    kind = holder.partition(":")[0]
    reasons = [_reason(messages, signal, EvidenceFamily.IDENTITY, "display_name", lookalike, name, holder),
               _reason(messages, CLAIM_OF_KIND[kind], EvidenceFamily.CLAIM, "bio", "Official account", "", "")]
    if chance.random() < 0.5:
        reasons.append(_reason(messages, "links_lookalike_address", EvidenceFamily.CONTENT, f"post-{i}-1",
                               handle + ".example", holder.partition(":")[2], holder))
    if chance.random() < 0.3:
        reasons.append(_reason(messages, "lookalike_swarm", EvidenceFamily.NETWORK, "handle", handle,
                               str(chance.randint(2, 40)), holder))
    return HARM_OF_KIND[kind], kind, tuple(reasons), lookalike, f"{handle}{i}", language


def _decision(i: int, chance: random.Random, messages: Messages) -> dict[str, object]:
    harm, kind, reasons, name, handle, language = _evidence(i, chance, messages)
    penalty = chance.choices(list(Penalty)[1:], weights=(30, 24, 14, 6, 3, 8, 12, 4))[0]
    until = CUT_OFF + timedelta(days=30) if penalty is Penalty.SUSPEND else None
    posts = tuple(f"post-{i}-{k}" for k in range(1, chance.randint(2, 6))) if penalty is Penalty.DELETE_POST else ()
    holder = None if harm is Harm.SCAM else HOLDERS[i % len(HOLDERS)][0]
    finding = Finding(account_id=f"acct-{i:05}", harm=harm, detector=str(harm), confidence=0.9, holder_id=holder,
                      reasons=reasons, post_ids=posts)
    profile = Profile(account_id=finding.account_id, handle=handle, display_name=name, platform="birdsite",
                      language=language if i % 13 else None, followers=chance.randint(0, 90_000), created_at=None)
    automation = Automation.PARTIALLY if penalty >= Penalty.SUSPEND else Automation.FULLY
    statement = compose(messages, profile=profile, finding=finding,
                        rule=Rule(text=RULE_TEXT[kind], ground_url=f"https://platform.example/rules#{kind}",
                                  appeal_url="https://platform.example/appeal"),
                        outcome=Outcome(penalty=penalty, until=until, automation=automation))
    heard = [] if i % 4 else [_guard(messages, "precedence", "ask", "created_at", "2019-04-02")]
    return {
        "decision_id": f"decision-{i:05}", "account_id": finding.account_id, "handle": handle, "display_name": name,
        "platform": "birdsite", "language": profile.language, "followers": profile.followers, "harm": str(harm),
        "policy_id": f"impersonation/{kind}", "penalty": str(penalty), "until": until, "detector": str(harm),
        "confidence": 0.9, "holder_id": holder, "post_ids": list(posts),
        "reasons": [{name: str(getattr(reason, name)) for name in
                     ("signal", "family", "fact", "where", "shown", "expected", "source")} for reason in reasons],
        "guards_considered": heard, "automation": str(automation),
        "steps": [f"rung 1 of 3 with 0 strikes that count: {penalty}"],
        "would_change": ["a disclosure such as “parody” or “fan account” in the name or profile would have spared it",
                         "an entry of this account in the holder's register would have spared it"],
        "other_harms": [str(Harm.INAUTHENTIC_NETWORK)] if i % 17 == 3 else [],
        "statement": {name: getattr(statement, name) for name in statement.__slots__ if name != "facts"}
        | {"facts": list(statement.facts)},
    }


def _guard(messages: Messages, guard: str, strength: str, where: str, shown: str) -> dict[str, str]:
    return {"guard": guard, "strength": strength, "where": where, "shown": shown,
            "fact": guard_fact(messages, guard, where=where, shown=shown)}


def _spared(i: int, chance: random.Random, messages: Messages) -> dict[str, object]:
    holder, name, _, _, handle, language = HOLDERS[i % len(HOLDERS)]
    kind = holder.partition(":")[0]
    hits = chance.choice((
        [("disclosure", "spare", "display_name", name + " (parody)")],
        [("criticism", "spare", "bio", "watching what they do")],
        [("namesake", "spare", "display_name", name)],
        [("proven_control", "spare", "handle", handle), ("adjudicated", "spare", "account_id", handle)],
        [("precedence", "ask", "created_at", "2014-02-11")],
        []))
    guards = [_guard(messages, *hit) for hit in hits]
    return {"account_id": f"spared-{i:05}", "handle": f"{handle}_{i}", "display_name": name, "platform": "birdsite",
            "language": language, "harm": str(HARM_OF_KIND[kind]), "holder_id": holder, "reasons": [], "guards": guards,
            "why": guards[0]["fact"] if guards else "no rule covers it: the name is too unlike the registered one"}


def _effects(rows: list[dict[str, Any]]) -> pa.Table:
    effects = []
    for row in rows:
        for post in row["post_ids"] or [None]:
            effects.append({"position": len(effects), "key": f"{row['decision_id']}/{post or 'account'}",
                            "decision_id": row["decision_id"], "account_id": row["account_id"], "post_id": post,
                            "penalty": row["penalty"], "undo": "restore", "not_before": None})
    return pa.Table.from_pylist(effects, EFFECTS)


def _previous(rows: list[dict[str, object]], chance: random.Random) -> pa.Table:
    """An older plan: a tenth of the accounts not yet in it, some with another penalty or harm, some since gone."""
    older = []
    for row in rows:
        if chance.random() < 0.9:
            penalty = chance.choice([row["penalty"], row["penalty"], row["penalty"], str(Penalty.LABEL)])
            harm = str(Harm.INAUTHENTIC_NETWORK) if chance.random() < 0.03 else row["harm"]
            older.append(row | {"penalty": penalty, "harm": harm})
    older += [row | {"account_id": f"gone-{k}", "decision_id": f"gone-{k}"} for k, row in enumerate(rows[:23])]
    return pa.Table.from_pylist(older, DECISIONS)


def _truth(rows: list[dict[str, object]], chance: random.Random) -> pa.Table:
    groups = {Harm.IMPERSONATION_MEDIA: "look-alike outlets", Harm.SCAM: "scam accounts"}
    truth = [{"account_id": row["account_id"], "is_violator": chance.random() < 0.98,
              "harm": row["harm"], "group": groups.get(Harm(str(row["harm"])), "made-up officials")}
             for row in rows if chance.random() < 0.95]
    truth += [{"account_id": f"spared-{i:05}", "is_violator": i % 15 == 2, "harm": None, "group": "genuine outlets"}
              for i in range(len(rows) // 4)]
    truth += [{"account_id": f"ring-{i:05}", "is_violator": True, "harm": str(Harm.INAUTHENTIC_NETWORK),
               "group": "published_network"} for i in range(31)]
    truth += [{"account_id": f"ordinary-{i:05}", "is_violator": i % 400 == 1, "harm": None,
               "group": "ordinary accounts"} for i in range(len(rows) * 4)]
    return pa.Table.from_pylist(truth)


def spared_by_guard(spared: pa.Table) -> dict[str, int]:
    """What each guard spared, counted plainly: the first sparing guard by name, or `none`."""
    counts: dict[str, int] = {}
    for row in spared.to_pylist():
        sparing = sorted(hit["guard"] for hit in row["guards"] if hit["strength"] == "spare")
        name = sparing[0] if sparing else "none"
        counts[name] = counts.get(name, 0) + 1
    return counts
