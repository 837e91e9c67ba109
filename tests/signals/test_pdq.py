"""PDQ gives the published hashes, and the hashes of turned pictures follow from a picture's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from evenhand.signals.media.hashes import SAME_PICTURE, TRANSFORMS, all_transforms, distances, distinct, from_text, to_text
from evenhand.signals.media.pdq import fingerprint, luminance

Image = pytest.importorskip("PIL.Image", reason="the optional extra `media` is not installed")

PUBLISHED = {
    "bridge-mods__square-128x128.jpg": "d8f8f1eec0f4a84f0e37022a078f63f0b36e2ed596621e1d33e6239c4e9c9b22",
    "bridge-mods__shrink-a-lot.jpg": "d0f8f1ccc0f4a84d0a370a3a228f67f0b36e2ed5b6623e1d33e6339c4e9c9b22",
    "misc-images__wee.jpg": "6227401f601ff4ccafcc9fad4b0d95d371a2eb7265a3285234d228ca94deeb2d",
    "misc-images__small.jpg": "0007001f003f003f007f00ff00ff00ff01ff01ff01ff03ff03ff03ff03ff03ff",
    "reg-test-input__labelme-subset__q0122.jpg": "cfb2009ddd21c6dab0046a7745b5984757a8a4535b3377aea2591d32b33ff940",
}
TURNED = {   # hashes that the reference implementation gives for turned versions of one photograph
    "as it is": "d8f8f0cce0f4a84f0e370a22028f67f0b36e2ed596623e1d33e6b39c4e9c9b22",
    "turned left": "38a50efd71c83f429013d68d0ffffc52e34e0e15ada952a9d29684214aa9e5af",
    "upside down": "2dadda64b5a142e5d362209057da895ae63b8c7fc277b4b766b319361f893188",
    "turned right": "a5f0a457248995e8c9065c275aaa54d8b61ba4bdf8fcfc0387c32f8b0bfc4f05",
    "flipped": "d8f80f31e0f417b00e37f5dd028f980fb36ed12a9662c1e233e64c634e9c64dd",
    "mirrored": "0dad259bb1a1bd18d362576556da32a1e63b7380c2374b4866b3c6c91b89ce77",
    "mirrored and turned left": "f0a5e10271dcc0bd9c5309720fff018de34ef1e8ada9a956d2967ade1ea91a50",
    "mirrored and turned right": "69f05aa8a4996a17c146a2da5aaaab07b61b5b60f8fc07fc83c3d0740bfcb0fa",
}


def hashed(path: Path) -> str:
    with Image.open(path) as picture:
        return to_text(fingerprint(luminance(np.asarray(picture.convert("RGB")))).words)


@pytest.mark.parametrize("name", PUBLISHED)
def test_it_gives_the_published_hash_bit_for_bit(root: Path, name: str) -> None:
    assert hashed(root / "tests/captures/media/pdq" / name) == PUBLISHED[name]


def test_a_plain_surface_has_no_quality(root: Path) -> None:
    qualities = {}
    for name in ("misc-images__small.jpg", "reg-test-input__labelme-subset__q0003.jpg", "misc-images__wee.jpg"):
        with Image.open(root / "tests/captures/media/pdq" / name) as picture:
            qualities[name] = fingerprint(luminance(np.asarray(picture.convert("RGB")))).quality
    assert [quality >= 50 for quality in qualities.values()] == [False, False, True]


def test_a_grey_picture_has_the_hash_of_the_same_in_three_colours() -> None:
    grey = np.random.default_rng(3).integers(0, 256, (80, 90), dtype=np.uint8)
    colours = np.repeat(grey[..., None], 3, axis=2)
    assert distances(fingerprint(luminance(grey)).words[None], fingerprint(luminance(colours)).words[None])[0] <= 2


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="rows and columns"):
        fingerprint(np.zeros((0, 5), np.float32))


def test_the_hashes_of_turned_pictures_follow_from_one() -> None:
    reference, _ = from_text(pa.array([TURNED[name] for name in TRANSFORMS]))
    made = all_transforms(reference[:1])[0]
    matrix = np.array([[distances(one[None], other[None])[0] for other in reference] for one in made])
    assert (np.diag(matrix) <= SAME_PICTURE).all()
    assert (matrix[~np.eye(8, dtype=bool)] > 2 * SAME_PICTURE).all()


def test_turning_exactly_gives_the_exact_hash() -> None:
    plane = np.random.default_rng(5).random((64, 64)).astype(np.float32) * 255
    made = all_transforms(fingerprint(plane).words[None])[0]
    turned = (plane, np.rot90(plane, 1), np.rot90(plane, 2), np.rot90(plane, 3), plane[:, ::-1], plane[::-1], plane.T,
              np.rot90(plane.T, 2))
    found = [distances(one[None], fingerprint(np.ascontiguousarray(other)).words[None])[0]
             for one, other in zip(made, turned, strict=True)]
    assert max(found) <= SAME_PICTURE


def test_turning_a_hash_eight_ways_and_back_gives_it_again() -> None:
    hashes = np.random.default_rng(7).integers(0, 2**63, (20, 4), dtype=np.uint64)
    back = {"turned left": "turned right", "turned right": "turned left"}
    for nth, name in enumerate(TRANSFORMS):
        turned = all_transforms(hashes)[:, nth]
        assert np.array_equal(all_transforms(turned)[:, TRANSFORMS.index(back.get(name, name))], hashes), name


def test_texts_that_are_no_hash_are_left_out() -> None:
    texts = pa.array(["F" * 64, "f" * 63, "f" * 65, "g" * 64, "", None, "0" * 64])
    hashes, rows = from_text(texts)
    assert rows.tolist() == [0, 6]
    assert [to_text(one) for one in hashes] == ["f" * 64, "0" * 64]
    assert from_text(texts.slice(1, 3))[0].shape == (0, 4)
    assert [to_text(one) for one in from_text(texts.slice(6))[0]] == ["0" * 64]


def test_the_same_hash_is_one_of_the_distinct_ones() -> None:
    hashes, _ = from_text(pa.array(["a" * 64, "b" * 64, "a" * 64]))
    different, place = distinct(hashes)
    assert len(different) == 2
    assert np.array_equal(different[place], hashes)
