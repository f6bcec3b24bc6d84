"""LZFSE's side of the limited process: packed blocks in, unpacked ones out. Started by `limited_child`; nothing of ours."""

from __future__ import annotations

import importlib
import struct

_LIBRARY = importlib.import_module("liblzfse")  # without stubs, and absent where the extra is not installed


def parse(path: str) -> bytes:
    """Give each block unpacked, its length before it, as the packed ones have theirs."""
    found = []
    with open(path, "rb") as stream:  # noqa: PTH123 (an open handle by its number)
        while head := stream.read(8):
            found.append(_LIBRARY.decompress(stream.read(struct.unpack("<Q", head)[0])))
    return b"".join(struct.pack("<Q", len(block)) + block for block in found)
