"""What of the body disappears together, and which distances in it stay the same."""

from __future__ import annotations

from typing import Final

from kinetrace.motion.skeletons import BODY21, INDEX, joint_index

JOINTS: Final = len(BODY21)

LIMBS: Final = {
    f"{side}_{limb}": tuple(joint_index(*(f"{side}_{joint}" for joint in joints)))
    for side in "lr"
    for limb, joints in (("leg", ("knee", "ankle", "heel", "toe")), ("arm", ("elbow", "wrist")))
}
"""Columns of each limb. Hips and shoulders belong to the trunk: pelvis and thorax are made from them."""

CARRIED: Final = {
    "hip": ("pelvis", "spine"),
    "shoulder": ("thorax", "spine", "neck"),
    "pelvis": ("spine",),
    "thorax": ("spine", "neck"),
    "head": ("neck",),
    "ankle": ("heel",),
    "toe": ("heel",),
}
"""What stage 0 may derive from a joint: where the joint was not seen, these were not either."""

SINGLE: Final = tuple(
    joint_index(
        *(
            "head",
            *(f"{s}_{j}" for s in "lr" for j in ("hip", "knee", "ankle", "heel", "toe", "shoulder", "elbow", "wrist")),
        )
    )
)
"""Joints that are seen by themselves, not made from others."""


def hidden_with(joint: int) -> tuple[int, ...]:
    """Give the columns that are hidden when this one is: itself and whatever may be derived from it."""
    side, _, part = BODY21[joint].rpartition("_")
    names = CARRIED.get(part, ())
    return (joint, *(INDEX[f"{side}_{name}" if name == "heel" else name] for name in names))


BONDS: Final = tuple(
    (INDEX[a], INDEX[b])
    for a, b in (
        *(
            (f"{s}_{a}", f"{s}_{b}")
            for s in "lr"
            for a, b in (
                ("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("ankle", "toe"), ("heel", "toe"),
                ("shoulder", "elbow"), ("elbow", "wrist"),
            )
        ),
        ("r_hip", "l_hip"), ("pelvis", "r_hip"), ("pelvis", "l_hip"), ("r_shoulder", "l_shoulder"), ("neck", "head"),
    )
)  # fmt: skip
"""Pairs of columns whose distance changes little: bones, the sides of the foot's triangle, the widths of the girdles."""

PARTNER: Final = tuple(
    INDEX[{"l": "r", "r": "l"}[name[0]] + name[1:]] if name[:2] in ("l_", "r_") else column
    for column, name in enumerate(BODY21)
)
"""Of each column the one on the other side; itself on the midline."""
