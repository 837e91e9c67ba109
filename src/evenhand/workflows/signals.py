"""The signal steps, made from the word lists and tables that come with the package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import pyarrow as pa

from evenhand.model.step import Step
from evenhand.ports import SentenceModel
from evenhand.signals.advice import advice_steps
from evenhand.signals.advice.sentences import AdviceModel, advice_sentences
from evenhand.signals.candidates import CANDIDATES
from evenhand.signals.coordination import coordination_steps
from evenhand.signals.fact_checks.common_words import CommonWords
from evenhand.signals.fact_checks.matches import claim_matches
from evenhand.signals.media.avatars import ACCOUNT_AVATARS, AvatarIndex, avatar_matches
from evenhand.signals.names.account_names import disguised_names, name_details_kernel, names_kernel
from evenhand.signals.names.added_words import AddedWords
from evenhand.signals.names.history import name_history
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.matches import name_matches_kernel
from evenhand.signals.names.rarity import WordCounts
from evenhand.signals.names.unicode_tables import TABLE_FILES, UnicodeTables
from evenhand.signals.texts.clickbait import ClickbaitModel, clickbait
from evenhand.signals.texts.solicitations import SpamModel, solicitations
from evenhand.signals.topics.tags import topic_steps
from evenhand.signals.web.address_matches import AddressIndex, address_matches
from evenhand.signals.web.funnels import funnel_steps
from evenhand.signals.web.host_names import host_names
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import addresses, links
from evenhand.signals.web.listed_links import listed_links
from evenhand.signals.web.paid_links import PAID_LINKS
from evenhand.signals.web.proofs import proofs
from evenhand.signals.web.redirects import hops
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY
from evenhand.signals.words.borne_names import borne_names
from evenhand.signals.words.claims import claims
from evenhand.signals.words.criticism import criticisms
from evenhand.signals.words.disclosure_rules import DisclosureRules
from evenhand.signals.words.disclosures import disclosures
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.lures import LISTED_POSTS, REPEATING_POSTS, claim_lures, lures
from evenhand.signals.words.presenters import presenter_steps
from evenhand.signals.words.promotions import INVITING_POSTS, LEADING_POSTS, profile_disclosures, promotions
from evenhand.signals.words.warnings import warnings


def signal_steps(registers: Mapping[str, pa.Table], *, model: SentenceModel | None = None,
                 has_long_lists: bool = False, territories: Iterable[str] = ()) -> tuple[Step, ...]:
    """Every signal there is, for the holders and fact-checks in `registers`. Which of them run is up to the pack.

    `has_long_lists`: whether there are link lists that stay in their files. `territories`: whose rules say what discloses a
    paid promotion; none: whatever any rule takes.
    """
    tables, public = unicode_tables(), PublicSuffixes.bundled()
    index = HolderIndex.build(registers["holders"], tables=tables,
                              counts=WordCounts.from_bytes(_bytes("word_counts.tsv"), tables),
                              added=AddedWords.from_bytes(_bytes("added_words.toml"), tables))
    addressed = AddressIndex.build(registers["holders"], names=index, tables=tables, suffixes=public)
    return (names_kernel(tables), disguised_names(), name_details_kernel(tables), name_matches_kernel(index, tables),
            links(public), addresses(public), hops(public),
            *name_history(), *address_matches(addressed), host_names(index, tables, registered=addressed.registered),
            HOSTS_OF_MANY, listed_links(has_long_lists=has_long_lists), CANDIDATES, proofs(), claims(lexicon("claims")),
            *borne_names(index, tables, said=lexicon("claims"), around=lexicon("bearers")),
            disclosures(lexicon("disclosures")), criticisms(lexicon("criticism")), LISTED_POSTS, lures(lexicon("lures")),
            warnings(lexicon("warnings")),
            REPEATING_POSTS, claim_lures(lexicon("lures")),
            *funnel_steps(), PAID_LINKS, INVITING_POSTS, LEADING_POSTS, *topic_steps(),
            promotions(disclosure_rules().read_in(lexicon("promotions"), territories), lexicon("lures")),
            profile_disclosures(lexicon("promotions")),
            ACCOUNT_AVATARS, avatar_matches(AvatarIndex.build(registers["holders"])),
            *presenter_steps(lexicon("presenters"), lexicon("ai_disclosures")),
            *advice_steps(lexicon("advice"), lexicon("professions")),
            *reading_steps(model),
            *fact_check_steps(registers["fact_checks"], model=model), *coordination_steps())


def fact_check_steps(fact_checks: pa.Table, *, model: SentenceModel | None = None) -> tuple[Step, ...]:
    """The steps that match posts with the claims of `fact_checks`."""
    return claim_matches(fact_checks, common=common_words(), stances=lexicon("stances"), model=model)


def reading_steps(model: SentenceModel | None = None) -> tuple[Step, ...]:
    """The steps that read texts by trained models; sentences of advice with the sentence model too, where it is `minilm`."""
    reader = model if model is not None and model.name.startswith("minilm ") else None
    return (solicitations(spam_model, digest="solicitations 2"), clickbait(clickbait_model, digest="clickbait 1"),
            advice_sentences(advice_model, digest="advice sentences 2", reader=reader))


@cache
def common_words() -> CommonWords:
    """The shipped list of common words."""
    return CommonWords.from_toml(_bytes("common_words.toml").decode("utf-8"))


@cache
def spam_model() -> SpamModel:
    """The shipped model of unasked-for advertising."""
    return SpamModel.from_bytes(_bytes("solicitations.npz"))


@cache
def clickbait_model() -> ClickbaitModel:
    """The shipped model of headlines that tease."""
    return ClickbaitModel.from_bytes(_bytes("clickbait.npz"))


@cache
def advice_model() -> AdviceModel:
    """The shipped model of sentences that give advice."""
    return AdviceModel.from_bytes(_bytes("advice_sentences.npz"))


@cache
def unicode_tables() -> UnicodeTables:
    """The shipped Unicode tables."""
    folder = resources.files("evenhand") / "data" / "unicode"
    return UnicodeTables.from_bytes({name: (folder / name).read_bytes() for name in TABLE_FILES})


@cache
def lexicon(name: str) -> Lexicon:
    """The shipped word list called `name`."""
    return Lexicon.from_toml(_bytes(f"{name}.toml").decode("utf-8"))


@cache
def disclosure_rules() -> DisclosureRules:
    """The shipped rules on disclosing paid promotions, by territory."""
    return DisclosureRules.from_toml(_bytes("disclosure_rules.toml").decode("utf-8"))


def _bytes(name: str) -> bytes:
    return (resources.files("evenhand") / "data" / "lexicons" / name).read_bytes()


def suffixes(hosts: pa.Array) -> pa.Array:
    """The public suffix of each host name."""
    return PublicSuffixes.bundled().suffixes(hosts)
