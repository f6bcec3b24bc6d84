"""What stage 4 writes: the arrays and the summary of a replayed motion."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt32

from kinetrace.motion.skeletons import BODY21
from kinetrace.physics.feasibility import frame_faults
from kinetrace.physics.frames import to_world
from kinetrace.physics.joint_angles import angles_seen, joint_angles
from kinetrace.physics.limbs import LEGS
from kinetrace.physics.replay import Replayed
from kinetrace.physics.validation_log import fault_intervals
from schemas.physical_state import Subject
from schemas.sim_replay import HumanoidInfo, Replay, ReplayArrays, SimReplayParams

ADULT_STATURE_M: Final = 1.40
"""Below it de Leva's adults (mean 1.74 m) are no measure; chosen: hardly a grown woman is shorter (WHO 2007: 1.63 ± 0.065 m)."""


def arrays(replayed: Replayed, time: Float[np.ndarray, "frames"]) -> ReplayArrays:
    """Give `replay.h5`: vectors in the aligned world (Y up), qpos and qvel as MuJoCo has them."""
    motion, reaction, ik = replayed.evidence.motion, replayed.evidence.reaction, replayed.ik
    residual = np.concatenate((to_world(reaction.residual[:, :3]), to_world(reaction.residual[:, 3:])), axis=1)
    sites = replayed.evidence.dynamics.placed.sites[:, replayed.humanoid.site_ids]
    return ReplayArrays(
        time=np.asarray(time, dtype=np.float64),
        qpos=motion.qpos,
        qvel=motion.qvel,
        torque=reaction.torque.astype(np.float32),
        power=reaction.power.astype(np.float32),
        grf=to_world(reaction.feet).astype(np.float32),
        cop=to_world(reaction.pressure).astype(np.float32),
        seat_force=to_world(reaction.seat).astype(np.float32),
        root_residual=residual.astype(np.float32),
        joint_positions=to_world(sites).astype(np.float32),
        ik_residual=ik.residual.astype(np.float32),
        com=to_world(replayed.evidence.dynamics.placed.com).astype(np.float32),
        joint_angles=joint_angles(replayed.humanoid, motion.qpos).astype(np.float32),
        joint_angles_valid=angles_seen(ik, replayed.evidence.validity),
        scores=replayed.feasibility.table.astype(np.float32),
        faults=_faults(replayed),
    )


def summary(replayed: Replayed, subject: Subject, fps: float, params: SimReplayParams) -> Replay:
    """Give `replay.json`: scores with their explanations, residuals, the humanoid and the validation log."""
    feasible, seen = replayed.feasibility, replayed.evidence.validity > 0
    judged, residual = replayed.evidence.judged, replayed.evidence.reaction.residual
    force, moment = np.linalg.norm(residual[:, :3], axis=1), np.linalg.norm(residual[:, 3:], axis=1)
    faults, mean = _faults(replayed), _mean_residual(replayed)
    return Replay(
        fps=fps,
        scorer=params.scorer,
        humanoid=_info(replayed, subject),
        cutoff_hz=replayed.low_pass.cutoff_hz,
        sub_scores=feasible.sub_scores,
        axis_scores=feasible.axes,
        total_score=feasible.total,
        ik_residual_mean_m=float(replayed.ik.residual[seen].mean()),
        ik_residual_by_joint_m={
            name: float(replayed.ik.residual[seen[:, j], j].mean()) for j, name in enumerate(BODY21) if seen[:, j].any()
        },
        root_residual_force_rms_bw=_rms(force[judged]),
        root_residual_moment_rms_bwh=_rms(moment[judged]),
        peak_vertical_force_bw=float(replayed.evidence.reaction.feet[..., 2].sum(axis=1).max()),
        validation_log=fault_intervals(faults, fps, feasible.frames, mean, force),
        notes=_notes(replayed, subject, params),
    )


def _rms(values: Float[np.ndarray, "frames"]) -> float:
    return float(np.sqrt(np.mean(values**2))) if len(values) else 0.0


def _mean_residual(replayed: Replayed) -> Float[np.ndarray, "frames"]:
    """Mean distance to the joints that a frame has [m]."""
    count = (replayed.evidence.validity > 0).sum(axis=1)
    return np.asarray(replayed.ik.residual.sum(axis=1) / np.maximum(count, 1))


def _faults(replayed: Replayed) -> UInt32[np.ndarray, "frames"]:
    return frame_faults(replayed.evidence, replayed.feasibility, _mean_residual(replayed))


def _info(replayed: Replayed, subject: Subject) -> HumanoidInfo:
    humanoid, seat = replayed.humanoid, replayed.seat
    return HumanoidInfo(
        joint_names=humanoid.dof_names,
        body_masses_kg=humanoid.body_masses,
        total_mass_kg=humanoid.mass,
        mass_source="nominal" if subject.mass_kg is None else "declared",
        segment_lengths_m=replayed.proportions.as_dict(),
        seat_source=seat.source,
        seat_height_m=None if seat.seat is None else float(seat.seat.center[2]),
    )


def _notes(replayed: Replayed, subject: Subject, params: SimReplayParams) -> tuple[str, ...]:
    notes = [f"low-pass before forces: {replayed.low_pass.reason}"]
    if subject.mass_kg is None:
        notes.append(f"mass unknown: {params.nominal_mass_kg:g} kg assumed, read forces in body weights only")
    if replayed.ik.bridged.any():
        lost = int(replayed.ik.bridged.sum())
        notes.append(
            f"{lost} frames without hips or a leg, or without any measured joint, were bridged and are not scored"
        )
    notes += _body_notes(replayed, subject)
    notes += _unknown_notes(replayed)
    if replayed.evidence.belt_speed:
        notes.append(f"treadmill: feet and balance judged in the belt's frame, {replayed.evidence.belt_speed:.2f} m/s")
    if replayed.seat.source == "motion":
        notes.append("no scanned seat: its height is where the hips came to rest")
    return tuple(notes)


def _unknown_notes(replayed: Replayed) -> list[str]:
    """Say in how many frames nobody knows what carries the body, and which of them are held against it all the same."""
    unknown = ~replayed.evidence.reaction.known
    aloft = float((unknown & replayed.evidence.grounded).mean())
    if not unknown.any():
        return []
    note = f"ground force unknown (0, and all of it residual) in {100 * unknown.mean():.1f} % of frames: there the contact of "
    note += "a foot is unknown; they are not scored"
    if aloft > 0.0:
        note += (
            f", but for {100 * aloft:.1f} % with both soles out of the floor's reach: scan what the person stands on"
        )
    return [note]


def _body_notes(replayed: Replayed, subject: Subject) -> list[str]:
    """Say what of the body was assumed or cannot be as the table has it."""
    notes, proportions = [], replayed.proportions
    if proportions.assumed:
        notes.append(f"not seen, taken as the other side or by mean proportions: {', '.join(proportions.assumed)}")
    for name in proportions.asymmetric:
        right, left = (getattr(proportions, name)[side] for side in "rl")
        notes.append(
            f"{name.replace('_', ' ')} right {100 * right:.1f} cm, left {100 * left:.1f} cm: kept asymmetric; the shorter "
            "has the longer's girth, which no table gives, so read its joint torques as screening"
        )
    if subject.stature_m < ADULT_STATURE_M:
        notes.append(
            f"stature {subject.stature_m:.2f} m: the shares of mass are an adult's; a child's head is heavier and its legs "
            "lighter, so read joint torques as screening"
        )
    limbs = [name for name, seen in replayed.ik.seen.items() if seen.any() and not seen.all() and name not in LEGS]
    if limbs:
        notes.append(f"lost in some frames and interpolated there: {', '.join(limbs)}")
    return notes
