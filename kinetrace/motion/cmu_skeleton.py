"""The CMU motion capture skeleton: its 38 joints by name, and the exponential-map frames that move it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from kinetrace.motion.forward_kinematics import joint_places

COLUMNS: Final = 117
"""Root translation, then three numbers of rotation a joint."""
CMU_JOINTS: Final = (
    "Hips", "LHipJoint", "LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToeBase", "LeftToeEnd",
    "RHipJoint", "RightUpLeg", "RightLeg", "RightFoot", "RightToeBase", "RightToeEnd",
    "LowerBack", "Spine", "Spine1", "Neck", "Neck1", "Head", "HeadEnd",
    "LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand", "LeftFingerRoot", "LeftFingerBase", "LeftHandIndex1",
    "LeftThumbRoot", "LeftThumb",
    "RightShoulder", "RightArm", "RightForeArm", "RightHand", "RightFingerRoot", "RightFingerBase", "RightHandIndex1",
    "RightThumbRoot", "RightThumb",
)  # fmt: skip


@dataclass(frozen=True)
class CmuSkeleton:
    """What the frames do not say.

    Attributes:
        parents: Each joint's parent; -1 for the first.
        offsets: Each joint from its parent in the pose of no rotation [CMU units], Y up.
        unit_m: One CMU unit [m].
        fps: Frame rate [Hz].
    """

    parents: tuple[int, ...]
    offsets: Float[np.ndarray, "38 3"]
    unit_m: float
    fps: float


def cmu_places(
    frames: Float[np.ndarray, "frames 117"], skeleton: CmuSkeleton, *, rooted: bool = True
) -> Float[np.ndarray, "frames 38 3"]:
    """Place the joints of exponential-map frames.

    The files' rotations are for row vectors (G_i = R_i G_parent, p_i = p_parent + o_i G_parent), which for columns is the
    turn by the negative vector.

    Args:
        frames: Root translation [CMU units], then a rotation vector a joint [rad].
        skeleton: Parents and offsets.
        rooted: False: without the root's translation and rotation, as the published prediction protocol has it.

    Returns:
        Places [CMU units].
    """
    turns = -frames[:, 3:].reshape(len(frames), -1, 3)
    root = frames[:, :3]
    if not rooted:
        turns[:, 0] = 0.0
        root = np.zeros_like(root)
    local = Rotation.from_rotvec(turns.reshape(-1, 3)).as_matrix().reshape(*turns.shape[:2], 3, 3)
    offsets = np.broadcast_to(skeleton.offsets, turns.shape)
    return joint_places(root, np.asarray(offsets), skeleton.parents, local)
