"""A standing person and scanned planes, made by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import INDEX
from schemas.capture import Extent, Plane

PLACES = {
    "pelvis": (0, 0.95, 0), "r_hip": (0, 0.95, 0.09), "l_hip": (0, 0.95, -0.09), "r_knee": (0, 0.52, 0.09),
    "l_knee": (0, 0.52, -0.09), "r_ankle": (0, 0.09, 0.09), "l_ankle": (0, 0.09, -0.09), "r_heel": (-0.06, 0, 0.09),
    "l_heel": (-0.06, 0, -0.09), "r_toe": (0.13, 0, 0.09), "l_toe": (0.13, 0, -0.09),
}  # fmt: skip


def person(frames: int = 60, yaw: float = 0.0, place: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
    """Stand still, facing X turned by `yaw` about Y, feet at `place`; float32 as on disk."""
    joints = np.zeros((21, 3))
    for name, at in PLACES.items():
        joints[INDEX[name]] = at
    turned = Rotation.from_euler("y", yaw).apply(joints) + place
    return np.repeat(turned[None], frames, axis=0).astype(np.float32)


def marks(frames: int = 60) -> np.ndarray:
    """Say which joints that person has."""
    valid = np.zeros((frames, 21), dtype=np.uint8)
    valid[:, [INDEX[name] for name in PLACES]] = 2
    return valid


def plane(
    height: float, classification: str = "none", name: str = "p", at: tuple[float, float] = (0.0, 0.0),
    turn: float = 0.0, tilt: float = 0.0, size: tuple[float, float] = (2.0, 1.0), extent_turn: float = 0.0,
    alignment: str = "horizontal",
) -> Plane:  # fmt: skip
    """Make a plane of that height, turned about Y and tilted about its own X [rad]."""
    pose = np.eye(4)
    pose[:3, :3] = (Rotation.from_euler("y", turn) * Rotation.from_euler("x", tilt)).as_matrix()
    pose[:3, 3] = (at[0], height, at[1])
    return Plane(
        identifier=name, transform=tuple(float(v) for v in pose.T.ravel()), alignment=alignment,  # type: ignore[arg-type]
        center=(0.0, 0.0, 0.0), extent=Extent(width=size[0], height=size[1], rotation_on_y=extent_turn),
        classification=classification,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_person() -> Callable[..., np.ndarray]:
    return person


@pytest.fixture(scope="session")
def make_marks() -> Callable[..., np.ndarray]:
    return marks


@pytest.fixture(scope="session")
def make_plane() -> Callable[..., Plane]:
    return plane
