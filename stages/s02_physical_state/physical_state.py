"""Putting the physical state together: from aligned positions to arrays and the document beside them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from kinetrace.motion.centre_of_mass import CentreOfMass, centre_of_mass
from kinetrace.motion.derivatives import offline_state, run_derivatives
from kinetrace.motion.filters import FilteredMotion, LowPass, design_low_pass, filter_positions, gap_free_runs
from kinetrace.motion.kinematics import leg_length, sagittal_angles
from kinetrace.motion.locomotion import progress
from kinetrace.motion.movement import guess_movement, movement_features
from kinetrace.motion.phases import PHASES
from schemas.adapter import AdapterResult
from schemas.alignment import Alignment
from schemas.motion import MotionArrays
from schemas.physical_state import FilterRun, PhysicalState, PhysicalStateArrays, PhysicalStateParams
from stages.s02_physical_state.feet import find_contacts, flat_foot
from stages.s02_physical_state.movement import take_apart
from stages.s02_physical_state.notes import notes
from stages.s02_physical_state.subject import subject_as_used


def physical_state(
    motion: MotionArrays, alignment: Alignment, adapter: AdapterResult, params: PhysicalStateParams
) -> tuple[PhysicalStateArrays, PhysicalState]:
    """Derive everything that the aligned positions say about the body.

    Args:
        motion: Aligned motion (X forward, Y up, Z right, floor at Y = 0) [m].
        alignment: How it was aligned.
        adapter: What came with the recording.
        params: Filter and contact thresholds.

    Returns:
        The arrays and the document of stage 2.

    Raises:
        CaptureError: The legs are not there.
        ParamsError: The cut-off does not fit the frame rate.
    """
    fps, validity = adapter.source_info.fps, motion.validity
    subject = subject_as_used(motion, adapter.subject, alignment.stature_estimate_m)
    leg = leg_length(subject.segment_lengths_m)
    low_pass = design_low_pass(
        fps, params.filter.cutoff_hz, params.filter.order, peer_compatible=params.filter.peer_compatible
    )
    filtered = filter_positions(motion.positions.astype(np.float64), validity, low_pass)
    offline = offline_state(filtered.positions, validity, fps)
    p, v = filtered.positions, offline.state[..., 3:6]
    locomotion = progress(p, v, validity, fps)
    com = centre_of_mass(p, validity, subject.sex, leg)
    com_state = com_derivatives(com, fps)
    guess, confidence = guess_movement(
        movement_features(p, validity, com.position, com.valid, locomotion.heading, locomotion.steady_speed, leg)
    )
    movement = guess if adapter.movement is None else adapter.movement
    walking_speed = locomotion.steady_speed if movement == "gait" else None
    ground = locomotion.ground_velocity if movement == "gait" else np.zeros(3)
    contact = find_contacts(p, v - ground, validity, walking_speed, fps, params.contact)
    flat, ankle_zero = flat_foot(adapter.static_pose, alignment.transform, contact.standing, movement)
    angles, angles_valid = sagittal_angles(p, validity, flat)
    parts = take_apart(
        movement,
        p,
        validity,
        angles,
        angles_valid,
        com_state[:, 3:6],
        com.valid,
        contact,
        locomotion,
        leg,
        fps,
    )
    arrays = PhysicalStateArrays(
        time=motion.time,
        positions_raw=motion.positions,
        state=offline.state.astype(np.float32),
        validity=validity,
        boundary=offline.boundary.astype(np.uint8),
        angles=angles.astype(np.float32),
        angles_valid=angles_valid.astype(np.uint8),
        com=com_state.astype(np.float32),
        com_valid=com.valid.astype(np.uint8),
        contacts=contact.contacts,
        phases=parts.phases,
        reasons=motion.reasons,
    )
    document = PhysicalState(
        movement=movement,
        movement_source="guessed" if adapter.movement is None else "declared",
        movement_confidence=confidence if adapter.movement is None else 1.0,
        fps=fps,
        subject=subject,
        ankle_zero_source=ankle_zero,
        phase_names=PHASES[movement],
        filter=filter_run(filtered, low_pass),
        contact_speed_threshold=contact.max_speed,
        contact_speed_source=contact.speed_source,
        calibration=contact.calibration(),
        walking_speed=walking_speed,
        treadmill=movement == "gait" and locomotion.treadmill,
        events=parts.events,
        repetitions=parts.repetitions,
        notes=notes(adapter.movement, (guess, confidence), locomotion, com, filtered, ankle_zero, contact, validity),
    )
    return arrays, document


def com_derivatives(com: CentreOfMass, fps: float) -> Float[np.ndarray, "frames 9"]:
    """Put the centre of mass's position, velocity and acceleration side by side, each gap-free run alone."""
    out = np.zeros((len(com.position), 9))
    for start, stop in gap_free_runs(com.valid):
        run = com.position[start:stop]
        v, a, _ = run_derivatives(run, fps)
        out[start:stop] = np.concatenate((run, v, a), axis=1)
    return out


def filter_run(filtered: FilteredMotion, low_pass: LowPass) -> FilterRun:
    """Describe the filter as it was applied."""
    return FilterRun(
        kind="Butterworth, forward and back (zero lag)",
        cutoff_hz=low_pass.cutoff_hz,
        design_cutoff_hz=low_pass.design_cutoff_hz,
        order_total=2 * low_pass.order,
        gap_free_runs=filtered.gap_free_runs,
        runs_too_short=filtered.runs_too_short,
    )
