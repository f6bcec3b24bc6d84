"""The 17 joints of the encoder, their bones and the columns of their state."""

from __future__ import annotations

from typing import Final

from kinetrace.motion.skeletons import BODY21, BONES

JOINTS: Final = BODY21[:17]
"""The Human3.6M joints: BODY21 without heels and toes."""

CHANNELS: Final = tuple(f"{quantity}.{axis}" for quantity in "pvaj" for axis in ("forward", "up", "right"))
"""Position [m], velocity [m/s], acceleration [m/s²] and jerk [m/s³], in the window's frame."""

TREE: Final = tuple((a, b) for a, b in BONES if max(a, b) < len(JOINTS))
"""The 16 bones among the 17 joints."""

_RIGID = {
    frozenset(pair)
    for side in "lr"
    for pair in (
        ("pelvis", f"{side}_hip"), (f"{side}_hip", f"{side}_knee"), (f"{side}_knee", f"{side}_ankle"),
        (f"{side}_shoulder", f"{side}_elbow"), (f"{side}_elbow", f"{side}_wrist"),
    )
}  # fmt: skip

RIGID: Final = tuple((a, b) for a, b in TREE if {JOINTS[a], JOINTS[b]} in _RIGID)
"""Bones with one length: limbs and pelvis. The trunk bends and the shoulders glide between their joints."""

PELVIS: Final = JOINTS.index("pelvis")
RIGHT_HIP: Final = JOINTS.index("r_hip")
LEFT_HIP: Final = JOINTS.index("l_hip")
