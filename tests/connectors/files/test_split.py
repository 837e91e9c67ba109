"""CSV text is split into the same rows whichever way it is looked at, and a broken row takes nothing else with it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.files import split as module
from evenhand.connectors.files.split import Split, split

COMMA = ord(",")


def rows(data: bytes, found: Split) -> list[list[bytes] | bytes]:
    """Each row as its raw fields; a broken one as its bytes."""
    result: list[list[bytes] | bytes] = []
    for first, n in zip(found.first, found.n_fields, strict=True):
        end = found.fields[first + max(n, 1)]
        whole = data[found.fields[first]:end - 1]
        starts = found.fields[first:first + n + 1]
        result.append([data[a:b - 1] for a, b in pairwise(starts)] if n else whole)
    return result


def split_last(data: bytes) -> list[list[bytes] | bytes]:
    return rows(data, split(data, delimiter=COMMA, quoted=True, is_last=True))


@pytest.mark.parametrize(("text", "expected"), [
    (b"1,2\n3,4\n", [[b"1", b"2"], [b"3", b"4"]]),
    (b'"a,b",2\n', [[b'"a,b"', b"2"]]),
    (b'"a\nb",2\n3,4\n', [[b'"a\nb"', b"2"], [b"3", b"4"]]),
    (b'"say ""hi""",2\n', [[b'"say ""hi"""', b"2"]]),
    (b'"",2\n', [[b'""', b"2"]]),
    (b"\n\n1,2\n", [[b""], [b""], [b"1", b"2"]]),
    (b"1,2\r\n3,4\r\n", [[b"1", b"2\r"], [b"3", b"4\r"]]),
    (b'1,"2"\r\n3,4\r\n', [[b"1", b'"2"\r'], [b"3", b"4\r"]]),
    (b'1,"never closed\n3,4\n5,6\n', [b'1,"never closed', [b"3", b"4"], [b"5", b"6"]]),
    (b'1,"never closed\n3,"x"\n5,6\n', [b'1,"never closed', [b"3", b'"x"'], [b"5", b"6"]]),
    (b'1,5" nail\n3,4\n', [b'1,5" nail', [b"3", b"4"]]),
    (b'1,"a"b\n3,4\n', [b'1,"a"b', [b"3", b"4"]]),
    (b'1,"a"\r,\n3,4\n', [b'1,"a"\r,', [b"3", b"4"]]),
    (b'"\n"\n', [[b'"\n"']]),
    (b'x"\n"\n', [b'x"', b'"']),
])
def test_rows_are_well_formed_records_or_single_broken_lines(text: bytes, expected: list[object]) -> None:
    assert split_last(text) == expected


pieces = st.lists(st.sampled_from([b'"', b'""', b",", b"\n", b"\r\n", b"\r", b"a", b"bc", b',"', b'",', b'"\n', b" "]),
                  max_size=30).map(b"".join)


@given(pieces)
def test_the_quick_way_and_the_slow_way_agree(text: bytes) -> None:
    text += b"\n"
    assert split_last(text) == rows(text, module._split_slowly(text, delimiter=COMMA, is_last=True))


@given(pieces, st.integers(0, 60))
def test_a_text_read_in_two_pieces_has_the_rows_of_the_whole(text: bytes, cut: int) -> None:
    text += b"\n"
    begun = split(text[:cut], delimiter=COMMA, quoted=True, is_last=False) if cut else None
    used = begun.used if begun else 0
    first = rows(text[:cut], begun) if begun else []
    assert first + split_last(text[used:]) == split_last(text) if used < len(text) else first == split_last(text)


@given(pieces)
def test_every_byte_belongs_to_exactly_one_row(text: bytes) -> None:
    text += b"\n"
    found = split(text, delimiter=COMMA, quoted=True, is_last=True)
    assert found.used == len(text)
    assert sum(len(row) + 1 if isinstance(row, bytes) else sum(len(one) + 1 for one in row)
               for row in rows(text, found)) == len(text)


def test_without_quoting_a_quote_is_a_letter() -> None:
    text = b'1,5" nail\n2,"\n'
    assert rows(text, split(text, delimiter=COMMA, quoted=False, is_last=True)) == [[b"1", b'5" nail'], [b"2", b'"']]


def test_a_quote_that_is_never_closed_does_not_hold_back_more_than_a_row_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROW_BYTES", 20)
    text = b'1,"open\n' + b"2,3\n" * 10
    assert rows(text, split(text, delimiter=COMMA, quoted=True, is_last=False))[:2] == [b'1,"open', [b"2", b"3"]]
