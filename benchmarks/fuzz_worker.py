"""The process in which files that may be anything are read: memory is bounded, a hang ends it, a crash ends only it.

Called by `benchmarks.fuzz` as `python -m benchmarks.fuzz_worker mutate READER FIRST COUNT` or `… hostile READER`; prints JSON.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.doors import DOORS, Door, attempt, fingerprint
from benchmarks.mutations import damage
from benchmarks.seeds import seed

MAX_BYTES = 256 << 20
"""Address space that a reader may take beyond what the process had after it read a good file."""
MAX_SECONDS = 1.0
HANG_SECONDS = 30.0

Outcome = dict[str, object]


def mutate(door: Door, first: int, count: int, folder: Path) -> Outcome:
    """Read `count` damaged files and count what came of them.

    Returns:
        Counts of `refused`, `same`, `other` (another valid value where the format cannot tell), `different` (where it must),
        `foreign` and `slow`; the longest time of one file [s]; and a first example of each trouble.
    """
    path, good = _warm(door, folder)
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    worst = 0.0
    layout = _layout(door.name)
    for number in range(first, first + count):
        data, mended = damage(door.name, seed(door.name), number)
        path.write_bytes(data)
        kind, what, seconds = _timed(door, path)
        worst = max(worst, seconds)
        if kind == "loaded":
            exact = door.exact and not mended and what != _bare(data, layout)
            kind = _compare(what == good, exact)
        if seconds > MAX_SECONDS:
            kind = "slow"
        counts[kind] += 1
        if kind in ("foreign", "different", "slow"):
            examples.setdefault(kind, f"mutation {number}: {what}")
    return {"counts": dict(counts), "worst_s": worst, "examples": examples}


def hostile(door: Door, folder: Path) -> Outcome:
    """Read every crafted file for one reader, each in a child of its own.

    Returns:
        For each file: kind, text, seconds and peak memory [bytes].
    """
    from benchmarks.hostile import cases

    _, _ = _warm(door, folder)
    found: dict[str, object] = {}
    for name, make in cases(door.name).items():
        place = folder / name.replace(" ", "_").replace("/", "_")
        place.mkdir()
        found[name] = in_child(door, make(place))
    return found


def in_child(door: Door, path: Path) -> Outcome:
    """Read one file in a forked child and say how it went; a child that dies or hangs is said to have."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            before = _status("VmRSS")
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
            _bound_memory()
            kind, what, seconds = _timed(door, path)
            child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10  # a parser in a process of its own
            peak = max(0, _status("VmHWM") - before, child)
            os.write(
                writing, json.dumps({"kind": kind, "what": what[:400], "seconds": seconds, "bytes": peak}).encode()
            )
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    if not said:
        return {"kind": "died", "what": f"status {status}", "seconds": HANG_SECONDS, "bytes": 0}
    return dict(json.loads(said))


def _warm(door: Door, folder: Path) -> tuple[Path, str]:
    """Read the good file twice, so that every library is loaded before anything is counted."""
    path = folder / door.file
    path.write_bytes(seed(door.name))
    for _ in range(2):
        kind, good = attempt(door, path)
        if kind != "loaded":
            raise RuntimeError(f"the good file of {door.name} is {kind}: {good}")
    return path, good


def _timed(door: Door, path: Path) -> tuple[str, str, float]:
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)  # nobody handles it: a hang ends the process
    began = _computing()
    kind, what = attempt(door, path)
    seconds = _computing() - began
    signal.setitimer(signal.ITIMER_REAL, 0)
    return kind, what, seconds


def _computing() -> float:
    """Give the computing time of this process and of the children that it waited for [s]."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _compare(same: bool, exact: bool) -> str:
    if same:
        return "same"
    return "different" if exact else "other"


def _layout(door: str) -> list[tuple[int, np.ndarray]]:
    """Where an HDF5 file holds bare numbers, which carry no checksum, and the arrays that are there, by name."""
    if door != "hdf5":
        return []
    import h5py

    with h5py.File(io.BytesIO(seed(door)), "r") as file:
        return [(file[name].id.get_offset(), file[name][()]) for name in sorted(file)]


def _bare(data: bytes, layout: list[tuple[int, np.ndarray]]) -> str | None:
    """Give the fingerprint of the numbers that stand in a damaged file where the good one has its own."""
    if not layout or len(data) < max(offset + array.nbytes for offset, array in layout):
        return None
    return fingerprint(*(np.frombuffer(data, a.dtype, a.size, offset=offset).reshape(a.shape) for offset, a in layout))


def _bound_memory() -> None:
    limit = _status("VmSize") + MAX_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) << 10
    raise RuntimeError(f"/proc/self/status has no {field}")


def main(arguments: list[str]) -> None:
    """Do what the arguments say and print it."""
    door = DOORS[arguments[1]]
    with tempfile.TemporaryDirectory() as folder:
        if arguments[0] == "hostile":
            result = hostile(door, Path(folder))
        else:
            seed(door.name)
            _warm(door, Path(folder))
            _bound_memory()
            result = mutate(door, int(arguments[2]), int(arguments[3]), Path(folder))
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
