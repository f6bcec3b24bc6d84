"""Locks: one run of a project at a time, one stage of a capture at a time.

A lock is the kernel's (`flock`), so it ends with the processes that hold it: a run that was killed leaves a file, never a
locked door. The files lie in `runs/`, outside the artifacts.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kinetrace.store.publish import disk_errors
from kinetrace.store.workspace import Workspace
from schemas.errors import StorageError

RUN_LOCK, STAGE_LOCK = "run.lock", "stage.lock"
"""With a dot, which no capture id has: `runs/` also holds a folder a capture."""
MAX_ANCESTORS = 64


@contextmanager
def run_lock(workspace: Workspace) -> Iterator[int | None]:
    """Hold the project for one run: `params.yaml` names one active capture, so a second run would change it midway.

    A command that the holder itself started, through DVC for example, passes.

    Args:
        workspace: The project.

    Yields:
        The lock's file descriptor, to hand to the programs that the run starts: the lock then holds until the last of
        them has ended, even when the run itself is killed. None when this process or one above it holds the lock.

    Raises:
        StorageError: Another run is alive; its process is named. Or the disk refuses.
    """
    path = workspace.root / "runs" / RUN_LOCK
    handle = _open(path)
    try:
        if _taken(handle):
            yield handle
            return
        holders = _holders(path)
        if holders & _ancestors():
            yield None
            return
        raise busy(path, holders)
    finally:
        os.close(handle)


@contextmanager
def stage_lock(workspace: Workspace, capture: str) -> Iterator[None]:
    """Hold one capture while a stage of it runs; wait, and say for whom, while another stage of it does.

    Args:
        workspace: The project.
        capture: Whose artifacts are read and written.

    Raises:
        StorageError: The disk refuses.
    """
    path = workspace.runs(capture) / STAGE_LOCK
    handle = _open(path)
    try:
        if not _taken(handle):
            print(f"  waiting for another stage of {capture}: {_name(_holders(path))}", file=sys.stderr, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def at_work(workspace: Workspace, capture: str) -> bool:
    """Say whether a stage or a sealing of a capture runs at this moment, without waiting and without leaving a file."""
    try:
        handle = os.open(workspace.runs(capture) / STAGE_LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def busy(path: Path, holders: set[int]) -> StorageError:
    """Make the refusal that names who is at work."""
    end = f", or end it: kill {' '.join(map(str, sorted(holders)))}" if holders else ""
    return StorageError(
        where=str(path), field="lock", expected="no other run of this project", found=_name(holders),
        fix=f"Wait until it has ended{end}. Then run the command again.",
    )  # fmt: skip


def _open(path: Path) -> int:
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holders(path: Path) -> set[int]:
    """Find the living processes that have a lock file open and hold its lock.

    The kernel notes in `fdinfo` which open files carry a lock; a process that merely waits has the file open without.
    """
    identity = path.stat()
    found = set()
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            for link in (process / "fd").iterdir():
                there = link.stat()
                same = (there.st_dev, there.st_ino) == (identity.st_dev, identity.st_ino)
                if same and "FLOCK" in (process / "fdinfo" / link.name).read_text(encoding="ascii"):
                    found.add(int(process.name))
        except OSError:  # it ended meanwhile, or is another user's
            continue
    return found


def _ancestors() -> set[int]:
    """List this process and those above it."""
    found: set[int] = set()
    process = os.getpid()
    while process > 0 and len(found) < MAX_ANCESTORS:
        found.add(process)
        try:
            status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            break
        # The name in brackets may hold anything; the parent is the second word after it.
        process = int(status.rpartition(")")[2].split()[1])
    return found


def _name(holders: set[int]) -> str:
    if not holders:
        return "a process of another user"
    return ", ".join(f"process {pid} ({command(pid)})" for pid in sorted(holders))


def command(process: int) -> str:
    """Say what a process runs, in at most 80 characters; empty when it has ended."""
    data = b""
    for _ in range(20):  # a program that is only just being started has no words yet
        try:
            data = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            return ""
        if data:
            break
        time.sleep(0.005)
    words = data.split(b"\0")
    text = " ".join(word.decode(errors="replace").rpartition("/")[2] for word in words if word)
    return "".join(c if c.isprintable() else "?" for c in text)[:80]
