"""Reasons to spare, by hand in Polars: only for suspects, but for the rivals of a suspect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from polars import LazyFrame, col, lit
from polars_web import HARMS, PAIR, TEXT, contains

from evenhand.guards.hijacked import (
    MAX_BURST_DAYS,
    MIN_AGE_DAYS,
    MIN_PAST_DAYS,
    MIN_POSTS_BEFORE,
    OLD_DAYS,
    SHORT_BURST_DAYS,
)
from evenhand.guards.namesake import RARE_ENOUGH
from evenhand.guards.precedence import LONG_STANDING_DAYS, OTHER_NAME

HIT = ["guard", "account_id", "harm", "holder_id", "strength", "where", "shown", "expected", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What detectors and guards both read."""

    identity: LazyFrame
    content: LazyFrame
    named: LazyFrame
    proofs: LazyFrame
    bodies: LazyFrame
    listed: LazyFrame
    contenders: LazyFrame
    suspects: LazyFrame
    """The accounts that may end up found."""


def contenders_of(r: Mapping[str, LazyFrame], identity: LazyFrame, proofs: LazyFrame) -> LazyFrame:
    """Every account that reads as a holder, with its age and whether it is proven."""
    proven = proofs.filter(col("proof").is_in(["registered_handle", "domain_handle"])).select(
        *PAIR, is_proven=lit(True)).unique()
    named = identity.filter(col("signal") != "profile_bears_name").select(PAIR).unique()
    return (named.join(r["accounts"].select("account_id", "created_at"), on="account_id")
            .join(proven, on=PAIR, how="left").with_columns(col("is_proven").fill_null(False)))


def guard_hits(r: Mapping[str, LazyFrame], shared: Shared) -> LazyFrame:
    """Every reason to spare a suspect."""
    def suspected(rows: LazyFrame) -> LazyFrame:
        return rows.join(shared.suspects, on="account_id", how="semi")

    identity, proofs = suspected(shared.identity), suspected(shared.proofs)
    hits = {
        "adjudicated": _adjudicated(suspected(r["accounts"].select("account_id", "handle")), r["adjudications"]),
        "criticism": _spoken(suspected(r["criticisms"]), identity, strength=pl.when(
            col("kind").is_in(["criticism", "commentary"]) | (col("where") == "display_name")).then(lit("spare"))
            .otherwise(lit("ask"))),
        "disclosure": _spoken(suspected(r["disclosures"]), identity, strength=lit("spare")),
        "hijacked": _hijacked(r, shared.listed),
        "namesake": _namesakes(suspected(r["name_matches"]), identity, shared.named),
        "precedence": pl.concat([_precedence(shared), _long_standing(r, shared)], how="diagonal_relaxed"),
        "proven_control": pl.concat([_proven(proofs), _own_sites(r, proofs, identity, shared.content)], how="diagonal_relaxed"),
        "unregistered": shared.bodies.filter(col("family") == "identity").select(
            *PAIR, lit("ask").alias("strength"), "where", "shown", "expected", "source").unique()}
    nothing = pl.LazyFrame(schema=dict.fromkeys(HIT, TEXT))
    return pl.concat([nothing, *(rows.with_columns(guard=lit(guard)) for guard, rows in hits.items())],
                     how="diagonal_relaxed").select(HIT)


def _adjudicated(accounts: LazyFrame, adjudications: LazyFrame) -> LazyFrame:
    legitimate = adjudications.filter(col("outcome") == "legitimate")
    return accounts.join(legitimate, on="account_id").select(
        "account_id", "harm", "holder_id", lit("spare").alias("strength"), lit("account_id").alias("where"),
        col("handle").alias("shown"), col("outcome").alias("expected"),
        col("decided_at").dt.date().cast(TEXT).alias("source")).unique()


def _spoken(rows: LazyFrame, identity: LazyFrame, *, strength: pl.Expr) -> LazyFrame:
    """Words that stand in the profile and are not a part of the imitated name itself."""
    rows = rows.filter(col("kind").is_in(["parody", "satire", "fan", "commentary", "unofficial"])
                       ) if "disclosure" in rows.collect_schema().names() else rows
    of_the_name = (rows.filter(col("where") != "bio").join(identity.select("account_id", "expected").unique(), on="account_id")
                   .filter(contains("expected", "shown")))
    own = ["account_id", "where", "shown", "kind"]
    return rows.join(of_the_name, on=own, how="anti").select(
        "account_id", strength.alias("strength"), "where", "shown", expected="kind", source="language").unique()


def _hijacked(r: Mapping[str, LazyFrame], listed: LazyFrame) -> LazyFrame:
    """Old accounts whose posts gave way to listed links within days, and whose profile leads to none."""
    in_profile = listed.filter(col("post_id").is_null())
    led = listed.filter(col("post_id").is_not_null()).select("account_id", "post_id").unique()
    suspects = led.join(in_profile, on="account_id", how="anti").select("account_id").unique()
    written, broke_at = col("created_at"), col("broke_at")
    posts = r["posts"].select("account_id", "post_id", "created_at").filter(written.is_not_null()).join(
        suspects, on="account_id", how="semi")
    breaks = posts.join(led, on=["account_id", "post_id"], how="semi").group_by("account_id").agg(broke_at=written.min())
    pasts = (posts.join(breaks, on="account_id").with_columns(last_at=written.max().over("account_id"))
             .filter(written < broke_at).group_by("account_id", "broke_at", "last_at")
             .agg(first_at=written.min(), n_before=pl.len()))

    return (pasts.join(r["accounts"].select("account_id", "created_at"), on="account_id")
            .filter(((col("n_before") >= MIN_POSTS_BEFORE) & (_days("created_at", "broke_at") >= MIN_AGE_DAYS)
                     & (_days("first_at", "broke_at") >= MIN_PAST_DAYS) & (_days("broke_at", "last_at") <= MAX_BURST_DAYS))
                    | ((_days("created_at", "broke_at") >= OLD_DAYS) & (_days("broke_at", "last_at") <= SHORT_BURST_DAYS)))
            .join(pl.LazyFrame({"harm": ["scam", "deceptive_monetisation"]}), how="cross")
            .select("account_id", "harm", lit("spare").alias("strength"), lit("posts").alias("where"),
                    broke_at.dt.date().cast(TEXT).alias("shown"), written.dt.date().cast(TEXT).alias("expected"),
                    lit("").alias("source")))


def _days(since: str, until: str) -> pl.Expr:
    return (col(until).dt.date() - col(since).dt.date()).dt.total_days()


def _namesakes(matches: LazyFrame, identity: LazyFrame, named: LazyFrame) -> LazyFrame:
    pointed = identity.filter(col("signal").is_in([
        "handle_lookalike", "address_other_suffix", "address_lookalike", "address_embeds", "name_lookalike_characters",
        "avatar_copies"]))
    n_sharing, is_name = col("n_holders_sharing"), col("field") == "display_name"
    return (matches.join(pointed, on=PAIR, how="anti")
            .join(named.select(*PAIR, is_named=lit(True)).unique(), on=PAIR, how="left")
            .filter(col("is_named").is_null() | (col("holder_kind") == "official") | (n_sharing > 1))
            .group_by(PAIR).agg(weight=col("weight").max(), n=n_sharing.max(), in_name=is_name.any(),
                                first_name=col("shown").filter(is_name).min(), first=col("shown").min())
            .filter((col("weight") < RARE_ENOUGH) | (col("n") > 1))
            .select(*PAIR, pl.when(col("weight") < RARE_ENOUGH).then(lit("spare")).otherwise(lit("ask")).alias("strength"),
                    pl.when(col("in_name")).then(lit("display_name")).otherwise(lit("handle")).alias("where"),
                    pl.coalesce("first_name", "first").alias("shown"), col("n").cast(TEXT).alias("expected"),
                    lit("").alias("source")))


def _precedence(shared: Shared) -> LazyFrame:
    """Suspects older than the proven account of the same holder, or the oldest of all when none is proven."""
    contenders, made, is_proven = shared.contenders, col("created_at"), col("is_proven")
    contested = contenders.join(shared.suspects, on="account_id", how="semi").select("holder_id").unique()
    rivals = (contenders.filter(made.is_not_null() | is_proven).join(contested, on="holder_id", how="semi")
              .group_by("holder_id").agg(n_proven=is_proven.sum(), proven_since=made.filter(is_proven).min(),
                                         oldest=made.min(), newest=made.max()))
    return (contenders.join(shared.suspects, on="account_id", how="semi").join(rivals, on="holder_id")
            .filter(~is_proven & made.is_not_null() & (
                (made < col("proven_since")) | ((col("n_proven") == 0) & (made == col("oldest"))
                                                & (col("oldest") < col("newest")))))
            .select(*PAIR, lit("ask").alias("strength"), lit("created_at").alias("where"),
                    made.dt.date().cast(TEXT).alias("shown"),
                    pl.coalesce("proven_since", "newest").dt.date().cast(TEXT).alias("expected"), lit("").alias("source")))


def _long_standing(r: Mapping[str, LazyFrame], shared: Shared) -> LazyFrame:
    """Suspects that have borne the name for years, in plain letters, and are not proven."""
    read = shared.identity.join(shared.suspects, on="account_id", how="semi")
    disguised = read.filter(col("signal").is_in(["name_lookalike_characters", "handle_lookalike", "address_lookalike"]))
    renamed = r["name_history"].filter(col("likeness") < OTHER_NAME)
    posted = r["posts"].select("account_id", last_at="created_at").join(read, on="account_id", how="semi")
    rows = read.select(PAIR).unique()
    for others in (disguised, renamed, shared.proofs):
        rows = rows.join(others, on="account_id", how="anti")
    return (rows.join(posted.group_by("account_id").agg(col("last_at").max()), on="account_id")
            .join(r["accounts"].select("account_id", "created_at"), on="account_id")
            .filter(_days("created_at", "last_at") >= LONG_STANDING_DAYS)
            .select(*PAIR, lit("ask").alias("strength"), lit("created_at").alias("where"),
                    col("created_at").dt.date().cast(TEXT).alias("shown"), lit("").alias("source")))


def _proven(proofs: LazyFrame) -> LazyFrame:
    harms = pl.LazyFrame({"harm": [*HARMS.values(), "scam"]})
    return proofs.filter(col("proof") != "registered_domain").join(harms, how="cross").select(
        "account_id", "harm", pl.when(col("harm") == "scam").then(lit("ask")).otherwise(lit("spare")).alias("strength"),
        lit("handle").alias("where"), "shown", "source", expected="proof").unique()


def _own_sites(r: Mapping[str, LazyFrame], proofs: LazyFrame, identity: LazyFrame, content: LazyFrame) -> LazyFrame:
    """Suspects that lead to the very site of the holder that they read as, or of one with the same name."""
    names = r["holder_names"].select(theirs="holder_id", name=col("name").str.to_lowercase()).unique()
    sites = proofs.filter(col("proof") == "registered_domain").select("account_id", "shown", "source", theirs="holder_id")
    read = identity.select(*PAIR, name=col("expected").str.to_lowercase()).unique()
    pairs = sites.join(read, on="account_id")
    tied = pl.concat([pairs.filter(col("theirs") == col("holder_id")), pairs.join(names, on=["theirs", "name"], how="semi")])
    leads_away = content.select("account_id", leads_away=lit(True)).unique()
    return (tied.select(*PAIR, "shown", "source").unique().join(leads_away, on="account_id", how="left")
            .select(*PAIR, pl.when(col("leads_away").is_null()).then(lit("spare")).otherwise(lit("ask")).alias("strength"),
                    lit("website").alias("where"), "shown", lit("registered_domain").alias("expected"), "source"))
