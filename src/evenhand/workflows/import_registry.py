"""Registry import: a foreign list becomes rows of a register, first as a difference to look at, then as a file.

An import is the whole list of one source. What that source said before and no longer says is removed; rows of other
sources are never touched. A record that cannot be read is no withdrawal: the row that it may stand for stays as it was.
`import_registry` writes nothing; `apply_import` does exactly what was looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.registries.claim_reviews import holds_claim_reviews, read_claim_reviews
from evenhand.connectors.registries.columns import ColumnMapping, load_column_mapping, mapping_of_flags
from evenhand.connectors.registries.fact_checks import COMPLETED, registrable_sites
from evenhand.connectors.registries.files import FORMATS, Contents, read_contents
from evenhand.connectors.registries.folder import save_register, shortened
from evenhand.connectors.registries.rows import Checked, load_register, read_rows
from evenhand.errors import DataError, Problem, StalePlan
from evenhand.model.fact_check import Verdict
from evenhand.model.registry import PROVENANCE, REGISTERS, Register

__all__ = ["Change", "ColumnMapping", "Provenance", "RegistryDiff", "apply_import", "import_contents", "import_registry",
           "load_column_mapping", "mapping_of_flags"]

LOG = "imports.jsonl"
"""The file in a registry folder that says what was imported: one line per import, never rewritten."""
IMPORTABLE = tuple(name for name, register in REGISTERS.items() if "source" in register.schema.names)
"""Registers that are filled from published lists. The others are written by decisions and appeals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a list comes from and on which day it was true."""

    source: str
    as_of: date
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that the register has and the list has differently."""

    key: tuple[str, ...]
    fields: tuple[str, ...]
    """The columns that differ; its provenance is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDiff:
    """What an import would do to one register of a folder. Nothing is written yet."""

    register: str
    file: Path
    digest: str
    """SHA-256 of the file, hexadecimal."""
    into: Path
    provenance: Provenance
    n_read: int
    added: tuple[tuple[str, ...], ...]
    removed: tuple[tuple[str, ...], ...]
    kept: tuple[tuple[str, ...], ...]
    """Rows that stay as they were: a record that was left out has their key, or none that can be read."""
    changed: tuple[Change, ...]
    n_unchanged: int
    rejected: tuple[Problem, ...]
    """A problem or more for each record that was left out."""
    n_rejected: int
    """Records that were left out; `n_read` = added + changed + unchanged + `n_rejected`."""
    columns_not_read: tuple[str, ...]
    """Columns of the file that the register has no use for."""
    merged: pa.Table
    """The register as it would be."""
    stands_on: str | None
    """The digest of the register's file that this was compared with; None where there was none."""
    unread_ratings: tuple[tuple[str, int], ...] = ()
    """Words of ratings that the table does not know, with how many fact-checks have them, the commonest first."""

    @property
    def sentence(self) -> str:
        """The difference in one line."""
        return (f"{self.register} from {self.provenance.source}: {self.n_read:,} records read, "
                f"{len(self.added):,} added, {len(self.changed):,} changed, {len(self.removed):,} removed, "
                f"{self.n_unchanged:,} unchanged, {self.n_rejected:,} left out"
                + (f", {len(self.kept):,} kept as they were" if self.kept else ""))

    def named(self, key: tuple[str, ...]) -> str:
        """A row of the register as a person tells it from others: its key, or for a credential whose it is and what it says."""
        if self.register == "credentials":
            rows = self.merged.filter(pc.equal(self.merged["credential_id"], key[0])).to_pylist()
            if rows:
                parts = (rows[0][name] for name in ("account_id", "profession", "jurisdiction", "issuer", "status"))
                return " · ".join(part for part in parts if part)
        return " · ".join(str(part) for part in key)

    def document(self) -> dict[str, Any]:
        """The difference as plain values for JSON; without the rows themselves."""
        return {
            "register": self.register, "file": str(self.file), "into": str(self.into), "n_read": self.n_read,
            "source": self.provenance.source, "source_url": self.provenance.source_url,
            "as_of": self.provenance.as_of.isoformat(), "added": [list(key) for key in self.added],
            "removed": [list(key) for key in self.removed], "kept": [list(key) for key in self.kept],
            "changed": [{"key": list(change.key), "fields": list(change.fields)} for change in self.changed],
            "n_unchanged": self.n_unchanged, "n_rejected": self.n_rejected,
            "unread_ratings": [{"rating": words, "n": n} for words, n in self.unread_ratings],
            "columns_not_read": list(self.columns_not_read),
            "rejected": [{"what": one.what, "file": one.file, "line": one.line, "hint": one.hint} for one in self.rejected]}


def import_registry(file: Path, kind: str, *, provenance: Provenance, into: Path,
                    mapping: ColumnMapping | None = None, state_sites: Collection[str] = ()) -> RegistryDiff:
    """What the list in `file` would change in the register `kind` of the folder `into`.

    Fact-checks may also come as ClaimReview: a feed, a page, or a folder of them. `state_sites` are the sites of publishers
    of fact-checks that belong to a state.

    A record with a mistake is left out as a whole and told with its line; the others are kept. What its source said before
    under its key stays; where nobody can tell whose a broken record is, nothing that is missing from the list is removed.

    Raises:
        DataError: there is no such register, a column that every row needs is not in the file, the file cannot be
            read at all, or the register that is there cannot be used. All mistakes together.
    """
    register = _register(kind)
    contents = (read_claim_reviews(file) if register.name == "fact_checks" and holds_claim_reviews(file)
                else read_contents(file))
    return import_contents(contents, register, provenance=provenance, into=into, mapping=mapping, state_sites=state_sites)


def import_contents(contents: Contents, register: Register, *, provenance: Provenance, into: Path,
                    mapping: ColumnMapping | None = None, state_sites: Collection[str] = ()) -> RegistryDiff:
    """What records that were read already would change in a register; see `import_registry`."""
    file, mapping = Path(contents.file), mapping or ColumnMapping()
    _require_columns(contents.columns, mapping, register, file=str(file), is_empty=not contents.records)
    if not provenance.source.strip():
        raise DataError(Problem(what="the source has no name", hint="say where the list comes from"))
    # Set even where it is None: what the file itself says about its source does not count.
    checked = read_rows(contents, register, mapping, {
        "source": provenance.source, "source_url": provenance.source_url, "as_of": provenance.as_of},
        state_sites=registrable_sites(state_sites))
    before, stands_on = _present(register, into)
    is_ours = pc.equal(before["source"], provenance.source)
    others, ours = before.filter(pc.invert(is_ours)), before.filter(is_ours)
    new, taken = _apart(checked, others, register)
    rejected = (*checked.problems, *taken)
    old_rows, new_rows = _by_key(ours, register), _by_key(new, register)
    gone = old_rows.keys() - new_rows.keys()
    kept = gone if checked.n_without_key else gone & checked.keys_left_out
    merged = pa.concat_tables([others, _of_keys(ours, kept, register), new]).combine_chunks()
    changed = tuple(Change(key=key, fields=fields) for key in sorted(old_rows.keys() & new_rows.keys())
                    if (fields := _differing(old_rows[key], new_rows[key])))
    n_unchanged = len(old_rows.keys() & new_rows.keys()) - len(changed)
    return RegistryDiff(
        register=register.name, file=file, digest=contents.digest, into=into, provenance=provenance,
        n_read=contents.n_read, added=tuple(sorted(new_rows.keys() - old_rows.keys())),
        removed=tuple(sorted(gone - kept)), kept=tuple(sorted(kept)), changed=changed,
        n_unchanged=n_unchanged, rejected=rejected, n_rejected=contents.n_read - new.num_rows,
        columns_not_read=tuple(name for name in contents.columns if name not in mapping.used(register)),
        merged=merged, stands_on=stands_on, unread_ratings=_unread(new) if register.name == "fact_checks" else ())


def _unread(new: pa.Table) -> tuple[tuple[str, int], ...]:
    """The ratings that a person has to read."""
    words = new.filter(pc.equal(new["verdict"], str(Verdict.UNKNOWN)))["rating"].to_pylist()
    counted = Counter(one or "no words" for one in words)
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def apply_import(diff: RegistryDiff) -> Path:
    """Write the register as the difference shows it, and a line in the folder's log. Returns the register's file.

    Raises:
        StalePlan: the register was changed since the difference was made; look again.
    """
    _, now = _present(REGISTERS[diff.register], diff.into)
    if now != diff.stands_on:
        raise StalePlan(Problem(what=f"`{diff.register}` has changed since the import was looked at",
                                file=str(diff.into), hint="run `evenhand registry import` again"))
    written = save_register(diff.register, diff.merged, diff.into)
    entry = diff.document() | {"sha256": diff.digest}
    for name in ("into", "added", "removed", "kept", "changed", "rejected", "columns_not_read"):
        entry[name] = len(entry[name])
    del entry["into"], entry["rejected"], entry["columns_not_read"]
    with (diff.into / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
    return written


def _register(kind: str) -> Register:
    if kind in IMPORTABLE:
        return REGISTERS[kind]
    if kind in REGISTERS:
        raise DataError(Problem(what=f"`{kind}` cannot be imported", hint="its rows come from decisions and appeals"))
    near = get_close_matches(kind, IMPORTABLE, n=1)
    raise DataError(Problem(what=f"there is no register `{kind}`", hint=(
        f"did you mean `{near[0]}`?" if near else f"registers: {', '.join(f'`{one}`' for one in IMPORTABLE)}")))


def _require_columns(present: tuple[str, ...], mapping: ColumnMapping, register: Register, *, file: str,
                     is_empty: bool) -> None:
    problems = mapping.problems(register, present=present, file=file) if not is_empty else []
    provenance = {field.name for field in PROVENANCE}
    for field in register.schema:
        is_there = register.name == "fact_checks" and field.name in COMPLETED
        is_there = is_there or mapping.columns.get(field.name, field.name) in present or field.name in mapping.constants
        if not (field.nullable or is_there or is_empty or field.name in provenance or field.name in mapping.columns):
            near = get_close_matches(field.name, present, n=1)
            theirs = near[0] if near else "THEIRS"
            problems.append(Problem(what=f"the file has no column `{field.name}`", file=file, hint=(
                f"name theirs, `--column {field.name}={theirs}`, or one value for all, `--constant {field.name}=…`")))
    if problems:
        raise DataError(problems)


def _present(register: Register, into: Path) -> tuple[pa.Table, str | None]:
    """The register that is in the folder, and its digest."""
    file = into / f"{register.name}.parquet"
    foreign = [into / f"{register.name}{ending}" for ending in FORMATS if ending != ".parquet"]
    if found := next((one for one in foreign if one.exists()), None):
        raise DataError(Problem(what=f"`{found.name}` cannot be added to", file=str(found),
                                hint="move it elsewhere and import it first"))
    if not file.exists():
        return register.schema.empty_table(), None
    checked = load_register(file, register)
    if checked.problems:
        raise DataError(shortened(checked.problems, str(file)))
    return checked.table, hashlib.sha256(file.read_bytes()).hexdigest()


def _apart(checked: Checked, others: pa.Table, register: Register) -> tuple[pa.Table, tuple[Problem, ...]]:
    """The new rows whose key no other source has, and a problem for each of the others."""
    new = checked.table
    owners = {key: row["source"] for key, row in _by_key(others, register).items()}
    keys = list(zip(*(new[name].to_pylist() for name in register.key), strict=True))
    taken = [number for number, key in enumerate(keys) if key in owners]
    problems = tuple(Problem(
        what=f"`{', '.join(map(str, keys[number]))}` is there already, from `{owners[keys[number]]}`",
        file=checked.files[number], line=checked.lines[number], hint="give it an id of its own, or import it as that source")
        for number in taken)
    kept = [number for number, key in enumerate(keys) if key not in owners]
    return (new.take(pa.array(kept, pa.int64())) if taken else new), problems


def _by_key(table: pa.Table, register: Register) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(row[name] for name in register.key): row for row in table.to_pylist()}


def _of_keys(table: pa.Table, keys: Collection[tuple[str, ...]], register: Register) -> pa.Table:
    """The rows with these keys."""
    rows = zip(*(table[name].to_pylist() for name in register.key), strict=True)
    return table.take(pa.array([number for number, key in enumerate(rows) if key in keys], pa.int64()))


def _differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    provenance = {field.name for field in PROVENANCE}
    return tuple(name for name in old if name not in provenance and (old[name] or None) != (new[name] or None))
