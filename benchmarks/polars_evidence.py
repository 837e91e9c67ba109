"""Evidence of posing as somebody, by hand in Polars: the four kinds of holder go through the same joins at once."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import LazyFrame, col, lit
from polars_web import HARMS, PAIR, REASON, TEXT, address_signal, contains, likeness, rounded, strongest

from evenhand.detectors.avatars import PICTURE_ALONE, WITH_NAME
from evenhand.detectors.identity import (
    BESIDE,
    FITTING_CLAIMS,
    MIN_NAME_STRENGTH,
    MIN_OWN_NAME,
    MIN_SWARM,
    UNUSUAL_ENDING_SHARE,
)
from evenhand.model.evidence import MIN_FAMILIES

IMITATION, COUNTRY_LETTERS = 0.5, 2
"""The least likeness of an imitation, and how long an ending is that may be a country's."""


def named_claims(r: Mapping[str, LazyFrame], beside_name: LazyFrame) -> LazyFrame:
    """Claims whose text names the holder that the account's name reads as, in the register's letters or its own."""
    said = ["account_id", "claim", "where", "shown"]
    official = r["claims"].filter((col("claim") == "official_account") & (col("stance") == "is") & (col("where") == "bio"))
    is_official, is_name = col("claim") == "official_account", col("field") == "display_name"
    names_itself = contains("bio", "own_name")
    return (r["name_matches"].select(*PAIR, "holder_name", "holder_kind", "field", "match")
            .join(pl.concat([official.select(said), beside_name.select(said)]), on="account_id")
            .join(r["accounts"].select("account_id", "bio", own_name=col("display_name").str.strip_chars(" ")), on="account_id")
            .filter((is_official & contains("bio", "holder_name"))
                    | (is_name & col("holder_kind").is_in(["institution", "military"])
                       & col("match").is_in(["same", "skeleton", "affix"])
                       & (~is_official | names_itself.fill_null(False)))
                    | (is_name & is_official & (col("match") == "skeleton") & names_itself))
            .select(*PAIR, "holder_name", "claim", "where", "shown").unique())


def self_named(r: Mapping[str, LazyFrame]) -> LazyFrame:
    """Claims such as "press office of" that stand right beside the account's own name."""
    said = r["claims"].filter((col("claim") == "self_named") & (col("stance") == "is") & (col("where") == "bio"))
    words, width = col("shown").str.to_lowercase(), col("own_name").str.len_chars() + BESIDE
    around = col("bio").str.to_lowercase().str.splitn(words, 2).struct.rename_fields(["before", "after"])
    return (said.join(r["accounts"].select("account_id", "bio", own_name=col("display_name").str.strip_chars(" ")),
                      on="account_id")
            .filter(col("own_name").str.len_chars() >= MIN_OWN_NAME).with_columns(around.alias("around")).unnest("around")
            .with_columns(before=col("before").str.tail(width), after=col("after").str.head(width))
            .filter(col("after").is_not_null() & (contains("after", "own_name") | contains("before", "own_name")))
            .select("account_id", "claim", "where", "shown"))


def own_addresses(r: Mapping[str, LazyFrame]) -> LazyFrame:
    """The domains that an account gives as its own."""
    return r["addresses"].filter(col("where").is_in(["handle", "website"])).select("account_id", "domain").unique()


def identity_of(r: Mapping[str, LazyFrame], named: LazyFrame) -> LazyFrame:
    """Names, handles, own addresses and profile pictures that read as a holder's."""
    is_name, how = col("field") == "display_name", col("match")
    alone = (pl.when(col("is_named")).then(col("weight") + (1.0 - col("weight")) * 0.5)
             .when((how == "skeleton") & is_name).then(pl.max_horizontal("weight", lit(0.6))).otherwise(col("weight")))
    by_name = (
        r["name_matches"].join(named.select(*PAIR, is_named=lit(True)).unique(), on=PAIR, how="left")
        .with_columns(strength=col("similarity") * alone).filter(col("strength") >= MIN_NAME_STRENGTH)
        .select(*PAIR, lit("identity").alias("family"),
                pl.when(is_name).then(how.replace_strict(
                    {"skeleton": "name_lookalike_characters", "edit": "name_edited", "affix": "name_with_added_word"},
                    default="name_reads_as"))
                .when(how == "handle").then(lit("handle_lookalike")).otherwise(lit("handle_reads_as")).alias("signal"),
                col("field").alias("where"), lit(None, TEXT).alias("post_id"), "shown", col("holder_name").alias("expected"),
                col("holder_id").alias("source"), "strength", "holder_kind", "similarity", "weight"))
    profile = r["profile_address_matches"]
    in_handle = profile.filter(col("where") == "handle").select("account_id", "domain", in_handle=lit(True)).unique()
    by_address = (
        profile.join(in_handle, on=["account_id", "domain"], how="left").with_columns(strength=likeness())
        .filter((col("strength") >= MIN_NAME_STRENGTH)
                & ((col("where") == "handle") | ((col("where") == "website") & col("in_handle").is_null())))
        .select(*PAIR, lit("identity").alias("family"), address_signal().alias("signal"), "where",
                lit(None, TEXT).alias("post_id"), col("host").alias("shown"), col("holder_domain").alias("expected"),
                col("holder_id").alias("source"), "strength", "holder_kind", "similarity", "weight"))
    return pl.concat([by_name, by_address, _in_hosts(r), _in_profiles(r), _pictures(r)])


def _in_profiles(r: Mapping[str, LazyFrame]) -> LazyFrame:
    """Profiles that say whose official account it is, where no name of the account reads as that holder's."""
    return (r["borne_names"].join(r["name_matches"], on=PAIR, how="anti").filter(likeness() >= MIN_NAME_STRENGTH)
            .select(*PAIR, lit("identity").alias("family"), lit("profile_bears_name").alias("signal"),
                    lit("bio").alias("where"), lit(None, TEXT).alias("post_id"), "shown", col("holder_name").alias("expected"),
                    col("holder_id").alias("source"), likeness().alias("strength"), "holder_kind", "similarity", "weight"))


def _in_hosts(r: Mapping[str, LazyFrame]) -> LazyFrame:
    """Holders' names that stand as a part of an own address, where the address is not like that holder's anyway."""
    known = pl.concat([r[name].filter(likeness() >= MIN_NAME_STRENGTH).select("account_id", "host", "holder_id")
                       for name in ("link_matches", "profile_address_matches")])
    hosts = r["host_names"].filter(likeness() >= MIN_NAME_STRENGTH)
    return (hosts.join(known, on=["account_id", "host", "holder_id"], how="anti")
            .select(*PAIR, lit("identity").alias("family"), lit("address_embeds").alias("signal"), "where",
                    lit(None, TEXT).alias("post_id"), col("host").alias("shown"), col("holder_name").alias("expected"),
                    col("holder_id").alias("source"), likeness().alias("strength"), "holder_kind", "similarity", "weight"))


def _pictures(r: Mapping[str, LazyFrame]) -> LazyFrame:
    """Copied profile pictures, which say more where the name reads as the same holder's."""
    read = r["name_matches"].group_by(PAIR).agg(by_name=likeness().max())
    alone, doubt = PICTURE_ALONE * col("weight"), (1.0 - col("by_name")) * (1.0 - WITH_NAME * col("weight"))
    unmeasured = lit(None, pl.Float64)
    return r["avatar_matches"].join(read, on=PAIR, how="left").select(
        *PAIR, lit("identity").alias("family"), lit("avatar_copies").alias("signal"), lit("avatar").alias("where"),
        lit(None, TEXT).alias("post_id"), "shown", col("holder_picture").alias("expected"), col("holder_id").alias("source"),
        pl.when(col("by_name").is_null()).then(alone).otherwise(1.0 - doubt).alias("strength"), "holder_kind",
        unmeasured.alias("similarity"), unmeasured.alias("weight"))


def content_of(r: Mapping[str, LazyFrame], own: LazyFrame) -> LazyFrame:
    """Posts' links to look-alike addresses that are not the account's own."""
    return (r["link_matches"].filter(likeness() >= MIN_NAME_STRENGTH).join(own, on=["account_id", "domain"], how="anti")
            .select(*PAIR, lit("content").alias("family"), lit("links_lookalike_address").alias("signal"), "where", "post_id",
                    col("host").alias("shown"), col("holder_domain").alias("expected"), col("holder_id").alias("source"),
                    strength=0.9 * col("similarity") * col("weight")))


def imitations_of(r: Mapping[str, LazyFrame], proofs: LazyFrame) -> LazyFrame:
    """Own addresses that imitate a holder's under a general ending, without proof."""
    proven = proofs.filter(col("proof") != "registered_domain").select("account_id").unique()
    ending = col("suffix")
    return (r["profile_address_matches"]
            .filter(col("where").is_in(["handle", "website"]) & (likeness() >= IMITATION)
                    & ~ending.str.contains(".", literal=True) & ~ending.str.starts_with("xn--")
                    & (ending.str.len_chars() > COUNTRY_LETTERS))
            .join(proven, on="account_id", how="anti")
            .group_by(*PAIR, "host", "suffix", "holder_domain").agg(col("where").min()))


def suspected_pairs(fitting: LazyFrame, identity: LazyFrame, content: LazyFrame, imitations: LazyFrame) -> LazyFrame:
    """Account, holder and kind of holder, where something agrees with the identity."""
    pairs = identity.filter(col("holder_kind").is_in(list(HARMS))).select(*PAIR, kind="holder_kind").unique()
    claiming = fitting.select("account_id", "kind").unique()
    agreeing = pl.concat([content.select(PAIR), imitations.select(PAIR)]).unique()
    return pl.concat([pairs.join(claiming, on=["account_id", "kind"], how="semi"),
                      pairs.join(agreeing, on=PAIR, how="semi")]).unique()


def fitting_claims(r: Mapping[str, LazyFrame], beside_name: LazyFrame) -> LazyFrame:
    """The claims that an account makes, once for each kind of holder that they fit."""
    fitting = pl.LazyFrame([{"kind": str(kind), "claim": claim} for kind, claims in FITTING_CLAIMS.items() for claim in claims])
    signals = {"official_account": "claims_official", "verified": "claims_verified", "government": "claims_government",
               "office": "claims_office", "military": "claims_military", "self_named": "claims_own_name"}
    strengths = {"official_account": 0.9, "office": 0.8, "military": 0.8, "self_named": 0.8, "government": 0.75,
                 "verified": 0.6}
    claim = col("claim")
    said = r["claims"].filter((col("stance") == "is") & (claim != "self_named")
                              & ((col("where") == "bio") | claim.is_in(["official_account", "verified"])))
    return (pl.concat([said.select("account_id", "claim", "where", "shown"), beside_name]).join(fitting, on="claim")
            .select("account_id", "kind", lit("claim").alias("family"),
                    col("claim").replace_strict(signals, default="claims_news").alias("signal"), "where",
                    lit(None, TEXT).alias("post_id"), "shown", lit("").alias("expected"), lit("").alias("source"),
                    col("claim").replace_strict(strengths, default=0.45, return_dtype=pl.Float64).alias("strength")))


def near_evidence(r: Mapping[str, LazyFrame], pairs: LazyFrame, *, identity: LazyFrame, named: LazyFrame,
                  content: LazyFrame, fitting: LazyFrame) -> LazyFrame:
    """All evidence in the suspects' own rows."""
    disguised = pl.concat([
        r["disguised_names"].filter(test).select("account_id", lit("identity").alias("family"), lit(signal).alias("signal"),
                                       col("field").alias("where"), lit(None, TEXT).alias("post_id"), "shown",
                                       lit("").alias("expected"), lit("").alias("source"), lit(0.3).alias("strength"))
        for test, signal in ((col("is_mixed_script"), "mixed_script"), (col("n_invisible") > 0, "invisible_characters"))])
    says_it_is = named.filter(col("claim") == "official_account").select(
        *PAIR, lit("claim").alias("family"), lit("claims_to_be_holder").alias("signal"), "where",
        lit(None, TEXT).alias("post_id"), "shown", col("holder_name").alias("expected"),
        col("holder_id").alias("source"), lit(0.97).alias("strength"))
    wanted = [*REASON, "kind"]
    return pl.concat([
        identity.join(pairs, on=PAIR).select(*wanted, "similarity", "weight"),
        pairs.join(fitting, on=["account_id", "kind"]).select(wanted), says_it_is.join(pairs, on=PAIR).select(wanted),
        pairs.join(disguised, on="account_id").select(wanted), content.join(pairs, on=PAIR).select(wanted)], how="diagonal")


def network_of(r: Mapping[str, LazyFrame], imitations: LazyFrame) -> LazyFrame:
    """Look-alike addresses that come in numbers."""
    shares = r["holder_endings"].group_by("suffix").agg(pl.len().alias("n"))
    n_endings = r["holder_endings"].select(pl.len().alias("total"))
    share = shares.join(n_endings, how="cross").select("suffix", share=col("n") / col("total"))
    unusual = (imitations.join(share, on="suffix", how="left").filter(col("share").fill_null(0.0) < UNUSUAL_ENDING_SHARE)
               .with_columns(swarm=col("account_id").n_unique().over("holder_id"),
                             zone=col("holder_domain").n_unique().over("suffix")))
    return pl.concat([
        unusual.filter(col(size) >= MIN_SWARM).select(
            *PAIR, lit("network").alias("family"), lit(f"lookalike_{size}").alias("signal"), "where",
            lit(None, TEXT).alias("post_id"), col("host").alias("shown"), (col(size) - 1).cast(TEXT).alias("expected"),
            col(source).alias("source"), lit(strength).alias("strength")).unique()
        for size, source, strength in (("swarm", "holder_id", 0.85), ("zone", "suffix", 0.8))])


def found_of(r: Mapping[str, LazyFrame], evidence: LazyFrame) -> LazyFrame:
    """Accounts and holders with identity and a second family of evidence."""
    harm = col("holder_kind").replace_strict(HARMS)
    return (evidence.group_by(PAIR)
            .agg(*(strongest(family) for family in ("identity", "claim", "content", "network")),
                 best_similarity=col("similarity").max().fill_null(0.0), name_weight=col("weight").max().fill_null(0.0),
                 n_families=col("family").n_unique())
            .filter((col("n_families") >= MIN_FAMILIES) & (col("identity") > 0.0))
            .join(r["holders"].select("holder_id", holder_kind="kind", holder_country="country"), on="holder_id")
            .with_columns(harm=harm, detector=harm + "/1", confidence=rounded(
                col("identity") * (1.0 - (1.0 - col("claim")) * (1.0 - col("content")) * (1.0 - col("network"))), 4)))
