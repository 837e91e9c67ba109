"""The scorecard adds up: every planted account is found, found as something else, or missed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.evaluation.outcomes import (
    ACCOUNT_OUTCOMES,
    OPERATOR_OUTCOMES,
    POST_OUTCOMES,
    TRUTH_ACCOUNTS,
    TRUTH_POSTS,
    Kind,
)
from evenhand.evaluation.scorecard import Confusion, Scorecard, scorecard
from evenhand.model.harm import Harm

MEDIA, MILITARY, SCAM = Harm.IMPERSONATION_MEDIA, Harm.IMPERSONATION_MILITARY, Harm.SCAM
DECIDED = pa.schema([("account_id", pa.string()), ("harm", pa.string()), ("post_ids", pa.list_(pa.string()))])
EFFECTS = pa.schema([("post_id", pa.string()), ("penalty", pa.string())])
ENGINE = DuckDBEngine(threads=1)

account = st.one_of(
    st.builds(lambda harm, role, operator, others: {"kind": "violator", "harm": harm, "role": role, "operator": operator,
                                                    "other_harms": others if harm else None},
              st.sampled_from([MEDIA, MILITARY, SCAM, None]), st.sampled_from(["bold", "shy"]),
              st.sampled_from(["leet", "leet+plural", None]),
              st.sampled_from([None, str(SCAM), f"{SCAM}+{Harm.FALSE_CLAIM}", str(Harm.IMPERSONATION_OFFICIAL)])),
    st.builds(lambda kind, role: {"kind": kind, "harm": None, "role": role, "operator": None, "other_harms": None},
              st.sampled_from(["hard_negative", "ordinary", "holder"]), st.sampled_from(["parody", "fan"])))
accounts = st.lists(st.tuples(account, st.sampled_from(["en", "ja"]), st.sampled_from([MEDIA, SCAM, Harm.FALSE_CLAIM, None])),
                    max_size=60)


def score(truth: list[dict[str, Any]], decisions: list[dict[str, Any]], *, posts: list[dict[str, Any]] | None = None,
          effects: list[dict[str, Any]] | None = None) -> Scorecard:
    tables = {"truth_accounts": pa.Table.from_pylist(truth, schema=TRUTH_ACCOUNTS),
              "decisions": pa.Table.from_pylist(decisions, schema=DECIDED),
              "truth_posts": pa.Table.from_pylist(posts or [], schema=TRUTH_POSTS),
              "effects": pa.Table.from_pylist(effects or [], schema=EFFECTS)}
    left = {step.name: ENGINE.run([step], keep=[step.name], tables={name: tables[name] for name in step.inputs})
            .relations[step.name] for step in (ACCOUNT_OUTCOMES, OPERATOR_OUTCOMES, POST_OUTCOMES)}
    return scorecard(left["account_outcomes"], left["operator_outcomes"], left["post_outcomes"],
                     looked_for={MEDIA, MILITARY, SCAM})


def rows(drawn: list[tuple[dict[str, Any], str, Harm | None]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    truth = [{"account_id": f"a{n}", "language": language, "script": "Latn", "holder_id": None, **one}
             for n, (one, language, _) in enumerate(drawn)]
    decisions = [{"account_id": f"a{n}", "harm": decided, "post_ids": []} for n, (_, _, decided) in enumerate(drawn) if decided]
    return truth, decisions


@given(accounts)
def test_found_and_missed_are_the_planted_whatever_is_decided(drawn: list[tuple[dict[str, Any], str, Harm | None]]) -> None:
    card = score(*rows(drawn))
    planted = Counter(one["harm"] for one, _, _ in drawn if one["kind"] == "violator")
    decided = Counter(harm for _, _, harm in drawn if harm)
    assert {bucket.harm: bucket.n_planted for bucket in card.buckets if bucket.n_planted} == dict(planted)
    for bucket in card.buckets:
        assert bucket.n_planted == bucket.n_right + bucket.n_as_other_harm + bucket.n_missed
        assert bucket.n_decided == bucket.n_right + bucket.n_of_other_harm + bucket.n_wrong
        assert (bucket.main_recall.hits, bucket.main_recall.n) == (bucket.n_right, bucket.n_planted)
        assert (bucket.recall.hits, bucket.recall.n) == (bucket.n_right + bucket.n_as_true_harm, bucket.n_planted)
        assert bucket.n_as_true_harm <= bucket.n_as_other_harm
        assert bucket.n_also_right <= bucket.n_of_other_harm
        assert bucket.account_recall.hits == bucket.n_planted - bucket.n_missed
        if bucket.harm is not None:
            assert bucket.n_decided == decided[bucket.harm]
            true = sum(harm == bucket.harm and (one["harm"] == harm or str(harm) in (one["other_harms"] or "").split("+"))
                       for one, _, harm in drawn)
            assert (bucket.precision.hits, bucket.precision.n) == (true, bucket.n_decided)
            assert bucket.account_precision.hits == bucket.n_decided - bucket.n_wrong
    assert sum(one.n_accounts for one in card.confusions) == sum(
        bucket.n_as_other_harm for bucket in card.buckets if bucket.harm is not None)
    assert card.n_accounts == len(drawn)
    assert sum(bucket.n_decided for bucket in card.buckets if bucket.harm) == sum(decided.values())
    kinds = {group.kind: group.penalised for group in card.spared if group.role is None}
    for kind in (Kind.HARD_NEGATIVE, Kind.ORDINARY, Kind.HOLDER):
        assert kinds[kind].n == sum(one["kind"] == kind for one, _, _ in drawn)
        assert kinds[kind].hits == sum(one["kind"] == kind and harm is not None for one, _, harm in drawn)
    by_role = [group.penalised for group in card.spared if group.role is not None]
    assert sum(metric.n for metric in by_role) == kinds[Kind.HARD_NEGATIVE].n
    assert sum(row.recall.n for row in card.by_role) == sum(planted.values())
    assert card.counts.precision.n == sum(decided.values())


def violator(name: str, harm: Harm | None, *, role: str = "impersonator", operator: str | None = None,
             language: str = "en", others: str | None = None) -> dict[str, Any]:
    return {"account_id": name, "kind": "violator", "harm": harm, "role": role, "operator": operator, "holder_id": None,
            "language": language, "script": "Latn", "other_harms": others}


def test_a_decision_under_another_true_harm_is_right_by_harm_and_not_by_main_harm() -> None:
    truth = [violator("a", SCAM, others=f"{Harm.FALSE_CLAIM}+{MEDIA}"), violator("b", MEDIA)]
    card = score(truth, [{"account_id": name, "harm": MEDIA, "post_ids": []} for name in "ab"])
    media, scam = card.buckets
    assert (media.n_right, media.n_also_right, media.precision.value, media.main_precision.value) == (1, 1, 1.0, 0.5)
    assert (scam.n_as_true_harm, scam.recall.value, scam.main_recall.value) == (1, 1.0, 0.0)
    assert [(one.planted, one.decided, one.is_true) for one in card.confusions] == [(SCAM, MEDIA, True)]


def test_a_decision_of_another_harm_is_right_by_account_and_wrong_by_harm() -> None:
    card = score([violator("a", MEDIA), violator("b", SCAM)], [{"account_id": "a", "harm": SCAM, "post_ids": []}])
    media, scam = card.buckets
    assert (media.harm, media.n_as_other_harm, media.recall.hits, media.account_recall.hits) == (MEDIA, 1, 0, 1)
    assert (scam.harm, scam.n_of_other_harm, scam.precision.hits, scam.account_precision.hits) == (SCAM, 1, 0, 1)
    assert scam.n_missed == 1
    assert card.confusions == (Confusion(planted=MEDIA, decided=SCAM, is_true=False, n_accounts=1),)


def test_an_account_made_by_several_operators_counts_under_each() -> None:
    card = score([violator("a", MEDIA, operator="leet+plural"), violator("b", MEDIA, operator="plural"),
                  violator("c", Harm.FALSE_CLAIM, operator="leet")],
                 [{"account_id": "a", "harm": MEDIA, "post_ids": []}])
    assert {row.value: (row.recall.hits, row.recall.n) for row in card.by_operator} == {"plural": (1, 2), "leet": (1, 1)}
    assert [row.value for row in card.by_operator] == ["plural", "leet"], "the least found first"


def test_bars_stand_at_their_very_value() -> None:
    truth = [violator(f"a{n}", MEDIA) for n in range(100)]
    truth += [{**violator(f"h{n}", None), "kind": "hard_negative", "role": "fan"} for n in range(600)]
    found = [{"account_id": f"a{n}", "harm": MEDIA, "post_ids": []} for n in range(80)]
    wrong = [{"account_id": f"h{n}", "harm": MEDIA, "post_ids": []} for n in range(3)]
    bars = {(bar.harm, bar.result.bar.metric): bar.result.is_met for bar in score(truth, found + wrong[:2]).bars}
    assert bars == {(MEDIA, "precision"): True, (MEDIA, "recall"): True, (None, "penalised"): True}
    bars = {(bar.harm, bar.result.bar.metric): bar.result.is_met for bar in score(truth, found[:79] + wrong).bars}
    assert bars == {(MEDIA, "precision"): False, (MEDIA, "recall"): False, (None, "penalised"): True}
    more = [{"account_id": f"h{n}", "harm": MEDIA, "post_ids": []} for n in range(4)]
    assert score(truth, found + more).bars[-1].result.is_met is False


def test_posts_are_counted_once_and_those_without_a_truth_are_ordinary() -> None:
    posts = [{"post_id": f"p{n}", "account_id": "a", "is_violating": n < 3} for n in range(5)]
    card = score([violator("a", SCAM)], [{"account_id": "a", "harm": SCAM, "post_ids": ["p0", "p1", "p4", "unknown"]}],
                 posts=posts, effects=[{"post_id": "p0", "penalty": "delete_post"}, {"post_id": None, "penalty": "label"}])
    named_precision, named_recall, deleted = card.posts
    assert (named_precision.hits, named_precision.n) == (2, 4)
    assert (named_recall.hits, named_recall.n) == (2, 3)
    assert (deleted.hits, deleted.n) == (1, 1)


def test_nothing_decided_is_no_precision_and_no_recall() -> None:
    card = score([violator("a", MEDIA)], [])
    assert card.buckets[0].precision.value is None
    assert card.buckets[0].recall.value == 0.0
    assert [bar.result.is_met for bar in card.bars] == [None, False, None]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_languages_are_told_apart(language: str) -> None:
    truth = [violator("a", MEDIA, language="en"), violator("b", MEDIA, language="ja")]
    card = score(truth, [{"account_id": "a", "harm": MEDIA, "post_ids": []}])
    recall = {row.language: row.recall.value for row in card.by_language}
    assert recall[language] == (1.0 if language == "en" else 0.0)
