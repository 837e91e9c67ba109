"""Bodies that stand in no register, by hand in Polars: military bodies and institutions go through the same joins at once."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import LazyFrame, col, lit
from polars_web import HARMS, PAIR, REASON, TEXT, rounded, strongest

from evenhand.detectors.unregistered import AROUND, NAME_SHARE, SURE, UNREGISTERED

BODIES = {"military": "military_body", "institution": "public_body"}
"""The claim that a display name makes when it is that of such a body."""
RESERVED = r"^(?:(?:gov|mil|int|lg\.jp)$|(?:gov|gob|gouv|go|govt|mil|gv|gub)\.)"
"""Endings that are registered for public bodies only."""


def bodies_of(r: Mapping[str, LazyFrame], beside_name: LazyFrame) -> LazyFrame:
    """Evidence for accounts whose display name is that of a body and whose profile claims to be it, with the kind of body."""
    claim, in_bio, in_name = col("claim"), col("where") == "bio", col("where") == "display_name"
    body = pl.LazyFrame({"kind": list(BODIES), "body": list(BODIES.values())})
    spoken = r["claims"].filter(col("stance") == "is")
    reserved = r["addresses"].filter(col("suffix").str.contains(RESERVED)).select("account_id").unique()
    around = r["claims"].filter(in_name & (claim == AROUND)).select("account_id", kind=lit("military"))
    named = (spoken.filter(in_name).join(body, left_on="claim", right_on="body")
             .join(reserved, on="account_id", how="anti")
             .join(around, on=["account_id", "kind"], how="anti")
             .join(r["accounts"].select("account_id", "display_name"), on="account_id")
             .filter(NAME_SHARE * col("shown").str.len_chars() >= col("display_name").str.len_chars())
             .select("account_id", "kind", shown="display_name").unique())
    claimed = pl.concat([
        spoken.filter((in_bio & claim.is_in(["official_account", "government", *BODIES.values()]))
                      | (in_name & (claim == "official_account"))).select("account_id", "claim", "where", "shown"),
        beside_name])
    meant = named.select("account_id", "kind").unique().join(claimed, on="account_id").filter(
        ~claim.is_in(list(BODIES.values())) | (claim == col("kind").replace_strict(BODIES)))
    of_the_body = pl.when(col("kind") == "military").then(lit("claims_military")).otherwise(lit("claims_government"))
    signal = claim.replace({"official_account": "claims_official", "government": "claims_government",
                            "self_named": "claims_own_name"})
    who = ["account_id", (lit(UNREGISTERED) + col("kind")).alias("holder_id"), "kind"]
    empty = [lit(None, TEXT).alias("post_id"), "shown", lit("").alias("expected"), lit("").alias("source")]
    return pl.concat([
        named.join(meant, on=["account_id", "kind"], how="semi").select(
            *who, lit("identity").alias("family"), (col("kind") + "_body_without_register").alias("signal"),
            lit("display_name").alias("where"), *empty, lit(0.8).alias("strength")),
        meant.select(*who, lit("claim").alias("family"),
                     pl.when(claim.is_in(list(BODIES.values()))).then(of_the_body).otherwise(signal).alias("signal"),
                     "where", *empty, claim.replace_strict({"official_account": 0.95, "self_named": 0.8}, default=0.9,
                                                           return_dtype=pl.Float64).alias("strength")).unique(),
    ]).with_columns(harm=col("kind").replace_strict(HARMS)).select("harm", "kind", *REASON)


def bodies_found(bodies: LazyFrame, registered: LazyFrame) -> LazyFrame:
    """The bodies, but for accounts that surely mean a registered one."""
    known = registered.filter(col("confidence") >= SURE)
    return (bodies.join(known, on=["account_id", "harm"], how="anti").group_by("harm", "kind", *PAIR)
            .agg(strongest("identity"), strongest("claim"))
            .select(*PAIR, "harm", (col("harm") + "/1").alias("detector"), col("kind").alias("holder_kind"),
                    rounded(col("identity") * col("claim"), 4).alias("confidence"),
                    lit(1.0).alias("best_similarity"), lit(1.0).alias("name_weight")))
