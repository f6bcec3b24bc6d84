"""Heels and toes that a source does not show, inferred from ankle, shank and pelvis, and marked so."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.robotics.body import Body, Method
from adapters.robotics.proportions import ANKLE_HEIGHT, HEEL_BACK, TOE_FORWARD, foot_length
from schemas.base import Sex
from schemas.motion import Validity

STANDING_PERCENTILE = 15.0
"""The lower ankle stands on the floor in more than this part of the frames of any movement that we know [%]."""


def complete_feet(body: Body, sex: Sex) -> None:
    """Infer the heel or toe of a foot that has none in any frame.

    Through a known toe (or heel) the other follows. A foot with neither is held at a right angle to the shank, facing as
    the pelvis, and turned up or down only as far as the floor, on which the ankles stand, forces it: flat in stance, on
    its toes when the heel lifts, on its heel when it lands.
    """
    foot = foot_length(sex)
    for side in "rl":
        if body.has(f"{side}_heel", f"{side}_toe"):
            continue
        shank = body.get(f"{side}_knee") - body.get(f"{side}_ankle")
        length = np.linalg.norm(shank, axis=1)
        if not np.isfinite(length).any():
            continue
        size = float(np.nanmedian(length))
        known = next((joint for joint in ("toe", "heel") if body.has(f"{side}_{joint}")), None)
        if known is None:
            up, forward = _held_foot(body, side, shank, size, foot)
            text = "at a right angle to the shank, facing as the pelvis, kept above the floor"
        else:
            up, forward = _foot_through(body, side, shank, known, foot)
            text = f"from ankle, shank and {known}"
        for joint, ahead in ((f"{side}_heel", -HEEL_BACK), (f"{side}_toe", TOE_FORWARD)):
            if not body.has(joint):
                sole = ahead * foot * forward - ANKLE_HEIGHT * up
                body.put(joint, body.get(f"{side}_ankle") + size * sole, Method(text), Validity.INFERRED)


def pitch_above_floor(
    wanted: Float[np.ndarray, "frames"], clearance: Float[np.ndarray, "frames"], foot: float
) -> Float[np.ndarray, "frames"]:
    """Limit a foot's toe-up pitch so that neither heel nor toe goes through the floor.

    A sole point a behind (before) the ankle and h below it lies R cos(pitch ∓ atan(a / h)) under the ankle, R² = a² + h².

    Args:
        wanted: Pitch, toe up positive [rad].
        clearance: Ankle above the floor, in shank lengths.
        foot: Heel to toe tip, in shank lengths.

    Returns:
        The nearest pitch that the floor allows; 0 where the ankle is lower than it stands.
    """
    limits = []
    for reach in (HEEL_BACK * foot, TOE_FORWARD * foot):
        radius, lean = float(np.hypot(reach, ANKLE_HEIGHT)), float(np.arctan2(reach, ANKLE_HEIGHT))
        allowed = lean - np.arccos(np.clip(clearance / radius, -1.0, 1.0))
        limits.append(np.where(clearance >= radius, np.pi / 2, np.maximum(allowed, 0.0)))
    return np.asarray(np.clip(wanted, -limits[1], limits[0]))


def _held_foot(
    body: Body, side: str, shank: Float[np.ndarray, "frames 3"], size: float, foot: float
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"]]:
    """Give up and forward of a foot of which nothing is known but its ankle and shank."""
    right = _unit((body.get("r_hip") - body.get("l_hip")) * (1.0, 0.0, 1.0))
    ahead = np.cross((0.0, 1.0, 0.0), right)
    vertical = np.array([0.0, 1.0, 0.0])
    lower = np.fmin(body.get("r_ankle")[:, 1], body.get("l_ankle")[:, 1])
    standing = float(np.nanpercentile(lower, STANDING_PERCENTILE))
    clearance = (body.get(f"{side}_ankle")[:, 1] - standing) / size + ANKLE_HEIGHT
    wanted = np.arctan2(-(shank * ahead).sum(axis=1), shank[:, 1])
    pitch = pitch_above_floor(wanted, clearance, foot)[:, None]
    return np.cos(pitch) * vertical - np.sin(pitch) * ahead, np.cos(pitch) * ahead + np.sin(pitch) * vertical


def _foot_through(
    body: Body, side: str, shank: Float[np.ndarray, "frames 3"], known: str, foot: float
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"]]:
    """Give up and forward of a foot whose toe or heel is known.

    The sole's axis is ankle-to-toe turned up, in the plane of the shank, by the angle under which an ankle stands above
    its own toe.
    """
    along = _unit(body.get(f"{side}_{known}") - body.get(f"{side}_ankle"))
    reach = TOE_FORWARD if known == "toe" else -HEEL_BACK
    normal = _unit(shank - (shank * along).sum(axis=1, keepdims=True) * along)
    angle = float(np.arctan2(ANKLE_HEIGHT, abs(reach) * foot))
    level = np.cos(angle) * along + np.sin(angle) * normal
    return np.cos(angle) * normal - np.sin(angle) * along, level * float(np.sign(reach))


def _unit(vectors: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
