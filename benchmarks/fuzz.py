"""Hostile files and damaged ones through every reader: refused by our error, fast and small, and nothing else loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.doors import DOORS
from benchmarks.fuzz_worker import HANG_SECONDS, MAX_BYTES, MAX_SECONDS
from kinetrace.store.execute import SOURCE
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure

BATCH = 2500
MIN_HOSTILE = 40
_BAD = ("foreign", "different", "slow")


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Hand every crafted file and the damaged ones (10 000 a format as a rule) to their readers, in bounded memory.

    Args:
        workspace: Not looked at: every file is made in a temporary folder.
    """
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        crafted = list(pool.map(lambda door: _worker("hostile", door), DOORS))
        batches = [(name, first) for name, door in DOORS.items() for first in range(0, door.files, BATCH)]
        damaged = list(
            pool.map(lambda b: _worker("mutate", b[0], str(b[1]), str(min(BATCH, DOORS[b[0]].files))), batches)
        )
    figures = _hostile(dict(zip(DOORS, crafted, strict=True)))
    for door in DOORS:
        figures[f"fuzz.{door}"] = _fuzz(
            door, [d for (name, _), d in zip(batches, damaged, strict=True) if name == door]
        )
    return figures


def _worker(*arguments: str) -> dict[str, Any]:
    """Run one batch in a process of its own; how it died is an answer too."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz_worker", *arguments],
        cwd=SOURCE, env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"died": f"exit {done.returncode}: {done.stderr[-200:]}"}
    return dict(json.loads(done.stdout))


def _hostile(found: dict[str, dict[str, Any]]) -> dict[str, Figure]:
    rows = {
        f"{door}: {name}": row for door, named in found.items() if "died" not in named for name, row in named.items()
    }
    good = [
        n for n, r in rows.items() if r["kind"] == "refused" and r["seconds"] < MAX_SECONDS and r["bytes"] < MAX_BYTES
    ]
    bad = [f"{n}: {rows[n]['kind']}" for n in rows if n not in good] + [d for d, r in found.items() if "died" in r]
    seconds = max((r["seconds"] for r in rows.values()), default=0.0)
    peak = max((r["bytes"] for r in rows.values()), default=0) / (1 << 20)
    note = f"worst {seconds:.2f} s of CPU and {peak:.0f} MiB, each in a child bounded to {MAX_BYTES >> 20} MiB more"
    return {
        "hostile.refused": Figure(
            value=float(len(good)), units="files", goal=f"all {len(rows)}, < 1 s and < 256 MB each",
            holds=not bad and len(good) == len(rows), note="; ".join([note, *bad[:3]]),
        ),
        "hostile.total": Figure(value=float(len(rows)), units="files", goal=f"≥ {MIN_HOSTILE}", holds=len(rows) >= MIN_HOSTILE),
    }  # fmt: skip


def _fuzz(door: str, batches: list[dict[str, Any]]) -> Figure:
    counts: Counter[str] = Counter()
    for batch in batches:
        counts.update(batch.get("counts", {}))
    troubles = [
        text for b in batches for text in [*b.get("examples", {}).values(), *([b["died"]] if "died" in b else [])]
    ]
    held = sum(counts.values()) - sum(counts[kind] for kind in _BAD)
    wanted = DOORS[door].files
    worst = max((b.get("worst_s", HANG_SECONDS) for b in batches), default=0.0)
    told = (
        f"{counts['refused']} refused, {counts['same']} the same, {counts['other']} {_other(door)}; worst {worst:.2f} s"
    )
    return Figure(
        value=float(held), units=f"of {wanted}", goal=f"{wanted}: our refusal or a valid value, ≤ 1 s", holds=held == wanted,
        note="; ".join([told, *troubles[:2]]),
    )  # fmt: skip


def _other(door: str) -> str:
    if not DOORS[door].exact:
        return "another valid value (no checksums)"
    if door == "hdf5":
        return "another valid value (bare numbers, or a header with its checksum mended)"
    return "another valid value (damaged below its checksum, which was mended)"
