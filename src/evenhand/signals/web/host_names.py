"""The relation `host_names`: profile addresses in which a registered holder's name stands as a part of its own.

`address_matches` compares the label that somebody registered with registered labels. Impostors also write a name below a domain
of theirs (`brand.example.com`), between hyphens (`brand-refund.com`), and in letters that look alike, as punycode. So labels
below the registered one, labels in punycode, and parts of labels between hyphens are read as an account's name would be. A
match is not a finding.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.names.account_names import DISPLAY_NAME, names_kernel
from evenhand.signals.names.codepoints import Offsets, Texts
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.likeness import equal_texts
from evenhand.signals.names.matches import name_matches_kernel
from evenhand.signals.names.rarity import Shares
from evenhand.signals.names.unicode_tables import UnicodeTables
from evenhand.signals.web.address_matches import decoded

AS_LABEL, AS_PART, AS_CUT = 0.9, 0.75, 0.6
"""Factors on the similarity of a name that is a whole label, one that is a part of a label between hyphens, and one that a
label or part begins or ends with."""
MIN_CUT, MIN_CUT_SHARE = 7, 0.5
"""Letters of a name that a longer label may begin or end with, and its least share of them: “brandsupports”."""
MIN_PART_WEIGHT = 0.5
"""Only names that single their holder out at least so much: many a host is called after a town, and so is its newspaper."""
_WHOLE = ("same", "skeleton", "edit")

HOST_NAMES = pa.schema([
    *(pa.field(name, pa.string(), nullable=False) for name in (
        "account_id", "where", "host", "domain", "holder_id", "holder_kind", "holder_name", "part")),
    pa.field("similarity", pa.float64(), nullable=False), pa.field("weight", pa.float64(), nullable=False)])
"""`part` is the piece of the host that reads as `holder_name`, the name as registered."""


def host_names(index: HolderIndex, tables: UnicodeTables, *, registered: pa.Array) -> Kernel:
    """The kernel `host_names` over `addresses`, as `HOST_NAMES`. Addresses at or below a `registered` domain match nothing."""
    names, matches = names_kernel(tables), name_matches_kernel(index, tables)
    written = pc.unique(pc.replace_substring_regex(index.names.entries.folded, r"[ .'&-]", ""))
    written = written.filter(pc.match_substring_regex(written, "^[a-z0-9]+$"))
    length = pc.binary_length(written)
    cuttable = {n: written.filter(pc.equal(length, n)) for n in range(MIN_CUT, (pc.max(length).as_py() or 0) + 1)}

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = batch.filter(pc.and_(pc.is_in(batch.column("where"), value_set=pa.array(["handle", "website"])), pc.and_(
            pc.is_valid(batch.column("label")), pc.invert(pc.is_in(batch.column("domain"), value_set=registered)))))
        row, pieces, factor = _pieces(batch, cuttable)
        different = pieces.dictionary_encode()
        rows = pa.record_batch({
            "account_id": pa.array(np.arange(len(different.dictionary))).cast(pa.string()),
            "handle": pa.nulls(len(different.dictionary), pa.string()), "display_name": different.dictionary})
        named = names.run(rows)
        found = matches.run(named.filter(pc.equal(named.column("field"), DISPLAY_NAME)))
        return _joined(batch, found, row, different.indices.to_numpy(zero_copy_only=False), factor)

    return Kernel(name="host_names", source="addresses", columns=("account_id", "where", "host", "domain", "suffix", "label"),
                  run=run, schema=HOST_NAMES, digest=index.digest,
                  sentence="a profile address in which a registered holder's name stands as a part of its own")


def _pieces(batch: pa.RecordBatch, cuttable: Mapping[int, pa.Array]) -> tuple[Offsets, pa.Array, Shares]:
    """What of each host before its public suffix is read: rows, texts, and the factor of each.

    Labels (not the registered one, unless in punycode), their parts between hyphens, and names that these begin or end with.
    """
    host = batch.column("host")
    ends = pc.subtract(pc.utf8_length(host), pc.add(pc.fill_null(pc.utf8_length(batch.column("suffix")), 0), 1))
    labels = pc.split_pattern(_before(host, ends), ".")
    row = pc.list_parent_indices(labels).to_numpy()
    texts = decoded(labels.flatten())
    is_plain = np.append(row[1:] != row[:-1], True)[:len(row)] & equal_texts(texts, labels.flatten())
    split = pc.split_pattern(texts, "-")
    part_row = row[pc.list_parent_indices(split).to_numpy()]
    parts = split.flatten()
    is_part = np.asarray(pc.greater(pc.list_value_length(split), 1))[pc.list_parent_indices(split).to_numpy()]
    cut_row, cuts = _cuts(part_row, parts, cuttable)
    rows = np.concatenate([row, part_row, cut_row])
    every = pa.concat_arrays([pc.replace_substring(texts, "-", " "), parts, cuts])
    factor = np.repeat([AS_LABEL, AS_PART, AS_CUT], [len(row), len(part_row), len(cut_row)])
    useful = np.concatenate([~is_plain, is_part, np.ones(len(cut_row), np.bool_)])
    useful &= np.asarray(pc.and_(pc.greater(pc.utf8_length(every), 2), pc.not_equal(every, "www")))
    return rows[useful], every.filter(pa.array(useful)), factor[useful]


def _before(texts: pa.Array, ends: pa.Array) -> pa.Array:
    """The beginning of each text, up to its end in `ends`."""
    read = Texts.from_arrow(texts)
    return read.slices(read.offsets[:-1], read.offsets[:-1] + np.maximum(ends.to_numpy(zero_copy_only=False), 0)).to_arrow()


def _cuts(row: Offsets, parts: pa.Array, cuttable: Mapping[int, pa.Array]) -> tuple[Offsets, pa.Array]:
    """The names in `cuttable` (by length) that parts of hosts begin or end with and do not fill."""
    length = pc.utf8_length(parts).to_numpy(zero_copy_only=False).astype(np.int64)
    found: list[tuple[Offsets, pa.Array]] = []
    for n, names in cuttable.items():
        some = np.flatnonzero((length > n) & (length * MIN_CUT_SHARE <= n))
        long = parts.take(pa.array(some))
        for texts in (pc.utf8_slice_codeunits(long, 0, n), pc.utf8_slice_codeunits(long, -n)):
            kept = pc.is_in(texts, value_set=names)
            found.append((row[some[np.asarray(kept)]], texts.filter(kept)))
    rows = [own for own, _ in found]
    return (np.concatenate(rows) if rows else np.zeros(0, np.int64),
            pa.concat_arrays([texts for _, texts in found]) if found else pa.array([], pa.string()))


def _joined(batch: pa.RecordBatch, found: pa.RecordBatch, row: Offsets, place: Offsets, factor: Shares) -> pa.RecordBatch:
    """The matches of each piece, for the account and host it is of; of each account, host and holder the strongest."""
    own = pa.table({"row": row, "piece": pa.array(place).cast(pa.string()), "factor": factor})
    table = pa.table(found.columns, names=found.schema.names).rename_columns(
        ["piece" if name == "account_id" else name for name in found.schema.names])
    columns = ["piece", "shown", "holder_id", "holder_kind", "holder_name", "match", "similarity", "weight"]
    table = own.join(table.select(columns), keys="piece", join_type="inner")
    is_meant = pc.or_(pc.is_in(table["match"], value_set=pa.array(_WHOLE)), pc.and_(
        pc.equal(table["factor"], AS_LABEL), pc.equal(table["match"], "affix")))
    table = table.filter(pc.and_(is_meant, pc.greater_equal(table["weight"], MIN_PART_WEIGHT)))
    table = table.set_column(table.column_names.index("similarity"), "similarity", pc.multiply(
        table["similarity"], table["factor"]))
    table = table.append_column("strength", pc.multiply(table["similarity"], table["weight"]))
    table = table.sort_by([("row", "ascending"), ("strength", "descending"), ("holder_id", "ascending")])
    of, holder = table["row"].to_numpy(), table["holder_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.sort(np.unique(of * (int(holder.max(initial=0)) + 1) + holder, return_index=True)[1])
    table = table.take(pa.array(first)).combine_chunks()
    rows = pa.table(batch.columns, names=batch.schema.names).take(table["row"])
    taken = {name: rows[name] for name in ("account_id", "where", "host", "domain")} | {
        name: table[name] for name in ("holder_id", "holder_kind", "holder_name", "similarity", "weight")}
    taken["part"] = table["shown"]
    return pa.RecordBatch.from_arrays([_one(taken[field.name], field.type) for field in HOST_NAMES], schema=HOST_NAMES)


def _one(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    whole = column.combine_chunks()
    return (whole.chunk(0) if whole.num_chunks else pa.array([], kind)) if isinstance(whole, pa.ChunkedArray) else whole
