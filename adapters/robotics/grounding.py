"""A body whose place in the world was not recorded, walked along by its standing foot.

Landmarks that are given from the middle of the hips, or from a body's own root, say how the legs move and not where to. The
lowest sole point is taken to stand on the floor and gives the height. The path is what a standing foot makes of the hips: of
the sole points near the floor those stand that go backwards under the hips (Zeni 2008: a foot in stance does, one in swing
goes forwards). Both are inferred, and so is every joint then: the pose is as recorded, its place is not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.signal import butter, sosfiltfilt

from adapters.robotics.body import Body, Method
from kinetrace.motion.skeletons import INDEX
from schemas.motion import Validity

HELD_M: Final = 5e-4
"""No living pelvis stays within this while an ankle moves by more than `MOVED_M`: it was held in place."""
MOVED_M: Final = 0.02
NEAR_M: Final = 0.03
"""Higher above the lowest one no sole point stands; the height below which stage 2 looks for contact."""
SHARE_M: Final = 0.02
"""A sole point this much higher than the lowest has 1/e of its say in where the body goes."""
SHARE_M_S: Final = 0.3
"""So has one under which the hips would go ahead slower by this; a swinging foot differs by metres a second."""
CUTOFF_HZ: Final = 6.0
MIN_STEPS: Final = 16
MIN_RATE_HZ: Final = 15.0
"""Fewer or slower steps cannot be filtered to and fro."""
SAID: Final = "the place was not recorded: height and path are inferred from the standing foot, and so is every joint"
_SOLE: Final = ("r_heel", "r_toe", "l_heel", "l_toe")


def held_in_place(body: Body) -> bool:
    """Say whether the pelvis stays at one point while the feet move."""
    pelvis = body.get("pelvis")
    ankles = np.concatenate((body.get("r_ankle"), body.get("l_ankle")), axis=1)
    whole = np.isfinite(pelvis).all(axis=1) & np.isfinite(ankles).all(axis=1)
    if whole.sum() < 2:
        return False
    still = float(np.ptp(pelvis[whole], axis=0).max()) < HELD_M
    return still and float(np.ptp(ankles[whole], axis=0).max()) > MOVED_M


def grounded(body: Body, fps: float) -> Body:
    """Give the body a height and a path from the foot that stands; nothing leaves the floor in a jump.

    Args:
        body: Relative to the pelvis, Y up [m], feet complete.
        fps: Frames a second [Hz].

    Returns:
        The body standing on Y = 0, every joint marked inferred.
    """
    soles = body.positions[:, [INDEX[joint] for joint in _SOLE if body.has(joint)]]
    height = np.where(np.isfinite(soles).all(axis=2), soles[..., 1], np.inf)
    lowest = height.min(axis=1)
    seen = np.isfinite(lowest)
    place = np.zeros((len(soles), 3))
    place[:, 1] = -np.interp(np.arange(len(soles)), np.flatnonzero(seen), lowest[seen]) if seen.any() else 0.0
    place[1:, [0, 2]] = np.cumsum(_carried(soles, height, _ahead(body), fps), axis=0)[:, [0, 2]]
    marks = np.minimum(body.validity, Validity.INFERRED).astype(np.uint8)
    methods = {name: Method(f"{m.text}, placed by the standing foot", m.markers) for name, m in body.methods.items()}
    return Body(body.positions + place[:, None], marks, methods)


def _ahead(body: Body) -> Float[np.ndarray, "frames 3"]:
    """Give where the pelvis faces, level; zero where the hips are not known."""
    right = (body.get("r_hip") - body.get("l_hip")) * (1.0, 0.0, 1.0)
    ahead = np.cross((0.0, 1.0, 0.0), right)
    return np.asarray(np.nan_to_num(ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)))


def _carried(
    soles: Float[np.ndarray, "frames points 3"],
    height: Float[np.ndarray, "frames points"],
    ahead: Float[np.ndarray, "frames 3"],
    fps: float,
) -> Float[np.ndarray, "steps 3"]:
    """Give how far the standing points carry the hips from frame to frame [m]; 0 where none is seen in both."""
    steps = -np.diff(soles, axis=0)
    both = np.asarray(np.isfinite(steps).all(axis=2))
    steps = _smooth(np.nan_to_num(steps), fps)
    above = np.where(both, (height[1:] + height[:-1]) / 2.0, np.inf)
    above -= np.where(both.any(axis=1), above.min(axis=1), 0.0)[:, None]
    both &= above < NEAR_M
    forward = np.einsum("tpi,ti->tp", steps, ahead[1:]) * fps
    say = forward / SHARE_M_S - np.where(both, above, 0.0) / SHARE_M
    say = np.where(both, say - np.where(both, say, -np.inf).max(axis=1, initial=-1e300, keepdims=True), -np.inf)
    weight = np.exp(say)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray((weight[..., None] * steps).sum(axis=1) / total)


def _smooth(steps: Float[np.ndarray, "steps points 3"], fps: float) -> Float[np.ndarray, "steps points 3"]:
    """Take noise out of the steps, so that it does not choose among them."""
    if len(steps) < MIN_STEPS or fps <= MIN_RATE_HZ:
        return steps
    return np.asarray(sosfiltfilt(butter(2, CUTOFF_HZ, fs=fps, output="sos"), steps, axis=0))
