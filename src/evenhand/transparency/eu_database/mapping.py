"""Decisions as the European database's statements of reasons: one reviewed table per question, applied column by column.

What a statement says comes from the decision's harm, penalty and policy and from the names of the signals it rests on. It
quotes nothing that an account wrote: the database is public, and its rules forbid personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.decision import Automation
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.harm import IMPERSONATION, Harm
from evenhand.model.penalty import MEANINGS, Penalty
from evenhand.model.policy import GroundKind, Policy
from evenhand.transparency.eu_database.schema import LANGUAGES, STATEMENTS, TERRITORIES

RESTRICTIONS = tuple(str(penalty) for penalty, meaning in MEANINGS.items() if meaning.dsa_field is not None)
"""Penalties that restrict something. For the others, such as a warning, no statement is due (DSA Article 17)."""

_FRAUD, _TERMS = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
_POSING = ("KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING", "KEYWORD_INAUTHENTIC_ACCOUNTS")
CATEGORY: Mapping[Harm, str] = MappingProxyType({
    **dict.fromkeys((*sorted(IMPERSONATION), Harm.SYNTHETIC_PRESENTER), _TERMS),
    Harm.FALSE_CLAIM: "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    Harm.UNQUALIFIED_ADVICE: "STATEMENT_CATEGORY_CONSUMER_INFORMATION",
    **dict.fromkeys((Harm.DECEPTIVE_MONETISATION, Harm.SCAM, Harm.INAUTHENTIC_NETWORK, Harm.FAKE_FOLLOWERS), _FRAUD),
})
"""The category of each harm. Posing as somebody is fraud only where the evidence shows money; see `FRAUD_WITH_MONEY`."""
FRAUD_WITH_MONEY = frozenset({*IMPERSONATION, Harm.SYNTHETIC_PRESENTER})
"""Harms that become `SCAMS_AND_FRAUD` when a reason of the family money is among the evidence."""
KEYWORDS_OF: Mapping[Harm, tuple[str, ...]] = MappingProxyType({
    **dict.fromkeys(IMPERSONATION, _POSING),
    Harm.SYNTHETIC_PRESENTER: ("KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING",),
    Harm.FALSE_CLAIM: ("KEYWORD_MISINFORMATION_DISINFORMATION",),
    Harm.UNQUALIFIED_ADVICE: ("KEYWORD_MISLEADING_INFO_GOODS_SERVICES",),
    Harm.DECEPTIVE_MONETISATION: ("KEYWORD_HIDDEN_ADVERTISEMENT",),
    Harm.SCAM: ("KEYWORD_PHISHING",),
    Harm.INAUTHENTIC_NETWORK: ("KEYWORD_INAUTHENTIC_ACCOUNTS", "KEYWORD_COORDINATED_HARM"),
    Harm.FAKE_FOLLOWERS: ("KEYWORD_INAUTHENTIC_ACCOUNTS",),
})
DECIDED: Mapping[Automation, str] = MappingProxyType({
    Automation.FULLY: "AUTOMATED_DECISION_FULLY", Automation.PARTIALLY: "AUTOMATED_DECISION_PARTIALLY"})
FOLLOWERS = "The account no longer counts as a follower of other accounts. Its own content is not restricted."
"""The database has no value for this penalty, so it is described (decision 0025)."""
FRAME = ("Found in the account's profile, posts or behaviour: ", ". Kinds of evidence: ", ". Posts concerned: ")
"""The words around what was found."""
_MAX_GROUND, _MAX_EXPLANATION = 500, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What statements need to know besides the decisions."""

    campaign_id: str
    """The first half of every `puid`; the same decision gives the same `puid` for ever."""
    policies: Sequence[Policy]
    """The policies that the decisions name."""
    applied_on: date
    """The day on which the restrictions began."""
    titles: Mapping[str, str]
    """What each signal is called in English, by its name."""


def is_restriction(decisions: pa.Table) -> pa.Array:
    """Where a decision restricts something, so that a statement is due."""
    return pc.is_in(decisions["penalty"].combine_chunks(), value_set=pa.array(RESTRICTIONS))


def statements(decisions: pa.Table, filing: Filing) -> pa.Table:
    """The statement of each of `decisions`, all of them restrictions, in their order (schema `STATEMENTS`)."""
    decisions = decisions.combine_chunks()
    made = (_restriction(decisions) | _ground(decisions, filing) | _category(decisions) | _content(decisions)
            | {"puid": puids(decisions["decision_id"], campaign_id=filing.campaign_id),
               "application_date": _applied(decisions, filing),
               "decision_facts": facts(decisions, filing.titles),
               "source_type": pa.repeat("SOURCE_VOLUNTARY", decisions.num_rows),
               "automated_detection": pa.repeat("Yes", decisions.num_rows),
               "automated_decision": _looked_up(decisions["automation"], {str(k): v for k, v in DECIDED.items()})})
    columns = [made.get(field.name, pa.nulls(decisions.num_rows, field.type)) for field in STATEMENTS]
    return pa.table(columns, schema=STATEMENTS)


def puids(decision_ids: pa.ChunkedArray, *, campaign_id: str) -> pa.Array:
    """The database's key of each decision: `CAMPAIGN-DECISION`. It refuses a key twice for ever, so sending again is safe."""
    return pc.binary_join_element_wise(pa.scalar(campaign_id), decision_ids.combine_chunks(), "-")


def facts(decisions: pa.Table, titles: Mapping[str, str]) -> pa.Array:
    """What was found, by the names of the signals and never in the account's own words."""
    reasons = decisions["reasons"].combine_chunks()
    said = _joined(reasons, "signal", titles, "; ")
    kinds = _joined(reasons, "family", {str(family): str(family) for family in EvidenceFamily}, ", ")
    n_posts = pc.fill_null(pc.list_value_length(decisions["post_ids"].combine_chunks()), 0)
    posts = pc.if_else(pc.greater(n_posts, 0),
                       pc.binary_join_element_wise(FRAME[2], n_posts.cast(pa.string()), ""), "")
    return pc.binary_join_element_wise(FRAME[0], said, FRAME[1], kinds, posts, ".", "")


def stock(titles: Mapping[str, str]) -> frozenset[str]:
    """The words that `facts` puts into texts, none of which is an account's own."""
    return frozenset({*titles.values(), *(text.strip(". ") for text in FRAME), *(str(family) for family in EvidenceFamily)})


def _restriction(decisions: pa.Table) -> dict[str, pa.Array]:
    """The `decision_*` fields and the end of the restriction."""
    penalty = decisions["penalty"]
    value = {field: _looked_up(penalty, {str(p): m.dsa_value or "" for p, m in MEANINGS.items() if m.dsa_field == field})
             for field in ("decision_visibility", "decision_monetary", "decision_account")}
    none = pa.scalar(None, pa.string())
    until = pc.strftime(decisions["until"].combine_chunks(), format="%Y-%m-%d")
    return {
        "decision_visibility": _as_lists(value["decision_visibility"]),
        "decision_visibility_other": _looked_up(penalty, {str(Penalty.REMOVE_FOLLOWERS): FOLLOWERS}),
        "decision_monetary": value["decision_monetary"], "decision_account": value["decision_account"],
        **{f"end_date_{kind}_restriction": pc.if_else(pc.is_valid(value[f"decision_{kind}"]), until, none)
           for kind in ("visibility", "monetary", "account")}}


def _applied(decisions: pa.Table, filing: Filing) -> pa.Array:
    """The day on which each decision took effect: its own `applied_at` where it has one, else the filing's."""
    if "applied_at" in decisions.column_names:
        return pc.strftime(decisions["applied_at"].combine_chunks(), format="%Y-%m-%d")
    return pa.repeat(filing.applied_on.isoformat(), decisions.num_rows)


def _ground(decisions: pa.Table, filing: Filing) -> dict[str, pa.Array]:
    """The ground, its explanation and the territory, all from the policy."""
    policy = decisions["policy_id"]
    terms = [p for p in filing.policies if p.ground.kind is GroundKind.TERMS]
    law = [p for p in filing.policies if p.ground.kind is GroundKind.LAW]
    scope = {p.policy_id: tuple(code for code in TERRITORIES if code in p.territory) if p.territory else TERRITORIES
             for p in filing.policies}
    return {
        "decision_ground": _looked_up(policy, {
            **{p.policy_id: "DECISION_GROUND_INCOMPATIBLE_CONTENT" for p in terms},
            **{p.policy_id: "DECISION_GROUND_ILLEGAL_CONTENT" for p in law}}),
        "decision_ground_reference_url": _looked_up(policy, {p.policy_id: p.ground.url for p in filing.policies}),
        "incompatible_content_ground": _looked_up(policy, {p.policy_id: _cut(p.ground.name, _MAX_GROUND) for p in terms}),
        "incompatible_content_explanation": _looked_up(policy, {p.policy_id: _cut(p.text, _MAX_EXPLANATION) for p in terms}),
        "illegal_content_legal_ground": _looked_up(policy, {p.policy_id: _cut(p.ground.name, _MAX_GROUND) for p in law}),
        "illegal_content_explanation": _looked_up(policy, {p.policy_id: _cut(p.text, _MAX_EXPLANATION) for p in law}),
        "territorial_scope": _lists_looked_up(policy, scope)}


def _category(decisions: pa.Table) -> dict[str, pa.Array]:
    harm = decisions["harm"]
    usual = _looked_up(harm, {str(h): category for h, category in CATEGORY.items()})
    for_money = pc.and_(pc.is_in(harm.combine_chunks(), value_set=pa.array([str(h) for h in FRAUD_WITH_MONEY])),
                        _has(decisions["reasons"], "family", EvidenceFamily.MONEY))
    return {"category": pc.if_else(for_money, _FRAUD, usual),
            "category_specification": _lists_looked_up(harm, {str(h): words for h, words in KEYWORDS_OF.items()})}


def _content(decisions: pa.Table) -> dict[str, pa.Array]:
    """What is restricted: posts as text, everything else as an account, which the database has no value for."""
    is_posts = pc.equal(decisions["penalty"].combine_chunks(), str(Penalty.DELETE_POST))
    is_synthetic = pc.equal(decisions["harm"].combine_chunks(), str(Harm.SYNTHETIC_PRESENTER))
    kinds = {"tt": ("CONTENT_TYPE_SYNTHETIC_MEDIA",), "tf": ("CONTENT_TYPE_TEXT",),
             "ft": ("CONTENT_TYPE_SYNTHETIC_MEDIA", "CONTENT_TYPE_OTHER"), "ff": ("CONTENT_TYPE_OTHER",)}
    kind = pc.binary_join_element_wise(pc.if_else(is_posts, "t", "f"), pc.if_else(is_synthetic, "t", "f"), "")
    tag = decisions["language"].combine_chunks()
    language = pc.utf8_upper(pc.utf8_slice_codeunits(tag, 0, 2))
    is_tag = pc.and_(pc.is_in(language, value_set=pa.array(LANGUAGES)),
                     pc.fill_null(pc.match_substring_regex(tag, r"^[A-Za-z]{2}($|[-_])"), False))
    since = pc.if_else(is_posts, decisions["posted_at"].combine_chunks(), decisions["created_at"].combine_chunks())
    return {
        "content_type": _lists_looked_up(kind, kinds),
        "content_type_other": pc.if_else(is_posts, pa.scalar(None, pa.string()), "account"),
        "content_language": pc.if_else(is_tag, language, pa.scalar(None, pa.string())),
        "content_date": pc.strftime(since, format="%Y-%m-%d")}


def _looked_up(column: pa.Array | pa.ChunkedArray, values: Mapping[str, str]) -> pa.Array:
    """The value of each key; null for a key that the mapping does not know."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    places = pc.index_in(column, value_set=pa.array(list(values), pa.string()))
    return pa.array(list(values.values()), pa.string()).take(places)


def _lists_looked_up(column: pa.Array | pa.ChunkedArray, values: Mapping[str, tuple[str, ...]]) -> pa.Array:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    places = pc.index_in(column, value_set=pa.array(list(values), pa.string()))
    return pa.array([list(one) for one in values.values()], pa.list_(pa.string())).take(places)


def _as_lists(column: pa.Array) -> pa.Array:
    """Each text as a list of one; null as the empty list."""
    lengths = pc.is_valid(column).cast(pa.int32()).to_numpy(zero_copy_only=False)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), column.drop_null())


def _joined(lists: pa.Array, field: str, names: Mapping[str, str], separator: str) -> pa.Array:
    """The names of a field of each row's structs, each once, in the order in which they first stand there."""
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    encoded = pc.struct_field(pc.list_flatten(lists), field).dictionary_encode()
    known = [names.get(name, name.replace("_", " ")) for name in encoded.dictionary.to_pylist()]
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    _, first = np.unique(parents * max(1, len(known)) + codes, return_index=True)
    first.sort()
    counts = np.bincount(parents[first], minlength=len(lists)) if len(first) else np.zeros(len(lists), np.int64)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    texts = pa.array(known, pa.string()).take(pa.array(codes[first]))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), texts), separator)


def _has(lists: pa.ChunkedArray, field: str, value: str) -> pa.Array:
    """Where some struct of a row's list has this value."""
    array = lists.combine_chunks()
    parents = pc.list_parent_indices(array).to_numpy(zero_copy_only=False)
    is_value = pc.fill_null(pc.equal(pc.struct_field(pc.list_flatten(array), field), str(value)), False)
    has = np.zeros(len(array), dtype=bool)
    has[parents[is_value.to_numpy(zero_copy_only=False)]] = True
    return pa.array(has)


def _cut(text: str, limit: int) -> str:
    return text.strip() if len(text.strip()) <= limit else text.strip()[:limit - 1] + "…"
