from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.merkle import leaf, root

DIGEST = "ab" * 32
LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=12, unique=True)


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_a_leaf_by_hand() -> None:
    assert leaf("s00_adapter", DIGEST) == hashlib.sha256(b"\x00s00_adapter\x00" + b"\xab" * 32).digest()


def test_roots_of_one_to_five_leaves_by_hand() -> None:
    a, b, c, d, e = (bytes([i]) * 32 for i in range(5))
    assert root([a]) == a.hex()
    assert root([a, b]) == node(a, b).hex()
    assert root([a, b, c]) == node(node(a, b), c).hex()
    assert root([a, b, c, d]) == node(node(a, b), node(c, d)).hex()
    assert root([a, b, c, d, e]) == node(node(node(a, b), node(c, d)), e).hex()


def test_the_published_vectors_of_rfc_6962() -> None:
    # The inputs and roots that the Certificate Transparency projects test with; the leaf hash is SHA-256(0x00 || input).
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(i)).digest() for i in inputs]
    assert root(leaves[:1]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(leaves[:2]) == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert root(leaves[:3]) == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert root(leaves) == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(leaves=LEAVES, data=st.data())
def test_changing_any_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = list(leaves)
    changed[place] = bytes([changed[place][0] ^ 1]) + changed[place][1:]
    assert root(changed) != root(leaves)


@given(leaves=LEAVES)
def test_order_and_number_matter(leaves: list[bytes]) -> None:
    if len(leaves) > 1:
        assert root(leaves[::-1]) != root(leaves)
    assert root([*leaves, leaves[-1]]) != root(leaves)


def test_the_stage_name_matters_and_cannot_run_into_the_digest() -> None:
    assert leaf("s00_adapter", DIGEST) != leaf("s01_alignment", DIGEST)
    assert leaf("a", "00" * 32) != leaf("a\x00", "00" * 31 + "01")


def test_an_empty_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one leaf"):
        root([])
