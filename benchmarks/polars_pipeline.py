"""The sweep's SQL part as somebody would write it by hand in Polars: the same result from the same relations.

Everything is lazy, columns and filters are left to the optimiser, and whatever concerns only suspects starts from them.
What several later plans need is collected once, with `collect_all`, where it branches: as one single plan, shared parts
and all, the same pipeline takes a hundred times as long, since each use of a shared part is planned anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

import polars as pl
from polars import LazyFrame, col, lit
from polars_bodies import bodies_found, bodies_of
from polars_evidence import (
    content_of,
    fitting_claims,
    found_of,
    identity_of,
    imitations_of,
    named_claims,
    near_evidence,
    network_of,
    own_addresses,
    self_named,
    suspected_pairs,
)
from polars_guards import Shared, contenders_of, guard_hits
from polars_scams import scam_evidence, scams_found
from polars_web import HARMS, PAIR, REASON, listed_of, proofs_of

from evenhand.model.evidence import MIN_FAMILIES, EvidenceFamily

SURE = 0.5
"""The least confidence that the five policies ask for."""
Engine: TypeAlias = Literal["in-memory", "streaming"]


def outcome(r: Mapping[str, LazyFrame], *, cut_off: datetime, engine: Engine) -> dict[str, LazyFrame]:
    """Found, evidence, guard hits and verdicts, from the kernels' relations, the tables and the registries `r`."""
    def once(*plans: LazyFrame) -> list[LazyFrame]:
        return [frame.lazy() for frame in pl.collect_all(plans, engine=engine)]

    own, beside_name, listed = once(own_addresses(r), self_named(r), listed_of(r))
    [named] = once(named_claims(r, beside_name))
    identity, content, scams, bodies, fitting = once(identity_of(r, named), content_of(r, own), scam_evidence(r, listed),
                                                     bodies_of(r, beside_name), fitting_claims(r, beside_name))
    proofs, = once(proofs_of(r, pl.concat([identity.select("account_id"), r["profile_address_matches"].select("account_id"),
                                       bodies.select("account_id"), listed.select("account_id")]).unique()))
    imitations, = once(imitations_of(r, proofs))
    pairs, = once(suspected_pairs(fitting, identity, content, imitations))
    near = near_evidence(r, pairs, identity=identity, named=named, content=content, fitting=fitting)
    evidence, = once(pl.concat([near, network_of(r, imitations).join(pairs.select(*PAIR, "kind"), on=PAIR)], how="diagonal"))
    registered, = once(found_of(r, evidence))
    found = pl.concat([registered, bodies_found(bodies, registered), scams_found(scams)], how="diagonal_relaxed").select(
        "harm", "detector", *PAIR, "holder_kind", "holder_country", "confidence", "best_similarity", "name_weight")
    found, = once(found)
    reasons = pl.concat([evidence.with_columns(harm=col("kind").replace_strict(HARMS)).select("harm", *REASON),
                         bodies.select("harm", *REASON),
                         scams.select(lit("scam").alias("harm"), *REASON)])
    reasons = reasons.join(found.select("harm", *PAIR), on=["harm", *PAIR], how="semi").unique().join(
        r["posts"].select("account_id", "post_id", posted_at="created_at", post_language="language"),
        on=["account_id", "post_id"], how="left")
    reasons, = once(reasons)
    suspects, = once(pl.concat([pairs.select("account_id"), bodies.select("account_id"), listed.select("account_id")]).unique())
    shared = Shared(identity=identity, content=content, named=named, proofs=proofs, bodies=bodies, listed=listed,
                    suspects=suspects, contenders=contenders_of(r, identity, proofs))
    return {"found": found, "evidence": reasons, "guard_hits": guard_hits(r, shared),
            "verdicts": verdicts_of(r, found, reasons, cut_off=cut_off)}


def verdicts_of(r: Mapping[str, LazyFrame], found: LazyFrame, reasons: LazyFrame, *, cut_off: datetime) -> LazyFrame:
    """The best holder of each account and harm, with what is known of the account and the five policies' conditions."""
    key = ["account_id", "harm"]
    has = {f"has_{family}": (col("family") == str(family)).any() for family in EvidenceFamily}
    summed = reasons.group_by([*PAIR, "harm"]).agg(
        n_reasons=pl.len(), n_families=col("family").n_unique(), n_posts=col("post_id").drop_nulls().n_unique(), **has)
    best = found.sort(["confidence", "best_similarity", "name_weight", "holder_id"], descending=[True, True, True, False]
                      ).unique(subset=key, keep="first", maintain_order=True)
    profile = ["account_id", "platform", "handle", "display_name", "bio", "website", "language", "country", "created_at",
               "followers", "following", "verified", "monetised"]
    facts = best.join(summed, on=[*PAIR, "harm"]).join(r["accounts"].select(profile), on="account_id").with_columns(
        age_days=(lit(cut_off.date()) - col("created_at").dt.date()).dt.total_days())
    sure = (col("confidence") >= SURE) & (col("n_families") >= MIN_FAMILIES)
    when = {harm: sure & col("has_identity") & (col("holder_kind") == kind) for kind, harm in HARMS.items()}
    when |= {"impersonation_military": sure & col("has_identity") & col("has_claim"), "scam": sure & col("has_content")}
    return facts.with_columns(**{f"applies_{harm}": (col("harm") == harm) & condition for harm, condition in when.items()})
