"""Registries as the steps read them: nested lists of a holder laid out as relations of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.registry import REGISTERS


def registry_relations(registers: Mapping[str, pa.Table], *,
                       suffixes_of: Callable[[pa.Array], pa.Array]) -> dict[str, pa.Table]:
    """Every relation of `pipeline.REGISTRY_RELATIONS` that is no file, from the registers by name.

    `suffixes_of` gives the public suffix of each host name. Registers that are missing become empty relations.
    """
    tables = {name: registers.get(name, register.schema.empty_table()) for name, register in REGISTERS.items()}
    holders = tables["holders"].combine_chunks()
    domains = _unnested(holders, "domains", "domain")
    endings = pa.table({"suffix": suffixes_of(domains["domain"].combine_chunks())})
    return {
        "holders": holders.drop_columns(["names", "handles", "domains", "avatars"]),
        "holder_names": _unnested_structs(holders, "names"),
        "holder_handles": _unnested_structs(holders, "handles"),
        "holder_domains": domains,
        "holder_endings": endings,
        **{name: tables[name] for name in ("link_lists", "adjudications", "strikes", "credentials", "fact_checks", "topics")},
    }


def _unnested(holders: pa.Table, column: str, name: str) -> pa.Table:
    """One row per element of a list column, with the holder's id."""
    lists = holders[column].combine_chunks()
    parents = holders["holder_id"].combine_chunks().take(pc.list_parent_indices(lists))
    return pa.table({"holder_id": parents, name: pc.list_flatten(lists)})


def _unnested_structs(holders: pa.Table, column: str) -> pa.Table:
    """One row per struct in a list column: the holder's id and the struct's fields."""
    flat = _unnested(holders, column, "element")
    element = flat["element"].combine_chunks()
    fields = {field.name: pc.struct_field(element, field.name) for field in element.type}
    return pa.table({"holder_id": flat["holder_id"], **fields})
