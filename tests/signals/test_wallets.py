"""Wallets: the vectors of the standards are known, and one wrong character is never taken for an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.web.wallets import keccak256, wallet

RIGHT = {
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": "bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy": "bitcoin",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": "bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4": "bitcoin",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "bitcoin",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "tron", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L": "dogecoin",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed": "ethereum", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359": "ethereum"}
"""Vectors of BIP 173, BIP 350 and EIP-55, and addresses that are known everywhere."""


@pytest.mark.parametrize("text", RIGHT)
def test_the_vectors_of_the_standards(text: str) -> None:
    assert wallet(text) == RIGHT[text]


@pytest.mark.parametrize("text", [
    "bc1gmk9yu", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "bc1rw5uspcuf", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a", "1" * 30])
def test_what_the_standards_call_wrong(text: str) -> None:
    assert wallet(text) is None


def test_an_address_without_a_checksum_is_told_apart() -> None:
    assert wallet("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") == "unchecked"


@given(text=st.sampled_from(sorted(RIGHT)), place=st.integers(4, 30), letter=st.sampled_from("23456789acdefghjkmnpqrstuvwxyz"))
def test_promise_one_wrong_character_is_noticed(text: str, place: int, letter: str) -> None:
    changed = text[:place] + (letter.upper() if text.isupper() else letter) + text[place + 1:]
    assert changed == text or wallet(changed) is None


def test_keccak_is_not_sha3() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc" * 100) != keccak256(b"abc" * 101)
