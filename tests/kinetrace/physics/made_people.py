"""People by de Leva's means, standing, and motions made from their own humanoid."""

from __future__ import annotations

import numpy as np

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.frames import to_world
from kinetrace.physics.inverse_dynamics import required_forces, smooth_motion
from kinetrace.physics.kinematics import poses
from kinetrace.physics.proportions import measure
from kinetrace.physics.reaction import react

HEIGHT, MASS, FPS = 1.70, 60.0, 60.0


def average(stature=HEIGHT, sex="f"):
    """Proportions of de Leva's means, from a recording that shows nothing."""
    nothing = np.zeros((3, len(BODY21), 3))
    return measure(nothing, np.zeros((3, len(BODY21)), dtype=np.uint8), {}, stature, sex)


def still(humanoid, frames=60):
    """Poses of a person who stands still with the feet 16 cm apart."""
    pose = humanoid.standing.copy()
    for side in "lr":
        pose[humanoid.model.joint(f"{side}_knee_flexion").qposadr] = 0.1
        pose[humanoid.model.joint(f"{side}_hip_flexion").qposadr] = 0.05
        pose[humanoid.model.joint(f"{side}_ankle_flexion").qposadr] = 0.05
    low = poses(humanoid, pose[None]).sites[0, humanoid.sole_ids, 2].min()
    pose[2] -= low
    return np.tile(pose, (frames, 1))


def swaying(humanoid, frames=120):
    """Poses of a person who bends every hinge at 0.5 Hz in its own phase, but for the pelvic tilt no joint centre shows."""
    qpos = still(humanoid, frames)
    turn = 2 * np.pi * 0.5 * np.arange(frames) / FPS
    for k, name in enumerate(humanoid.dof_names):
        if "shoulder" not in name and name != "lumbar_flexion":
            qpos[:, humanoid.model.joint(name).qposadr[0]] += 0.2 + 0.15 * np.sin(turn + k)
    qpos[:, 0] += 0.3 * np.arange(frames) / FPS
    return qpos


def joints_of(humanoid, qpos):
    """BODY21 of poses, in the world."""
    return to_world(poses(humanoid, qpos).sites[:, humanoid.site_ids])


def replayed(humanoid, qpos, contacts=1, seat=0.0, cutoff=6.0):
    """Motion, dynamics and reaction of poses; contacts and seat the same in all frames."""
    motion = smooth_motion(humanoid, qpos, FPS, cutoff)
    dynamics = required_forces(humanoid, motion)
    flags = np.full((len(qpos), 2), contacts, dtype=np.uint8)
    return motion, dynamics, react(humanoid, motion, dynamics, flags, np.full(len(qpos), seat), 0.8, 1e-4)


def bone(points, a, b):
    """Length of a bone in each frame."""
    return np.linalg.norm(points[:, INDEX[a]] - points[:, INDEX[b]], axis=-1)


def evidence_of(humanoid, qpos, contacts=1, flags=None, noise=0.0, belt_speed=0.0, cutoff=6.0):
    """All that is judged of poses; contacts the same in all frames unless flags are given."""
    from kinetrace.physics.evidence import Evidence
    from kinetrace.physics.frames import to_mujoco

    motion = smooth_motion(humanoid, qpos, FPS, cutoff)
    dynamics = required_forces(humanoid, motion)
    flags = np.full((len(qpos), 2), contacts, dtype=np.uint8) if flags is None else flags
    none = np.zeros(len(qpos))
    reaction = react(humanoid, motion, dynamics, flags, none, 0.8, 1e-4)
    recorded = to_mujoco(joints_of(humanoid, qpos)) + noise
    seen = np.full(recorded.shape[:2], 2, dtype=np.uint8)
    return Evidence(humanoid, FPS, recorded, seen, motion, dynamics, reaction, none, none.astype(bool), belt_speed)
