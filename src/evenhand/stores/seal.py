"""The seal on evidence: AES-256-GCM, with the effect's key bound to what is sealed."""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenhand.errors import ConfigError, DataError, Problem

KEY_BYTES = 32
NONCE_BYTES = 12
"""NIST SP 800-38D: 96 bits, drawn anew for each message."""
VARIABLE = "EVENHAND_EVIDENCE_KEY"


class Seal:
    """Closes and opens evidence with one secret key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ConfigError(Problem(what=f"the key for evidence is {len(key)} bytes long, not {KEY_BYTES}",
                                      hint=f"make one with `openssl rand -base64 32` and put it into `{VARIABLE}`"))
        self._cipher = AESGCM(key)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The seal whose key is written in base64, as the environment holds it."""
        try:
            return cls(b64decode(text, validate=True))
        except binascii.Error as error:
            raise ConfigError(Problem(what=f"`{VARIABLE}` is not base64",
                                      hint="make a key with `openssl rand -base64 32`")) from error

    @staticmethod
    def new_key() -> str:
        """A new key in base64."""
        return b64encode(os.urandom(KEY_BYTES)).decode()

    def closed(self, content: bytes, *, label: str) -> bytes:
        """`content` encrypted. It opens only under the same label, so that two pieces cannot be exchanged."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, label.encode())

    def opened(self, sealed: bytes, *, label: str) -> bytes:
        """What was sealed under `label`. Raises `DataError` when it was changed or sealed with another key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label.encode())
        except InvalidTag as error:
            raise DataError(Problem(what=f"the sealed evidence of `{label}` does not open",
                                    hint=f"see that `{VARIABLE}` is the key it was sealed with; if it is, the database was "
                                    "changed from outside")) from error
