"""What people are called: display names and handles of everybody who is nobody in particular."""

from __future__ import annotations

import numpy as np

from evenhand.world.chance import Chance, Indices, again, below, below_too
from evenhand.world.mosaic import Pieces
from evenhand.world.phrases import Phrasebook

WITH_FAMILY, DECORATED, FAMILY_IN_HANDLE = 72, 90, 70
"""Of a hundred: up to here with a family name, from here on with a picture, and handles with the family name."""
SHUFFLE = 387_420_489
"""3^18, coprime to ten: it turns account numbers into others with as many digits, each once."""


def person_names(chance: Chance, numbers: Indices, *, languages: Indices, book: Phrasebook) -> Pieces:
    """The pieces of a person's name: given and family name in the order of the language, some only given, some decorated."""
    draws = chance.draw("person", numbers)
    given = book.words("given", draws, languages)
    family = book.words("family", chance.draw("family", numbers), languages)
    manner = below_too(draws, 100)
    has_family = manner < WITH_FAMILY
    family_first = book.family_first[languages]
    gap = np.where(has_family, book.name_gaps[languages], 0)
    family = np.where(has_family, family, 0)
    mark = np.where(manner >= DECORATED, book.words("bio_mark", again(draws), languages), 0)
    return np.stack([np.where(family_first, family, given), gap, np.where(family_first, given, family), mark],
                    axis=1).astype(np.int32)


def person_handles(chance: Chance, numbers: Indices, *, languages: Indices, book: Phrasebook, n_accounts: int) -> Pieces:
    """The pieces of a person's handle, different for every account: Latin names, a sign between them, and digits."""
    draws = chance.draw("person", numbers)
    given = book.words("given_latin", draws, languages)
    family = book.words("family_latin", chance.draw("family", numbers), languages)
    manner = chance.draw("handle", numbers)
    sign = book.words("handle_sign", manner, languages)
    family = np.where(below(again(manner), 100) < FAMILY_IN_HANDLE, family, 0)
    digits = number_pieces(scrambled(chance, numbers, n_accounts=n_accounts), book=book)
    return np.concatenate([np.stack([given, sign, family], axis=1), digits], axis=1).astype(np.int32)


def scrambled(chance: Chance, numbers: Indices, *, n_accounts: int) -> Indices:
    """Other numbers with as many digits, each once."""
    ten = 10 ** len(str(n_accounts))
    start = int(chance.constant("digits") % np.uint64(ten))
    found: Indices = (numbers * (SHUFFLE % ten) + start) % ten
    return found


def number_pieces(numbers: Indices, *, book: Phrasebook) -> Pieces:
    """The pieces of whole numbers below 10^9, without leading zeros."""
    high, middle, low = numbers // 1_000_000, numbers // 1000 % 1000, numbers % 1000
    return np.stack([
        np.where(high > 0, book.counted + high, 0),
        np.where(high > 0, book.padded + middle, np.where(middle > 0, book.counted + middle, 0)),
        np.where((high > 0) | (middle > 0), book.padded + low, book.counted + low)], axis=1).astype(np.int32)
