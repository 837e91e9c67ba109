"""Judging and counting millions of entries says what reading each of them would say."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import CountedSalts, event

from evenhand.ledger.canonical import canonical
from evenhand.ledger.entry import entry_of
from evenhand.ledger.entry_forms import EntryForms, entry_counts
from evenhand.ledger.published_entry import read_entry
from evenhand.model.campaigns.event import EventKind, Json

LIKE_COMMITMENTS = [f'"committed":"{"A" * 43}"', '"committed":""', '\\"committed\\":\\"', ',"campaign_id":"b"', "committed"]
body = st.dictionaries(st.sampled_from(["account_id", "why", "penalty", "n_items", "committed"]),
                       st.sampled_from([*LIKE_COMMITMENTS, "label", "ä"]) | st.integers(0, 3), max_size=3)
texts = body.map(lambda said: entry_of(event(body=said), CountedSalts()).text)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An entry, as it is or changed somewhere."""
    text = draw(texts)
    place = draw(st.integers(0, len(text)))
    put = draw(st.sampled_from([b"", b"", b'"', b"\\", b" ", b"B", b"\xff", b"}", b'"committed":"' + b"B" * 43 + b'"']))
    return text[:place] + put + text[place + draw(st.integers(0, 2)):]


def is_form(text: bytes) -> bool:
    try:
        read_entry(text)
    except ValueError:
        return False
    return True


@settings(max_examples=150)
@given(st.lists(texts | damaged(), max_size=8))
def test_a_text_is_judged_as_if_it_was_read_whatever_was_seen_before(some: list[bytes]) -> None:
    forms = EntryForms()
    for text in some:
        if is_form(text):
            forms.refuse_other(text)
        else:
            with pytest.raises(ValueError):  # noqa: PT011  (the words are those of `read_entry`)
                forms.refuse_other(text)


def test_a_commitment_of_another_length_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    monkeypatch.setattr("evenhand.ledger.entry_forms.read_entry", read.append)
    forms, salts = EntryForms(), CountedSalts()
    first, second = (entry_of(event(7), salts).text for _ in range(2))
    for text in (first, second, first.replace(b'"committed":"', b'"committed":"x')):
        forms.refuse_other(text)
    assert read == [first, first.replace(b'"committed":"', b'"committed":"x')]


def documents(ends: bool) -> st.SearchStrategy[bytes]:
    """Entries in the order that is canonical, or in any."""
    said = st.fixed_dictionaries({
        "campaign_id": st.sampled_from(["a", 'b"', ',"campaign_id":"c"']), "kind": st.sampled_from(["halted", "resumed"]),
        "version": st.just(1), "actor": st.just("evenhand"),
        "body": body | st.just({"campaign_id": "z", "kind": "halted", "version": 1})})
    return said.map(canonical) if ends else said.flatmap(lambda fields: st.permutations(list(fields)).map(
        lambda names: json.dumps({name: fields[name] for name in names}, separators=(",", ":")).encode()))


@settings(max_examples=80)
@given(st.lists(documents(ends=True) | documents(ends=False), max_size=8))
def test_entries_are_counted_as_if_each_was_read(some: list[bytes]) -> None:
    read: list[dict[str, Json]] = [json.loads(text) for text in some]
    assert entry_counts(some) == Counter((str(one["campaign_id"]), EventKind(str(one["kind"]))) for one in read)
