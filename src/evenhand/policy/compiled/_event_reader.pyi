from collections.abc import Callable
from typing import Any, final

@final
class EventReader:
    def __new__(cls, names: tuple[str, ...], kinds: bytes, reads: tuple[Callable[[object], object], ...], page_of: bytes,
                pages: bytes, next: bytes, meanings: bytes, n_classes: int, first_end: int, n_texts: int,  # noqa: A002
                n_words: int) -> EventReader: ...
    def read(self, event: Any, /) -> tuple[Any, ...]: ...
