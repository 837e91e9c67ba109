"""The scorecard of a world: what was found and missed in each bucket, who was wrongly penalised, which bars hold.

Three ways of counting stand side by side. *By harm*: a decision is right when its harm is true of the account: the one it was
planted with, or another whose published definition it meets as well, as the world says. *By main harm*: only the planted one
counts. *By account*: a decision is right when the account was planted with any. A scammer decided as an impostor is right by
account and wrong by harm; a made-up newsreader who poses as a named outlet is rightly decided under either. The bars are
judged by harm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.card import Bar, BarResult, judge_bars
from evenhand.evaluation.metric import Metric, f1, share
from evenhand.evaluation.outcomes import Kind
from evenhand.model.harm import Harm
from evenhand.transparency.known_truth import TruthCounts, is_sought, truth_counts

MIN_PRECISION, MIN_RECALL = 0.97, 0.80
"""Of every bucket planted (issues 3 and 4)."""
MAX_HARD_NEGATIVES = 0.005
"""Share of the hard negatives that may be penalised."""
JOINS = "+"
"""Stands between the operators that made one account's name, handle and address."""
NAMED_HARMS = (Harm.IMPERSONATION_OFFICIAL, Harm.IMPERSONATION_MILITARY, Harm.IMPERSONATION_INSTITUTION,
               Harm.IMPERSONATION_MEDIA, Harm.SCAM)
"""The impersonation and link buckets: those that are shown for each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketScore:
    """One planted harm. n_planted = n_right + n_as_other_harm + n_missed; n_decided = n_right + n_of_other_harm + n_wrong."""

    harm: Harm | None
    """None for violators without a category: any decision finds them, and none is decided under no harm."""
    is_looked_for: bool
    """False when no detector of the sweep looks for this harm."""
    n_planted: int
    n_decided: int
    """Accounts decided under this harm."""
    n_right: int
    n_as_other_harm: int
    """Planted with this harm, decided under another."""
    n_missed: int
    n_as_true_harm: int
    """Of those, decided under one that is true of them too."""
    n_of_other_harm: int
    """Decided under this harm, planted with another."""
    n_also_right: int
    """Of those, accounts of which this harm is true too."""
    n_wrong: int
    """Decided under this harm, planted with none."""
    precision: Metric
    """Of those decided under this harm, those of which it is true: n_right + n_also_right."""
    recall: Metric
    """Of those planted with this harm, those decided under one that is true of them: n_right + n_as_true_harm."""
    main_precision: Metric
    main_recall: Metric
    f1: Metric
    """Of the main harm: n_right only, as the two before."""
    account_precision: Metric
    """Of those decided under this harm, violators of any harm."""
    account_recall: Metric
    """Of those planted with this harm, decided under any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupScore:
    """One group of accounts that should be left alone, such as hard negatives of one role."""

    kind: Kind
    role: str | None
    """None for all of the kind."""
    penalised: Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallScore:
    """Violators of one role, or whose names one operator made."""

    value: str
    recall: Metric
    """Decided under a harm that is true of them."""
    account_recall: Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageScore:
    """The impersonation and link buckets in one language, and the hard negatives in it."""

    language: str
    precision: Metric
    recall: Metric
    penalised: Metric
    """Hard negatives penalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Violators planted with one harm and decided under another."""

    planted: Harm
    decided: Harm
    is_true: bool
    """Whether the decided harm is true of them as well; then it is no mistake."""
    n_accounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldBar:
    """A bar of the world: about one harm, or about all hard negatives (None)."""

    harm: Harm | None
    result: BarResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Everything that a plan's comparison with a world's truth gives."""

    counts: TruthCounts
    """All harms together, by account."""
    n_accounts: int
    buckets: tuple[BucketScore, ...]
    confusions: tuple[Confusion, ...]
    """The most frequent first."""
    spared: tuple[GroupScore, ...]
    """Kinds first (role None), then the hard negatives by role, the most often penalised first."""
    by_role: tuple[RecallScore, ...]
    by_operator: tuple[RecallScore, ...]
    """Of violators whose harm has a detector."""
    by_language: tuple[LanguageScore, ...]
    posts: tuple[Metric, ...]
    """`named_precision`, `named_recall`, `deleted_precision`."""
    bars: tuple[WorldBar, ...]


def scorecard(outcomes: pa.Table, operators: pa.Table, posts: pa.Table, *, looked_for: Collection[Harm],
              seed: int = 0) -> Scorecard:
    """The scorecard of the counts that `ACCOUNT_OUTCOMES`, `OPERATOR_OUTCOMES` and `POST_OUTCOMES` leave."""
    tally = _Tally(outcomes)
    buckets = tuple(_bucket(tally, harm, looked_for=looked_for, seed=seed) for harm in _harms(outcomes))
    spared = _spared(tally)
    return Scorecard(
        counts=truth_counts(outcomes, looked_for=looked_for), n_accounts=tally.n(), buckets=buckets,
        confusions=_confusions(outcomes), spared=spared,
        by_role=_recalls(outcomes.filter(tally.is_violator), "role"),
        by_operator=_recalls(operators.filter(is_sought(operators["harm"], looked_for)), "operator"),
        by_language=_languages(tally),
        posts=_posts(posts), bars=_bars(buckets, spared))


class _Tally:
    """Sums of `n_accounts` over cells of the outcome table."""

    def __init__(self, outcomes: pa.Table) -> None:
        self.table = outcomes
        self.is_true = outcomes["is_true"]
        self.is_decided = pc.is_valid(outcomes["decided"])
        self.is_violator = outcomes["is_violator"]

    def n(self, *masks: pa.ChunkedArray) -> int:
        """Accounts in the cells where all masks are true."""
        chosen = self.table["n_accounts"]
        if masks:
            mask = masks[0]
            for another in masks[1:]:
                mask = pc.and_(mask, another)
            chosen = chosen.filter(pc.fill_null(mask, False))
        return int(pc.sum(chosen).as_py() or 0)

    def equal(self, column: str, value: str | None) -> pa.ChunkedArray:
        """Where a column has a value; where it is null for None."""
        return pc.is_null(self.table[column]) if value is None else pc.fill_null(pc.equal(self.table[column], value), False)

    def values(self, column: str, mask: pa.ChunkedArray) -> list[str]:
        """The values of a column where the mask is true, sorted."""
        return sorted(value for value in pc.unique(self.table[column].filter(mask)).to_pylist() if value is not None)


def _harms(outcomes: pa.Table) -> list[Harm | None]:
    """The harms planted or decided, in the order of `Harm`; None last, when violators without a category are planted."""
    planted = outcomes["harm"].filter(outcomes["is_violator"])
    named = set(pc.unique(planted).to_pylist()) | set(pc.unique(outcomes["decided"]).drop_null().to_pylist())
    return [harm for harm in Harm if str(harm) in named] + ([None] if None in named else [])


def _bucket(tally: _Tally, harm: Harm | None, *, looked_for: Collection[Harm], seed: int) -> BucketScore:
    planted = pc.and_(tally.is_violator, tally.equal("harm", harm))
    decided = tally.equal("decided", harm) if harm is not None else pc.and_(planted, tally.is_decided)
    right = pc.and_(planted, decided)
    n_planted, n_decided, n_right = tally.n(planted), tally.n(decided), tally.n(right)
    n_found, n_true = tally.n(planted, tally.is_decided), tally.n(planted, tally.is_true)
    n_as_true, n_also = (n_true - n_right, tally.n(decided, tally.is_true) - n_right) if harm is not None else (0, 0)
    n_wrong = tally.n(decided, pc.invert(tally.is_violator))
    return BucketScore(
        harm=harm, is_looked_for=harm is None or harm in looked_for, n_planted=n_planted, n_decided=n_decided,
        n_right=n_right, n_as_other_harm=n_found - n_right, n_as_true_harm=n_as_true,
        n_missed=n_planted - n_found, n_of_other_harm=n_decided - n_right - n_wrong, n_also_right=n_also, n_wrong=n_wrong,
        precision=share("precision", n_right + n_also, n=n_decided if harm is not None else 0),
        recall=share("recall", n_right + n_as_true, n=n_planted),
        main_precision=share("main_precision", n_right, n=n_decided if harm is not None else 0),
        main_recall=share("main_recall", n_right, n=n_planted),
        f1=f1(n_right, n_wrong=n_decided - n_right, n_missed=n_planted - n_right,
              n_left=tally.n() - n_decided - n_planted + n_right, seed=seed),
        account_precision=share("account_precision", n_decided - n_wrong, n=n_decided if harm is not None else 0),
        account_recall=share("account_recall", n_found, n=n_planted))


def _confusions(outcomes: pa.Table) -> tuple[Confusion, ...]:
    is_other = pc.and_(outcomes["is_violator"], pc.fill_null(pc.not_equal(outcomes["harm"], outcomes["decided"]), False))
    sums = outcomes.filter(is_other).group_by(["harm", "decided", "is_true"]).aggregate([("n_accounts", "sum")])
    order = [("n_accounts_sum", "descending"), ("harm", "ascending"), ("decided", "ascending"), ("is_true", "ascending")]
    return tuple(Confusion(planted=Harm(row["harm"]), decided=Harm(row["decided"]), is_true=row["is_true"],
                           n_accounts=row["n_accounts_sum"])
                 for row in sums.sort_by(order).to_pylist())


def _spared(tally: _Tally) -> tuple[GroupScore, ...]:
    kinds = [GroupScore(kind=kind, role=None, penalised=_penalised(tally, tally.equal("kind", kind)))
             for kind in (Kind.HARD_NEGATIVE, Kind.ORDINARY, Kind.HOLDER)]
    hard = tally.equal("kind", Kind.HARD_NEGATIVE)
    roles = [GroupScore(kind=Kind.HARD_NEGATIVE, role=role,
                        penalised=_penalised(tally, pc.and_(hard, tally.equal("role", role))))
             for role in tally.values("role", hard)]
    roles.sort(key=lambda group: (-(group.penalised.value or 0.0), group.role or ""))
    return (*kinds, *roles)


def _penalised(tally: _Tally, group: pa.ChunkedArray) -> Metric:
    return share("penalised", tally.n(group, tally.is_decided), n=tally.n(group))


def _recalls(violators: pa.Table, column: str) -> tuple[RecallScore, ...]:
    """Recall for each value of a column, the lowest first. A value such as `a+b` counts under `a` and under `b`."""
    same = violators["is_true"]
    n = violators["n_accounts"]
    counted = pa.table({
        "value": pc.split_pattern(violators[column], JOINS), "n": n, "same": pc.if_else(same, n, 0),
        "found": pc.if_else(pc.is_valid(violators["decided"]), n, 0)}).combine_chunks()
    lists = counted["value"].combine_chunks()
    parts = counted.drop_columns("value").take(pc.list_parent_indices(lists)).append_column("value", pc.list_flatten(lists))
    sums = parts.group_by("value").aggregate([("n", "sum"), ("same", "sum"), ("found", "sum")]).to_pylist()
    rows = [RecallScore(value=row["value"], recall=share("recall", row["same_sum"], n=row["n_sum"]),
                        account_recall=share("account_recall", row["found_sum"], n=row["n_sum"])) for row in sums]
    return tuple(sorted(rows, key=lambda row: (row.recall.value or 0.0, row.value)))


def _languages(tally: _Tally) -> tuple[LanguageScore, ...]:
    names = pa.array([str(harm) for harm in NAMED_HARMS])
    planted = pc.and_(tally.is_violator, pc.is_in(tally.table["harm"], value_set=names))
    decided = pc.is_in(tally.table["decided"], value_set=names)
    everywhere = pc.or_(tally.is_violator, tally.equal("kind", Kind.HARD_NEGATIVE))
    rows = []
    for language in tally.values("language", everywhere):
        here = tally.equal("language", language)
        rows.append(LanguageScore(
            language=language, precision=share("precision", tally.n(here, decided, tally.is_true), n=tally.n(here, decided)),
            recall=share("recall", tally.n(here, planted, tally.is_true), n=tally.n(here, planted)),
            penalised=_penalised(tally, pc.and_(here, tally.equal("kind", Kind.HARD_NEGATIVE)))))
    return tuple(rows)


def _posts(posts: pa.Table) -> tuple[Metric, ...]:
    def n(*masks: pa.ChunkedArray) -> int:
        mask = masks[0]
        for another in masks[1:]:
            mask = pc.and_(mask, another)
        return int(pc.sum(posts["n_posts"].filter(mask)).as_py() or 0)

    bad, named, deleted = posts["is_violating"], posts["is_named"], posts["is_deleted"]
    return (share("named_precision", n(bad, named), n=n(named)), share("named_recall", n(bad, named), n=n(bad)),
            share("deleted_precision", n(bad, deleted), n=n(deleted)))


def _bars(buckets: tuple[BucketScore, ...], spared: tuple[GroupScore, ...]) -> tuple[WorldBar, ...]:
    """Precision and recall of every planted harm, and the share of hard negatives penalised."""
    asked = (Bar(metric="precision", at_least=MIN_PRECISION), Bar(metric="recall", at_least=MIN_RECALL))
    bars = [WorldBar(harm=bucket.harm, result=result) for bucket in buckets if bucket.n_planted and bucket.harm
            for result in judge_bars(asked, (bucket.precision, bucket.recall))]
    hard = judge_bars((Bar(metric="penalised", at_most=MAX_HARD_NEGATIVES),), (spared[0].penalised,))
    return (*bars, *(WorldBar(harm=None, result=result) for result in hard))
