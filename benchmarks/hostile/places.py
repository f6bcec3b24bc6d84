"""What stands where a file should be: pipes, links, folders, devices."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from benchmarks.doors import DOORS
from benchmarks.seeds import seed

Make = Callable[[Path], Path]


def _pipe(door: str) -> Make:
    def make(folder: Path) -> Path:
        os.mkfifo(folder / DOORS[door].file)
        return folder / DOORS[door].file

    return make


def _link(door: str, target: str | None = None) -> Make:
    def make(folder: Path) -> Path:
        (folder / "real").write_bytes(seed(door))
        (folder / DOORS[door].file).symlink_to(target or folder / "real")
        return folder / DOORS[door].file

    return make


def _folder(door: str) -> Make:
    def make(folder: Path) -> Path:
        (folder / DOORS[door].file).mkdir()
        return folder / DOORS[door].file

    return make


def _socket(door: str) -> Make:
    def make(folder: Path) -> Path:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path may have at most 107 bytes
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(DOORS[door].file)
        os.chdir(here)
        return folder / DOORS[door].file

    return make


def _name(door: str, name: str) -> Make:
    return lambda folder: Path(f"{folder}/{name}{Path(DOORS[door].file).suffix}")


CASES: dict[str, dict[str, Make]] = {
    door: {
        "a pipe": _pipe(door),
        "a link to a good file": _link(door),
        "a link to /dev/zero": _link(door, "/dev/zero"),
        "a folder": _folder(door),
    }
    for door in DOORS
}
CASES["json"]["a socket"] = _socket("json")
CASES["npz"]["a socket"] = _socket("npz")
CASES["trc"]["a name of 5000 characters"] = _name("trc", "x" * 5000)
CASES["hdf5"]["a name with a zero byte"] = _name("hdf5", "x\0y")
