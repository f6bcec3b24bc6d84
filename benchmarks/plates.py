"""Force plates as a yardstick: one force a foot, in the aligned world, and when the plates can vouch for a foot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from adapters.formats.c3d import read_c3d
from adapters.formats.force_plates import force_plates
from adapters.formats.mot import read_mot
from kinetrace.motion.contacts import SIDES, SOLE
from kinetrace.motion.filters import gap_free_runs

THRESHOLD_N: Final = 20.0
"""A plate feels a foot above this: the usual threshold of gait laboratories."""
MIN_STANCE_S: Final = 0.1
"""Shorter pushes are a plate's noise or a foot that brushes its edge."""
MAX_DISTANCE_M: Final = 0.35
"""A push further than this from the middle of either foot is nobody's; a foot is 0.3 m long."""
MAX_TRAVEL_M: Final = 0.15
"""Feet whose ankles travel less than this over a whole trial never leave the plates that felt them."""
SWING_OF_STANCE: Final = 0.5
"""Swing over stance where the plates saw no whole swing: 38 : 62 at a usual pace (Perry 1992), less in a slower walk."""
EDGE_M: Final = 0.03
"""A heel or toe point nearer than this to its plate's edge, or beyond it: part of the sole may stand beside the plate."""


@dataclass(frozen=True)
class Pushes:
    """What plates recorded, one column a plate (or a foot, where the laboratory sorted them): Y up in the file's world.

    Attributes:
        time: [s], on the clock of the motion file.
        force: On the body [N].
        centre: Centre of pressure [m]; meaningless where there is no force.
        corners: Of the plates [m]; none where the file does not say where they lie.
    """

    time: Float[np.ndarray, "samples"]
    force: Float[np.ndarray, "samples columns 3"]
    centre: Float[np.ndarray, "samples columns 3"]
    corners: Float[np.ndarray, "columns 4 3"] | None = None


@dataclass(frozen=True)
class Plates:
    """The same by foot (left, right) at the plates' own rate, in the aligned world.

    Attributes:
        time: [s], on the clock of the aligned motion.
        force: [N].
        centre: Centre of pressure [m], 0 where not felt.
        felt: Whether a plate feels the foot.
        known: Whether the plates vouch for the foot: it is felt, or it is in the air by the rule of `vouched`.
    """

    time: Float[np.ndarray, "samples"]
    force: Float[np.ndarray, "samples 2 3"]
    centre: Float[np.ndarray, "samples 2 3"]
    felt: Bool[np.ndarray, "samples 2"]
    known: Bool[np.ndarray, "samples 2"]


def read_pushes(path: Path) -> Pushes:
    """Read the plates of an OpenSim force file, every block of `…vx …px`, or of a C3D file."""
    if path.suffix == ".c3d":
        plates = force_plates(read_c3d(path), str(path))
        force, centre = (np.stack([getattr(p, name) for p in plates], axis=1) for name in ("force", "centre"))
        return Pushes(plates[0].time, force, np.nan_to_num(centre), np.stack([p.corners for p in plates]))
    table = read_mot(path)
    blocks = [name.removesuffix("vx") for name in table.names if name.endswith("vx")]
    force = np.stack([[table.column(f"{b}v{axis}") for axis in "xyz"] for b in blocks])
    centre = np.stack([[table.column(f"{b}p{axis}") for axis in "xyz"] for b in blocks])
    return Pushes(table.time, np.moveaxis(force, 2, 0), np.moveaxis(centre, 2, 0))


def by_foot(
    pushes: Pushes,
    transform: tuple[float, ...],
    time_offset_s: float,
    motion_time: Float[np.ndarray, "frames"],
    positions: Float[np.ndarray, "frames joints 3"],
    *,
    together: bool,
) -> Plates:
    """Give each push to the foot that stands on it.

    Args:
        pushes: As recorded.
        transform: Row-major 4×4 from the file's world to the aligned one.
        time_offset_s: The motion's first instant on the file's clock.
        motion_time: Of the aligned motion [s].
        positions: Aligned joints [m]; only where a foot is decides, never what we think it bears.
        together: One plate carries both feet: only the total is known, and it stands in the left column.
    """
    matrix = np.array(transform).reshape(4, 4)
    force = pushes.force @ matrix[:3, :3].T
    centre = pushes.centre @ matrix[:3, :3].T + matrix[:3, 3]
    time = pushes.time - time_offset_s
    path = np.stack([positions[:, list(SOLE[side])] for side in SIDES], axis=1).reshape(len(positions), -1)
    soles = np.stack([np.interp(time, motion_time, column) for column in path.T], axis=1).reshape(-1, 2, 2, 3)
    at = soles.mean(axis=2)
    out, place = np.zeros((len(time), 2, 3)), np.zeros((len(time), 2, 3))
    partly = np.zeros((len(time), 2), dtype=bool)
    for column in range(force.shape[1]):
        for start, stop in stances(force[:, column, 1], time):
            away = np.linalg.norm((centre[start:stop, column, None] - at[start:stop])[..., [0, 2]], axis=-1)
            mean = np.median(away, axis=0)
            if mean.min() > MAX_DISTANCE_M:
                continue
            foot = int(mean.argmin())
            out[start:stop, foot] += force[start:stop, column]
            place[start:stop, foot] += force[start:stop, column, 1:2] * centre[start:stop, column]
            if pushes.corners is not None and not together:
                corners = pushes.corners[column] @ matrix[:3, :3].T + matrix[:3, 3]
                flat = np.median(soles[start + (stop - start) // 3 : stop - (stop - start) // 3, foot], axis=0)
                partly[start:stop, foot] |= not inside_plate(flat, corners)
    felt = out[..., 1] > THRESHOLD_N
    place = np.where(felt[..., None], place / np.where(felt, out[..., 1], 1.0)[..., None], 0.0)
    inside = (time >= motion_time[0]) & (time <= motion_time[-1])
    known = (vouched(felt & ~partly, time, travel(positions)) & ~partly) | together
    known &= inside[:, None]
    return Plates(time, out, place, felt, known)


def inside_plate(points: Float[np.ndarray, "points 3"], corners: Float[np.ndarray, "4 3"]) -> bool:
    """Say whether all points lie on the plate, seen from above, and no nearer to its edge than `EDGE_M`."""
    flat, edges = points[:, [0, 2]], corners[:, [0, 2]]
    ahead = np.roll(edges, -1, axis=0) - edges
    normal = np.column_stack((-ahead[:, 1], ahead[:, 0])) / np.linalg.norm(ahead, axis=1, keepdims=True)
    inward = np.sign(((edges.mean(axis=0) - edges) * normal).sum(axis=1))
    distance = ((flat[:, None] - edges[None]) * normal[None]).sum(axis=2) * inward
    return bool((distance >= EDGE_M).all())


def stances(vertical: Float[np.ndarray, "samples"], time: Float[np.ndarray, "samples"]) -> list[tuple[int, int]]:
    """Give the stretches in which a plate feels somebody, first and past-the-last sample."""
    step = float(np.median(np.diff(time)))
    return [(a, b) for a, b in gap_free_runs(vertical > THRESHOLD_N) if (b - a) * step >= MIN_STANCE_S]


def travel(positions: Float[np.ndarray, "frames joints 3"]) -> float:
    """Give how far the foot that moves more goes, 5th to 95th percentile [m]."""
    feet = np.stack([positions[:, list(SOLE[side])].mean(axis=1) for side in SIDES], axis=1)
    return float(np.linalg.norm(np.subtract(*np.percentile(feet, [95.0, 5.0], axis=0)), axis=-1).max())


def vouched(
    felt: Bool[np.ndarray, "samples 2"], time: Float[np.ndarray, "samples"], travelled_m: float
) -> Bool[np.ndarray, "samples 2"]:
    """Say when the plates vouch for a foot: from the plates and the feet's travel alone, whatever our own result is.

    A plate that is silent means either a foot in the air or a foot beside the plates. It is in the air: throughout, if
    the feet stay where they were felt; between two felt stances that are less than one stance apart (a swing is shorter
    than a stance); and for one swing's time before its first and after its last felt stance, a swing's time being the
    shortest that the plates saw in this trial, else 0.5 of the shortest stance.
    """
    known = felt.copy()
    if travelled_m < MAX_TRAVEL_M:
        return np.ones_like(felt)
    step = float(np.median(np.diff(time)))
    runs = [gap_free_runs(felt[:, k]) for k in (0, 1)]
    whole = [(b - a) * step for foot in runs for a, b in foot if a > 0 and b < len(felt)]
    if not whole:
        return known
    gaps = [(b[0] - a[1]) * step for foot in runs for a, b in pairwise(foot)]
    swings = [gap for gap in gaps if gap < min(whole)]
    swing = round(min(swings, default=SWING_OF_STANCE * min(whole)) / step)
    for k in (0, 1):
        for (_, end), (start, _) in pairwise(runs[k]):
            if (start - end) * step < min(whole):
                known[end:start, k] = True
        if runs[k]:
            known[max(0, runs[k][0][0] - swing) : runs[k][0][0], k] = True
            known[runs[k][-1][1] : runs[k][-1][1] + swing, k] = True
    return known


def crossings(plates: Plates, foot: int) -> tuple[list[float], list[float]]:
    """Give the instants at which a foot is first felt (heel strike) and last felt (toe off), between samples [s]."""
    vertical, strikes, offs = plates.force[:, foot, 1], [], []
    for start, stop in stances(vertical, plates.time):
        if start > 0 and plates.known[start - 1, foot]:
            strikes.append(_between(plates.time, vertical, start - 1))
        if stop < len(vertical) and plates.known[stop, foot]:
            offs.append(_between(plates.time, vertical, stop - 1))
    return strikes, offs


def _between(time: Float[np.ndarray, "samples"], vertical: Float[np.ndarray, "samples"], before: int) -> float:
    low, high = vertical[before], vertical[before + 1]
    share = (THRESHOLD_N - low) / (high - low)
    return float(time[before] + share * (time[before + 1] - time[before]))


def sampled(plates: Plates, at: Float[np.ndarray, "frames"]) -> Plates:
    """Give the plates at the motion's instants: forces averaged over a frame's time, flags of the nearest sample.

    A centre of pressure is averaged with the force as its weight; a motion faster than the plates is interpolated.
    """
    step = float(np.median(np.diff(plates.time)))
    frame = float(np.median(np.diff(at)))
    width = max(1, round(frame / step))
    nearest = np.clip(np.searchsorted(plates.time, at - step / 2), 0, len(plates.time) - 1)
    force, weighted = _boxed(plates.force, width), _boxed(plates.force[..., 1:2] * plates.centre, width)
    force = _interpolated(at, plates.time, force)
    weighted = _interpolated(at, plates.time, weighted)
    felt = plates.felt[nearest]
    centre = np.where(felt[..., None], weighted / np.maximum(force[..., 1:2], 1e-9), 0.0)
    outside = (at < plates.time[0] - step) | (at > plates.time[-1] + step)
    return Plates(at, force, centre, felt, plates.known[nearest] & ~outside[:, None])


def _boxed(values: Float[np.ndarray, "samples *rest"], width: int) -> Float[np.ndarray, "samples *rest"]:
    from scipy import ndimage

    return np.asarray(ndimage.uniform_filter1d(values, width, axis=0, mode="nearest")) if width > 1 else values


def _interpolated(
    at: Float[np.ndarray, "frames"], time: Float[np.ndarray, "samples"], values: Float[np.ndarray, "samples 2 3"]
) -> Float[np.ndarray, "frames 2 3"]:
    flat = values.reshape(len(values), -1)
    return np.stack([np.interp(at, time, column) for column in flat.T], axis=1).reshape(len(at), 2, 3)
