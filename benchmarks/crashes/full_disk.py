"""A disk that is full at every point of publishing: a small file system of each size in turn."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.crashes.toy import LARGE, SMALL, ask_for, debris, make, run, state
from kinetrace.store.workspace import Workspace
from schemas.errors import StorageError

BLOCK_KIB = 4
"""A page: the grain of a file system in memory."""


def full_disks(folder: Path, sizes: int, step: int = 1) -> tuple[int, list[str]] | None:
    """Publish a small artifact and then a large one on disks of 1, 2, … blocks.

    Args:
        folder: An empty folder to work in.
        sizes: How many sizes.
        step: Blocks from one size to the next.

    Returns:
        On how many disks something was refused, and what was wrong; None where mounting is not allowed.
    """
    workspace, refused, problems = make(folder), 0, []
    mount = folder / "artifacts"
    mount.mkdir()
    for number in range(1, sizes + 1):
        size = f"size={number * step * BLOCK_KIB}k"
        if not _call("mount", "-t", "tmpfs", "-o", size, "tmpfs", str(mount)):
            return None
        try:
            found, full = _fill(workspace)
            problems += [f"{size}: {text}" for text in found]
            refused += full
        finally:
            _call("umount", str(mount))
    return refused, problems


def _fill(workspace: Workspace) -> tuple[list[str], bool]:
    before, problems = "absent", []
    for fps, name in ((SMALL, "small"), (LARGE, "large")):
        ask_for(workspace, fps)
        expected = name
        try:
            run(workspace)
        except StorageError as error:
            expected = before
            if "No space" not in error.found:
                problems.append(f"refused as {error.found}")
        except Exception as error:  # a foreign error is what is looked for
            expected = before
            problems.append(f"{type(error).__name__}: {error}")
        if (left := state(workspace)) != expected:
            problems.append(f"expected {expected}, found {left}")
        problems += [f"debris: {path}" for path in debris(workspace)]
        if expected == before:
            return problems, True
        before = name
    return problems, False


def _call(*words: str) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
