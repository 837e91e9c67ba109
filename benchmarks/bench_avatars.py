"""Avatars of many accounts against a register's, through the index and by comparing all pairs, in one run.

.venv/bin/python benchmarks/bench_avatars.py [accounts] [registered pictures]

Hashes are random but for one account in a hundred, whose picture is a registered one with up to 31 bits changed, laid in one of
eight ways. Comparing all pairs with numpy (exclusive or, count bits) is what one would write without an index; it is timed
on one batch. Both must find the same pairs.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from evenhand.engines.duckdb import BATCH_ROWS
from evenhand.signals.media.hashes import SAME_PICTURE, WORDS, Hashes, all_transforms
from evenhand.signals.media.near_hashes import HashIndex

ROWS_AT_ONCE = 256
"""Accounts compared with all pictures at a time, so that the matrix stays in the processor's cache."""


def made(n_accounts: int, n_pictures: int, chance: np.random.Generator) -> tuple[Hashes, Hashes]:
    """The layings of all registered pictures, and the accounts' hashes."""
    laid = all_transforms(chance.integers(0, 2**64, (n_pictures, WORDS), np.uint64, endpoint=False)).reshape(-1, WORDS)
    accounts = chance.integers(0, 2**64, (n_accounts, WORDS), np.uint64, endpoint=False)
    copies = np.arange(0, n_accounts, 100)
    accounts[copies] = laid[chance.integers(0, len(laid), len(copies))]
    for row in copies:
        for bit in chance.choice(64 * WORDS, chance.integers(0, SAME_PICTURE + 1), replace=False):
            accounts[row, bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return laid, accounts


def all_pairs(laid: Hashes, accounts: Hashes) -> set[tuple[int, int]]:
    """Every pair within reach, found by comparing all."""
    found: set[tuple[int, int]] = set()
    for start in range(0, len(accounts), ROWS_AT_ONCE):
        block = accounts[start:start + ROWS_AT_ONCE]
        bits = sum(np.bitwise_count(block[:, None, word] ^ laid[None, :, word]).astype(np.uint16) for word in range(WORDS))
        found |= {(int(row) + start, int(target)) for row, target in np.argwhere(bits <= SAME_PICTURE)}
    return found


def main() -> None:
    """Prints seconds, pairs found and memory."""
    n_accounts, n_pictures = (int(one) for one in (*sys.argv[1:], *("1000000", "2000")[len(sys.argv) - 1:]))
    laid, accounts = made(n_accounts, n_pictures, np.random.default_rng(1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    index = HashIndex(laid)
    n_found = sum(len(index.near(accounts[start:start + BATCH_ROWS]).query) for start in range(0, n_accounts, BATCH_ROWS))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    some = accounts[:BATCH_ROWS]
    started = time.perf_counter()
    expected = all_pairs(laid, some)
    slow = (time.perf_counter() - started) * n_accounts / len(some)
    near = index.near(some)
    agree = expected == set(zip(near.query.tolist(), near.target.tolist(), strict=True))
    print(f"{n_accounts:,} accounts, {n_pictures:,} registered pictures in 8 layings\n"
          f"index        {seconds:8.1f} s   {n_found:,} pairs   {peak / 1024:,.0f} MB more memory\n"
          f"all pairs    {slow:8.1f} s   (from {len(some):,} accounts)\n"
          f"ratio        {slow / seconds:8.1f} ×  the pairs are the same: {'yes' if agree else 'NO'}")
    if not agree:
        sys.exit(1)


if __name__ == "__main__":
    main()
