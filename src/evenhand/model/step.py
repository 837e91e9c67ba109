"""Steps: named relations that an engine runs. Building a step runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import pyarrow as pa

NOTED_POSTS = "noted_posts"
"""The posts of the accounts that any step of the sweep asks for by `Query.posts_of`: picked once, for all of them."""


class Scope(StrEnum):
    """How much a step must see at once."""

    ACCOUNT = "account"
    """Every output row depends on the rows of one account only (and on registries), so it runs bucket by bucket."""
    PLATFORM = "platform"
    """It compares accounts with one another. It may read only what account steps left, never the base tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A named SELECT in the portable part of DuckDB's dialect. Its tables are exactly its `inputs`."""

    name: str
    sql: str
    inputs: tuple[str, ...]
    sentence: str
    """What a row is, for `--explain`."""
    scope: Scope = Scope.ACCOUNT
    posts_of: str | None = None
    """The relation whose accounts' posts it reads from `noted_posts`; None for a step that reads no posts, or all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A named native batch function: Arrow RecordBatch in and out, no Python per row.

    It reads `columns` of the one relation `source`. `digest` names everything else it depends on (word lists,
    registry), so that an unchanged kernel on unchanged input need not run again.
    """

    name: str
    source: str
    columns: tuple[str, ...]
    run: Callable[[pa.RecordBatch], pa.RecordBatch]
    schema: pa.Schema
    sentence: str
    digest: str = ""
    scope: Scope = Scope.ACCOUNT

    @property
    def inputs(self) -> tuple[str, ...]:
        """The one relation it reads."""
        return (self.source,)


Step: TypeAlias = Query | Kernel
