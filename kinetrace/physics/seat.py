"""A seat under the pelvis: from the scan, or from where a sit-to-stand's hips come to rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from kinetrace.physics.body_tree import Seat
from kinetrace.physics.frames import to_mujoco
from schemas.alignment import SeatPlane
from schemas.base import Movement

CHAIR_M: Final = 0.45
"""Width and depth given to a seat that is known only from the motion: that of a usual dining chair."""

_MIN_RISE_M: Final = 0.15  # hips that travel less did not stand up from a chair (opencap_s4 sit-to-stands: 0.41-0.43 m)
_REST_BAND: Final = 0.2  # of the rise: where hips count as down
_REST_SPEED: Final = 0.05  # m/s; hips at rest in opencap_s4 move at a median of 0.01-0.05
_FULL, _OFF = 0.02, 0.10  # of the rise above rest: the seat bears fully up to, and not at all from
_BEHIND_M: Final = 0.05
"""Nobody stands still with the centre of mass this far behind both heels: something else carries the pelvis. Sitters of
opencap_s4 have it 0.2 m behind, squatters at least 0.05 m ahead."""
_MIN_REST_S: Final = 0.5
_NEAR_M: Final = (
    0.05  # a scanned seat explains hips at most this far from where a sitter's would be: twice a thigh's doubt
)
_REACH_M: Final = 0.15  # hips may sit this far over a scanned seat's edge


@dataclass(frozen=True)
class SeatUse:
    """A seat and how surely the pelvis rests on it in each frame."""

    source: Literal["scan", "motion", "none"]
    seat: Seat | None
    weights: Float[np.ndarray, "frames"]


def find_seat(
    hips: Float[np.ndarray, "frames 3"],
    fps: float,
    thigh_radius: float,
    movement: Movement,
    scanned: SeatPlane | None,
    behind_heels: Float[np.ndarray, "frames"],
) -> SeatUse:
    """Find the seat, if there is one, and when it bears.

    Args:
        hips: Midpoint of the hips, Z up [m].
        fps: Frame rate [Hz].
        thigh_radius: From the hip's centre down to the underside of the thigh [m].
        movement: A sit-to-stand tells of a seat that no scan shows.
        scanned: The seat of the aligned scan.
        behind_heels: How far the centre of mass is behind both heels (`overhang`) [m]: at rest, so does this.

    Returns:
        The seat; ``none`` with zero weights where there is none.
    """
    height = hips[:, 2]
    standing, lowest = float(np.percentile(height, 95)), float(np.percentile(height, 2))
    rise = standing - lowest
    rest = _resting_height(height, fps, lowest, rise)
    if scanned is not None:
        seat = _from_scan(scanned)
        expected = scanned.height_m + thigh_radius
        rest = rest if abs(rest - expected) < _NEAR_M else expected
        over = _over(hips, seat)
        return SeatUse("scan", seat, _bearing(height, rest, max(standing - rest, _MIN_RISE_M)) * over)
    carried = (behind_heels > _BEHIND_M) & (np.linalg.norm(np.gradient(hips, axis=0), axis=1) * fps < _REST_SPEED)
    sits = carried.sum() >= _MIN_REST_S * fps
    if not sits and (movement != "sit_to_stand" or rise < _MIN_RISE_M):
        return SeatUse("none", None, np.zeros(len(hips)))
    if sits and (movement != "sit_to_stand" or rise < _MIN_RISE_M):
        rest, rise = float(np.median(height[carried])), max(rise, _MIN_RISE_M)
    weights = _bearing(height, rest, rise)
    x, y = np.median(hips[weights > 0.5, :2], axis=0) if (weights > 0.5).any() else np.median(hips[:, :2], axis=0)
    return SeatUse("motion", Seat((float(x), float(y), max(rest - thigh_radius, 0.02)), CHAIR_M, CHAIR_M), weights)


def overhang(
    com: Float[np.ndarray, "frames 3"], soles: Float[np.ndarray, "frames 2 6 3"]
) -> Float[np.ndarray, "frames"]:
    """Give how far the centre of mass is behind the heels of both feet, along each foot; negative ahead of one [m].

    Args:
        com: Z up [m].
        soles: Sole points of the left and right foot: heel, ball and tip, inner and outer [m].
    """
    heel, tip = soles[:, :, :2, :2].mean(axis=2), soles[:, :, 4:, :2].mean(axis=2)
    along = (tip - heel) / np.maximum(np.linalg.norm(tip - heel, axis=2, keepdims=True), 1e-6)
    return np.asarray(((heel - com[:, None, :2]) * along).sum(axis=2).min(axis=1))


def _resting_height(height: Float[np.ndarray, "frames"], fps: float, lowest: float, rise: float) -> float:
    """Give the median height of hips that are down and still; the lowest where they never are still."""
    speed = np.abs(np.gradient(height)) * fps
    still = (height < lowest + _REST_BAND * rise) & (speed < _REST_SPEED)
    return float(np.median(height[still])) if still.any() else lowest


def _bearing(height: Float[np.ndarray, "frames"], rest: float, rise: float) -> Float[np.ndarray, "frames"]:
    part = np.clip((rest + _OFF * rise - height) / ((_OFF - _FULL) * rise), 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))


def _from_scan(scanned: SeatPlane) -> Seat:
    x, y, _ = to_mujoco(np.array(scanned.center))
    # A turn about the world's Y is the same turn about MuJoCo's Z: both point up.
    return Seat((float(x), float(y), scanned.height_m), scanned.width_m, scanned.depth_m, scanned.yaw_rad)


def _over(hips: Float[np.ndarray, "frames 3"], seat: Seat) -> Float[np.ndarray, "frames"]:
    """Say (1 or 0) whether the hips are over the seat or its rim."""
    c, s = np.cos(seat.yaw), np.sin(seat.yaw)
    away = hips[:, :2] - np.array(seat.center[:2])
    along, across = away @ np.array([c, s]), away @ np.array([-s, c])
    inside = (np.abs(along) < seat.depth / 2 + _REACH_M) & (np.abs(across) < seat.width / 2 + _REACH_M)
    return np.asarray(inside, dtype=np.float64)
