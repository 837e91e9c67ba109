"""The relation `address_matches`: web addresses that look like a registered holder's domain and are not.

An address at or below any registered domain matches nothing, whoever it is compared with. A match is not a finding:
outlets of the same name, country sites and fan pages match too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.model.step import Kernel, Query, Step
from evenhand.signals.names.candidates import INSIDE, WHOLE
from evenhand.signals.names.codepoints import Mask, Offsets, Texts
from evenhand.signals.names.edits import MIN_EDIT_LETTERS
from evenhand.signals.names.forms import Forms, forms_of
from evenhand.signals.names.hashes import NameParts
from evenhand.signals.names.index import HolderIndex, bits_of
from evenhand.signals.names.likeness import AFFIX, EDIT, MAX_MATCHES, TOKENS, Likeness, equal_texts
from evenhand.signals.names.rarity import Shares, shared, weights
from evenhand.signals.names.reading import ReadNames
from evenhand.signals.names.skeleton import folded_names, skeleton_words, small_skeleton_words, without_doubled
from evenhand.signals.names.targets import EditRules, Targets, entries_of
from evenhand.signals.names.unicode_tables import UnicodeTables
from evenhand.signals.web.hosts import PublicSuffixes

MIN_STRENGTH = 0.05
"""A match whose similarity times weight is less is left out."""
OTHER_SUFFIX, EMBEDDED, DOUBLED = 0.9, 0.9, 0.8
"""Similarity of the very label under another public suffix, of a domain written inside another host, and factor for a
short label with letters doubled."""
SHORT_LABEL, SHORT_LABEL_WEIGHT = 4, 0.3
"""A label of fewer characters weighs at most this: nearly all of them are taken, by somebody else."""
ADDRESS_MATCHES_OF = ("other_suffix", "skeleton", "edit", "affix", "embedded")
_OTHER_SUFFIX, _SKELETON, _EDIT, _AFFIX, _EMBEDDED = range(len(ADDRESS_MATCHES_OF))

ADDRESS_MATCHES = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("post_id", pa.string()),
    pa.field("where", pa.string()),
    pa.field("host", pa.string(), nullable=False),
    pa.field("domain", pa.string(), nullable=False),
    pa.field("suffix", pa.string()),
    pa.field("holder_id", pa.string(), nullable=False),
    pa.field("holder_kind", pa.string(), nullable=False),
    pa.field("holder_domain", pa.string(), nullable=False),
    pa.field("match", pa.string(), nullable=False),
    pa.field("similarity", pa.float64(), nullable=False),
    pa.field("weight", pa.float64(), nullable=False),
    pa.field("n_holders_sharing", pa.int32(), nullable=False),
])
"""`match` is how the address is like `holder_domain`: the same label under another public suffix, a label that reads the
same, one edit away, with a word added, or the domain written inside the host. `post_id` is null in a profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressIndex:
    """Registered domains: their labels, and their labels with their suffixes."""

    labels: Targets
    hosts: Targets
    domains: pa.Array
    """The registrable domain of each name of the targets."""
    label_texts: pa.Array
    registered: pa.Array
    """Every registrable domain that some holder uses."""
    names: HolderIndex
    tables: UnicodeTables
    digest: str

    @classmethod
    def build(cls, holders: pa.Table, *, names: HolderIndex, tables: UnicodeTables, suffixes: PublicSuffixes
              ) -> AddressIndex:
        """The index of the domains of a table of `HOLDERS`, the one that `names` was built from."""
        lists = holders["domains"].combine_chunks()
        known = lists.flatten().dictionary_encode()
        split = [suffixes.host(domain) for domain in known.dictionary.to_pylist()]
        registered = pa.array(sorted({host.domain for host in split if host is not None}), pa.string())
        # only who holds the registrable domain itself is imitated by its look-alikes, not whoever has a page below it
        usable = np.array([bool(host and host.label and host.suffix and host.host.removeprefix("www.") == host.domain)
                           for host in split], np.bool_)
        indices = known.indices.to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(usable[indices])
        owners = np.asarray(pc.list_parent_indices(lists)).astype(np.int64)[rows]
        domains, labels, ends = (pa.array([getattr(host, name) if host else None for host in split], pa.string())
                                 .take(pa.array(indices[rows])) for name in ("domain", "label", "suffix"))
        readable = decoded(labels)
        forms = forms_of(readable, tables, names.added, is_handle=False)
        parts = NameParts.of(forms.words, tables)
        form_weights = _label_weights(parts, forms, owners, names)
        by_name = np.zeros(len(labels))
        np.maximum.at(by_name, forms.names, form_weights)
        whole = _host_forms(readable, ends, tables)
        whole_parts = NameParts.of(whole.words, tables)
        rules = EditRules(min_strength=MIN_STRENGTH, is_person=np.zeros(len(names.holder_ids), np.bool_), is_twice=False)
        return cls(
            labels=Targets.of(forms, parts, entries_of(forms, parts, labels, owners[forms.names], form_weights, names.rank),
                              tables=tables, added=names.added, rules=rules),
            hosts=Targets.of(whole, whole_parts, entries_of(whole, whole_parts, domains, owners[whole.names],
                                                     by_name[whole.names], names.rank),
                             tables=tables, added=names.added, rules=rules),
            domains=domains, label_texts=labels, registered=registered, names=names, tables=tables,
            digest=_digest(holders, names))


def _digest(holders: pa.Table, names: HolderIndex) -> str:
    """A digest over all that the index is made of, whatever the order of the table."""
    lists = holders["domains"].combine_chunks()
    owners = holders["holder_id"].combine_chunks().take(pc.list_parent_indices(lists))
    pairs = pc.binary_join_element_wise(owners, lists.flatten(), "\t")
    return sha256("\n".join([names.digest, *sorted(pair or "" for pair in pairs.to_pylist())]).encode()).hexdigest()


def _label_weights(parts: NameParts, forms: Forms, owners: Offsets, names: HolderIndex) -> Shares:
    """What each label tells about whose it is; less where several holders have it."""
    bits = np.minimum(bits_of(parts, names.rarity, names.added), names.rarity.segmented_bits(parts))
    target = np.unique(parts.hashes.wholes(), return_inverse=True)[1]
    pairs = np.unique(target * (owners.max(initial=0) + 1) + owners[forms.names])
    sharing = np.bincount(pairs // (owners.max(initial=0) + 1), minlength=target.max(initial=-1) + 1)[target]
    weight = shared(weights(bits, np.zeros(len(bits), np.bool_))[forms.origins], sharing)
    return np.where(parts.letters.lengths < SHORT_LABEL, np.minimum(weight, SHORT_LABEL_WEIGHT), weight)


def _host_forms(labels: pa.Array, suffixes: pa.Array, tables: UnicodeTables) -> Forms:
    """Label and suffix as words, and without the last part of a suffix of several (a look-alike may replace that)."""
    shorter = pc.replace_substring_regex(suffixes, r"\.?[^.]*$", "")
    several = np.flatnonzero(np.asarray(pc.greater(pc.binary_length(shorter), 0)))
    chosen = pa.array(several)
    texts = pa.concat_arrays([pc.binary_join_element_wise(labels, suffixes, " "),
                              pc.binary_join_element_wise(labels.take(chosen), shorter.take(chosen), " ")])
    folded = folded_names(Texts.from_arrow(texts), tables, is_handle=False).texts
    return Forms(folded=folded, words=small_skeleton_words(folded, tables.letters),
                 names=np.r_[np.arange(len(labels)), several], origins=np.arange(len(texts)))


def decoded(labels: pa.Array) -> pa.Array:
    """The labels, those in punycode (RFC 3492) as the characters they stand for."""
    coded = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(labels, "^xn--[a-z0-9-]+$"), False)))
    if not len(coded):
        return labels
    plain = [_characters(label) for label in labels.take(pa.array(coded)).to_pylist()]
    mask = np.zeros(len(labels), np.bool_)
    mask[coded] = True
    return pc.replace_with_mask(labels, pa.array(mask), pa.array(plain, pa.string()))


def _characters(label: str) -> str:
    """The characters that a label in punycode stands for; the label itself where it stands for none."""
    try:
        text = label.removeprefix("xn--").encode("ascii").decode("punycode")
        text.encode("utf-8")
    except UnicodeError:
        return label
    return text


def address_matches(index: AddressIndex) -> tuple[Step, ...]:
    """The steps `link_matches` (of `links`), `profile_address_matches` (of `addresses`) and, of both, `address_matches`."""
    kernels = tuple(
        Kernel(name=name, source=source, columns=columns, run=_runner(index), schema=ADDRESS_MATCHES,
               digest=index.digest, sentence=f"a web address in {place} that looks like a registered holder's domain")
        for name, source, place, columns in (
            ("link_matches", "links", "a post", ("account_id", "post_id", "where", "host", "domain", "suffix", "label")),
            ("profile_address_matches", "addresses", "a profile",
             ("account_id", "where", "host", "domain", "suffix", "label"))))
    columns = ", ".join(f'"{column.name}"' for column in ADDRESS_MATCHES)
    both = " union all ".join(f"select {columns} from {kernel.name}" for kernel in kernels)
    return (*kernels, Query(name="address_matches", sql=both, inputs=tuple(kernel.name for kernel in kernels),
                            sentence="a web address that looks like a registered holder's domain and is not"))


def _runner(index: AddressIndex) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = batch.filter(pc.invert(pc.is_in(batch.column("domain"), value_set=index.registered)))
        batch = batch.filter(pc.and_(pc.is_valid(batch.column("host")), pc.is_valid(batch.column("label"))))
        hosts = batch.column("host").dictionary_encode()
        places = hosts.indices.to_numpy(zero_copy_only=False)
        first = np.full(len(hosts.dictionary), len(batch), np.int64)
        np.minimum.at(first, places, np.arange(len(batch)))
        found = _matches(batch.take(pa.array(first)), index)
        starts = np.searchsorted(found.row, np.arange(len(first) + 1))
        counts = (starts[1:] - starts[:-1])[places]
        ends = np.cumsum(counts)
        taken = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[:-1][places] - ends + counts, counts)
        return _table(batch.take(pa.array(np.repeat(np.arange(len(batch)), counts))), found.take(taken), index)

    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matches:
    """Matches of hosts, one row each, those of a host together."""

    row: Offsets
    holder: Offsets
    name: Offsets
    """Which registered domain it is."""
    match: NDArray[np.int8]
    similarity: Shares
    weight: Shares
    n_sharing: NDArray[np.int32]

    def take(self, chosen: Offsets) -> _Matches:
        """The chosen ones."""
        return _Matches(row=self.row[chosen], holder=self.holder[chosen], name=self.name[chosen],
                        match=self.match[chosen], similarity=self.similarity[chosen], weight=self.weight[chosen],
                        n_sharing=self.n_sharing[chosen])


def _matches(hosts: pa.RecordBatch, index: AddressIndex) -> _Matches:
    """The strongest matches of each host."""
    by_label, by_host = _by_label(hosts, index), _by_host(hosts, index)
    every = _Matches(**{name: np.concatenate([getattr(by_label, name), getattr(by_host, name)])
                        for name in _Matches.__slots__})
    strength = every.similarity * every.weight
    rank = index.names.rank[every.holder]
    order = np.lexsort((every.name, every.match, -strength, rank, every.row))
    order = order[strength[order] >= MIN_STRENGTH]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(every.row[order]) != 0) | (np.diff(rank[order]) != 0)
    order = order[fresh]
    order = order[np.lexsort((rank[order], every.match[order], -strength[order], every.row[order]))]
    rows = every.row[order]
    return every.take(order[np.arange(len(rows)) - np.searchsorted(rows, rows) < MAX_MATCHES])


def _like(texts: pa.Array, targets: Targets, index: AddressIndex) -> tuple[Likeness, Mask]:
    """Likenesses of these texts, of the short ones also without doubled letters, and which are of such a reading."""
    names = folded_names(Texts.from_arrow(texts), index.tables, is_handle=False)
    words = skeleton_words(names, index.tables)
    single = without_doubled(words)
    shorter = np.flatnonzero((single.lengths < words.lengths) & (single.lengths >= SHORT_LABEL)
                             & (words.lengths <= MIN_EDIT_LETTERS))
    rows = np.r_[np.arange(len(texts)), shorter]
    parts = NameParts.of(Texts.end_to_end([words, single.take(shorter)]), index.tables)
    read = ReadNames.of(rows, parts, folded=names.texts, added=index.names.added)
    nobody = np.zeros(len(index.names.holder_ids), np.bool_)
    like = Likeness.of(read, targets, added=index.names.added, rarity=index.names.rarity, is_person=nobody)
    doubled = like.found.row >= len(texts)
    like.found.row[:] = rows[like.found.row]
    return like, doubled


def _by_label(hosts: pa.RecordBatch, index: AddressIndex) -> _Matches:
    """Matches of the registrable label. One that is a registered label in whole reads as that one only."""
    labels = hosts.column("label")
    like, doubled = _like(decoded(labels), index.labels, index)
    row, name = like.found.row, index.labels.entries.name[like.entry]
    whole = np.zeros(len(labels), np.bool_)
    same = equal_texts(labels.take(pa.array(row)), index.label_texts.take(pa.array(name)))
    whole[row[same]] = True
    match = np.full(len(row), _SKELETON, np.int8)
    match[same] = _OTHER_SUFFIX
    match[(like.match == AFFIX) | (like.match == TOKENS)] = _AFFIX
    match[(like.match == EDIT) | doubled] = _EDIT
    similarity = np.where(same, OTHER_SUFFIX, like.similarity * np.where(doubled, DOUBLED, 1.0))
    return _of(like, index.labels, keep=same | ~whole[row], match=match, similarity=similarity)


def _by_host(hosts: pa.RecordBatch, index: AddressIndex) -> _Matches:
    """Registered domains that are written, letter by letter, in the host before its public suffix."""
    names = Texts.from_arrow(hosts.column("host"))
    suffixes = Texts.from_arrow(hosts.column("suffix")).lengths
    ends = np.maximum(names.offsets[1:] - suffixes - (suffixes > 0), names.offsets[:-1])
    like, _ = _like(names.slices(names.offsets[:-1], ends).to_arrow(), index.hosts, index)
    keep = (like.found.how == INSIDE) | (like.found.how == WHOLE)
    return _of(like, index.hosts, keep=keep, match=np.full(len(keep), _EMBEDDED, np.int8),
               similarity=np.full(len(keep), EMBEDDED))


def _of(like: Likeness, targets: Targets, *, keep: Mask, match: NDArray[np.int8], similarity: Shares) -> _Matches:
    return _Matches(row=like.found.row, holder=targets.entries.holder[like.entry],
                    name=targets.entries.name[like.entry], match=match, similarity=similarity, weight=like.weight,
                    n_sharing=targets.n_sharing[like.found.target]).take(np.flatnonzero(keep))


def _table(rows: pa.RecordBatch, found: _Matches, index: AddressIndex) -> pa.RecordBatch:
    holder = pa.array(found.holder)
    post = rows.column("post_id") if "post_id" in rows.schema.names else pa.nulls(len(rows), pa.string())
    return pa.RecordBatch.from_arrays([
        rows.column("account_id"), post, *(rows.column(name) for name in ("where", "host", "domain", "suffix")),
        index.names.holder_ids.take(holder), index.names.holder_kinds.take(holder),
        index.domains.take(pa.array(found.name)), pa.array(ADDRESS_MATCHES_OF).take(pa.array(found.match)),
        pa.array(found.similarity), pa.array(found.weight), pa.array(found.n_sharing)], schema=ADDRESS_MATCHES)
