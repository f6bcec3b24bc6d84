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
# Slow error of single joints up to which heights are a laboratory's (position_drift of its markers: at most 0.005), and
# how far the height bound opens beyond: at 0.014-0.020, which 2 cm of drift show, to 0.09-0.13 m, half a swinging heel's.
DRIFT_FREE_M: Final = 0.007
DRIFT_HEIGHTS: Final = 8.0
MAX_FALL: Final = (
    0.1  # a point still falling faster than this is in the air [m/s]; 2 to 24 ms before the plate feels it
)
STANDING_SINCE: Final = (
    -0.5
)  # in the first frame a late stance is this near to the bounds of a strike; a landing is not
MAX_FALSE_FLIGHT_S: Final = (
    0.5  # a whole single support, on a floor seen 6 cm too high (cmu_mocap); longer is no walking
)
MAX_UNKNOWN_S: Final = 0.12  # as long as stage 0 bridges a gap; a foot lifts and lands again in no less than a swing
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


def touch_margins(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    standing: tuple[StandingFoot, StandingFoot],
    max_speed: float,
    params: ContactParams,
    drift: float = 0.0,
    *,
    walking: bool = True,
) -> Float[np.ndarray, "frames 2 2"]:
    """Say by how much each foot (axis 1) is inside the bounds at which contact begins and up to which it lasts (axis 2).

    A foot touches with its heel or its toe, whichever is further inside, and a point is as far inside as the lesser of
    its height's and its speed's share of the bound. Zero is the bound itself, so the instant of contact can be found
    between two frames. A point that is not seen is outside by 1.

    Args:
        positions: Joint positions, floor at Y = 0 [m].
        velocity: Velocity relative to the ground: on a treadmill, to the belt [m/s].
        validity: 0 missing, 1 inferred, 2 measured.
        standing: Left and right calibration.
        max_speed: Speed threshold before the ratios of strike and release [m/s].
        params: Height threshold and ratios.
        drift: The source's own slow error [m]: beyond a laboratory's, heights say little and speed decides.
        walking: Ratios of strike and release, and that a falling point is in the air, were measured on walking. Else
            contact begins at the speed threshold itself and ends at `release_ratio` times it.
    """
    out = np.full((len(positions), 2, 2), -1.0)
    heights = params.max_height_m + DRIFT_HEIGHTS * max(0.0, drift - DRIFT_FREE_M)
    strike, release = (
        (params.strike_speed_ratio, params.release_speed_ratio) if walking else (1.0, params.release_ratio)
    )
    bounds = ((heights, max_speed * strike), (heights * params.release_ratio, max_speed * release))
    for k, side in enumerate(SIDES):
        points = list(SOLE[side])
        seen = validity[:, points] > 0
        height = positions[:, points, 1] - np.array([standing[k].heel_height, standing[k].toe_height])
        speed = np.linalg.norm(velocity[:, points], axis=-1)
        for which, (most, fastest) in enumerate(bounds):
            inside = np.minimum(1.0 - height / most, 1.0 - speed / fastest)
            if which == 0 and walking:
                inside = np.minimum(inside, 1.0 + velocity[:, points, 1] / MAX_FALL)
            out[:, k, which] = np.where(seen, inside, -1.0).max(axis=1)
    return out


def feet_in_contact(
    margins: Float[np.ndarray, "frames 2 2"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    params: ContactParams,
    *,
    always_one: bool = False,
) -> UInt8[np.ndarray, "frames 2"]:
    """Say for each frame and foot whether it bears on the floor.

    A foot is in contact while its heel or its toe is both low and slow; height alone calls a swinging toe a step.

    Args:
        margins: Of `touch_margins`.
        validity: 0 missing, 1 inferred, 2 measured.
        fps: Frame rate [Hz].
        params: Least duration.
        always_one: The movement has no flight (walking): a moment in which neither foot seems to bear
            belongs to the foot that is nearer to bearing; a recording without any contact keeps none.

    Returns:
        Left then right: 0 no, 1 yes, 2 unknown (neither point seen, or the one that is seen is up).
    """
    out = np.full((len(margins), 2), UNKNOWN, dtype=np.uint8)
    min_frames = round(params.min_duration_s * fps)
    for k, side in enumerate(SIDES):
        bears = schmitt(margins[:, k, 0] > 0.0, margins[:, k, 1] > 0.0)
        held = int(np.argmin(np.append(margins[:, k, 1] > 0.0, False)))
        if margins[0, k, 0] > STANDING_SINCE:  # a contact since before the recording began has no strike in it
            bears[:held] |= bears[:held].any()
        known = bears | (validity[:, list(SOLE[side])] > 0).all(axis=1)
        bears = without_short(bears, min_frames)
        out[known, k] = bears[known]
    if always_one:
        bridge_flights(out, margins[..., 1], round(MAX_FALSE_FLIGHT_S * fps))
    bridge_unknown(out, round(MAX_UNKNOWN_S * fps))
    return out


def bridge_flights(
    contacts: UInt8[np.ndarray, "frames 2"], margin: Float[np.ndarray, "frames 2"], longest: int
) -> None:
    """Give, in place, each short stretch beside contacts in which no foot bears to the foot nearer to bearing."""
    for start, stop in gap_free_runs((contacts == NO).all(axis=1)):
        if stop - start <= min(longest, len(contacts) - 1):
            nearer = margin[start:stop].argmax(axis=1)
            contacts[np.arange(start, stop), nearer] = YES


def bridge_unknown(contacts: UInt8[np.ndarray, "frames 2"], longest: int) -> None:
    """Fill, in place, each short unknown stretch of a foot that does the same before and after it."""
    for foot in contacts.T:
        for start, stop in gap_free_runs(foot == UNKNOWN):
            if start > 0 and stop < len(foot) and stop - start <= longest and foot[start - 1] == foot[stop]:
                foot[start:stop] = foot[stop]
