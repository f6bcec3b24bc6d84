"""One byte of one file changed to another value, its time of modification put back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.attacks.target import Target, Verdict, judge


def change_bytes(target: Target, indices: Iterable[int], seed: int) -> Iterator[tuple[int, str, Verdict, Verdict]]:
    """Change one byte at a time, audit both ways, put it back.

    Half of the changes fall on a file drawn evenly, so that small files (manifests, seal, signature, ledger) get their
    share; the other half on a byte drawn evenly over all bytes.

    Args:
        target: A copy of the sealed capture that is this function's own.
        indices: Numbers of the changes; the same number is the same change, whoever makes it.
        seed: Of all of them.

    Yields:
        Number, file and offset, what the strong audit said, what the fast audit said.
    """
    files = [p for p in target.files() if p.stat().st_size]
    sizes = np.array([p.stat().st_size for p in files], dtype=np.float64)
    for index in indices:
        rng = np.random.default_rng((seed, index))
        path = files[int(rng.choice(len(files), p=sizes / sizes.sum() if index % 2 else None))]
        offset = int(rng.integers(path.stat().st_size))
        with _changed(path, offset, int(rng.integers(1, 256))):
            strong, fast = judge(target, fast=False), judge(target, fast=True)
        yield index, f"{path.relative_to(target.workspace.root)}:{offset}", strong, fast


class _changed:  # noqa: N801 (used as a statement)
    """One byte XORed with a mask that is not 0, for as long as the block lasts."""

    def __init__(self, path: Path, offset: int, mask: int) -> None:
        self.path, self.offset, self.mask = path, offset, mask

    def __enter__(self) -> None:
        self._flip()

    def __exit__(self, *_: object) -> None:
        self._flip()

    def _flip(self) -> None:
        state = self.path.stat()
        handle = os.open(self.path, os.O_RDWR)
        try:
            (byte,) = os.pread(handle, 1, self.offset)
            os.pwrite(handle, bytes([byte ^ self.mask]), self.offset)
        finally:
            os.close(handle)
        os.utime(self.path, ns=(state.st_atime_ns, state.st_mtime_ns))
