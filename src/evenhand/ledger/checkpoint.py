"""The checkpoint: which tree, how large, which root, and who signed it (C2SP tlog-checkpoint and signed-note)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from evenhand.ledger.tree import HASH_BYTES

ED25519 = 1
"""The signature type of Ed25519 in signed notes."""
KEY_ID_BYTES = 4
DASH = "\N{EM DASH} "
"""What a signature line begins with."""
MOST_SIGNATURES = 64
"""A note with more is not read; the format asks for at least 16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key with its name, as text `name+key id+base64`."""

    name: str
    algorithm: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of the same name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key in one line, to be published."""
        encoded = base64.b64encode(bytes([self.algorithm]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def read_key(text: str) -> VerifierKey:
    """The public key that a line `name+key id+base64` stands for.

    Raises:
        ValueError: it is none, or its parts do not fit together.

    >>> read_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").name
    'PeterNeumann'
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    decoded = _decoded(encoded)
    if not decoded or len(decoded) == 1:
        raise ValueError("this is not a public key of the form `name+key id+base64`")
    key = VerifierKey(name=checked_name(name), algorithm=decoded[0], public_key=decoded[1:])
    if key.key_id.hex() != key_id:
        raise ValueError("the key's id does not fit its name and bytes: it was changed or cut off")
    if key.algorithm != ED25519 or len(key.public_key) != HASH_BYTES:
        raise ValueError("the key is none for Ed25519")
    return key


def checked_name(name: str) -> str:
    """The name of a ledger or key, which is not empty and holds neither space nor plus.

    Raises:
        ValueError: it is not such a name.
    """
    if not name or "+" in name or any(letter.isspace() or ord(letter) < ord(" ") for letter in name):
        raise ValueError(f"`{name}` is no name for a ledger: write an address without scheme, spaces and plus, such as "
                         "`example.org/ledger`")
    return name


class Signer(Protocol):
    """Whoever signs checkpoints; the key stays with it."""

    @property
    def key(self) -> VerifierKey:
        """The public key that the signatures are checked with."""

    def sign(self, message: bytes) -> bytes:
        """The signature over a message."""


class CheckSignature(Protocol):
    """Tells whether a signature over a message was made with the private part of a key."""

    def __call__(self, key: VerifierKey, *, message: bytes, signature: bytes) -> bool:
        """True when it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, key: VerifierKey, check: CheckSignature) -> bool:
        """True when there is a signature of this key, and every one of this key is right. Others are ignored."""
        ours = [one.signature for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id)]
        return bool(ours) and all(check(key, message=self.text.encode(), signature=one) for one in ours)


def read_note(text: str) -> Note:
    """The note that a text stands for.

    Raises:
        ValueError: it is no signed note.
    """
    body, blank, below = text.rpartition("\n\n")
    if not blank or not below.endswith("\n") or any(ord(letter) < ord(" ") and letter != "\n" for letter in text):
        raise ValueError("this is not a signed note: a text, an empty line, and lines of signatures")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError(f"there are more than {MOST_SIGNATURES} signatures below the note")
    return Note(text=body + "\n", signatures=tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    decoded = _decoded(encoded)
    if not line.startswith(DASH) or not space or decoded is None or len(decoded) <= KEY_ID_BYTES:
        raise ValueError("a line below the note is not a signature")
    return Signature(name=checked_name(name), key_id=decoded[:KEY_ID_BYTES], signature=decoded[KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a ledger holds at one moment."""

    origin: str
    """The ledger's name, an address without scheme."""
    size: int
    """Entries."""
    root: bytes
    """The root of the Merkle tree over them."""

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def signed(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The checkpoint with its signatures, as it is published."""
    lines = []
    for signer in signers:
        signature = signer.key.key_id + signer.sign(checkpoint.text.encode())
        lines.append(f"{DASH}{signer.key.name} {base64.b64encode(signature).decode()}\n")
    return f"{checkpoint.text}\n{''.join(lines)}"


def read_checkpoint(note: Note) -> Checkpoint:
    """The checkpoint within a note. Who signed it has to be asked before it is believed.

    Raises:
        ValueError: the note is no checkpoint.
    """
    lines: Sequence[str] = note.text[:-1].split("\n")
    origin, size, root = (*lines, "", "", "")[:3]
    decoded = _decoded(root)
    if not all(lines) or not size.isascii() or not size.isdigit() or str(int(size)) != size or (
            decoded is None or len(decoded) != HASH_BYTES):
        raise ValueError("this is not a checkpoint: the lines are the ledger's name, its size and its root")
    return Checkpoint(origin=origin, size=int(size), root=decoded)


def _decoded(text: str) -> bytes | None:
    """What Base 64 stands for, or None; only the one canonical form is read."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None
