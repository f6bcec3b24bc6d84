"""Somebody else in the room, and things that hide the legs for a moment."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy.spatial.transform import Rotation

from kinetrace.simulation.balance import stand
from kinetrace.simulation.gait import walk
from kinetrace.simulation.ipad.camera_path import CameraPath
from kinetrace.simulation.ipad.clothes import clothed
from kinetrace.simulation.ipad.look import draw_look, vary
from kinetrace.simulation.ipad.posture import segment_poses
from kinetrace.simulation.ipad.resample import at_times
from kinetrace.simulation.ipad.room_scene import WOOD, Room
from kinetrace.simulation.ipad.shapes import Box, Shape
from kinetrace.simulation.person import make_person
from kinetrace.simulation.truth import Truth

BEHIND: Final = 0.9
"""How far behind the subject somebody else is [m], and half of that from any wall."""

SIDEWAYS: Final = 0.7
"""How far beside the line of sight one who only stands there is [m]."""

HIDE: Final = (0.35, 0.42, 0.35)
"""Half sizes of the box that hides the legs [m]."""

HIDE_AT: Final = 0.62
"""Where it passes, from the camera to the person."""

HIDE_S: Final = 1.6
"""How long it is about [s]."""


def bystander(
    truth: Truth, camera: CameraPath, room: Room, walking: bool, rng: Generator
) -> tuple[dict[str, list[Shape]], Float[np.ndarray, "frames segments 4 4"]]:
    """Put somebody behind the subject, who stands there or walks across.

    Args:
        truth: The subject.
        camera: From where both are seen.
        room: Whoever it is stays within.
        walking: Walks across, else stands.
        rng: Chance.
    """
    sex = "f" if rng.random() < 0.5 else "m"
    person = vary(make_person(round(float(rng.uniform(1.58, 1.85)), 3), 68.0, sex), rng)  # type: ignore[arg-type]
    seconds = float(truth.time[-1]) + 0.1
    fine = walk(person, seconds, 120.0) if walking else stand(person, seconds, 60.0, rng)
    other = at_times(fine, truth.time)
    middle = len(truth.time) // 2
    away = truth.positions[middle, 0] - camera.position[middle]
    away[1] = 0.0
    away /= np.linalg.norm(away)
    side = np.array([-away[2], 0.0, away[0]]) * float(rng.choice([-1.0, 1.0]))
    aim = truth.positions[middle, 0] * np.array([1.0, 0.0, 1.0]) + BEHIND * away + (0.0 if walking else SIDEWAYS) * side
    heading = float(np.arctan2(-side[2], side[0])) if walking else float(np.arctan2(away[2], -away[0]))
    turn = Rotation.from_euler("y", heading)
    low, high = (np.array([c[0], 0.0, c[1]]) for c in (room.low, room.high))
    half = np.array([0.5 * BEHIND, 0.0, 0.5 * BEHIND])
    placed = turn.apply((other.positions - other.positions[middle, :1] * [1.0, 0.0, 1.0]).reshape(-1, 3))
    positions = placed.reshape(other.positions.shape) + np.clip(aim, low + half, high - half)
    return clothed(person, draw_look(person, rng)), segment_poses(positions)


def obstacle_way(truth: Truth, camera: CameraPath, rng: Generator) -> tuple[Box, Float[np.ndarray, "frames 3"]]:
    """Move a low box across the line of sight once, about the middle of the recording."""
    when = float(truth.time[-1]) * float(rng.uniform(0.4, 0.6))
    at = int(np.searchsorted(truth.time, when))
    sight = truth.positions[at, 0] - camera.position[at]
    sight[1] = 0.0
    across = np.array([-sight[2], 0.0, sight[0]]) / np.linalg.norm(sight)
    place = camera.position[at] + HIDE_AT * sight
    along = (truth.time - when) / (0.5 * HIDE_S) * 2.0 * HIDE[0]
    way = place + along[:, None] * across * float(rng.choice([-1.0, 1.0]))
    way[:, 1] = HIDE[1]
    return Box((0.0, 0.0, 0.0), HIDE, WOOD), way
