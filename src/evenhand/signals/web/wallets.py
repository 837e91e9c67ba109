"""Wallets: addresses of crypto currencies, told from other runs of letters by their checksums.

Bitcoin and its kin in Base58Check (first bytes below) and Bech32 / Bech32m (BIP 173, BIP 350), Tron in Base58Check, Ethereum
and its kin with the checksum in capitals of EIP-55. An Ethereum address in one case only has no checksum and is told apart.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

WALLET = r"\b(?:0x[0-9a-fA-F]{40}|(?:bc1|BC1|ltc1|LTC1)[0-9a-zA-Z]{11,87}|[13LMDT][1-9A-HJ-NP-Za-km-z]{25,34})\b"
"""What may be an address, for RE2. Only `wallet` says whether it is one."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VERSIONS = {0x00: "bitcoin", 0x05: "bitcoin", 0x30: "litecoin", 0x32: "litecoin", 0x1E: "dogecoin", 0x16: "dogecoin",
             0x41: "tron"}
"""The first byte of a Base58Check address: which chain it is for."""
_BASE58_BYTES = 25
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_PREFIXES = {"bc": "bitcoin", "ltc": "litecoin"}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = {0: 1}
"""BIP 350: witness version 0 ends in 1 (Bech32), later versions in the constant of Bech32m."""
_BECH32M = 0x2BC830A3
_CHECK_WORDS = 6


@lru_cache(maxsize=1 << 12)
def wallet(text: str) -> str | None:
    """The chain that `text` is an address of, None when its checksum is wrong; `unchecked` for one that carries none.

    >>> wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
    ('bitcoin', None)
    """
    if text.startswith("0x"):
        return _ethereum(text[2:])
    if re.match(r"(?i)(?:bc|ltc)1", text):
        return _bech32(text)
    return _base58(text)


def _base58(text: str) -> str | None:
    number = 0
    for character in text:
        digit = _BASE58.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    if number >> (8 * _BASE58_BYTES):
        return None
    raw = number.to_bytes(_BASE58_BYTES, "big")
    zeros = len(text) - len(text.lstrip("1"))
    payload, check = raw[:-4], raw[-4:]
    if len(raw) - len(raw.lstrip(b"\0")) != zeros or hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] != check:
        return None
    return _VERSIONS.get(raw[0])


def _bech32(text: str) -> str | None:
    if text not in (text.lower(), text.upper()):
        return None
    prefix, _, data = text.lower().rpartition("1")
    words = [_BECH32.find(character) for character in data]
    if prefix not in _BECH32_PREFIXES or min(words, default=-1) < 0 or len(words) <= _CHECK_WORDS:
        return None
    values = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix] + words
    is_right = _polymod(values) == _BECH32_CONSTANTS.get(words[0], _BECH32M)
    return _BECH32_PREFIXES[prefix] if is_right and _is_program(words) else None


def _polymod(values: list[int]) -> int:
    """The checksum of BIP 173 over 5-bit values."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            check ^= generator if top >> place & 1 else 0
    return check


_LAST_VERSION, _SHORTEST, _LONGEST = 16, 2, 40


def _is_program(words: list[int]) -> bool:
    """True for a witness program of BIP 141: its version, its length in bytes, and zero bits where it is filled up."""
    data = words[1:-_CHECK_WORDS]
    n_bytes, spare = divmod(len(data) * 5, 8)
    fill = data[-1] & ((1 << spare) - 1) if data else 0
    fits = words[0] <= _LAST_VERSION and _SHORTEST <= n_bytes <= _LONGEST and spare < 5 and fill == 0
    return fits and (words[0] != 0 or n_bytes in (20, 32))


def _ethereum(digits: str) -> str | None:
    if digits in (digits.lower(), digits.upper()):
        return "unchecked"
    check = keccak256(digits.lower().encode()).hex()
    wanted = "".join(one.upper() if int(mark, 16) > 7 else one
                     for one, mark in zip(digits.lower(), check, strict=False))
    return "ethereum" if wanted == digits else None


_RATE = 136
_MASK = (1 << 64) - 1
_ROTATIONS = ((0, 36, 3, 41, 18), (1, 44, 10, 45, 2), (62, 6, 43, 15, 61), (28, 55, 25, 21, 56), (27, 20, 39, 8, 14))


def keccak256(message: bytes) -> bytes:
    """The Keccak-256 digest as Ethereum uses it (padding byte 0x01, unlike FIPS 202).

    >>> keccak256(b"").hex()[:16]
    'c5d2460186f7233c'
    """
    padded = bytearray(message) + b"\x01" + b"\0" * (-(len(message) + 1) % _RATE)
    padded[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for block in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane % 5][lane // 5] ^= int.from_bytes(padded[block + 8 * lane:block + 8 * lane + 8], "little")
        state = _permuted(state)
    return b"".join(state[lane][0].to_bytes(8, "little") for lane in range(4))


def _permuted(state: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600]: 24 rounds over five by five lanes of 64 bits."""
    register = 1
    for _ in range(24):
        sums = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(5)]
        mixed = [sums[(x - 1) % 5] ^ _rotated(sums[(x + 1) % 5], 1) for x in range(5)]
        moved = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _rotated(state[x][y] ^ mixed[x], _ROTATIONS[x][y])
        state = [[moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        for step in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                state[0][0] ^= 1 << ((1 << step) - 1)
    return state


def _rotated(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK if by else lane
