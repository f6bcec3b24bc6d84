"""Skeletons whose joints are joint centres already: depth cameras, animation files, motion capture libraries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.robotics.marker_sets import KNOWN, MarkerSet

_LONG: Final = {"r": "right", "l": "left"}


def _skeleton(name: str, limbs: Mapping[str, str], middle: Mapping[str, str], core: frozenset[str]) -> MarkerSet:
    """Make a set from role and joint name of one side, `{s}` standing for right or left in the joint's name."""
    sided = {f"{short}_{role}": joint.format(s=long) for short, long in _LONG.items() for role, joint in limbs.items()}
    legs = frozenset(sided[f"{s}_{role}"] for s in "rl" for role in ("hjc", "knee", "ankle"))
    return MarkerSet(name=name, core=legs | core, roles=sided | dict(middle), clusters={}, centres=True)


_UPLEG: Final = {
    "hjc": "{s}upleg", "knee": "{s}leg", "ankle": "{s}foot", "toe": "{s}toebase", "shoulder": "{s}arm",
    "elbow": "{s}forearm", "wrist": "{s}hand",
}  # fmt: skip
CMU: Final = _skeleton(
    "CMU motion capture, 38 joints", _UPLEG, {"c7": "neck1", "vertex": "headend"}, frozenset({"neck1", "lhipjoint"})
)
UPLEG: Final = _skeleton("biped with UpLeg, Leg and Foot", _UPLEG, {"c7": "neck", "vertex": "headend"}, frozenset())
HIP_KNEE_ANKLE: Final = _skeleton(
    "biped with Hip, Knee and Ankle",
    {
        "hjc": "{s}hip", "knee": "{s}knee", "ankle": "{s}ankle", "toe": "{s}toe", "shoulder": "{s}shoulder",
        "elbow": "{s}elbow", "wrist": "{s}wrist",
    },
    {"c7": "neck", "vertex": "headend"},
    frozenset(),
)  # fmt: skip
KINECT: Final = _skeleton(
    "Kinect, 22 joints (UI-PRMD)",
    {
        "hjc": "{s}upperleg", "knee": "{s}lowerleg", "ankle": "{s}foot", "toe": "{s}toes", "shoulder": "{s}upperarm",
        "elbow": "{s}forearm", "wrist": "{s}hand",
    },
    {"c7": "neck", "vertex": "headtip"},
    frozenset(),
)  # fmt: skip
ARKIT: Final = _skeleton(
    "ARKit body, names of its 91 joints",
    {
        "hjc": "{s}uplegjoint", "knee": "{s}legjoint", "ankle": "{s}footjoint", "shoulder": "{s}armjoint",
        "elbow": "{s}forearmjoint", "wrist": "{s}handjoint",
    },
    {},
    frozenset(),
)  # fmt: skip
"""Its toes keep a constant offset to the foot: they are inferred like the heels."""
VISION: Final = _skeleton(
    "Apple Vision, 17 joints",
    {
        "hjc": "{s}hip", "knee": "{s}knee", "ankle": "{s}ankle", "shoulder": "{s}shoulder", "elbow": "{s}elbow",
        "wrist": "{s}wrist",
    },
    {"vertex": "tophead", "centre_head": "centerhead", "centre_shoulder": "centershoulder"},
    frozenset({"tophead", "centershoulder"}),
)  # fmt: skip
MEDIAPIPE: Final = _skeleton(
    "MediaPipe, 33 landmarks",
    {
        "hjc": "{s}hip", "knee": "{s}knee", "ankle": "{s}ankle", "heel": "{s}heel", "toe": "{s}footindex",
        "shoulder": "{s}shoulder", "elbow": "{s}elbow", "wrist": "{s}wrist",
    },
    {},
    frozenset({"nose", "leftfootindex", "rightfootindex"}),
)  # fmt: skip
H36M: Final = MarkerSet(
    name="Human3.6M, 17 joints",
    core=frozenset({"hip", "rhip", "rknee", "rfoot", "lhip", "lknee", "lfoot", "thorax"}),
    roles={
        **{
            f"{s}_{role}": f"{s}{joint}"
            for s in "rl"
            for role, joint in (
                ("hjc", "hip"), ("knee", "knee"), ("ankle", "foot"), ("toe", "toe"), ("shoulder", "shoulder"),
                ("elbow", "elbow"), ("wrist", "wrist"),
            )
        },
        "vertex": "head",
    },
    clusters={},
    centres=True,
)  # fmt: skip
"""What it calls "foot" is the ankle."""
SKELETONS: Final = (CMU, UPLEG, HIP_KNEE_ANKLE, KINECT, ARKIT, VISION, MEDIAPIPE, H36M)
EVERY_SET: Final = (*KNOWN, *SKELETONS)
"""Marker sets first, then skeletons: what a motion file's names are held against."""
