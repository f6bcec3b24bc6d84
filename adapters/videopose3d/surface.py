"""Where depth is sampled on the body, and how far behind the surface the bone lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.body_axes import body_axes
from adapters.videopose3d.points import PELVIS, POINT, THORAX, Combination, coefficients


@dataclass(frozen=True)
class Place:
    """A place at which depth is sampled: on the line between joints, as the camera sees it.

    Attributes:
        kind: Its row in INSIDE.
        at: Of which points it is made.
        axes: The point whose axes say what is forward, up and outward here.
    """

    kind: str
    at: Combination
    axes: str


def _between(near: Combination, far: Combination, part: float) -> Combination:
    out = {name: (1.0 - part) * weight for name, weight in near.items()}
    for name, weight in far.items():
        out[name] = out.get(name, 0.0) + part * weight
    return out


def _places() -> tuple[Place, ...]:
    found = [
        Place("pelvis", PELVIS, "r_hip"), Place("waist", _between(PELVIS, THORAX, 0.35), "r_hip"),
        Place("chest", _between(PELVIS, THORAX, 0.7), "r_shoulder"), Place("skull", {"skull": 1.0}, "skull"),
    ]  # fmt: skip
    for side in "rl":
        hip, knee, ankle, shoulder, elbow, wrist = (
            f"{side}_{joint}" for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
        )
        found += [Place(joint[2:], {joint: 1.0}, joint) for joint in (hip, knee, ankle, shoulder, elbow, wrist)]
        for kind, near, far, part in (
            ("upper_thigh", hip, knee, 0.35), ("lower_thigh", hip, knee, 0.7), ("upper_shank", knee, ankle, 0.3),
            ("lower_shank", knee, ankle, 0.65), ("upper_arm", shoulder, elbow, 0.5), ("forearm", elbow, wrist, 0.5),
        ):  # fmt: skip
            found.append(Place(kind, _between({near: 1.0}, {far: 1.0}, part), far))
        found.append(Place("toe", {f"{side}_toe": 1.0}, f"{side}_toe"))
        found.append(Place("instep", _between({ankle: 1.0}, {f"{side}_toe": 1.0}, 0.5), f"{side}_toe"))
    return tuple(found)


PLACES: Final = _places()
AT: Final = coefficients(*(place.at for place in PLACES))
AXES: Final = [POINT[place.axes] for place in PLACES]

INSIDE: Final[dict[str, tuple[float, float, float, float]]] = {
    "pelvis": (0.061, 0.057, 0.098, 0.098), "waist": (0.066, 0.058, 0.088, 0.088), "chest": (0.072, 0.063, 0.100, 0.100),
    "skull": (0.053, 0.053, 0.039, 0.039),
    "hip": (0.054, 0.050, 0.052, 0.051), "knee": (0.031, 0.030, 0.036, 0.031), "ankle": (0.026, 0.024, 0.028, 0.023),
    "toe": (0.025, 0.025, 0.025, 0.025), "instep": (0.025, 0.025, 0.025, 0.025),
    "shoulder": (0.039, 0.036, 0.029, 0.032), "elbow": (0.026, 0.021, 0.025, 0.025), "wrist": (0.016, 0.016, 0.014, 0.016),
    "upper_thigh": (0.050, 0.046, 0.052, 0.048), "lower_thigh": (0.043, 0.037, 0.043, 0.039),
    "upper_shank": (0.034, 0.031, 0.037, 0.034), "lower_shank": (0.031, 0.024, 0.034, 0.029),
    "upper_arm": (0.029, 0.028, 0.030, 0.026), "forearm": (0.022, 0.020, 0.023, 0.023),
}  # fmt: skip
"""Surface to bone along the line of sight, in statures, seen from the front, the back, the outer and the inner side."""

LEAST_SINE: Final = 0.5
"""A limb seen end on is no deeper than twice its half thickness: the end of it is seen instead."""


def view(
    points: Float[np.ndarray, "frames 17 3"], directions: Float[np.ndarray, "frames places 3"]
) -> Float[np.ndarray, "frames places 4"]:
    """Say from where each place is seen: parts from the front, the back, the outer and the inner side.

    Args:
        points: The body.
        directions: Of sight, camera to place.

    Returns:
        Parts that sum to 1, over the sine between the line of sight and the bone.
    """
    axes = body_axes(points)[:, AXES]
    forward, up, outward = (-(directions * axes[..., k]).sum(axis=-1) for k in range(3))
    level = np.maximum(np.hypot(forward, outward), 1e-6)
    sine = np.maximum(np.sqrt(np.maximum(1.0 - up**2, 0.0)), LEAST_SINE)
    parts = [np.maximum(sign * part / level, 0.0) ** 2 for part in (forward, outward) for sign in (1.0, -1.0)]
    return np.asarray(np.stack(parts, axis=-1) / sine[..., None])


def inside(
    points: Float[np.ndarray, "frames 17 3"], directions: Float[np.ndarray, "frames places 3"]
) -> Float[np.ndarray, "frames places"]:
    """Give how far behind the surface the bone lies along the line of sight [statures]."""
    table = np.array([INSIDE[place.kind] for place in PLACES])
    return np.asarray((view(points, directions) * table).sum(axis=-1))
