"""LZFSE, as some iPad apps pack depth images: unpacked in a limited process, to exactly the sizes that are known."""

from __future__ import annotations

import importlib.util
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kinetrace.store.safe_io.caps import LZFSE_IMAGE_MS, LZFSE_MEMORY
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.limited_process import Limits, run_limited

_WORKER: Final = Path(__file__).with_name("lzfse_worker.py")


def unpack_lzfse(packed: Sequence[bytes], sizes: Sequence[int]) -> list[bytes]:
    """Unpack blocks of LZFSE.

    Args:
        packed: The blocks.
        sizes: What each must unpack to [bytes].

    Raises:
        FormatError: `extra`: the library is not installed; `parser`: as `run_limited`; `lzfse`: another size.
    """
    if importlib.util.find_spec("liblzfse") is None:
        raise FormatError(
            "extra", "compression", "the optional extra record3d for depth packed with LZFSE", "no pyliblzfse",
            "Install it with: pip install 'kinetrace[record3d]'",
        )  # fmt: skip
    with tempfile.TemporaryFile() as stream:
        for block in packed:
            stream.write(struct.pack("<Q", len(block)) + block)
        limits = Limits(
            LZFSE_MEMORY + 2 * sum(sizes), LZFSE_IMAGE_MS / 1000 * len(packed), sum(sizes) + 8 * len(sizes) + 64
        )
        said = run_limited(_WORKER, stream, limits)
    found: list[bytes] = []
    at = 0
    for size in sizes:
        length = int.from_bytes(said[at : at + 8], "little")
        if length != size:
            raise FormatError(
                "lzfse", "image", f"{size} bytes when unpacked", f"{length}", "Export the recording again."
            )
        found.append(said[at + 8 : at + 8 + length])
        at += 8 + length
    return found
