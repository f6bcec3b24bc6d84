"""How fast the audit is beside a bare loop that only reads and hashes the same files, everything in the page cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from benchmarks.progress import track
from kinetrace.store.audit import Ask, audit
from kinetrace.store.execute import SOURCE, execute
from kinetrace.store.params_file import read_params
from kinetrace.store.plan import StagePlan
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import LOCK_FILE, Workspace
from schemas.benchmark import Figure
from schemas.errors import ArtifactError

CAPTURE = "large"
LARGE, PIECES = 2_000_000_000, 8
SMALL, SMALL_BYTES = 20_000, 1_000
ROUNDS = 5
ROOM = 2_200_000_000
CHUNK = 1 << 18
"""What the bare loop reads at a time [bytes]; the fastest of 64 KiB to 4 MiB where this was written."""


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Make a stage of 2 GB and one of 20 000 small files in scratch projects, and audit each beside the bare loop."""
    with tempfile.TemporaryDirectory() as name:
        if (free := shutil.disk_usage(name).free) < ROOM:
            note = f"{free / 1e9:.1f} GB free in {name}, {ROOM / 1e9} GB needed"
            ratios = {
                key: Figure(value=None, units="× raw", goal="≥ 0.8", note=note)
                for key in ("ratio.strong", "ratio.fast")
            }
        else:
            ratios = large(Path(name) / "large", LARGE, PIECES)
    with tempfile.TemporaryDirectory() as name:
        return {**ratios, **small(Path(name) / "small", SMALL)}


def large(root: Path, size: int, pieces: int) -> dict[str, Figure]:
    """Audit few large files, strong and fast.

    Args:
        root: Where to make them.
        size: Of all together [bytes].
        pieces: How many files.
    """
    project, plan = made(root, pieces, size // pieces)
    files = [project.stage(CAPTURE, plan.name) / name for name in plan.outputs]
    figures = {}
    for key, fast in (("ratio.strong", False), ("ratio.fast", True)):

        def bare(fast: bool = fast) -> None:
            for path in files:
                raw(path, fast)

        def audited(fast: bool = fast) -> None:
            _sound(project, plan, fast)

        loop, ours = beside(bare, audited, key)
        hashes = "xxh3_128" if fast else "xxh3_128 + SHA-256"
        speeds = f"audit {size / ours / 1e9:.2f} GB/s, loop ({hashes}) {size / loop / 1e9:.2f} GB/s"
        note = f"{size / 1e9:.3g} GB in {pieces} files: {speeds}"
        ratio = loop / ours
        figures[key] = Figure(value=round(ratio, 3), units="× raw", goal="≥ 0.8", holds=ratio >= 0.8, note=note)
    return figures


def small(root: Path, count: int) -> dict[str, Figure]:
    """Audit many small files."""
    project, plan = made(root, count, SMALL_BYTES)
    files = [project.stage(CAPTURE, plan.name) / name for name in plan.outputs]
    loop, ours = beside(lambda: [raw(p, False) for p in files], lambda: _sound(project, plan, False), "files_per_s")
    rate = count / ours
    note = f"{count} files of {SMALL_BYTES} bytes, strong; the bare loop: {count / loop:.0f} files/s"
    return {"files_per_s": Figure(value=round(rate), units="files/s", goal="≥ 10000", holds=rate >= 10_000, note=note)}


def made(root: Path, count: int, size: int) -> tuple[Workspace, StagePlan]:
    """Let the real store publish one stage of `count` files of `size` bytes."""
    capture = root / "captures" / CAPTURE
    capture.mkdir(parents=True)
    (capture / "body.jsonl").write_text("{}\n")
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / "params.yaml").write_text(f"capture: {CAPTURE}\n")
    (root / LOCK_FILE).write_text("numpy==2.0.0\n")
    names = tuple(f"part{i:05d}.bin" for i in range(count))
    plan = StagePlan("s00_adapter", "adapter", (), names, ("schemas/__init__.py",))
    block = np.random.default_rng(0).bytes(min(size, 1 << 20))

    def write(run: StageRun, _: Any) -> None:
        for number, name in enumerate(run.progress(names, f"writing {count} files", count)):
            with (run.draft / name).open("wb") as stream:
                stream.write(number.to_bytes(4, "big"))
                for start in range(4, size, len(block)):
                    stream.write(block[: size - start])

    project = Workspace(root)
    execute(project, plan, write)
    return project, plan


def raw(path: Path, fast: bool) -> tuple[str, str]:
    """Read and hash one file, and nothing else."""
    quick, strong = xxhash.xxh3_128(), hashlib.sha256()
    handle = os.open(path, os.O_RDONLY)
    try:
        buffer = bytearray(min(CHUNK, os.fstat(handle).st_size + 1))
        view = memoryview(buffer)
        while count := os.readv(handle, (buffer,)):
            quick.update(view[:count])
            if not fast:
                strong.update(view[:count])
    finally:
        os.close(handle)
    return quick.hexdigest(), strong.hexdigest()


def beside(loop: Callable[[], object], ours: Callable[[], object], what: str) -> tuple[float, float]:
    """Time two functions in turn, so that whatever else the machine does meets both; the median of each [s]."""
    times: list[tuple[float, float]] = []
    loop(), ours()
    for _ in track(range(ROUNDS), f"measuring {what}", total=ROUNDS):
        times.append((_seconds(loop), _seconds(ours)))
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def _seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _sound(project: Workspace, plan: StagePlan, fast: bool) -> None:
    report = audit(project, CAPTURE, (plan,), read_params(project.params), SOURCE, ask=Ask(fast=fast))
    if not report.ok:
        first = report.findings[0]
        raise ArtifactError(
            where=first.where, field=first.code, expected=first.expected, found=first.found, fix=first.fix
        )
