"""The 28 joints that ARKit tracks, placed on a BODY21 body."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import INDEX

TRACKED: Final = (
    "root", "hips_joint",
    "left_upLeg_joint", "left_leg_joint", "left_foot_joint",
    "right_upLeg_joint", "right_leg_joint", "right_foot_joint",
    "spine_1_joint", "spine_2_joint", "spine_3_joint", "spine_4_joint", "spine_5_joint", "spine_6_joint", "spine_7_joint",
    "left_shoulder_1_joint", "left_arm_joint", "left_forearm_joint", "left_hand_joint",
    "right_shoulder_1_joint", "right_arm_joint", "right_forearm_joint", "right_hand_joint",
    "neck_1_joint", "neck_2_joint", "neck_3_joint", "neck_4_joint", "head_joint",
)  # fmt: skip
"""Names in ARKit's order (Apple, ARSkeletonDefinition.defaultBody3D)."""

PARENTS: Final = (-1, 0, 1, 2, 3, 1, 5, 6, 1, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 14, 19, 20, 21, 14, 23, 24, 25, 26)
"""Parent of each tracked joint, as a column of TRACKED."""

HEAD_JOINT: Final = 0.46
"""Where the head turns on the neck, from C7 to the vertex (ear level: vertex to tragion 0.13 m of de Leva's 0.243 m)."""

CLAVICLE: Final = 0.15
"""Where ARKit's clavicle begins, from the midline to the shoulder joint."""

_DIRECT: Final = {
    "root": "pelvis", "hips_joint": "pelvis",
    "left_upLeg_joint": "l_hip", "left_leg_joint": "l_knee", "left_foot_joint": "l_ankle",
    "right_upLeg_joint": "r_hip", "right_leg_joint": "r_knee", "right_foot_joint": "r_ankle",
    "left_arm_joint": "l_shoulder", "left_forearm_joint": "l_elbow", "left_hand_joint": "l_wrist",
    "right_arm_joint": "r_shoulder", "right_forearm_joint": "r_elbow", "right_hand_joint": "r_wrist",
}  # fmt: skip


def tracked_joints(positions: Float[np.ndarray, "frames 21 3"]) -> Float[np.ndarray, "frames 28 3"]:
    """Place ARKit's tracked joints on BODY21 positions, same frame and units.

    Spine joints divide the way from pelvis to C7, neck joints the way on to the head joint, evenly.
    """
    pelvis, neck, head = (positions[:, INDEX[name]] for name in ("pelvis", "neck", "head"))
    c7 = 1.5 * neck - 0.5 * head
    skull = c7 + HEAD_JOINT * (head - c7)
    thorax = positions[:, INDEX["thorax"]]
    placed = {name: positions[:, INDEX[joint]] for name, joint in _DIRECT.items()}
    placed |= {f"spine_{i}_joint": pelvis + i / 7 * (c7 - pelvis) for i in range(1, 8)}
    placed |= {f"neck_{i}_joint": c7 + i / 5 * (skull - c7) for i in range(1, 5)}
    for side in ("left", "right"):
        placed[f"{side}_shoulder_1_joint"] = thorax + CLAVICLE * (placed[f"{side}_arm_joint"] - thorax)
    placed["head_joint"] = skull
    return np.stack([placed[name] for name in TRACKED], axis=1)
