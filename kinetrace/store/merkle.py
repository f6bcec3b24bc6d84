"""One root for all stages of a capture, in the manner of RFC 6962."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf(stage: str, manifest_sha256: str) -> bytes:
    """Hash one stage's name and manifest digest; the name inside the leaf keeps stages from being swapped."""
    return hashlib.sha256(b"\x00" + stage.encode() + b"\x00" + bytes.fromhex(manifest_sha256)).digest()


def root(leaves: Sequence[bytes]) -> str:
    """Fold leaves into the Merkle tree hash of RFC 6962 section 2.1.

    Raises:
        ValueError: There are no leaves; an empty tree proves nothing.
    """
    if not leaves:
        raise ValueError("a Merkle root needs at least one leaf")
    return _fold(list(leaves)).hex()


def _fold(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _fold(leaves[:split]) + _fold(leaves[split:])).digest()
