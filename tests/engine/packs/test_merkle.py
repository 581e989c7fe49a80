"""Trees of hashes, held against the definition of RFC 6962 written down plainly."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueline.engine.packs import merkle
from trueline.engine.packs.verify_pack import root_from


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_definition(entries[:split]) + by_definition(entries[split:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_root_is_that_of_the_definition(entries):
    assert merkle.root([merkle.leaf_hash(entry) for entry in entries]) == by_definition(entries)


def test_every_entry_of_every_small_tree_is_proved_and_only_at_its_place():
    for size in range(1, 34):
        leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
        root = merkle.root(leaves)
        for index, path in enumerate(merkle.proofs(leaves, range(size))):
            assert root_from(leaves[index], index, size, path) == root
            assert len(path) <= (size - 1).bit_length()
            for other in range(size):
                if other != index:
                    assert root_from(leaves[index], other, size, path) != root


@given(st.integers(2, 60), st.data())
def test_a_changed_proof_leads_elsewhere(size, data):
    leaves = [merkle.leaf_hash(number.to_bytes(2)) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = merkle.proof(leaves, index)
    spot = data.draw(st.integers(0, len(path) - 1))
    bent = [*path[:spot], hashlib.sha256(path[spot]).digest(), *path[spot + 1 :]]
    assert root_from(leaves[index], index, size, bent) != merkle.root(leaves)
    assert root_from(leaves[index], index, size, path[:-1]) != merkle.root(leaves)
    assert root_from(leaves[index], index, size, [*path, path[0]]) is None


def test_there_is_no_proof_of_what_is_not_there():
    with pytest.raises(IndexError):
        merkle.proof([merkle.leaf_hash(b"one")], 1)
    assert root_from(merkle.leaf_hash(b"one"), 1, 1, []) is None
