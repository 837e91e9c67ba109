"""A file's C2PA manifest: whether it is intact and trusted, and which source type its actions state.

Nothing is ever fetched: no manifest from elsewhere, no revocation answer. Reading needs the optional extra `media`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import c2pa

from evenhand.connectors.media.formats import Format
from evenhand.connectors.media.marks import MAX_NAME
from evenhand.model.media import Provenance

_STATES = {"Invalid": Provenance.INVALID, "Valid": Provenance.INTACT, "Trusted": Provenance.TRUSTED}
_MAX_PARENTS = 32
_ELSEWHERE = ("Remote:", "RemoteManifest:")
"""How the library says that a file only names the address of its manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a file's own manifest says."""

    provenance: Provenance
    source_type: str | None = None
    """The IPTC term of the first action that states one; None unless the manifest is intact."""
    generator: str | None = None


class ManifestReader:
    """Reads manifests; `trust` holds certificates in PEM form whose holders are trusted, or nothing."""

    def __init__(self, *, trust: str = "") -> None:
        settings: dict[str, Any] = {"verify": {
            "verify_after_reading": True, "verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False}}
        if trust:
            settings["trust"] = {"user_anchors": trust}
        self._context = c2pa.Context(settings=c2pa.Settings.from_dict(settings))

    def read(self, file: BinaryIO, kind: Format) -> Manifest:
        """What the manifest of an open file says. Raises `ValueError` when the file cannot be searched for one."""
        file.seek(0)
        try:
            reader = c2pa.Reader.try_create(str(kind), file, context=self._context)
        except c2pa.C2paError as error:
            if isinstance(error, c2pa.C2paError.NotSupported) or str(error).startswith(_ELSEWHERE):
                return Manifest(provenance=Provenance.NONE)
            raise ValueError(str(error)) from error
        if reader is None:
            return Manifest(provenance=Provenance.NONE)
        with reader:
            return manifest_said(json.loads(reader.json()))


def manifest_said(store: Mapping[str, Any]) -> Manifest:
    """What a manifest store, as the reference reader writes it, says about the file that holds it."""
    state = _STATES.get(str(store.get("validation_state")), Provenance.INVALID)
    manifests = store.get("manifests") or {}
    active = manifests.get(store.get("active_manifest")) or {}
    if state is Provenance.INVALID:
        return Manifest(provenance=state)
    stated = (kind for manifest in _line(active, manifests) for kind in _source_types(manifest))
    return Manifest(provenance=state, source_type=next(stated, None), generator=_generator(active))


def _line(manifest: Mapping[str, Any], manifests: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The manifest, then the one of the file it was made from, and so on. What was only put into it does not count."""
    for _ in range(_MAX_PARENTS):
        yield manifest
        parents = [manifests.get(one.get("active_manifest")) for one in manifest.get("ingredients") or ()
                   if one.get("relationship") == "parentOf"]
        if not parents or parents[0] is None:
            return
        manifest = parents[0]


def _source_types(manifest: Mapping[str, Any]) -> Iterator[str]:
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label")).startswith("c2pa.actions"):
            for action in (assertion.get("data") or {}).get("actions") or ():
                if action.get("digitalSourceType"):
                    yield str(action["digitalSourceType"]).strip().rstrip("/").rpartition("/")[2]


def _generator(manifest: Mapping[str, Any]) -> str | None:
    named = [str(one["name"]) for one in manifest.get("claim_generator_info") or () if one.get("name")]
    name = (named[0] if named else str(manifest.get("claim_generator") or ""))[:MAX_NAME]
    return name or None
