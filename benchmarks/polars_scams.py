"""Evidence of scam links, by hand in Polars."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import LazyFrame, col, lit
from polars_web import PAIR, TEXT, address_signal, likeness, rounded, strongest

from evenhand.detectors.identity import MIN_NAME_STRENGTH
from evenhand.detectors.scam import MIN_PUSHERS, MIN_REPEATS
from evenhand.model.evidence import MIN_FAMILIES


def scam_evidence(r: Mapping[str, LazyFrame], listed: LazyFrame) -> LazyFrame:
    """Listed links and what else agrees."""
    accounts = listed.select("account_id").unique()
    repeated = (listed.filter(col("post_id").is_not_null()).group_by("account_id", "host").agg(n=col("post_id").n_unique())
                .filter(col("n") >= MIN_REPEATS))
    identity = (r["profile_address_matches"].filter((col("where") == "handle") & (likeness() >= MIN_NAME_STRENGTH))
                .join(accounts, on="account_id", how="semi"))
    lures = (r["lures"].join(listed.select("account_id", "host", at="post_id"), on="account_id")
             .filter(((col("post_id") == col("at")) | col("at").is_null())
                     & ~col("host").str.replace_all("-", "", literal=True).str.contains(
                         col("shown").str.to_lowercase().str.replace_all(" ", "", literal=True), literal=True)))
    pushed = _pushed(r, listed)
    nothing, everywhere, no_post = lit(""), lit("posts"), lit(None, TEXT)

    def reasons(rows: LazyFrame, family: str, *, signal: str | pl.Expr, **columns: pl.Expr | str | float) -> LazyFrame:
        given = {"where": col("where"), "post_id": no_post, "shown": col("host"), "expected": nothing, "source": nothing,
                 **{name: lit(value) if isinstance(value, float) else value for name, value in columns.items()}}
        return rows.select("account_id", lit("").alias("holder_id"), lit(family).alias("family"),
                           (lit(signal) if isinstance(signal, str) else signal).alias("signal"), **given)

    return pl.concat([
        reasons(listed, "content", signal="links_listed", post_id=col("post_id"), expected="expected", source="source",
                strength="strength"),
        reasons(repeated, "behaviour", signal="repeated_link", where=everywhere, expected=col("n").cast(TEXT), strength=0.8),
        reasons(identity, "identity", signal=address_signal(), post_id=col("post_id"), expected="holder_domain",
                source="holder_id", strength=rounded(likeness(), 6)),
        reasons(lures, "money", signal="asks_for_money", post_id=col("post_id"), shown="shown", strength=0.8),
        reasons(pushed, "network", signal="shared_listed_link", where=everywhere, expected=(col("n") - 1).cast(TEXT),
                strength=0.7)])


def _pushed(r: Mapping[str, LazyFrame], listed: LazyFrame) -> LazyFrame:
    """Who leads to a host within the same hour as others, or holds it in a profile as others do, and how many they are."""
    posts = listed.filter(col("post_id").is_not_null()).join(
        r["posts"].select("account_id", "post_id", "created_at"), on=["account_id", "post_id"]).select(
        "account_id", "host", slot=col("created_at").dt.epoch("s") // 1800)
    profiles = listed.filter(col("post_id").is_null()).select("account_id", "host", slot=lit(-1, pl.Int64))
    pushes = pl.concat([posts, posts.with_columns(col("slot") + 1), profiles]).unique()
    return (pushes.with_columns(n=pl.len().over("host", "slot")).filter(col("n") >= MIN_PUSHERS)
            .group_by("account_id", "host").agg(col("n").max()))


def scams_found(scams: LazyFrame) -> LazyFrame:
    """Accounts with listed links and a second family of evidence."""
    families = ("content", "behaviour", "identity", "money", "network")
    doubt = (1.0 - col("behaviour")) * (1.0 - col("identity")) * (1.0 - col("money")) * (1.0 - col("network"))
    return (scams.group_by(PAIR).agg(*map(strongest, families), n_families=col("family").n_unique())
            .filter((col("n_families") >= MIN_FAMILIES) & (col("content") > 0.0))
            .select(*PAIR, lit("scam").alias("harm"), lit("scam_links/2").alias("detector"),
                    rounded(col("content") * (1.0 - doubt), 4).alias("confidence"), best_similarity="identity",
                    name_weight="identity"))
