"""The ledger's keys as files, and Ed25519 through `cryptography` (the optional extra `campaign`)."""

from __future__ import annotations

import base64
import os
import stat
from importlib import import_module
from pathlib import Path
from types import ModuleType

from evenhand.errors import ConfigError, DataError, Problem
from evenhand.ledger.checkpoint import ED25519, VerifierKey, checked_name
from evenhand.stores.ledger.files import sync_folder, write_all

PREFIX = "PRIVATE+KEY+"
"""What a private key's line begins with, after Go's sumdb/note, so that other tools read it."""
SEED_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def _ed25519() -> ModuleType:
    try:
        return import_module("cryptography.hazmat.primitives.asymmetric.ed25519")
    except ImportError as error:
        raise ConfigError(Problem(what="signatures need the package `cryptography`, which is not installed",
                                  hint="install it with `pip install 'evenhand[campaign]'`")) from error


class KeySigner:
    """Signs with a private key that it holds and never shows."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = _ed25519().Ed25519PrivateKey.from_private_bytes(seed)
        self._key = VerifierKey(name=checked_name(name), algorithm=ED25519,
                                public_key=self._private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        """The public key."""
        return f"KeySigner({self._key.text})"

    @property
    def key(self) -> VerifierKey:
        """The public key."""
        return self._key

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over a message."""
        return bytes(self._private.sign(message))


def check_signature(key: VerifierKey, *, message: bytes, signature: bytes) -> bool:
    """True when the signature is right.

    Raises:
        ConfigError: `cryptography` is not installed.
    """
    public = _ed25519().Ed25519PublicKey
    wrong: type[Exception] = import_module("cryptography.exceptions").InvalidSignature
    try:
        public.from_public_bytes(key.public_key).verify(signature, message)
    except (wrong, ValueError):
        return False
    return True


def make_key(name: str, path: Path) -> VerifierKey:
    """Make a key pair: the private key in a new file that only its owner may read, the public one beside it as `.pub`.

    Raises:
        ConfigError: the name is none for a ledger, a file is there already, or `cryptography` is not installed.
    """
    public = path.with_name(path.name + ".pub")
    problems = [Problem(what=f"there is a file `{one}` already", file=str(one), hint="choose another name; a key is never "
                                                                                   "written over") for one in (path, public)
                if one.exists()]
    try:
        checked_name(name)
    except ValueError as error:
        problems.append(Problem(what=str(error), hint="it names the ledger for good, so take an address that is yours"))
    if problems:
        raise ConfigError(problems)
    seed = os.urandom(SEED_BYTES)
    key = KeySigner(name, seed).key
    secret = base64.b64encode(bytes([ED25519]) + seed).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    for place, line, mode in ((path, f"{PREFIX}{name}+{key.key_id.hex()}+{secret}\n", 0o600), (public, key.text + "\n", 0o644)):
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            write_all(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_folder(path.parent)
    return key


def read_signer(path: Path) -> KeySigner:
    """The signer whose private key stands in a file.

    Raises:
        DataError: the file is missing, holds no private key, or can be read by others than its owner.
        ConfigError: `cryptography` is not installed.
    """
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read().strip()
    except FileNotFoundError as error:
        raise DataError(Problem(what="there is no such key", file=str(path),
                                hint="make one with `evenhand ledger keygen NAME --into FILE`")) from error
    if mode & OTHERS:
        raise DataError(Problem(what="the private key can be read by others than its owner", file=str(path),
                                hint=f"take it back with `chmod 600 {path}`, and think of making a new key"))
    signer = _signer(text)
    if signer is None:
        raise DataError(Problem(what="this is not the private key of a ledger", file=str(path),
                                hint="a file made by `evenhand ledger keygen`, whole"))
    return signer


def _signer(text: str) -> KeySigner | None:
    """The signer of a private key's line, or None: an error's text could hold the key."""
    name, _, rest = text.removeprefix(PREFIX).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        decoded = base64.b64decode(encoded, validate=True)
        if not text.startswith(PREFIX) or decoded[:1] != bytes([ED25519]) or len(decoded) != 1 + SEED_BYTES:
            return None
        signer = KeySigner(name, decoded[1:])
    except ValueError:
        return None
    return signer if signer.key.key_id.hex() == key_id else None
