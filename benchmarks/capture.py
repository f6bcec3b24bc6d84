"""From film, LiDAR and poses to a body: made recordings with exact truth, and a real film beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.film_truth import Errors
from benchmarks.made_films import Filmed, film, plans
from benchmarks.progress import track
from benchmarks.real_film import real_film
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure

SIMULATED: Final = "simulated recordings: a drawn person, drawn clothes, a modelled sensor"
MONOCULAR: Final = "OpenCap Monocular 4.8 deg (real people, one phone)"
ARKIT: Final = "ARKit against Vicon 18.8 deg (real people)"


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Film simulated people, read the recordings in each way, and take a real film to an audited result."""
    with tempfile.TemporaryDirectory() as folder:
        films = [film(plan, Path(folder)) for plan in track(plans(), "filming", len(plans()))]
    return {**figures(films), **breakdown(films), **real_film(workspace)}


def figures(films: list[Filmed]) -> dict[str, Figure]:
    """Give the figures with goals, and what explains them."""
    fused, arkit, posed = ([getattr(one, way) for one in films] for way in ("fused", "arkit", "posed"))
    ours, theirs = _angle(fused), _angle(arkit)
    gain = 100.0 * (1.0 - ours / theirs)
    alone = 1000.0 * float(np.median(np.concatenate([one.alone for one in films])))
    overhead = 100.0 * sum(one.path_s for one in films) / sum(one.network_s for one in films)
    frames = sum(one.frames for one in films)
    late = np.concatenate([one.events for one in fused])
    note = f"{len(films)} {SIMULATED}; in the recording's world, nothing aligned"
    return {
        "fused.joint_mm": _most(_joint(fused), "mm", 30.0, note=f"median over all joints and frames; {note}"),
        "fused.joint_p90_mm": _plain(_joint(fused, 90.0), "mm", "90th percentile"),
        "fused.pelvis_mm": _most(_pelvis(fused), "mm", 30.0, "OpenCap Monocular 34 mm", "median over frames"),
        "fused.angle_deg": _most(ours, "deg MAE", 4.5, MONOCULAR, "stage 2's hip, knee and ankle in the sagittal plane"),
        "fused.angle_gain": _least(gain, "% below ARKit's", 60.0),
        "arkit.angle_deg": _plain(theirs, "deg MAE", f"the simulated device's own skeleton; {ARKIT}"),
        "arkit.joint_mm": _plain(_joint(arkit), "mm", "median"),
        "posed.joint_mm": _plain(_joint(posed), "mm", "without LiDAR, camera poses known, stature declared; in the world"),
        "posed.angle_deg": _plain(_angle(posed), "deg MAE", "without LiDAR"),
        "video.joint_mm": _most(
            alone, "mm", 60.0, note="the film and the stature alone; about the pelvis, in the camera's heading"
        ),
        "camera.drift_mm": _plain(
            1000.0 * float(np.median([one.drift_m for one in films])), "mm", "of that, what the device is mistaken about itself"
        ),
        "floor.cm": _most(100.0 * _worst(one.floor_m for one in fused), "cm", 1.0, note=_floors(fused)),
        "floor.deg": _most(_worst(one.floor_deg for one in fused), "deg", 1.0, note="the worst of them"),
        "events.ms": _most(1000.0 * float(np.mean(late)), "ms", 33.0, note="mean absolute error of those found"),
        "events.found": _plain(100.0 * len(late) / max(sum(one.asked for one in fused), 1), "%"),
        "path_overhead": _most(overhead, "% of the pose network's time", 20.0, note="everything after it, in the same run"),
        "path.ms": _plain(1000.0 * sum(one.path_s for one in films) / frames, "ms a frame"),
        "network.ms": _plain(1000.0 * sum(one.network_s for one in films) / frames, "ms a frame"),
    }  # fmt: skip


def breakdown(films: list[Filmed]) -> dict[str, Figure]:
    """Give joint error and angles by movement and by view."""
    out = {}
    groups: dict[str, Callable[[Filmed], str]] = {
        "movement": lambda one: one.plan.movement, "view": lambda one: one.plan.view, "camera": lambda one: one.plan.camera,
    }  # fmt: skip
    for group, name_of in groups.items():
        for name in sorted({name_of(one) for one in films}):
            some = [one.fused for one in films if name_of(one) == name]
            out[f"{group}.{name}.joint_mm"] = _plain(_joint(some), "mm", f"{len(some)} recordings")
            out[f"{group}.{name}.angle_deg"] = _plain(_angle(some), "deg MAE")
    return out


def _joint(some: list[Errors], percentile: float = 50.0) -> float:
    return 1000.0 * float(np.percentile(np.concatenate([one.joints for one in some]), percentile))


def _pelvis(some: list[Errors]) -> float:
    return 1000.0 * float(np.median(np.concatenate([one.pelvis for one in some])))


def _angle(some: list[Errors]) -> float:
    return float(np.nanmean(np.stack([one.angles for one in some])))


def _worst(values: Iterable[float]) -> float:
    return float(max(values))


def _floors(some: list[Errors]) -> str:
    sources = [one.floor_source for one in some]
    counts = ", ".join(f"{sources.count(name)} by {name}" for name in sorted(set(sources)))
    return f"the worst of them, the scan's planes left out: {counts}; median {100 * np.median([o.floor_m for o in some]):.2f} cm"


def _most(value: float, units: str, bound: float, peer: str | None = None, note: str = "") -> Figure:
    return Figure(value=round(value, 2), units=units, goal=f"≤ {bound:g}", holds=value <= bound, peer=peer, note=note)


def _least(value: float, units: str, bound: float, note: str = "") -> Figure:
    return Figure(value=round(value, 2), units=units, goal=f"≥ {bound:g}", holds=value >= bound, note=note)


def _plain(value: float, units: str, note: str = "") -> Figure:
    return Figure(value=round(value, 2), units=units, note=note)
