"""Every proof verifies, and nothing else does."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import LEAVES, ROOTS

from evenhand.ledger.proofs import TreeHashes, consistency_holds, consistency_proof, inclusion_holds, inclusion_proof
from evenhand.ledger.tree import TILE_WIDTH, Growth, leaf_hash

LARGEST = 1500


class Tiles:
    """The tiles of a tree, all of its sizes at once."""

    def __init__(self, leaves: list[bytes]) -> None:
        growth = Growth()
        self.roots = [growth.root()]
        self.tiles: dict[tuple[int, int], bytes] = {}
        for leaf in leaves:
            for tile in growth.append([leaf]):
                self.tiles[tile.level, tile.index] = tile.hashes
            self.roots.append(growth.root())
        self.tiles |= {(tile.level, tile.index): tile.hashes for tile in growth.unfinished()}

    def read(self, level: int, index: int, width: int) -> bytes:
        assert 0 < width <= TILE_WIDTH
        return self.tiles[level, index][:32 * width]

    def at(self, size: int) -> TreeHashes:
        return TreeHashes(size, self.read)


@cache
def many() -> Tiles:
    return Tiles([leaf_hash(str(number).encode()) for number in range(LARGEST)])


def hexes(*texts: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


PATH_5_8 = ("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")
PATH_0_8 = ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")


@pytest.mark.parametrize(("index", "size", "path"), [
    (0, 1, ()), (0, 8, PATH_0_8), (5, 8, PATH_5_8),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (1, 5, ("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", PATH_0_8[1], PATH_5_8[0]))])
def test_the_reference_inclusion_proofs(index: int, size: int, path: tuple[str, ...]) -> None:
    tiles = Tiles([leaf_hash(leaf) for leaf in LEAVES])
    assert inclusion_proof(tiles.at(size), index) == hexes(*path)
    assert inclusion_holds(leaf_hash(LEAVES[index]), index=index, size=size, proof=hexes(*path), root=ROOTS[size - 1])


@pytest.mark.parametrize(("old", "new", "path"), [
    (1, 1, ()), (1, 8, PATH_0_8),
    (6, 8, ("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", *PATH_5_8[1:])),
    (2, 5, (PATH_0_8[1], PATH_5_8[0]))])
def test_the_reference_consistency_proofs(old: int, new: int, path: tuple[str, ...]) -> None:
    tiles = Tiles([leaf_hash(leaf) for leaf in LEAVES])
    assert consistency_proof(tiles.at(new), old) == hexes(*path)
    assert consistency_holds(old_size=old, old_root=ROOTS[old - 1], size=new, root=ROOTS[new - 1], proof=hexes(*path))


@given(st.integers(1, LARGEST), st.data())
def test_every_inclusion_proof_verifies_and_no_changed_one(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root, leaf = inclusion_proof(many().at(size), index), many().roots[size], leaf_hash(str(index).encode())
    assert inclusion_holds(leaf, index=index, size=size, proof=proof, root=root)
    other = data.draw(st.integers(0, LARGEST))
    if other != index:
        assert not inclusion_holds(leaf, index=other, size=size, proof=proof, root=root)
        assert not inclusion_holds(leaf_hash(str(other).encode()), index=index, size=size, proof=proof, root=root)
    assert not inclusion_holds(leaf, index=index, size=size, proof=(*proof, root), root=root)
    assert not inclusion_holds(leaf, index=index, size=size, proof=proof[:-1], root=root) or not proof
    for changed in _one_bit_changed(proof, data):
        assert not inclusion_holds(leaf, index=index, size=size, proof=changed, root=root)


@given(st.integers(0, LARGEST), st.integers(0, LARGEST), st.data())
def test_two_sizes_are_consistent_and_a_changed_proof_or_root_shows_nothing(a: int, b: int, data: st.DataObject) -> None:
    old, new = sorted((a, b))
    proof = consistency_proof(many().at(new), old)
    known = {"old_size": old, "old_root": many().roots[old], "size": new, "root": many().roots[new]}
    assert consistency_holds(**known, proof=proof)
    for changed in _one_bit_changed(proof, data):
        assert not consistency_holds(**known, proof=changed)
    assert not consistency_holds(**known, proof=(*proof, bytes(32)))
    if old:
        for root in ("old_root", "root"):
            assert not consistency_holds(**known | {root: leaf_hash(b"another")}, proof=proof)
    if proof:
        assert not consistency_holds(**known, proof=proof[1:])


@settings(max_examples=15)
@given(st.integers(2, 400), st.data())
def test_a_rewritten_beginning_is_never_consistent(new: int, data: st.DataObject) -> None:
    """Whoever changes an entry cannot make any proof from the tree it really has."""
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = Tiles([leaf_hash((str(number) + "!" * (number == changed)).encode()) for number in range(new)])
    assert not consistency_holds(old_size=old, old_root=many().roots[old], size=new, root=rewritten.roots[new],
                                 proof=consistency_proof(rewritten.at(new), old))


def test_a_proof_reads_few_tiles() -> None:
    hashes = many().at(LARGEST)
    inclusion_proof(hashes, 700)
    assert hashes.n_tiles_read <= 4


def _one_bit_changed(proof: tuple[bytes, ...], data: st.DataObject) -> list[tuple[bytes, ...]]:
    if not proof:
        return []
    step, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    changed = (int.from_bytes(proof[step], "big") ^ 1 << bit).to_bytes(32, "big")
    return [(*proof[:step], changed, *proof[step + 1:])]
