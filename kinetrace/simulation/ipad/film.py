"""Colour and depth images of a scene, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.simulation.ipad.camera_path import CameraPath, Optics
from kinetrace.simulation.ipad.offscreen import drawer
from kinetrace.simulation.ipad.person_model import CAMERA, SceneModel, place

DEPTH_SIZE: Final = (256, 192)
"""Width and height of a LiDAR image (Apple: ARFrame.sceneDepth)."""


@dataclass(frozen=True)
class Actors:
    """What moves in a scene.

    Attributes:
        people: Poses of the segments of each person.
        obstacle: Places of the obstacle; None without one.
    """

    people: tuple[Float[np.ndarray, "frames segments 4 4"], ...]
    obstacle: Float[np.ndarray, "frames 3"] | None


@dataclass(frozen=True)
class Image:
    """One frame: colour, and true depth along the optical axis [m]."""

    rgb: UInt8[np.ndarray, "height width 3"]
    depth: Float[np.ndarray, "192 256"]


def images(scene: SceneModel, actors: Actors, camera: CameraPath, optics: Optics) -> Iterator[Image]:
    """Draw frame after frame.

    Args:
        scene: Of `person_model.build_scene`.
        actors: What moves.
        camera: Where it is filmed from.
        optics: The camera, at the resolution of the colour images.

    Raises:
        UsageError: This machine has no OpenGL that draws without a screen.
    """
    data = mujoco.MjData(scene.model)
    with drawer(scene.model, CAMERA) as drawing:
        for i in range(len(camera.position)):
            for mocaps, poses in zip(scene.people, actors.people, strict=True):
                for mocap, pose in zip(mocaps, poses[i], strict=True):
                    place(data, mocap, pose)
            if scene.obstacle is not None and actors.obstacle is not None:
                place(data, scene.obstacle, _rigid(np.eye(3), actors.obstacle[i]))
            place(data, scene.camera, _rigid(camera.rotation[i], camera.position[i]))
            mujoco.mj_kinematics(scene.model, data)
            mujoco.mj_camlight(scene.model, data)
            drawing.update(data)
            yield Image(drawing.colour(optics.width, optics.height), drawing.depth(*DEPTH_SIZE))


def _rigid(rotation: Float[np.ndarray, "3 3"], position: Float[np.ndarray, "3"]) -> Float[np.ndarray, "4 4"]:
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, position
    return pose
