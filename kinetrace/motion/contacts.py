"""When a foot bears on the floor: heel or toe low against its own standing height, and slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.filters import gap_free_runs
from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import ContactParams

SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")
SOLE: Final = {"left": (INDEX["l_heel"], INDEX["l_toe"]), "right": (INDEX["r_heel"], INDEX["r_toe"])}
NO, YES, UNKNOWN = 0, 1, 2

# Both sole points slower than this: a flat, standing foot [m/s]. Measured on ten plate-gated steps from 35 to 50 % of
# stance, 6 Hz: the faster of heel and toe stays below 0.07 m/s nine times in ten and reaches 0.13 m/s.
STANDING_SPEED: Final = 0.2
STANDING_BAND_M: Final = 0.05  # above the low end of its path a point is held up, however still
MIN_STANDING_FRAMES: Final = 5
# Without a standing frame the lowest points of the foot's path stand in for it.
LOW_PERCENTILE: Final = 5.0


@dataclass(frozen=True)
class StandingFoot:
    """Where one foot's sole points are while it stands.

    Attributes:
        heel_height: Median height of the heel point [m].
        toe_height: Median height of the toe point [m].
        pitch: Median rise of the heel → toe line [rad].
        frames_used: Standing frames found; 0 where the lowest part of the path had to do.
    """

    heel_height: float
    toe_height: float
    pitch: float
    frames_used: int


def standing_foot(
    sole: Float[np.ndarray, "frames 2 3"],
    speed: Float[np.ndarray, "frames 2"],
    present: Bool[np.ndarray, "frames"],
) -> StandingFoot:
    """Calibrate one foot on the recording itself: the heights of its heel and toe points when it stands.

    Markers and joint centres lie at a subject's own height above the sole, so 'low' has a meaning only against it.

    Args:
        sole: Heel and toe positions, floor at Y = 0 [m].
        speed: Their speeds relative to the ground under the foot [m/s].
        present: Frames with both.
    """
    seen = sole[present]
    if len(seen) == 0:
        return StandingFoot(0.0, 0.0, 0.0, 0)
    low = seen[:, :, 1] <= np.percentile(seen[:, :, 1], LOW_PERCENTILE, axis=0) + STANDING_BAND_M
    still = (speed[present] < STANDING_SPEED).all(axis=1) & low.all(axis=1)
    if still.sum() >= MIN_STANDING_FRAMES:
        seen = seen[still]
        heel, toe = np.median(seen[:, :, 1], axis=0)
        frames = int(still.sum())
    else:
        heel, toe = np.percentile(seen[:, :, 1], LOW_PERCENTILE, axis=0)
        frames = 0
    span = np.median(np.linalg.norm((seen[:, 1] - seen[:, 0])[:, [0, 2]], axis=-1))
    return StandingFoot(float(heel), float(toe), float(np.arctan2(toe - heel, span)), frames)


def schmitt(on: Bool[np.ndarray, "frames"], hold: Bool[np.ndarray, "frames"]) -> Bool[np.ndarray, "frames"]:
    """Switch on where `on`, stay on while `hold` (hysteresis). A stretch that holds is on from its first `on`."""
    out = np.zeros(len(on), dtype=bool)
    for start, stop in gap_free_runs(hold | on):
        first = np.flatnonzero(on[start:stop])
        if len(first):
            out[start + first[0] : stop] = True
    return out


def without_short(mask: Bool[np.ndarray, "frames"], min_frames: int) -> Bool[np.ndarray, "frames"]:
    """Close gaps, then drop stretches, shorter than the least duration; those cut by the recording's ends stay."""
    out = mask.copy()
    for value in (False, True):
        for start, stop in gap_free_runs(out == value):
            if stop - start < min_frames and start > 0 and stop < len(out):
                out[start:stop] = not value
    return out


def feet_in_contact(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    standing: tuple[StandingFoot, StandingFoot],
    max_speed: float,
    fps: float,
    params: ContactParams,
) -> UInt8[np.ndarray, "frames 2"]:
    """Say for each frame and foot whether it bears on the floor.

    A foot is in contact while its heel or its toe is both low and slow; height alone calls a swinging toe a step.
    Contact ends above the thresholds times `release_ratio`.

    Args:
        positions: Joint positions, floor at Y = 0 [m].
        velocity: Velocity relative to the ground: on a treadmill, to the belt [m/s].
        validity: 0 missing, 1 inferred, 2 measured.
        standing: Left and right calibration.
        max_speed: Speed threshold [m/s].
        fps: Frame rate [Hz].
        params: Height threshold, hysteresis and least duration.

    Returns:
        Left then right: 0 no, 1 yes, 2 unknown (neither point seen, or the one that is seen is up).
    """
    out = np.full((len(positions), 2), UNKNOWN, dtype=np.uint8)
    min_frames = round(params.min_duration_s * fps)
    for k, side in enumerate(SIDES):
        points = list(SOLE[side])
        seen = validity[:, points] > 0
        height = positions[:, points, 1] - np.array([standing[k].heel_height, standing[k].toe_height])
        speed = np.linalg.norm(velocity[:, points], axis=-1)
        on = (height < params.max_height_m) & (speed < max_speed) & seen
        ratio = params.release_ratio
        hold = (height < params.max_height_m * ratio) & (speed < max_speed * ratio) & seen
        bears = schmitt(on[:, 0], hold[:, 0]) | schmitt(on[:, 1], hold[:, 1])
        known = bears | seen.all(axis=1)
        bears = without_short(bears, min_frames)
        out[known, k] = bears[known]
    return out
