"""Where the root of a CMU exponential-map file is turned as no person turns, and the longest stretch without it.

In 9 of the 96 published files the person, on turning round, lies flat in the air for 6 to 180 frames or spins by up to
78° from one frame to the next, the hips at standing height: the rotations, not the places, were damaged when the files
were made. Nothing of it can be mended; the published prediction protocol drops the root and does not see it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage
from scipy.spatial.transform import Rotation

from kinetrace.motion.cmu_skeleton import CMU_JOINTS, CmuSkeleton

FLAT_DEG: Final = 60.0
"""A pelvis tilted by more is lying; in the sound files bending, jumping and window washing stay below 40° …"""
STANDING: Final = 0.8
""" … and it is not lying while its height is more than this part of the skeleton's legs."""
UPRIGHT_DEG: Final = 20.0
"""Damage is taken to last as long as the tilt is more than this around it …"""
MARGIN_S: Final = 0.1
""" … and this much longer on both sides."""
SPIN_DEG_S: Final = 1800.0
"""No pelvis turns faster: five turns a second."""
_LEG: Final = ("LeftUpLeg", "LeftLeg", "LeftFoot")


def longest_sound(frames: Float[np.ndarray, "frames 117"], skeleton: CmuSkeleton) -> tuple[int, int]:
    """Give the first frame, and the one after the last, of the longest stretch whose root is sound.

    Args:
        frames: Exponential-map frames without the rest pose.
        skeleton: For the legs' length and the rate.

    Returns:
        All of it where nothing is damaged; an empty stretch where everything is.
    """
    runs, count = ndimage.label(~damaged(frames, skeleton))
    if not count:
        return 0, 0
    inside = np.flatnonzero(runs == 1 + int(np.argmax(np.bincount(runs.ravel())[1:])))
    return int(inside[0]), int(inside[-1]) + 1


def damaged(frames: Float[np.ndarray, "frames 117"], skeleton: CmuSkeleton) -> Bool[np.ndarray, "frames"]:
    """Say of each frame whether the root lies flat at standing height or spins, or is on its way there or back."""
    turns = Rotation.from_rotvec(-frames[:, 3:6])  # for columns; see `cmu_places`
    tilt = np.degrees(np.arccos(np.clip(turns.as_matrix()[:, 1, 1], -1.0, 1.0)))
    legs = float(np.linalg.norm(skeleton.offsets[[CMU_JOINTS.index(joint) for joint in _LEG]], axis=1).sum())
    spin = np.zeros(len(frames))
    spin[1:] = np.degrees((turns[1:] * turns[:-1].inv()).magnitude()) * skeleton.fps
    seeds = ((tilt > FLAT_DEG) & (frames[:, 1] > STANDING * legs)) | (spin > SPIN_DEG_S)
    if not seeds.any():
        return np.asarray(seeds)
    leaning, _ = ndimage.label((tilt > UPRIGHT_DEG) | seeds)
    spread = np.isin(leaning, np.unique(leaning[seeds]))
    return np.asarray(ndimage.binary_dilation(spread, iterations=max(1, round(MARGIN_S * skeleton.fps))))
