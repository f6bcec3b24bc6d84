"""Whether a body is the right way round: its trunk above its feet, its toes ahead of it and not behind.

A wrong up axis stands a person on the head, which the lengths of a body do not show. A file in a left-handed world (Unity,
Kinect, DirectX), or with left and right exchanged throughout, gives a mirror image: up × (left hip to right hip) then points
backwards, and so do the toes, seen along it.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from adapters.robotics.body import Body
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError
from schemas.motion import Validity

Origin = Literal["motion", "body", "film"]
_UP: Final[dict[Origin, str]] = {
    "motion": "Say with --mapping and a file which axis of the recording points up: y, z, -y or -z.",
    "body": "Y of the recording's world must point up: export it again.",
    "film": "The camera's poses are not ARKit's: its camera looks along -Z with Y up, and a quaternion is x, y, z, w.",
}
UNDER_M: Final = 0.2
"""Hips this far under the ankles, and shoulders under the hips, in half of the frames: no exercise [m]. With legs raised
from lying the trunk stays level; over 2020 real takes the hips are 0.4 m and more above the ankles."""
BEHIND: Final = 0.75
"""Toes behind their ankles in this part of the frames: a mirror image; of 2020 real takes running has most, 0.38."""
BACKWARD_M: Final = 0.10
FORWARD_M: Final = 0.05
"""The knee off the line from hip to ankle, 10th and 90th percentile: a walk's goes from 0.01 m behind to 0.2 m ahead [m]."""
MIN_SEEN: Final = 30
"""Toes of fewer frames, both feet together, say nothing."""


def refuse_head_down(body: Body, where: str, read_from: Origin) -> None:
    """Refuse a body that stands on its head.

    Args:
        body: Joints in metres, Y up; hips and ankles are there.
        where: The recording, for refusals.
        read_from: What the body was read from: decides what would help.

    Raises:
        CaptureError: Shoulders under hips under ankles in half of the frames.
    """
    rise = [_middle(body, "hip") - _middle(body, "ankle"), _middle(body, "shoulder") - _middle(body, "hip")]
    heights = [float(np.median(seen)) for one in rise if (seen := one[np.isfinite(one[:, 1]), 1]).size]
    if heights and max(heights) < 0.0 and heights[0] < -UNDER_M:
        raise CaptureError(
            where=where,
            field="up",
            expected="hips above the ankles",
            found=f"hips {-heights[0]:.2f} m below them in half of the frames: the person stands on the head",
            fix=_UP[read_from],
        )


def refuse_mirrored(body: Body, where: str, *, mapped: bool) -> None:
    """Refuse a body that is a mirror image, where its toes were measured.

    Args:
        body: Joints in metres, Y up; hips and ankles are there.
        where: The recording, for refusals.
        mapped: It is a motion file, for which `--mapping` can say how joints are called.

    Raises:
        CaptureError: Toes behind their ankles in most frames.
    """
    ahead = _toes_ahead(body)
    if len(ahead) >= MIN_SEEN and (ahead < 0.0).mean() > BEHIND:
        exchange = ", or exchange their names with --mapping" if mapped else ""
        raise CaptureError(
            where=where,
            field="left and right",
            expected="toes ahead of the ankles, seen with the right hip on the right",
            found=f"toes {-np.median(ahead):.2f} m behind them in {(ahead < 0.0).mean():.0%} of the frames: a mirror image",
            fix="In a left-handed world (Unity, Kinect, DirectX) negate one axis and export again; where left and right are"
            f" exchanged, put them right{exchange}.",
        )


def backward_knees(body: Body) -> tuple[str, ...]:
    """Say that knees bend backwards and never forwards: of a body without measured toes the only sign of a mirror image.

    Nothing is refused for it: tracking from a depth camera does this to real people who stand still.
    """
    if len(_toes_ahead(body)) >= MIN_SEEN:
        return ()
    ahead = _ahead(body)
    found = []
    for side in "rl":
        hip, knee, ankle = (body.get(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        leg = ankle - hip
        squared = (leg * leg).sum(axis=1, keepdims=True)
        squared[squared == 0.0] = np.nan
        along = ((knee - hip) * leg).sum(axis=1, keepdims=True) / squared
        found.append(((knee - hip - along * leg) * ahead).sum(axis=1))
    both = np.concatenate(found)
    seen = both[np.isfinite(both)]
    if len(seen) < MIN_SEEN:
        return ()
    back, front = np.percentile(seen, (10, 90))
    if not (back < -BACKWARD_M and front < FORWARD_M):
        return ()
    return (
        f"knees bend backwards by {-back:.2f} m and never forwards: left and right may be exchanged, or the file mirrored",
    )


def _middle(body: Body, joint: str) -> Float[np.ndarray, "frames 3"]:
    return np.asarray((body.get(f"r_{joint}") + body.get(f"l_{joint}")) / 2)


def _ahead(body: Body) -> Float[np.ndarray, "frames 3"]:
    """Give the level direction in which the hips look, NaN where they are missing or above each other."""
    ahead = np.cross((0.0, 1.0, 0.0), body.get("r_hip") - body.get("l_hip"))
    length = np.linalg.norm(ahead, axis=1, keepdims=True)
    length[length == 0.0] = np.nan
    return np.asarray(ahead / length)


def _toes_ahead(body: Body) -> Float[np.ndarray, "seen"]:
    """Give how far measured toes are ahead of their ankles, level and square to the hips, of both feet [m]."""
    ahead = _ahead(body)
    found = []
    for side in "rl":
        toe = body.get(f"{side}_toe") - body.get(f"{side}_ankle")
        measured = body.validity[:, INDEX[f"{side}_toe"]] == Validity.MEASURED
        found.append((toe * ahead).sum(axis=1)[measured])
    both = np.concatenate(found)
    return np.asarray(both[np.isfinite(both)])
