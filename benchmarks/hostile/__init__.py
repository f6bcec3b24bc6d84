"""Crafted files that mean harm, by the reader that they are handed to; each is made in code in an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Make = Callable[[Path], Path]


def cases(door: str) -> dict[str, Make]:
    """Give the crafted files for one reader, by what each tries.

    Args:
        door: The reader's name, as in `benchmarks.doors`.
    """
    from benchmarks.hostile import (
        c3d_files,
        checkpoints,
        exports,
        hdf5_files,
        images,
        npz_files,
        places,
        record3d,
        stray,
        takes,
        texts,
        videos,
    )

    found: dict[str, Make] = {}
    rooms = (
        texts,
        c3d_files,
        npz_files,
        hdf5_files,
        checkpoints,
        images,
        places,
        takes,
        exports,
        videos,
        stray,
        record3d,
    )
    for room in rooms:
        found |= room.CASES.get(door, {})
    return found
