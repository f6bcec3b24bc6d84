"""A recorded motion replayed on the subject's humanoid: poses, forces and feasibility in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import joint_index
from kinetrace.physics import feasibility, phymotion
from kinetrace.physics.evidence import Evidence
from kinetrace.physics.feasibility import Feasibility
from kinetrace.physics.frames import to_mujoco
from kinetrace.physics.humanoid import Humanoid, build
from kinetrace.physics.inverse_dynamics import required_forces, smooth_motion
from kinetrace.physics.inverse_kinematics import IkResult, solve
from kinetrace.physics.low_pass import LowPassChoice, choose_low_pass
from kinetrace.physics.proportions import Proportions, measure
from kinetrace.physics.reaction import react
from kinetrace.physics.seat import SeatUse, find_seat, overhang
from schemas.alignment import SeatPlane
from schemas.base import Movement
from schemas.errors import CaptureError
from schemas.physical_state import FootCalibration, Subject
from schemas.sim_replay import SimReplayParams

BODY_MASS_INDEX: Final = (8.0, 120.0)
"""Chosen well outside what people survive: about 12 in starvation (Henry 1990, Eur. J. Clin. Nutr. 44:329)."""


@dataclass(frozen=True)
class Recording:
    """A motion in the aligned world (Y up, floor at Y = 0), as stage 2 leaves it.

    Attributes:
        positions: BODY21 positions before any filter [m]: the generalised coordinates are filtered, and once is enough
            (filtering points and then coordinates took 0.3 %BW off the agreement with plates in walking).
        validity: 0 missing, 1 inferred, 2 measured.
        contacts: 0 no, 1 yes, 2 unknown; left, right.
        fps: Frame rate [Hz].
        movement: What is done.
        belt_speed: Of a treadmill, 0 overground [m/s].
    """

    positions: Float[np.ndarray, "frames 21 3"]
    validity: UInt8[np.ndarray, "frames 21"]
    contacts: UInt8[np.ndarray, "frames 2"]
    fps: float
    movement: Movement = "other"
    belt_speed: float = 0.0


@dataclass(frozen=True)
class Replayed:
    """A motion replayed, with everything found on the way."""

    humanoid: Humanoid
    proportions: Proportions
    ik: IkResult
    evidence: Evidence
    seat: SeatUse
    feasibility: Feasibility
    low_pass: LowPassChoice


def replay(
    recording: Recording,
    subject: Subject,
    calibration: Sequence[FootCalibration],
    scanned_seat: SeatPlane | None,
    params: SimReplayParams,
) -> Replayed:
    """Build the subject's humanoid, fit it to the recording, find the forces and score the result.

    Args:
        recording: The motion.
        subject: Stature, mass (None: the nominal mass), sex, segment lengths.
        calibration: Standing heights of heels and toes.
        scanned_seat: A seat in the aligned scan.
        params: Of stage 4.

    Returns:
        Poses, forces and scores.

    Raises:
        CaptureError: The subject's figures are not a person's, or the recording is too short or shows no hips.
        ParamsError: The cut-off does not fit the frame rate.
    """
    _refuse_no_person(subject)
    mass = params.nominal_mass_kg if subject.mass_kg is None else subject.mass_kg
    proportions = measure(
        recording.positions, recording.validity, subject.segment_lengths_m, subject.stature_m, subject.sex, calibration
    )
    humanoid = build(proportions, mass, subject.sex, params.friction)
    ik = solve(humanoid, recording.positions, recording.validity, params.ik_iterations, params.ik_damping)
    trunk_seen = bool((recording.validity[:, joint_index("l_shoulder", "r_shoulder")] > 0).all(axis=1).any())
    low_pass = choose_low_pass(
        ik.qpos[:, :3], recording.fps, recording.movement, params.cutoff_hz, trunk_seen=trunk_seen
    )
    motion = smooth_motion(humanoid, ik.qpos, recording.fps, low_pass.cutoff_hz)
    thigh = float(humanoid.model.geom("r_thigh").size[0])
    dynamics = required_forces(humanoid, motion)
    behind = overhang(dynamics.placed.com, dynamics.placed.sites[:, humanoid.sole_ids])
    seat = find_seat(motion.qpos[:, :3], recording.fps, thigh, recording.movement, scanned_seat, behind)
    if seat.seat is not None:
        humanoid = build(proportions, mass, subject.sex, params.friction, seat.seat)
        dynamics = required_forces(humanoid, motion)
    reaction = react(
        humanoid,
        motion,
        dynamics,
        recording.contacts,
        seat.weights,
        params.friction,
        params.force_regularisation,
        rolling=recording.movement == "gait",
    )
    evidence = Evidence(
        humanoid,
        recording.fps,
        to_mujoco(recording.positions),
        recording.validity,
        motion,
        dynamics,
        reaction,
        seat.weights,
        ik.bridged,
        recording.belt_speed,
    )
    scorer = phymotion.score if params.scorer == "phymotion" else feasibility.score
    return Replayed(humanoid, proportions, ik, evidence, seat, scorer(evidence), low_pass)


def _refuse_no_person(subject: Subject) -> None:
    """Refuse a mass that nobody of the subject's stature, declared or seen, has: one of them is in another unit."""
    if subject.mass_kg is None:
        return
    index = subject.mass_kg / subject.stature_m**2
    if not BODY_MASS_INDEX[0] <= index <= BODY_MASS_INDEX[1]:
        raise CaptureError(
            where="physical_state.json",
            field="subject.mass_kg",
            expected=f"a body mass index between {BODY_MASS_INDEX[0]:g} and {BODY_MASS_INDEX[1]:g} kg/m²",
            found=f"{subject.mass_kg:g} kg at {subject.stature_m:.3g} m, {subject.stature_source} ({index:.1f} kg/m²)",
            fix="Declare the mass in kilograms and the stature in metres, or leave the mass out.",
        )
