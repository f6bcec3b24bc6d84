"""Every format there and back, every real recording through the door, and what a TRC of 2 000 frames costs."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from jaxtyping import Float

from adapters.ingest import Declared, ingest, read
from benchmarks.format_recordings import Row, rows
from benchmarks.made_exports import Export, exports
from benchmarks.recordings import data_folder
from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.simulate import simulate
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure
from schemas.errors import UncheckableError

HEIGHT_M = 1.72
TRC_FRAMES, TRC_MARKERS = 2000, 39
ROUND_TRIP_MM = 1.0
TRC_SECONDS = 1.0


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Measure round trips on a made walk, the cost of a long TRC, and every recording of KINETRACE_DATA.

    Args:
        workspace: Not looked at: everything is made in temporary folders.
    """
    figures = {**_round_trips(), "trc_2000_s": _long_trc()}
    try:
        found = list(rows(data_folder()))
    except UncheckableError as error:
        return figures | {"recordings.used": Figure(value=None, units="files", note=str(error)[:200])}
    counts = Counter(row.outcome for row in found)
    twice = [row for row in found if row.same_bytes is not None]
    same = sum(bool(row.same_bytes) for row in twice)
    total = f"of {len(found)} files"
    figures["recordings.used"] = Figure(value=float(counts["used"]), units=total)
    figures["recordings.refused"] = Figure(
        value=float(counts["refused"]), units=total, note="each for the reason below"
    )
    figures["recordings.crashed"] = Figure(
        value=float(counts["crashed"]), units=total, goal="0", holds=counts["crashed"] == 0
    )
    figures["same_bytes"] = Figure(
        value=float(same), units="recordings", goal=f"all {len(twice)}: ingested twice", holds=same == len(twice)
    )
    ways = sorted(abs(row.path_off) for row in found if row.path_off is not None)
    figures["standing_foot.path_pct"] = Figure(
        value=round(100.0 * ways[len(ways) // 2], 1), units="%",
        note=f"median of {len(ways)} walks whose place was taken away, the way the standing foot gives back; worst"
        f" {100.0 * ways[-1]:.1f} %",
    ) if ways else Figure(value=None, units="%", note="no walk among the recordings")  # fmt: skip
    return figures | {row.name: _figure(row) for row in found}


def _figure(row: Row) -> Figure:
    return Figure(
        value=float(row.frames), units="frames", holds=False if row.outcome == "crashed" else None,
        note=row.told if row.outcome == "used" else f"{row.outcome}: {row.told}",
    )  # fmt: skip


def _round_trips() -> dict[str, Figure]:
    joints = simulate("gait", 2.5, 11, height_m=HEIGHT_M).truth.positions.astype(float)[:120]
    return {
        f"round_trip.{name}_mm": Figure(
            value=round(error, 4), units="mm", goal=f"≤ {ROUND_TRIP_MM:g}", holds=error <= ROUND_TRIP_MM,
            note=f"largest error of {len(export.joints)} joints{'' if export.rooted else ' about the pelvis'}",
        )
        for name, (export, mapping) in exports(joints, HEIGHT_M).items()
        for error in (1000.0 * _error(export, mapping, joints),)
    }  # fmt: skip


def _error(export: Export, mapping: bytes | None, joints: Float[np.ndarray, "frames 21 3"]) -> float:
    """Give the largest distance of what comes out of the reader from what went in [m]; the world's origin is free."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / export.file
        path.write_bytes(export.data)
        options = dict(export.options)
        if mapping is not None:
            options["mapping"] = Path(folder) / "mapping.json"
            options["mapping"].write_bytes(mapping)
        _, arrays = read(Path(f"{path}{export.address}"), Declared(**options))
    frames, columns = len(arrays.time), [INDEX[name] for name in export.joints]
    found, true = arrays.positions[:, columns].astype(float), joints[:frames, columns]
    middle = (joints[:frames, INDEX["l_hip"]] + joints[:frames, INDEX["r_hip"]]) / 2
    if export.rooted:
        origin = (found - true).mean(axis=(0, 1))
        return float(np.linalg.norm(found - true - origin, axis=2).max())
    pelvis = arrays.positions[:, [INDEX["pelvis"]]].astype(float)
    return float(np.linalg.norm((found - pelvis) - (true - middle[:, None]), axis=2).max())


def _long_trc() -> Figure:
    """Time what `ingest` takes for a TRC of 2 000 frames of 39 markers, on the computing clock, best of three."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.trc"
        path.write_text(_trc(), encoding="ascii")
        seconds = []
        for number in range(3):
            began = time.process_time()
            ingest(path, Path(folder), f"long_{number}")
            seconds.append(time.process_time() - began)
        kib = path.stat().st_size >> 10
    best = min(seconds)
    each = ", ".join(f"{second:.2f}" for second in seconds)
    note = f"{kib} KiB, {TRC_MARKERS} markers; read, cleaned, written; CPU time, best of three ({each})"
    return Figure(value=round(best, 3), units="s", goal=f"≤ {TRC_SECONDS:g}", holds=best <= TRC_SECONDS, note=note)


def _trc() -> str:
    from adapters.formats.ui_prmd import VICON_MARKERS
    from benchmarks.made_takes import vicon_text

    table = np.array([line.split(",") for line in vicon_text(TRC_FRAMES).splitlines()], dtype=float)
    head = [
        "PathFileType\t4\t(X/Y/Z)\tlong.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"100\t100\t{TRC_FRAMES}\t{TRC_MARKERS}\tmm\t100\t1\t{TRC_FRAMES}",
        "Frame#\tTime\t" + "\t\t\t".join(VICON_MARKERS) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, TRC_MARKERS + 1) for axis in "XYZ"),
        "",
    ]
    body = [f"{i + 1}\t{i / 100:.3f}\t" + "\t".join(f"{v:.3f}" for v in row) for i, row in enumerate(table)]
    return "\n".join([*head, *body]) + "\n"
