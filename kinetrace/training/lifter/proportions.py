"""Bodies of many proportions: bone lengths in statures around published means, and skeletons laid out from them.

Mocap gives the directions of bones; two hundred minutes of six people give no idea of how people differ in size. So each
clip is danced by a body of its own.
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.lifter.rigid import LINKS
from kinetrace.motion.segment_parameters import ANKLE_HEIGHT, HIP_HALF_WIDTH, HIPS_TO_C7_M, STATURE_M, pair
from kinetrace.motion.skeletons import BODY21, INDEX

_MEAN_STATURE: Final = sum(STATURE_M.values()) / 2


def _mean(lengths: tuple[float, float]) -> float:
    return sum(lengths) / 2 / _MEAN_STATURE


TRUNK: Final = _mean(pair("trunk", "length_m"))
THIGH: Final = _mean(pair("thigh", "length_m"))
SHANK: Final = _mean(pair("shank", "length_m"))
C7: Final = _mean(HIPS_TO_C7_M) - TRUNK
"""Above the midpoint of the shoulders."""
HEAD: Final = _mean(pair("head", "length_m"))
_SIDED: Final = {
    "hip": (HIP_HALF_WIDTH, 0.10), "knee": (THIGH, 0.05), "ankle": (SHANK, 0.04), "heel": (0.050, 0.15),
    "toe": (0.085, 0.15), "shoulder": (0.108, 0.13), "elbow": (_mean(pair("upper_arm", "length_m")), 0.06),
    "wrist": (_mean(pair("forearm", "length_m")), 0.06),
}  # fmt: skip
_MIDDLE: Final = {"thorax": (TRUNK, 0.05), "neck": (C7 + HEAD / 3, 0.12), "head": (HEAD * 2 / 3, 0.10)}
"""Mean length in statures of the bone that ends there, and its standard deviation as a part of it. De Leva 1996 where it
has the segment. Chosen: foot (ankle to heel and to ball, de Leva's foot at HEEL_OF_FOOT and BALL_OF_FOOT), the shoulders,
between Winter's drawing (0.129) and surface markers (0.09 to 0.10), and the spreads, wide enough for both and for sources
that put their points differently."""
_SIDES: Final = 0.01
"""Left and right differ by this part."""


def proportions(count: int, generator: torch.Generator) -> Float[Tensor, "bodies links"]:
    """Draw bone lengths, in statures, in the order of LINKS; what stands on top of each other adds up to the stature."""
    drawn = {
        name: mean * (1 + part * torch.randn(count, generator=generator).clamp(-2.5, 2.5))
        for name, (mean, part) in (_SIDED | _MIDDLE).items()
    }
    c7 = drawn["neck"] - drawn["head"] / 2  # the neck point lies a third of the way from C7 to the vertex
    upright = drawn["knee"] + drawn["ankle"] + drawn["thorax"] + c7 + 1.5 * drawn["head"]
    factor = (1.0 - ANKLE_HEIGHT) / upright
    for name in ("knee", "ankle", "thorax", "neck", "head"):
        drawn[name] = drawn[name] * factor
    columns = []
    for _, child in LINKS:
        name = BODY21[child].removeprefix("l_").removeprefix("r_")
        uneven = 1 + _SIDES * torch.randn(count, generator=generator) if name in _SIDED else 1.0
        columns.append(drawn[name] * uneven)
    lengths = torch.stack(columns, 1)
    for name in ("hip", "shoulder"):  # the pelvis is the hips' midpoint, the thorax the shoulders'
        left, right = (_link(f"{side}_{name}") for side in ("l", "r"))
        lengths[:, left] = lengths[:, right]
    return lengths


def leg_length(lengths: Float[Tensor, "bodies links"]) -> Float[Tensor, "bodies"]:
    """Give hip to ankle of a straight leg, the mean of both sides."""
    return lengths[:, [_link(f"{side}_{joint}") for side in "lr" for joint in ("knee", "ankle")]].sum(1) / 2


def skeleton(
    directions: Float[Tensor, "bodies frames links 3"], lengths: Float[Tensor, "bodies links"]
) -> Float[Tensor, "bodies frames 21 3"]:
    """Lay joints out from the pelvis at the origin.

    Args:
        directions: Unit vectors in the order of LINKS.
        lengths: Of each bone.
    """
    bones = directions * lengths[:, None, :, None]
    joints: list[Tensor] = [torch.zeros_like(bones[:, :, 0])] * len(BODY21)
    for number, (parent, child) in enumerate(LINKS):
        joints[child] = joints[parent] + bones[:, :, number]
    joints[INDEX["spine"]] = joints[INDEX["thorax"]] / 2
    return torch.stack(joints, 2)


def _link(child: str) -> int:
    return next(number for number, (_, c) in enumerate(LINKS) if c == INDEX[child])
