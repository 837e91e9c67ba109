"""WordPiece: texts as the numbers that BERT-like sentence models read, by a vocabulary of word pieces.

The same numbers as the models' own tokenizers give: lower case, accents off, punctuation and Chinese characters apart, then
the longest known piece first (Devlin et al. 2019, uncased).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

MAX_PIECES = 128
"""Pieces of one text, its two ends included; what comes after does not count. Sentence models are trained on as many."""
_LONGEST_WORD = 100
_HAN = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
        (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


class WordPieces:
    """A vocabulary, one piece a line; `##` begins a piece that goes on inside a word."""

    def __init__(self, vocabulary: str) -> None:
        self._number_of = {piece: number for number, piece in enumerate(vocabulary.splitlines())}
        self._unknown, self._start, self._end = (self._number_of[name] for name in ("[UNK]", "[CLS]", "[SEP]"))

    def numbers(self, text: str) -> list[int]:
        """The numbers of one text, with its ends.

        >>> WordPieces("[UNK]\\n[CLS]\\n[SEP]\\nun\\n##true\\n!").numbers("UNtrue! x")
        [1, 3, 4, 5, 0, 2]
        """
        pieces = [piece for word in _words(text) for piece in self._pieces(word)]
        return [self._start, *pieces[:MAX_PIECES - 2], self._end]

    def padded(self, texts: Sequence[str]) -> tuple[list[list[int]], list[list[int]]]:
        """The numbers of several texts at one length, and 1 for each number that counts."""
        numbers = [self.numbers(text) for text in texts]
        width = max(map(len, numbers), default=0)
        return ([own + [0] * (width - len(own)) for own in numbers],
                [[1] * len(own) + [0] * (width - len(own)) for own in numbers])

    def _pieces(self, word: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._number_of.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                return [self._unknown]
            found.append(number)
            start = end
        return found if len(word) <= _LONGEST_WORD else [self._unknown]


def _words(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFD", text.lower())
    word = ""
    for sign in folded:
        kind = unicodedata.category(sign)
        if kind == "Mn" or (kind[0] == "C" and sign not in "\t\n\r"):
            continue
        if sign.isspace() or kind == "Zs" or _stands_alone(sign, kind):
            if word:
                yield word
            word = ""
            if not sign.isspace() and kind != "Zs":
                yield sign
        else:
            word += sign
    if word:
        yield word


def _stands_alone(sign: str, kind: str) -> bool:
    point = ord(sign)
    is_ascii_sign = 33 <= point <= 126 and not sign.isalnum()
    return is_ascii_sign or kind[0] == "P" or any(first <= point <= last for first, last in _HAN)
