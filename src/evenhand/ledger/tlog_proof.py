"""A proof as a file that can be checked without the ledger, with its public key alone (C2SP tlog-proof)."""

from __future__ import annotations

import base64
from collections.abc import Sequence

HEAD = "c2sp.org/tlog-proof@v1"


def tlog_proof(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """The proof that entry `index` is in the tree of a signed checkpoint, given as its whole text.

    >>> print(tlog_proof(0, [], "example.org/log\\n1\\n…"))
    c2sp.org/tlog-proof@v1
    index 0
    <BLANKLINE>
    example.org/log
    1
    …
    """
    return "\n".join([HEAD, f"index {index}", *(base64.b64encode(one).decode() for one in proof), "", checkpoint])
