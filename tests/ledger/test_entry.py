"""An entry says of persons nothing that its reader could find out, and everything to whom it is disclosed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import CountedSalts, event

from evenhand.ledger.canonical import canonical
from evenhand.ledger.entry import Disclosure, entry_of, read_disclosure
from evenhand.ledger.published_entry import read_entry
from evenhand.ledger.published_fields import PARTS, PUBLISHED
from evenhand.model.campaigns.event import Event, EventKind, Json

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
facts: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=5)
names = texts | st.sampled_from([*sorted(PUBLISHED)[:8], *sorted(PARTS), "n_effects", "account_id", "committed", "a.b"])
bodies = st.dictionaries(names, facts | st.dictionaries(names, facts, max_size=3), max_size=5)
made = st.builds(Event, campaign_id=st.text("abc-1", min_size=1, max_size=8), kind=st.sampled_from(EventKind),
                 at=st.datetimes(timezones=st.just(UTC)), actor=st.sampled_from(["evenhand", "ana", "ben"]), body=bodies)


@settings(max_examples=60)
@given(made)
def test_an_opened_entry_is_the_event_and_its_text_is_canonical(given_event: Event) -> None:
    entry = entry_of(given_event, CountedSalts())
    published = read_entry(entry.text)
    opened, unused = published.opened(entry.disclosures)
    assert unused == ()
    # an object that looks like a commitment can only be told from one before it is opened
    assert canonical(opened.body) == canonical(given_event.body)
    assert (opened.campaign_id, opened.kind, opened.at, opened.actor) == (
        given_event.campaign_id, given_event.kind, given_event.at, given_event.actor)


PERSON = "Jane Q. Public, @jane, +1 555 0100"


@settings(max_examples=60)
@given(bodies, st.sampled_from([PERSON, [PERSON], {PERSON: 1}, {"a": [PERSON]}]),
       st.sampled_from(["account_id", "handle", "text", "statement", "reason", "anything", "n_text", "x.y"]),
       st.sampled_from([None, *sorted(PARTS)]))
def test_what_is_not_named_as_published_is_not_published(
        body: dict[str, Json], value: Json, name: str, part: str | None) -> None:
    said: dict[str, Json] = body | ({name: value} if part is None else {part: [{name: value}]})
    entry = entry_of(event(body=said), CountedSalts())
    assert "Jane" not in entry.text.decode()
    assert any(PERSON in json.dumps(one.value) for one in entry.disclosures)


def test_numbers_are_published_only_as_counts_or_by_name() -> None:
    entry = read_entry(entry_of(event(body={"n_effects": 3, "followers": 41_207, "bound": 0.981}), CountedSalts()).text)
    assert entry.body["n_effects"] == 3
    assert entry.body["bound"] == 0.981
    assert entry.commitments() == ("body.followers",)


def test_outsiders_can_tell_two_people_from_one() -> None:
    salts = CountedSalts()
    actors = [read_entry(entry_of(event(actor=name), salts).text).actor for name in ("ana", "ben", "ana")]
    assert actors[0] == actors[2] != actors[1]
    assert "ana" not in json.dumps(actors)


def test_the_same_account_looks_different_in_every_entry() -> None:
    salts = CountedSalts()
    first, second = (read_entry(entry_of(event(7), salts).text).body["account_id"] for _ in range(2))
    assert first != second


def test_only_the_right_disclosure_opens_a_commitment() -> None:
    entry = entry_of(event(7), CountedSalts())
    right = entry.disclosures[0]
    for wrong in (Disclosure.of("0" * 22, right.place, right.value), Disclosure.of(f"{1:022d}", right.place, "acct-000008"),
                  Disclosure.of(f"{1:022d}", "body.policy", right.value), Disclosure.of(f"{1:022d}", "nowhere", right.value)):
        opened, unused = read_entry(entry.text).opened([wrong])
        assert unused == (wrong,)
        assert opened.commitments() == ("body.account_id",)
    opened, unused = read_entry(entry.text).opened([read_disclosure(right.text)])
    assert (opened.event, unused) == (event(7), ())


def test_an_entry_whose_disclosures_are_erased_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match=r"body\.account_id"):
        assert read_entry(entry_of(event(7), CountedSalts()).text).event


def test_a_commitment_is_that_of_the_sd_jwt_standard() -> None:
    """RFC 9901, section 4.2.3: the digest of the disclosure `["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]`.

    The standard allows spaces and escapes in the list; ours is canonical, so only the digest's rule is compared here.
    """
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert read_disclosure(text).commitment == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


@pytest.mark.parametrize(("changed", "says"), [
    (b"not json", "not JSON"), (b"[1]", "exactly the fields"), (b"{}", "exactly the fields"),
    (b'{"version": 1}', "exactly the fields"), (("version", 2), "version"), (("kind", "invented"), "kind"),
    (("at", "2026-11-01"), "time"), (("at", "2026-11-01T08:00:00+00:00"), "time"), (("at", "2026-11-01T08:00:00.0Z"), "time"),
    (("at", 5), "time"), (("actor", "ana"), "actor"), (("campaign_id", 5), "campaign_id"), (("body", []), "body"),
    (("kind", []), "kind")])
def test_what_does_not_have_the_form_of_an_entry_is_told(changed: bytes | tuple[str, Json], says: str) -> None:
    text = entry_of(event(), CountedSalts()).text
    text = canonical(json.loads(text) | {changed[0]: changed[1]}) if isinstance(changed, tuple) else changed
    with pytest.raises(ValueError, match=says):
        read_entry(text)


def test_an_entry_with_spaces_is_not_canonical() -> None:
    text = entry_of(event(), CountedSalts()).text
    with pytest.raises(ValueError, match="canonical"):
        read_entry(json.dumps(json.loads(text), sort_keys=True).encode())


def test_times_before_our_era_of_seconds_and_with_microseconds_are_kept() -> None:
    at = datetime(1969, 7, 20, 20, 17, 40, 5, tzinfo=UTC)
    made_event = Event(campaign_id="c", kind=EventKind.DRAFTED, at=at, actor="evenhand", body={})
    assert read_entry(entry_of(made_event, CountedSalts()).text).at == at
