"""Long link lists become rows of the register `link_lists`, at constant memory, beside the other lists of the folder."""

from __future__ import annotations

import json
import tempfile
from importlib import resources
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.registries.link_list_files import ListRead, ListSource, write_link_list
from evenhand.errors import DataError, Problem
from evenhand.workflows.import_registry import LOG

__all__ = ["ListRead", "ListSource", "import_links"]

REGISTER, HOLDERS = "link_lists.parquet", "holders.parquet"


def import_links(file: Path, source: ListSource, *, into: Path) -> ListRead:
    """Write the hosts of `file` into the register of the folder `into`, and a line in its log. Returns what became of the list.

    What the register held of the same list is replaced; other lists stay. A page of a registered holder's site is left out. The
    register is put in place in one step.

    Raises:
        DataError: the file is not there or is no text, or the list or its source has no name.
    """
    unnamed = [name for name, value in (("list", source.list_id), ("label", source.label), ("source", source.source))
               if not value.strip()]
    if unnamed:
        raise DataError(tuple(Problem(what=f"the {name} has no name", hint=f"give one with `--{name}`") for name in unnamed))
    if (other := next(iter(sorted(into.glob("link_lists.[cj]s*"))), None)) is not None:
        raise DataError(Problem(what="the register of links is there in another format", file=str(other),
                                hint="write it as Parquet first: `evenhand registry import FILE --kind link_lists --write`"))
    into.mkdir(parents=True, exist_ok=True)
    register = into / REGISTER
    with tempfile.TemporaryDirectory(dir=into, prefix=".links-") as temporary:
        read = write_link_list(file, source, into=register, temporary=Path(temporary),
                               beside=register if register.is_file() else None, sites=_sites(into))
    entry = {"register": "link_lists", "file": str(file), "list": source.list_id, "source": source.source,
             "source_url": source.source_url, "as_of": source.as_of.isoformat(), "n_read": read.n_lines,
             "n_entries": read.n_entries, "n_rejected": read.n_left_out}
    with (into / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
    return read


def _sites(into: Path) -> list[str]:
    """The hosts of the holders that are shipped, and of those in the folder."""
    with resources.as_file(resources.files("evenhand").joinpath("data/registries")) as shipped:
        files = [file for file in (shipped / HOLDERS, into / HOLDERS) if file.is_file()]
        found = [pc.list_flatten(pq.read_table(file, columns=["domains"])["domains"]) for file in files]
    return sorted({site for hosts in found for site in hosts.to_pylist() if site})
