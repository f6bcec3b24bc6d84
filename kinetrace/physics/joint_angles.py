"""Joint angles in anatomical terms, from the humanoid's own joints: pelvis, trunk, hips, knees and ankles."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import INDEX
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_kinematics import IkResult
from schemas.sim_replay import JOINT_ANGLES

_TRUNK: Final = 6  # columns of pelvis and trunk, before those of the legs
_LIMB: Final = {"hip": "thigh", "hip_rotation": "shank", "knee": "shank", "ankle": "foot"}


def joint_angles(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"]) -> Float[np.ndarray, "frames 18"]:
    """Give the angles of every frame.

    Hips and ankles turn about the proximal segment's medio-lateral axis, then a floating axis, then the distal
    segment's long axis: the joint coordinate system of Grood & Suntay 1983 (J. Biomech. Eng. 105:136), recommended by
    the ISB (Wu 2002, J. Biomech. 35:543). The humanoid's hinges stand in that order, so their angles are those angles
    and none of them wraps. Pelvis and trunk are held against the room, rotation before obliquity before tilt (Baker
    2001, Hum. Mov. Sci. 20:787); rotation counts on through whole turns.

    Args:
        humanoid: The subject's model.
        qpos: Poses.

    Returns:
        Columns in the order of ``JOINT_ANGLES`` [rad]; 0 is anatomical stance facing X.
    """
    pelvis = Rotation.from_quat(qpos[:, 3:7], scalar_first=True)
    names = ("lumbar_flexion", "lumbar_bending", "lumbar_rotation")
    lumbar = Rotation.from_euler("YXZ", np.stack([_hinge(humanoid, qpos, name) for name in names], axis=1))
    legs = [_hinge(humanoid, qpos, _joint(column.name)) for column in JOINT_ANGLES[_TRUNK:]]
    return np.column_stack((_against_the_room(pelvis), _against_the_room(pelvis * lumbar), *legs))


def angles_seen(ik: IkResult, validity: UInt8[np.ndarray, "frames 21"]) -> UInt8[np.ndarray, "frames 18"]:
    """Say (1 or 0) which angles come from joints that were seen; the others are interpolated or never were."""
    there = validity > 0
    hips = there[:, [INDEX["pelvis"], INDEX["l_hip"], INDEX["r_hip"]]].all(axis=1)
    trunk = hips & there[:, INDEX["thorax"]]
    # Without any thorax the pelvis is held upright, and hips are held against that, as stage 2 does.
    columns = [trunk, hips, hips, trunk, trunk, trunk]
    for column in JOINT_ANGLES[_TRUNK:]:
        what, side = column.name.rsplit("_", 1)
        limb = _LIMB.get(what, _LIMB[what.split("_", 1)[0]])
        seen = ik.seen[f"{side}_{limb}"] & hips
        columns.append(seen & (trunk | ~trunk.any()) if what == "hip_flexion" else seen)
    return np.stack(columns, axis=1).astype(np.uint8)


def _joint(column: str) -> str:
    """Name the model's joint of a column: ``knee_flexion_r`` is ``r_knee_flexion``."""
    what, side = column.rsplit("_", 1)
    return f"{side}_{what}"


def _hinge(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], joint: str) -> Float[np.ndarray, "frames"]:
    return np.asarray(qpos[:, int(humanoid.model.joint(joint).qposadr[0])])


def _against_the_room(turn: Rotation) -> Float[np.ndarray, "frames 3"]:
    """Give tilt, obliquity and rotation: R = Rz(rotation) Rx(obliquity) Ry(tilt), X forward, Y left, Z up."""
    m = turn.as_matrix()
    tilt = np.arctan2(-m[:, 2, 0], m[:, 2, 2])
    obliquity = np.arcsin(np.clip(m[:, 2, 1], -1.0, 1.0))
    rotation = np.unwrap(np.arctan2(-m[:, 0, 1], m[:, 1, 1]))
    return np.stack((np.unwrap(tilt), obliquity, rotation), axis=1)
