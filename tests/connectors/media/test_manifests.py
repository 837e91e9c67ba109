"""C2PA manifests: intact is not trusted, tampered counts for nothing, and nothing is fetched."""

from __future__ import annotations

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")
pytest.importorskip("PIL", reason="the optional extra `media` is not installed")

from signed_media import IPTC, authority, signed_picture

from evenhand.connectors.media.formats import Format
from evenhand.connectors.media.manifests import Manifest, ManifestReader, manifest_said
from evenhand.model.media import Provenance

AI = "trainedAlgorithmicMedia"


def test_intact_is_trusted_only_by_a_list_that_was_given(manifests: ManifestReader) -> None:
    picture = signed_picture(AI)
    assert manifests.read(io.BytesIO(picture), Format.JPEG) == Manifest(
        provenance=Provenance.INTACT, source_type=AI, generator="Test Model")
    assert ManifestReader(trust=authority().root).read(io.BytesIO(picture), Format.JPEG).provenance is Provenance.TRUSTED


def test_a_tampered_file_states_nothing() -> None:
    picture = bytearray(signed_picture(AI))
    picture[-40] ^= 1
    assert ManifestReader(trust=authority().root).read(io.BytesIO(bytes(picture)), Format.JPEG) == Manifest(
        provenance=Provenance.INVALID)


def test_real_files_have_the_state_that_the_reference_reader_gives(captures: Path, manifests: ManifestReader) -> None:
    states = {}
    for name in ("C.jpg", "XCA.jpg", "libpng-test.png"):
        with (captures / "c2pa" / name).open("rb") as file:
            states[name] = manifests.read(file, Format.PNG if name.endswith("png") else Format.JPEG)
    assert {name: (state.provenance, state.source_type) for name, state in states.items()} == {
        "C.jpg": (Provenance.INTACT, "algorithmicMedia"), "XCA.jpg": (Provenance.INVALID, None),
        "libpng-test.png": (Provenance.NONE, None)}


def test_a_store_of_the_reference_reader_is_understood(captures: Path) -> None:
    store = json.loads((captures / "c2pa/pdf-file.pdf.manifest.json").read_text())
    assert manifest_said(store) == Manifest(
        provenance=Provenance.INTACT, source_type=AI, generator="Adobe_Express/1.0.0 adobe_c2pa/0.7.11 c2pa-rs/0.28.1")
    assert manifest_said(store | {"validation_state": "Invalid"}) == Manifest(provenance=Provenance.INVALID)
    assert manifest_said(store | {"validation_state": "Something new"}).provenance is Provenance.INVALID


def chain(relationship: str) -> dict[str, Any]:
    """An edited file, made from one that a model made, or with one put into it."""
    def acted(action: str, source: str | None) -> list[dict[str, Any]]:
        said = {"action": action} | ({"digitalSourceType": IPTC + source} if source else {})
        return [{"label": "c2pa.actions.v2", "data": {"actions": [said]}}]

    return {"validation_state": "Valid", "active_manifest": "now", "manifests": {
        "now": {"assertions": acted("c2pa.edited", None), "ingredients": [
            {"relationship": relationship, "active_manifest": "before"}]},
        "before": {"assertions": acted("c2pa.created", AI), "ingredients": [
            {"relationship": relationship, "active_manifest": "now"}]}}}


def test_what_a_file_was_made_from_counts_and_what_was_put_into_it_does_not() -> None:
    assert manifest_said(chain("parentOf")).source_type == AI
    assert manifest_said(chain("componentOf")).source_type is None


class _Asked(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012  # emptied by the test

    def parse_request(self) -> bool:
        """Note that somebody asked, whatever for."""
        self.asked.append(self.raw_requestline.decode("latin-1"))
        return super().parse_request()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.loopback
def test_a_manifest_that_stands_elsewhere_is_never_fetched() -> None:
    _Asked.asked.clear()
    with HTTPServer(("127.0.0.1", 0), _Asked) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            picture = signed_picture(AI, remote=f"http://127.0.0.1:{server.server_port}/manifest.c2pa")
            read = ManifestReader().read(io.BytesIO(picture), Format.JPEG)
        finally:
            server.shutdown()
            thread.join()
    assert read == Manifest(provenance=Provenance.NONE)
    assert b"manifest.c2pa" in picture, "the picture names the address"
    assert _Asked.asked == []


def test_what_cannot_be_searched_is_told(manifests: ManifestReader) -> None:
    with pytest.raises(ValueError, match="parse"):
        manifests.read(io.BytesIO(signed_picture(AI)[:5000]), Format.JPEG)
