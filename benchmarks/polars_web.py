"""What stands behind an address, by hand in Polars: lists, proofs, and the words the other parts share."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import LazyFrame, col, lit

HARMS = {"institution": "impersonation_institution", "media": "impersonation_media",
         "military": "impersonation_military", "official": "impersonation_official"}
PAIR = ["account_id", "holder_id"]
REASON = [*PAIR, "family", "signal", "where", "post_id", "shown", "expected", "source", "strength"]
TEXT = pl.String


def likeness() -> pl.Expr:
    """How much a match counts."""
    return col("similarity") * col("weight")


def rounded(number: pl.Expr, digits: int) -> pl.Expr:
    """Rounded as SQL does, halves away from zero."""
    return number.round(digits, mode="half_away_from_zero")


def contains(text: str, part: str) -> pl.Expr:
    """Whether one column's text holds another's, whatever the case."""
    return col(text).str.to_lowercase().str.contains(col(part).str.to_lowercase(), literal=True)


def strongest(family: str) -> pl.Expr:
    """The strongest evidence of a family in a group; zero without any."""
    return col("strength").filter(col("family") == family).max().fill_null(0.0).alias(family)


def address_signal() -> pl.Expr:
    """What an address match is called as evidence."""
    return col("match").replace_strict({"other_suffix": "address_other_suffix", "embedded": "address_embeds",
                                        "affix": "address_embeds"}, default="address_lookalike")


def covering_names(places: LazyFrame) -> LazyFrame:
    """Each host with every name that covers it, up to its registrable domain."""
    levels = [col("host").str.replace(rf"^(?:[^.]*\.){{{n}}}", "") for n in range(1, 6)]
    below = [pl.when(level.str.len_bytes() >= col("domain").str.len_bytes()).then(level) for level in levels]
    return (places.select("host", "domain").drop_nulls().unique()
            .select("host", covering=pl.concat_list(col("host"), *below, col("domain")))
            .explode("covering").drop_nulls().unique())


def proofs_of(r: Mapping[str, LazyFrame], wanted: LazyFrame) -> LazyFrame:
    """What ties the `wanted` accounts to holders."""
    def platform(name: str) -> pl.Expr:
        return col(name).str.to_lowercase().replace({"x": "twitter", "bsky": "bluesky", "atproto": "bluesky"})

    def plain(name: str) -> pl.Expr:
        return col(name).str.strip_prefix("@").str.to_lowercase()

    named = (r["accounts"].select("account_id", "handle", "verified", platform("platform"), plain("handle").alias("plain"))
             .join(wanted, on="account_id", how="semi"))
    own = (r["addresses"].filter(col("where").is_in(["website", "handle"])).select("account_id", "where", "host", "domain")
           .join(wanted, on="account_id", how="semi"))
    without_www = own.select("host").unique().filter(col("host").str.starts_with("www.")).select(
        "host", covering=col("host").str.slice(4))
    sites = r["holder_domains"].select("holder_id", covering=col("domain").str.strip_prefix("www."))
    below = own.join(pl.concat([covering_names(own), without_www]).join(sites, on="covering"), on="host")
    handles = r["holder_handles"].select("holder_id", plain("handle").alias("plain"), platform("platform").alias("theirs"))
    by_handle = (
        named.join(handles, on="plain")
        .filter(col("platform").is_null() | col("theirs").is_null() | (col("platform") == col("theirs")))
        .select(*PAIR, lit("registered_handle").alias("proof"), col("handle").alias("shown")))
    by_site = below.filter(col("where") == "website").select(*PAIR, lit("registered_domain").alias("proof"),
                                                             col("host").alias("shown"))
    by_domain = (below.filter(col("where") == "handle")
                 .join(named.filter(col("platform").is_in(["bluesky", "web"])), on="account_id")
                 .select(*PAIR, lit("domain_handle").alias("proof"), col("handle").alias("shown")))
    verified = named.filter(col("verified")).select("account_id", lit(None, TEXT).alias("holder_id"),
                                                    lit("verified").alias("proof"), col("handle").alias("shown"),
                                                    lit("platform").alias("source"))
    tied = pl.concat([by_handle, by_site, by_domain]).unique().join(r["holders"].select("holder_id", "source"),
                                                                    on="holder_id", how="left")
    return pl.concat([tied, verified])


def listed_of(r: Mapping[str, LazyFrame]) -> LazyFrame:
    """Links and addresses that a list names, once for each place, with the first list that does and how many do."""
    places = pl.concat([r[name].filter(~col("is_defanged")).select("account_id", post, "where", "host", "domain")
                        for name, post in (("links", col("post_id")), ("addresses", lit(None, TEXT).alias("post_id")))])
    entries = covering_names(places).join(r["link_lists"].select("list_id", "label", covering="host"), on="covering")
    allowed = entries.filter(col("label") == "allow").select("host").unique()
    by_host = (entries.filter(col("label") != "allow").join(allowed, on="host", how="anti")
               .select("host", "list_id", "label").unique().sort("host", "list_id", "label")
               .group_by("host").agg(pl.first("list_id"), pl.first("label"), n_lists=pl.len()))
    return (places.select("account_id", "post_id", "where", "host").join(by_host, on="host").unique()
            .select("account_id", "where", "post_id", "host", expected="label", source="list_id",
                    strength=pl.when(col("n_lists") > 1).then(0.97).otherwise(0.92)))
