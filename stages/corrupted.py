"""A recording with a defect put in behind alignment, judged with the person and the place that its clean version shows.

Stage 1 without a scan finds the floor under the soles and stage 2 calibrates the feet on the recording, so both would take
a constant float or sink for the laboratory's own. A real defect is not asked about: the floor was scanned and the person is
known. So the floor, the belt, the seat, the body's lengths and the standing heights of the feet are the clean recording's;
the defect is in the motion alone.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

from kinetrace.motion.contacts import StandingFoot
from kinetrace.physics.corruptions import Clip, corrupt
from kinetrace.physics.replay import Recording, Replayed, replay
from schemas.alignment import SeatPlane
from schemas.motion import MotionArrays
from schemas.physical_state import FootCalibration, PhysicalStateArrays, PhysicalStateParams
from schemas.sim_replay import SimReplayParams
from stages.in_memory import Measured
from stages.s02_physical_state.feet import find_contacts
from stages.s02_physical_state.physical_state import physical_state


def corrupted(of: Measured, name: str, seed: int, strength: float = 1.0) -> Recording:
    """Give what the physics replays of a recording with one defect.

    Args:
        of: The clean recording.
        name: A key of `kinetrace.physics.corruptions.CORRUPTIONS`.
        seed: Of the chance in the defect.
        strength: How much of the defect's severity.

    Raises:
        UsageError: There is no such corruption.
        CaptureError: The defect leaves nothing to judge.
    """
    params = PhysicalStateParams()
    clean = Clip(of.arrays.positions_raw.astype(np.float64), of.arrays.validity, of.state.fps)
    clip = corrupt(name, clean, seed, strength)
    frames = len(clip.positions)
    source = of.adapter.source_info.model_copy(update={"fps": clip.fps, "frames": frames})
    adapter = of.adapter.model_copy(update={"source_info": source, "movement": of.state.movement})
    motion = MotionArrays(
        positions=clip.positions.astype(np.float32),
        validity=clip.validity,
        time=np.arange(frames) / clip.fps,
        reasons=np.zeros(frames, dtype=np.uint32),
    )
    arrays, found = physical_state(motion, of.alignment, adapter, params)
    belt = (of.state.walking_speed or 0.0) if of.state.treadmill else 0.0
    return Recording(
        positions=arrays.positions_raw,
        validity=arrays.validity,
        contacts=_contacts(arrays, of, belt, found.walking_speed, clip.fps, params),
        fps=clip.fps,
        movement=of.state.movement,
        belt_speed=belt,
    )


def replayed_with_defect(
    of: Measured, clean: Replayed, name: str, seed: int, params: SimReplayParams | None = None, strength: float = 1.0
) -> Replayed:
    """Replay a recording with one defect on the clean recording's person, floor and seat.

    Args:
        of: The clean recording.
        clean: Its replay, which knows the seat.
        name: A key of `CORRUPTIONS`.
        seed: Of the chance in the defect.
        params: Of stage 4; None: the defaults.
        strength: How much of the defect's severity.

    Raises:
        UsageError: There is no such corruption.
        CaptureError: The defect leaves nothing to judge.
    """
    recording = corrupted(of, name, seed, strength)
    return replay(recording, of.state.subject, of.state.calibration, _seat(of, clean), params or SimReplayParams())


def _contacts(
    arrays: PhysicalStateArrays,
    of: Measured,
    belt: float,
    walking_speed: float | None,
    fps: float,
    params: PhysicalStateParams,
) -> UInt8[np.ndarray, "frames 2"]:
    """Say when the feet bear, by the standing heights of the clean recording."""
    p, v = arrays.state[..., :3].astype(np.float64), arrays.state[..., 3:6].astype(np.float64)
    ground = np.array([-belt, 0.0, 0.0])
    left, right = (_foot(of.state.calibration[k]) for k in (0, 1))
    return find_contacts(p, v - ground, arrays.validity, walking_speed, fps, params.contact, (left, right)).contacts


def _foot(calibration: FootCalibration) -> StandingFoot:
    return StandingFoot(calibration.heel_height_m, calibration.toe_height_m, 0.0, calibration.frames_used)


def _seat(of: Measured, clean: Replayed) -> SeatPlane | None:
    """Give the clean recording's seat: scanned, or where its hips came to rest."""
    seat = clean.seat.seat
    if of.alignment.seat is not None or seat is None:
        return of.alignment.seat
    x, y, z = (float(c) for c in seat.center)
    return SeatPlane(
        source="room", height_m=z, center=(x, z, -y), width_m=seat.width, depth_m=seat.depth, yaw_rad=seat.yaw
    )
